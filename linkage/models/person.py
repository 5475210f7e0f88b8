"""The model of persons: what is compared, what each agreement weighs, and what links a pair.

The numbers are where training starts, and what is used where there is too little to train on. ``m``
is the share of pairs of one person that show a level, ``u`` the share of pairs of two; a level
weighs log2(m / u) bits (Fellegi and Sunter, 1969). Names weigh more the rarer they are.
docs/person-model.md reads the list aloud. Every condition is the same whichever record stands left.
"""

from linkage.model import DIFFERENT, NOT_KNOWN, Comparison, Level, Threshold
from linkage.models import person_conditions as when

ENTITY = "person"
VERSION = "1.2.0"

# Share of chance pairs that are one person, until training estimates it: half a record beside each
# of a million.
PRIOR = 0.5 / 1_000_000

# Bits below which a pair is not kept.
POSSIBLE = 0.0

# A block key that more records than these bear is not compared.
MOST_RECORDS = 200

# No value counts as rarer than this: a name seen once is more often a slip than a rarity.
RAREST = {"forename": 0.0002, "surname": 0.0002, "locality": 0.001}


def _identifier(name: str) -> Comparison:
    # Valid by their check letter, so one that differs is no slip of the keyboard.
    same = Level("same", when.shared(name, f"{name}s"), 0.98, 1e-9)
    return Comparison(name, when.either_null(name), (same,), (0.02, 1.0), needs=(name,))


_ONE_PHONE = f"({when.shared('phone', 'phones')})"
_ONE_EMAIL = f"({when.shared('email', 'emails')})"
_ALL_OF_A_HOUSEHOLD = "possible kin of one name, telephone and e-mail address, no birth"
_NO_BIRTH = f"({when.either_null('birth_year')})"
_TWIN = f"birth_date_l = birth_date_r AND ({when.KIN_SURNAME}) AND ({when.TWIN_FORENAMES})"
_ELDER = (
    f"abs(birth_year_l - birth_year_r) >= 12 AND ({when.KIN_SURNAME}) AND ({when.SAME_FORENAME})"
)

