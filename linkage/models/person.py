"""The first model of persons: what is compared, what each agreement weighs, where pairs are sought.

The weights are set by hand, in the range that the Ministry of Justice's Core Person Record and the
simulator's error rates suggest; they have not passed a reliability test, so the model is
provisional. ``m`` is the share of true pairs that show a level, ``u`` the share of chance pairs;
a level weighs log2(m / u) bits (Fellegi and Sunter, 1969). Names weigh more the rarer they are.
"""

from dataclasses import dataclass

VERSION = "0.1.0"

# Bits. At or above LINK two records are joined; from REVIEW up to it the pair is shown to a person.
LINK = 11.0
REVIEW = 4.0

# Records of one person beside a record, on average: sets the prior, 1 in (records / this).
PARTNERS = 0.5


@dataclass(frozen=True)
class Level:
    """One degree of agreement: a SQL condition over the pair, and how often it shows.

    ``frequency`` names the column whose frozen term frequency replaces ``u``.
    """

    says: str
    when: str
    m: float
    u: float
    frequency: str | None = None


@dataclass(frozen=True)
class Comparison:
    """Levels of one thing compared, the first that holds counts; ``unknown`` says when none can."""

    name: str
    unknown: str
    levels: tuple[Level, ...]
    otherwise: tuple[float, float]


def _either_null(column: str) -> str:
    return f"{column}_l IS NULL OR {column}_r IS NULL"


def _either_empty(column: str) -> str:
    return f"len({column}_l) = 0 OR len({column}_r) = 0"


def _identifier(name: str) -> Comparison:
    return Comparison(
        name,
        _either_empty(name),
        (
            Level("same", f"list_has_any({name}_l, {name}_r)", 0.95, 0.00000001),
            Level("one character differs",
                  f"levenshtein({name}_l[1], {name}_r[1]) = 1", 0.03, 0.0005),
        ),
        (0.02, 0.9995),
    )  # fmt: skip


COMPARISONS = (
    _identifier("pnc"),
    _identifier("cro"),
    Comparison(
        "forename",
        _either_null("forename"),
        (
            Level("same", "forename_l = forename_r", 0.80, 0.006, "forename"),
            Level("nickname or alias", "list_has_any(forenames_l, forenames_r)", 0.07, 0.004),
            Level("nearly the same", "jaro_winkler_similarity(forename_l, forename_r) >= 0.9",
                  0.05, 0.003),
            Level("swapped with surname", "forename_l = surname_r AND surname_l = forename_r",
                  0.02, 0.0001),
            Level("alike", "jaro_winkler_similarity(forename_l, forename_r) >= 0.8", 0.03, 0.02),
        ),
        (0.03, 0.967),
    ),
    Comparison(
        "surname",
        _either_null("surname"),
        (
            Level("same", "surname_l = surname_r", 0.82, 0.002, "surname"),
            Level("alias, maiden or former name", "list_has_any(surnames_l, surnames_r)",
                  0.05, 0.002),
            Level("nearly the same", "jaro_winkler_similarity(surname_l, surname_r) >= 0.9",
                  0.05, 0.002),
            Level("swapped with forename", "surname_l = forename_r AND forename_l = surname_r",
                  0.02, 0.0001),
            Level("alike", "jaro_winkler_similarity(surname_l, surname_r) >= 0.8", 0.01, 0.01),
        ),
        (0.05, 0.98),
    ),
    Comparison(
        "birth_date",
        _either_null("birth_date"),
        (
            Level("same", "birth_date_l = birth_date_r", 0.90, 0.00005),
            Level("day and month swapped",
                  "year(birth_date_l) = year(birth_date_r) AND month(birth_date_l) = "
                  "day(birth_date_r) AND day(birth_date_l) = month(birth_date_r)",
                  0.015, 0.00003),
            Level("one digit differs or two changed places",
                  "damerau_levenshtein(birth_text_l, birth_text_r) = 1", 0.05, 0.0006),
            Level("same year", "birth_year_l = birth_year_r", 0.015, 0.02),
        ),
        (0.02, 0.979),
    ),
    Comparison(
        "sex",
        _either_null("sex"),
        (Level("same", "sex_l = sex_r", 0.985, 0.62),),
        (0.015, 0.38),
    ),
    Comparison(
        "postcode",
        _either_empty("postcodes"),
        (
            Level("same", "list_has_any(postcodes_l, postcodes_r)", 0.55, 0.0008),
            Level("same sector", "left(postcodes_l[1], -2) = left(postcodes_r[1], -2)",
                  0.05, 0.002),
            Level("same outcode",
                  "split_part(postcodes_l[1], ' ', 1) = split_part(postcodes_r[1], ' ', 1)",
                  0.08, 0.01),
        ),
        (0.32, 0.9872),
    ),
    Comparison(
        "phone",
        _either_empty("phones"),
        (Level("same", "list_has_any(phones_l, phones_r)", 0.40, 0.001),),
        (0.60, 0.999),
    ),
    # People of one household share what is compared above: these are the evidence against.
    Comparison(
        "household",
        f"{_either_null('forename')} OR {_either_null('surname')} OR list_has_any(pnc_l, pnc_r) "
        "OR list_has_any(cro_l, cro_r)",
        (
            Level("possible twins: same surname and birth date, another forename",
                  "surname_l = surname_r AND birth_date_l = birth_date_r AND NOT "
                  "list_has_any(forenames_l, forenames_r) AND forename_l <> surname_r AND "
                  "jaro_winkler_similarity(forename_l, forename_r) < 0.9", 0.002, 0.5),
            Level("possible parent and child: same name and address, births 15 years apart",
                  "surname_l = surname_r AND forename_l = forename_r AND "
                  "abs(birth_year_l - birth_year_r) >= 15", 0.001, 0.05),
        ),
        (0.997, 0.5),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Block:
    """Pairs that are compared: those whose keys agree. Sums of keys stay small by being joint."""

    name: str
    keys: tuple[str, ...]
    also: str | None = None
    exploded: str | None = None


BLOCKS = (
    Block("pnc", ("pnc",), exploded="pnc"),
    Block("cro", ("cro",), exploded="cro"),
    Block("forename and birth date", ("forename", "birth_date")),
    Block("surname and birth date", ("surname", "birth_date")),
    Block("initials and birth date", ("forename_initial", "surname_initial", "birth_date")),
    Block("name and birth year", ("forename", "surname", "birth_year")),
    Block("name and birthday", ("forename", "surname", "birthday")),
    Block("name, a birth date missing", ("forename", "surname"),
          also="(l.birth_date IS NULL OR r.birth_date IS NULL)"),
    Block("swapped name", ("name_sorted",), also="l.forename = r.surname"),
    Block("postcode and surname initial", ("postcode", "surname_initial")),
    Block("postcode and forename initial", ("postcode", "forename_initial")),
    Block("phone", ("phones",), exploded="phones"),
)  # fmt: skip

# Columns whose values' frequencies are frozen with the model.
FREQUENCIES = ("forename", "surname")
