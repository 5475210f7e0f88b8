"""The first model of persons: what is compared, what each agreement weighs, where pairs are sought.

The weights are typed by hand from what such fields are generally known to do; they have not passed
a reliability test, so the model is provisional. ``m`` is the share of pairs of one person that show
a level, ``u`` the share of pairs of two; a level weighs log2(m / u) bits (Fellegi and Sunter,
1969). Names weigh more the rarer they are. docs/person-model.md tells the list in plain words.
"""

from dataclasses import dataclass

VERSION = "0.2.0"

# Bits. At or above LINK two records are joined; from REVIEW up to it the pair is shown to a person.
LINK = 10.0
REVIEW = 4.0

# Share of chance pairs that are one person: half a record beside each of a million. It is the same
# at any size, so that a pair weighs the same in a small home as in the nation's.
PRIOR = 0.5 / 1_000_000

# A block that more records than these share is not compared.
MOST_RECORDS = 200

# No name counts as rarer than this: a name seen once is more often a slip than a rarity.
RAREST = 0.0002


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
    # Valid by their check letter, so one that differs is no slip of the keyboard.
    return Comparison(
        name,
        _either_empty(name),
        (Level("same", f"list_has_any({name}_l, {name}_r)", 0.98, 0.000000001),),
        (0.01, 0.999999999),
    )


# What two records share beyond names, birth and sex. A household shares the address.
_OWN = " OR ".join(
    f"list_has_any({name}_l, {name}_r)"
    for name in ("pnc", "cro", "papers", "contacts", "middle_names")
)
_TIED = "coalesce(force_l = force_r AND master_l = master_r, false)"
_ADDRESS = "list_has_any(postcodes_l, postcodes_r)"

COMPARISONS = (
    _identifier("pnc"),
    _identifier("cro"),
    Comparison(
        "papers",
        _either_empty("papers"),
        (Level("same", "list_has_any(papers_l, papers_r)", 0.50, 0.0000005),),
        # Often two different kinds of paper: little is said by it.
        (0.50, 0.9999995),
    ),
    Comparison(
        "forename",
        _either_null("forename"),
        (
            Level("same", "forename_l = forename_r", 0.80, 0.006, "forename"),
            Level("nickname or alias", "list_has_any(forenames_l, forenames_r)", 0.08, 0.004),
            Level("nearly the same", "jaro_winkler_similarity(forename_l, forename_r) >= 0.9",
                  0.05, 0.003),
            Level("swapped with surname", "forename_l = surname_r AND surname_l = forename_r",
                  0.02, 0.0001),
            Level("alike", "jaro_winkler_similarity(forename_l, forename_r) >= 0.8", 0.02, 0.02),
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
        "middle_names",
        _either_empty("middle_names"),
        (Level("one the same", "list_has_any(middle_names_l, middle_names_r)", 0.85, 0.03),),
        (0.15, 0.97),
    ),
    Comparison(
        "birth",
        _either_null("birth_year"),
        (
            Level("same date", "birth_date_l = birth_date_r", 0.90, 0.00005),
            Level("day and month swapped",
                  "birth_year_l = birth_year_r AND month(birth_date_l) = day(birth_date_r) "
                  "AND day(birth_date_l) = month(birth_date_r)", 0.015, 0.00003),
            Level("one digit differs", "hamming(birth_text_l, birth_text_r) = 1", 0.03, 0.0006),
            Level("two of day, month and year the same",
                  "(birthday_l = birthday_r)::INT + (birth_year_l = birth_year_r AND "
                  "(month(birth_date_l) = month(birth_date_r) OR "
                  "day(birth_date_l) = day(birth_date_r)))::INT = 1", 0.02, 0.004),
            Level("same year, the date not known of both",
                  "birth_year_l = birth_year_r AND (birth_date_l IS NULL OR birth_date_r IS NULL)",
                  0.01, 0.0003),
            Level("same year", "birth_year_l = birth_year_r", 0.01, 0.02),
        ),
        (0.015, 0.975),
    ),
    Comparison(
        "sex",
        _either_null("sex"),
        (Level("same", "sex_l = sex_r", 0.99, 0.6),),
        (0.01, 0.4),
    ),
    Comparison(
        "postcode",
        _either_empty("postcodes"),
        (
            Level("same", _ADDRESS, 0.60, 0.0001),
            Level("same sector", "left(postcodes_l[1], -2) = left(postcodes_r[1], -2)",
                  0.05, 0.0005),
            Level("same outcode",
                  "split_part(postcodes_l[1], ' ', 1) = split_part(postcodes_r[1], ' ', 1)",
                  0.08, 0.004),
        ),
        (0.27, 0.9954),
    ),
    Comparison(
        "contact",
        _either_empty("contacts"),
        (Level("same phone or e-mail", "list_has_any(contacts_l, contacts_r)", 0.50, 0.00005),),
        (0.50, 0.99995),
    ),
    # A force may tie its own records to one person: it knows more than we, and is wrong at times.
    Comparison(
        "own_tie",
        f"NOT {_TIED}",
        (Level("tied", _TIED, 0.30, 0.001),),
        (0.50, 0.50),
    ),
    # The comparisons above are not independent of one another: kin share names, address and birth,
    # and namesakes exist. Each level says how much less likely one person is where it holds, beside
    # what was counted already; m and u are odds within the situation, not shares of all pairs.
    Comparison(
        "coincidence",
        f"{_either_null('forename')} OR {_either_null('surname')} OR "
        "list_has_any(pnc_l, pnc_r) OR list_has_any(cro_l, cro_r) OR "
        "list_has_any(papers_l, papers_r)",
        (
            Level("possible twins: same surname and birth date, another forename",
                  "surname_l = surname_r AND birth_date_l = birth_date_r AND NOT "
                  "list_has_any(forenames_l, forenames_r) AND forename_l <> surname_r AND "
                  "jaro_winkler_similarity(forename_l, forename_r) < 0.9", 0.00001, 0.5),
            Level("possible parent and child: same name, births 12 or more years apart",
                  "surname_l = surname_r AND forename_l = forename_r AND "
                  "abs(birth_year_l - birth_year_r) >= 12", 0.001, 0.05),
            Level("possible namesakes: nothing shared beyond names, birth and sex",
                  f"NOT ({_OWN} OR {_ADDRESS} OR {_TIED})", 0.002, 0.5),
            Level("possible kin of one name: nothing shared beyond name and address",
                  f"(birth_year_l IS NULL OR birth_year_r IS NULL) AND NOT ({_OWN} OR {_TIED})",
                  0.05, 0.5),
        ),
        (0.5, 0.5),
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
    Block("postcode and birth date", ("postcode", "birth_date")),
    Block("phone or e-mail", ("contacts",), exploded="contacts"),
    Block("papers", ("papers",), exploded="papers"),
    Block("own tie and surname initial", ("force", "master", "surname_initial")),
)  # fmt: skip

# Columns whose values' frequencies are frozen with the model.
FREQUENCIES = ("forename", "surname")