COMPARISONS = (
    _identifier("pnc"),
    _identifier("cro"),
    Comparison(
        "papers",
        "coalesce(paper_kinds_l & paper_kinds_r, 0) = 0",
        (
            Level("same", when.PAPERS_SAME, 0.85, 2e-7),
            Level("one character differs", when.PAPERS_NEARLY, 0.08, 1e-5),
        ),
        (0.07, 1.0),
        needs=("papers",),
    ),
    Comparison(
        "forename",
        when.either_null("forename"),
        (
            Level("one initial of both", when.one_initial("forename"), 0.01, 0.01),
            Level("same", "forename_l = forename_r", 0.80, 0.006, "forename", is_needed=True),
            Level("in each other's place with the surname", when.NAMES_SWAPPED, 0.01, 5e-5),
            Level("nickname or alias", when.NICKNAME, 0.06, 0.003),
            Level("nearly in each other's place with the surname", when.NAMES_NEARLY_SWAPPED,
                  0.001, 2e-5),
            Level("sounds the same", when.sounds_alike("forename"), 0.025, 0.002),
            Level("nearly the same", when.nearly("forename"), 0.03, 0.003),
            Level("known by a middle name", when.MIDDLE_AS_FORENAME, 0.01, 0.004),
            Level("the initial alone", when.initial("forename"), 0.01, 0.004),
            Level("alike", when.alike("forename", 0.8), 0.015, 0.02),
        ),
        (0.04, 0.958),
        needs=("forename",),
    ),
    Comparison(
        "surname",
        when.either_null("surname"),
        (
            Level("same", "surname_l = surname_r", 0.82, 0.002, "surname", is_needed=True),
            Level("in each other's place with the forename", when.NAMES_SWAPPED, 0.01, 5e-5),
            Level("alias, maiden or former name, or part of it",
                  when.among("surname", "surnames"), 0.05, 0.001),
            Level("nearly in each other's place with the forename", when.NAMES_NEARLY_SWAPPED,
                  0.001, 2e-5),
            Level("sounds the same", when.sounds_alike("surname"), 0.02, 0.0012),
            Level("nearly the same", when.nearly("surname"), 0.03, 0.0015),
            Level("alike", when.alike("surname", 0.8), 0.01, 0.01),
        ),
        (0.06, 0.984),
        needs=("surname",),
    ),
    Comparison(
        "middle_names",
        when.either_null("middle_name"),
        (
            Level("one the same", when.shared("middle_name", "middle_names"), 0.85, 0.03),
            Level("the initial alone", when.initial("middle_name"), 0.03, 0.01),
            Level("nearly the same", when.nearly("middle_name", 0.85), 0.02, 0.015),
        ),
        (0.10, 0.945),
        needs=("middle_name",),
    ),
    Comparison(
        "birth",
        when.either_null("birth_year"),
        (
            Level("same date, a first of January", when.SAME_NEW_YEAR, 0.01, 4e-6),
            Level("same date", "birth_date_l = birth_date_r", 0.90, 4e-5),
            Level("day and month swapped", when.DAY_MONTH_SWAPPED, 0.012, 2e-5),
            Level("one digit differs", when.ONE_DIGIT, 0.025, 0.0006),
            Level("two digits in each other's place", when.DIGITS_SWAPPED, 0.004, 0.00012),
            Level("two of day, month and year the same", when.TWO_PARTS, 0.015, 0.004),
            Level("same year, the date not known of both",
                  f"birth_year_l = birth_year_r AND ({when.either_null('birth_date')})",
                  0.9, 0.022),
            Level("a year apart, the date not known of both", when.years_apart(1), 0.06, 0.044),
            Level("two or three years apart, the date not known of both",
                  when.years_apart(3), 0.01, 0.085),
            Level("same year", "birth_year_l = birth_year_r", 0.008, 0.02),
        ),
        (0.02, 0.85),
        needs=("birth_year",),
    ),
    Comparison(
        "sex",
        when.either_null("sex"),
        (Level("same", "sex_l = sex_r", 0.99, 0.53),),
        (0.01, 0.47),
        needs=("sex",),
    ),
    Comparison(
        "address",
        when.NO_ADDRESS,
        (
            Level("same home", when.shared("home", "homes"), 0.55, 2e-6),
            Level("same house and street, another postcode or town",
                  "address_l = address_r", 0.01, 2e-5),
            Level("nearly the same house and street, same postcode or town",
                  f"({when.ADDRESS_NEARLY}) AND (postcode_l = postcode_r OR "
                  "locality_l = locality_r)", 0.01, 2e-5),
            Level("same postcode and town",
                  "postcode_l = postcode_r AND locality_l = locality_r", 0.02, 5e-5),
            Level("same postcode", when.shared("postcode", "postcodes"), 0.01, 1e-5),
            Level("nearly the same house and street", when.ADDRESS_NEARLY, 0.01, 5e-5),
            Level("same sector", "sector_l = sector_r", 0.03, 0.0006),
            Level("within a kilometre", when.within(1000), 0.02, 0.0006),
            Level("same outcode", "outcode_l = outcode_r", 0.05, 0.004),
            Level("same town", "locality_l = locality_r", 0.04, 0.004, "locality"),
            Level("nearly the same town", when.TOWN_NEARLY, 0.01, 0.004),
            Level("within ten kilometres", when.within(10_000), 0.05, 0.01),
        ),
        (0.20, 0.98),
        needs=("postcode", "home", "locality"),
    ),
    Comparison(
        "phone",
        when.either_null("phone"),
        (Level("same", when.shared("phone", "phones"), 0.6, 2e-6),),
        (0.4, 1.0),
        needs=("phone",),
    ),
    Comparison(
        "email",
        when.either_null("email"),
        (
            Level("same", when.shared("email", "emails"), 0.6, 2e-6),
            Level("nearly the same", when.EMAIL_NEARLY, 0.05, 2e-5),
        ),
        (0.35, 1.0),
        needs=("email",),
    ),
    # A force may tie its own records to one person: it knows more than we, and is wrong at times.
    Comparison(
        "own_tie",
        "coalesce(own_tie_l <> own_tie_r, true)",
        (Level("tied", "own_tie_l = own_tie_r", 0.30, 0.001),),
        (0.5, 0.5),
        needs=("own_tie",),
        is_trained=False,
    ),
    # The comparisons above are not independent of one another: kin share names, address and birth,
    # and namesakes exist. Each level says how much less likely one person is where it holds, beside
    # what was counted already; m and u are odds within the situation, not shares of all pairs.
    # Training moves them where identifiers tell which pairs in the situation are of one person.
    Comparison(
        "kin",
        when.NO_SIGN_OF_KIN,
        (
            # A household shares its telephone too, which was counted as if it were one person's.
            Level("possible twins with one telephone", f"{_ONE_PHONE} AND {_TWIN}", 1e-10, 0.5),
            Level("possible twins with one e-mail address", f"{_ONE_EMAIL} AND {_TWIN}",
                  1e-10, 0.5),
            Level("possible twins: same surname and birth date, another forename",
                  _TWIN, 0.00001, 0.5),
            Level("possible kin with one telephone: same surname, another forename",
                  f"{_ONE_PHONE} AND ({when.KIN_SURNAME}) AND {when.OTHER_FORENAME}", 1e-9, 0.5),
            Level("possible household with one telephone: another name",
                  f"{_ONE_PHONE} AND {when.OTHER_FORENAME}", 1e-9, 0.5),
            Level("possible household with one e-mail address: another forename",
                  f"{_ONE_EMAIL} AND {when.OTHER_FORENAME}", 1e-9, 0.5),
            Level("possible kin: same surname and home, another forename",
                  f"({when.SAME_HOME}) AND ({when.KIN_SURNAME}) AND {when.OTHER_FORENAME}",
                  0.0005, 0.5),
            Level("possible parent and child with one telephone", f"{_ONE_PHONE} AND {_ELDER}",
                  1e-9, 0.5),
            Level("possible parent and child with one e-mail address", f"{_ONE_EMAIL} AND {_ELDER}",
                  1e-9, 0.5),
            Level("possible parent and child: same name, births 12 or more years apart",
                  _ELDER, 0.00003, 0.5),
            # A son may have his father's name and, in a household of one telephone, all else.
            Level(_ALL_OF_A_HOUSEHOLD,
                  f"{_NO_BIRTH} AND {_ONE_PHONE} AND {_ONE_EMAIL} "
                  f"AND NOT ({when.OWN_SHARED_BUT_BOTH})", 1e-6, 0.5),
            Level("possible kin of one name, home and telephone, no birth",
                  f"{_NO_BIRTH} AND {_ONE_PHONE} AND ({when.SAME_HOME}) "
                  f"AND NOT ({when.either_null('surname')})",
                  1e-4, 0.5),
            Level("possible kin of one name and telephone, no birth",
                  f"{_NO_BIRTH} AND {_ONE_PHONE} AND NOT ({when.OWN_SHARED_BUT_PHONE})",
                  1e-4, 0.5),
            Level("possible kin of one name and e-mail address, no birth",
                  f"{_NO_BIRTH} AND {_ONE_EMAIL} AND NOT ({when.OWN_SHARED_BUT_EMAIL})",
                  1e-4, 0.5),
            Level("possible kin of one name: no birth, nothing shared beyond name and address",
                  f"{_NO_BIRTH} AND NOT ({when.OWN_SHARED})", 0.015, 0.5),
        ),
        (0.5, 0.5),
        needs=("forename",),
        is_trained=False,
    ),
    Comparison(
        "namesake",
        when.NOTHING_AGREES,
        (
            Level("possible namesakes: nothing shared beyond names, birth, sex, area and numbers",
                  f"NOT ({when.OWN_OR_ADDRESS_SHARED})", 0.03, 0.5),
        ),
        (0.5, 0.5),
        # Where a data set holds hardly anything else, that nothing else is shared says nothing.
        needs=("postcode", "home", "pnc", "cro", "papers", "phone"),
        is_trained=False,
    ),
)  # fmt: skip


