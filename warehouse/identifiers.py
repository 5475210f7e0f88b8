"""How PNC IDs, CRO and arrest/summons numbers are made: the check letter and the canonical form.

Transforms checks identifiers with it and the simulator makes them with it, so that the rule is
stated once; quality/rules/check_letters.py says the same in SQL, as a check of its own. Sources:
for PNC and CRO the project's domain notes, from the public Core Person Record code; for ASN the
``Asn`` class of the Ministry of Justice's Bichard 7 (ministryofjustice/bichard7-next-core).
"""

import polars as pl

# Indexed by a number modulo 23; I, O and S are never check letters.
CHECK_ALPHABET = "ZABCDEFGHJKLMNPQRTUVWXY"


def pnc_check_letter(year: int, serial: int) -> str:
    """Check letter of a PNC ID: the year's last two digits, then the serial padded to seven."""
    return CHECK_ALPHABET[((year % 100) * 10**7 + serial) % 23]


def pnc_check_letter_expr(year: pl.Expr, serial: pl.Expr) -> pl.Expr:
    """``pnc_check_letter`` over columns. ``year`` of two or four digits, ``serial`` up to seven."""
    return _letter((year.cast(pl.Int64) % 100) * 10**7 + serial.cast(pl.Int64))


def cro_check_letter_expr(year: pl.Expr, serial: pl.Expr) -> pl.Expr:
    """Check letter of a CRO number of the ordinary form: the year, then the serial padded to
    six."""
    return _letter((year.cast(pl.Int64) % 100) * 10**6 + serial.cast(pl.Int64))


def sf_cro_check_letter_expr(year: pl.Expr, serial: pl.Expr) -> pl.Expr:
    """Check letter of a CRO number of the ``SF`` form: the year, then the serial as it is."""
    whole = serial.cast(pl.Int64)
    power = pl.coalesce(
        pl.when(whole < 10**digits).then(pl.lit(10**digits, pl.Int64)) for digits in range(1, 7)
    )
    return _letter((year.cast(pl.Int64) % 100) * power + whole)


def asn_check_letter_expr(
    year: pl.Expr, force: pl.Expr, system: pl.Expr, serial: pl.Expr
) -> pl.Expr:
    """Check letter of an arrest/summons number ``YYFFUUSS`` and eleven digits: force, system,
    year, then the serial padded to eleven. A force or system that is not two digits is left out."""
    digits = [pl.when(part.str.contains(r"^\d\d$")).then(part).otherwise(pl.lit(""))
              for part in (force, system)]  # fmt: skip
    number = pl.concat_str(*digits, _padded(year % 100, 2), _padded(serial, 11))
    return _letter(number.cast(pl.Int64))


def build_pnc(year: pl.Expr, serial: pl.Expr) -> pl.Expr:
    """Canonical PNC ID ``YYYY/NNNNNNND`` of a four-digit year and a serial up to seven digits."""
    letter = pnc_check_letter_expr(year, serial)
    return pl.format("{}/{}{}", _padded(year, 4), _padded(serial, 7), letter)


def build_cro(year: pl.Expr, serial: pl.Expr) -> pl.Expr:
    """Canonical CRO number ``NNNNNN/YYD`` of a year and a serial up to six digits."""
    letter = cro_check_letter_expr(year, serial)
    return pl.format("{}/{}{}", _padded(serial, 6), _padded(year % 100, 2), letter)


def build_sf_cro(year: pl.Expr, serial: pl.Expr) -> pl.Expr:
    """Canonical CRO number ``SFYY/ND``: N is the serial, up to six digits, without padding."""
    letter = sf_cro_check_letter_expr(year, serial)
    return pl.format("SF{}/{}{}", _padded(year % 100, 2), serial.cast(pl.Int64), letter)


def _letter(number: pl.Expr) -> pl.Expr:
    return (number % 23).replace_strict(
        list(range(23)), list(CHECK_ALPHABET), return_dtype=pl.String
    )


def _padded(number: pl.Expr, digits: int) -> pl.Expr:
    return number.cast(pl.Int64).cast(pl.String).str.zfill(digits)
