"""What hangs on a force's record of a person: names, identifiers, addresses, contacts, markers."""

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
import polars as pl

from forces.simulator.chance import draw_words, strike
from forces.simulator.gazetteer import Gazetteer
from forces.simulator.typos import mistype, put, wrong_digit

HELD = {"pnc": 0.8, "cro": 0.8, "driver": 0.7, "ni": 0.7}  # of persons who have it, records with it
HELD_CONTACT = 0.6
NAME_ON_RECORD = 0.35  # of former and short names, those noted beside the name
FORMER_ADDRESS_NOTED = 0.5
MARKERS = {"VI": 0.35, "WE": 0.13, "DR": 0.16, "MH": 0.16, "SU": 0.1, "ES": 0.03, "AT": 0.05,
           "OT": 0.02}  # fmt: skip
MARKED = 0.12
PLACEHOLDER_POSTCODE = "NF1 1NF"


def list_names(
    held: pl.DataFrame, rates: Mapping[str, float], random: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``person_name`` of the records, and the records with the flag ``alias``."""
    size = held.height
    noted = strike(random, NAME_ON_RECORD, size)
    alias = strike(random, rates["alias"], size)
    other = mistype(held["forename"], random)
    as_middle = held["middle_names"].fill_null(other).str.split(" ").list.first()
    key = pl.col("source_record_id")
    former = pl.col("former_surname").is_not_null() & ~pl.col("maiden_name")
    names = [
        held.filter(former & pl.lit(noted)).select(
            key, name_type=pl.lit("maiden"), forename="true_forename", surname="former_surname"
        ),
        held.filter(pl.col("maiden_name") & pl.lit(noted)).select(
            key, name_type=pl.lit("former"), forename="true_forename", surname="true_surname"
        ),
        held.with_columns(forename=as_middle)
        .filter(alias)
        .select(key, name_type=pl.lit("alias"), forename="forename", surname="true_surname"),
    ]
    return pl.concat(names), held.with_columns(alias=alias)


def list_identifiers(
    held: pl.DataFrame, pool: pl.Series, rates: Mapping[str, float], random: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``person_identifier`` of the records, and the records with flags of what is wrong in them.

    Args:
        held: records, with their person's numbers.
        pool: PNC IDs of other people, for those that are valid but wrong.
        rates: of ``[world]``.
        random: generator to draw from.
    """
    size = held.height
    # Which of two PNC IDs a record bears is chance; one in four bears both.
    use = pl.Series(random.random(size))
    second = held["pnc_second"].is_not_null()
    pnc = held["pnc_second"].zip_with(second & (use < 0.4), held["pnc"])
    pnc = _withheld(pnc, HELD["pnc"], random)
    has = pnc.is_not_null()
    wrong = has & strike(random, rates["pnc_wrong"], size)
    mistyped = has & ~wrong & strike(random, rates["pnc_mistyped"], size)
    if pool.len() > 0:
        rows = wrong.arg_true()
        pnc = put(pnc, rows, pool.gather(random.integers(0, pool.len(), len(rows))))
    rows = mistyped.arg_true()
    pnc = put(pnc, rows, wrong_digit(pnc.gather(rows), 9, random))
    cro = _withheld(held["cro"], HELD["cro"], random)
    # The SF form's digits begin elsewhere; only the ordinary form is mistyped.
    is_plain = cro.str.contains(r"^\d").fill_null(value=False)
    cro_mistyped = is_plain & strike(random, rates["cro_mistyped"], size)
    rows = cro_mistyped.arg_true()
    cro = put(cro, rows, wrong_digit(cro.gather(rows), 4, random))
    both = second & has & (use > 0.75)
    flags = {
        "pnc_wrong": wrong,
        "pnc_mistyped": mistyped,
        "pnc_double": second & has,
        "cro_mistyped": cro_mistyped,
    }
    held = held.with_columns(**flags)
    key = held["source_record_id"]
    listed = [
        _values(key, "pnc", pnc, ~mistyped),
        _values(key.filter(both), "pnc", held["pnc_second"].filter(both), None, is_valid=True),
        _values(key, "cro", cro, ~cro_mistyped),
        _values(key, "driver", _withheld(held["driver"], HELD["driver"], random), None),
        _values(key, "ni", _withheld(held["ni"], HELD["ni"], random), None),
    ]
    identifiers = pl.concat(listed).unique(
        ["source_record_id", "type", "value"], keep="first", maintain_order=True
    )
    return identifiers, held


def _withheld(values: pl.Series, share: float, random: np.random.Generator) -> pl.Series:
    """The values that the force knows, null for the rest."""
    known = strike(random, share, len(values))
    return values.zip_with(known, pl.Series([None], dtype=pl.String))


def _values(
    key: pl.Series,
    kind: str,
    value: pl.Series,
    valid: pl.Series | None,
    *,
    is_valid: bool | None = None,
) -> pl.DataFrame:
    checked = pl.lit(is_valid, pl.Boolean) if valid is None else pl.lit(valid)
    return pl.select(
        source_record_id=pl.lit(key), type=pl.lit(kind), value=pl.lit(value), is_valid=checked
    ).filter(pl.col("value").is_not_null())


def list_addresses(
    held: pl.DataFrame,
    gazetteer: Gazetteer,
    rates: Mapping[str, float],
    random: np.random.Generator,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``person_address`` of the records, and the records with flags of what is wrong in them."""
    size = held.height
    has_former = held["former_place"].is_not_null()
    moved = (strike(random, rates["moved_address"], size)) & has_former
    known = ~(strike(random, rates["missing_address"], size))
    place = held["former_place"].zip_with(moved, held["place"])
    house = held["former_house"].zip_with(moved, held["house"])
    since = held["recorded_at"].dt.date()
    current = _addresses(held["source_record_id"], place, house, gazetteer).with_columns(
        from_date=since, to_date=pl.lit(None, pl.Date)
    )
    noted = has_former & ~moved & strike(random, FORMER_ADDRESS_NOTED, size)
    before = _addresses(
        held["source_record_id"], held["former_place"], held["former_house"], gazetteer
    ).with_columns(from_date=pl.lit(None, pl.Date), to_date=since - timedelta(days=1))
    current, flags = spoil_postcodes(current, rates, random)
    held = held.with_columns(
        moved_address=moved & known, **{name: flag & known for name, flag in flags.items()}
    )
    return pl.concat([current.filter(known), before.filter(known & noted)]), held


def _addresses(
    key: pl.Series, place: pl.Series, house: pl.Series, gazetteer: Gazetteer
) -> pl.DataFrame:
    at = gazetteer.places.select("street", "locality", "postcode")[place.fill_null(0)]
    return at.select(
        source_record_id=pl.lit(key),
        address_type=pl.lit("home"),
        address=pl.concat_str(pl.lit(house), "street", separator=" "),
        locality="locality",
        postcode="postcode",
    )


def spoil_postcodes(
    rows: pl.DataFrame, rates: Mapping[str, float], random: np.random.Generator
) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """Rows, some with a postcode that no gazetteer has, or the placeholder; and which ones."""
    size = rows.height
    unknown = strike(random, rates["unknown_postcode"], size)
    placeholder = strike(random, rates["placeholder_postcode"], size) & ~unknown
    # District 69 is never given out.
    nowhere = pl.col("postcode").str.replace(r"^([A-Z]+)\d+ ", "${1}69 ")
    rows = rows.with_columns(
        postcode=pl.when(unknown)
        .then(nowhere)
        .when(placeholder)
        .then(pl.lit(PLACEHOLDER_POSTCODE))
        .otherwise("postcode")
    )
    return rows, {
        "unknown_postcode": unknown,
        "placeholder_postcode": placeholder,
    }


def list_contacts(held: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """``person_contact`` of the records."""
    return pl.concat(
        held.filter(strike(random, HELD_CONTACT, held.height))
        .select("source_record_id", type=pl.lit(kind), value=column)
        .filter(pl.col("value").is_not_null())
        for column, kind in (("phone", "phone"), ("phone_second", "phone"), ("email", "email"))
    )


def list_markers(held: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """``warning_marker`` of the records."""
    codes = draw_words(MARKERS, held.height, random)
    return held.select(
        "source_record_id", marker_code=pl.lit(codes), from_date=pl.col("recorded_at").dt.date()
    ).filter(strike(random, MARKED, held.height))