# What a person hardly changes, whatever data set tells of it: what speaks against one person is at
# most so many times as frequent among pairs of one person as typed. Where training finds more, it
# has taken households for persons.
KEPT = {"forename": 5.0, "surname": 5.0, "birth": 40.0, "sex": 5.0}

HOUSEHOLD_PAPER, _NUMBER = "one paper, pass or policy of a household", "a shared number"
# The first thresholds: pairs that share an identifier, by which training judges the others.
OF_IDENTIFIED = (HOUSEHOLD_PAPER, _NUMBER)

# What households share in some data sets and one person has alone in others: records that share it
# and have other forenames tell. Levels and thresholds that count only where households do share it,
# and those that count where they share any of it, or nothing tells.
ONLY_WHERE_SHARED = {
    "phone": (
        "possible household with one telephone: another name",
        "possible kin of one name and telephone, no birth",
        _ALL_OF_A_HOUSEHOLD,
    ),
    "email": (
        "possible kin of one name and e-mail address, no birth",
        _ALL_OF_A_HOUSEHOLD,
        "possible twins with one e-mail address",
        "possible household with one e-mail address: another forename",
        "possible parent and child with one e-mail address",
    ),
    "papers": (HOUSEHOLD_PAPER,),
}
_NO_FORENAME_NOR_BIRTH = "neither a forename nor a birth known of both"
_NO_FORENAME_NOR_DATE = "no forename known of both, and no birth date or two sexes"
_NO_FORENAME_AT_HOME = "no forename known of both, of one home, where few are known"
_ONE_HOUSEHOLD = "one home and telephone or e-mail address, births that differ"
ONLY_WHERE_ANY_IS_SHARED = (_NO_FORENAME_NOR_BIRTH, _NO_FORENAME_NOR_DATE, _ONE_HOUSEHOLD)
# Where half of the records or more have a forename, a pair without is hardly ever of twins.
ONLY_WHERE_NAMELESS = (_NO_FORENAME_AT_HOME,)

# One birth date, but for a slip; and births that are known to be two, or may be.
_SLIPS = (
    "'same date', 'same date, a first of January', 'day and month swapped', 'one digit differs', "
    "'two digits in each other''s place'"
)
_INITIAL = "'the initial alone', 'one initial of both'"
_BIRTHS_DIFFER = f"birth NOT IN ({_SLIPS}, 'same year, the date not known of both', '{NOT_KNOWN}')"

# A household may have one policy or ration card, under which whoever asked filed everybody: where
# neither forename nor birth says that it is one person, a paper does not. PNC IDs and CRO numbers
# stand for fingerprints.
_ONE_PAPER = (
    "papers IN ('same', 'one character differs') AND pnc <> 'same' AND cro <> 'same' "
    f"AND (kin LIKE 'possible %' OR '{DIFFERENT}' IN (forename, birth, sex) "
    f"OR forename IN ('alike', {_INITIAL}, '{NOT_KNOWN}') "
    f"AND (birth = '{NOT_KNOWN}' OR {_BIRTHS_DIFFER}))"
)

_INITIALS = f"forename IN ({_INITIAL})"

# Who is registered together bears numbers in sequence: a father and a son of one name, too.
_IDENTIFIED = (
    "pnc = 'same' OR cro = 'same' OR papers = 'same' "
    f"OR papers = 'one character differs' AND birth <> '{NOT_KNOWN}'"
)

_ONE_LINE = "phone = 'same' OR email IN ('same', 'nearly the same')"
_BROTHERS = (
    "address IN ('same home', 'same postcode') AND "
    f"(birth = '{DIFFERENT}' OR middle_names = '{DIFFERENT}' AND {_BIRTHS_DIFFER})"
)

_TWINS, _ONE_NAME = "possible twins, other kin, parent and child", "possible kin of one name"

# Bars that training lowers where identifiers tell that such pairs are of one person. Those of
# people of one name it never does: to join two of them is the worst of errors.
LOWERED_BY_EVIDENCE = (_TWINS,)

# A comparison that the data has no features for is not known of any pair.
THRESHOLDS = (
    Threshold(HOUSEHOLD_PAPER, _ONE_PAPER, 30.0, 4.0),
    Threshold(_NUMBER, _IDENTIFIED, 6.0, 2.0),
    Threshold("possible namesakes of one area",
              "namesake LIKE 'possible %' AND address IN ('within a kilometre', 'same outcode', "
              "'same town', 'nearly the same town')", 16.0, 4.0),
    Threshold("possible namesakes", "namesake LIKE 'possible %'", 20.0, 4.0),
    Threshold("possible kin of one name, telephone and e-mail address",
              f"kin = '{_ALL_OF_A_HOUSEHOLD}'", 30.0, 4.0),
    Threshold("possible kin of one name, home and telephone",
              "kin LIKE 'possible kin of one name, home and telephone%'", 20.0, 4.0),
    Threshold(_ONE_NAME, "kin LIKE 'possible kin of one name%'", 16.0, 4.0),
    Threshold(_TWINS, "kin LIKE 'possible %'", 20.0, 4.0),
    # What a household shares is then all that there is.
    Threshold(_NO_FORENAME_NOR_BIRTH,
              f"forename IN ('{NOT_KNOWN}', {_INITIAL}) AND birth = '{NOT_KNOWN}'", 30.0, 4.0),
    Threshold(_NO_FORENAME_NOR_DATE,
              f"{_INITIALS} AND {_BIRTHS_DIFFER} OR "
              f"forename = '{NOT_KNOWN}' AND (birth NOT IN ({_SLIPS}) OR sex = '{DIFFERENT}')",
              30.0, 4.0),
    # Twins share birth and home: where no name tells them apart, these two are not enough.
    Threshold("no name known of both",
              f"forename = '{NOT_KNOWN}' AND surname = '{NOT_KNOWN}'", 20.0, 4.0),
    Threshold(_NO_FORENAME_AT_HOME,
              f"forename = '{NOT_KNOWN}' AND address IN ('same home', 'same postcode')", 24.0, 4.0),
    Threshold("PNC IDs or CRO numbers that differ",
              f"pnc = '{DIFFERENT}' OR cro = '{DIFFERENT}'", 18.0, 4.0),
    Threshold(_ONE_HOUSEHOLD,
              f"{_BROTHERS} AND ({_ONE_LINE})", 30.0, 4.0),
    Threshold("one home, births that differ", _BROTHERS, 14.0, 4.0),
    # That both names are in each other's place weighs the same whatever the names; a year of birth
    # is shared by many of a few names.
    Threshold("names in each other's place, births near each other",
              f"forename LIKE '%in each other''s place%' AND {_BIRTHS_DIFFER} "
              f"AND birth <> '{DIFFERENT}'", 8.0, 3.0),
    Threshold("a forename or a surname not known of both",
              f"forename = '{NOT_KNOWN}' OR surname = '{NOT_KNOWN}'", 8.0, 3.0),
    Threshold("no birth known of both", f"birth = '{NOT_KNOWN}'", 8.0, 3.0),
    Threshold("any other", "true", 4.5, 2.0),
)  # fmt: skip
