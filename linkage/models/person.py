"""The model of persons: what is compared, and what each agreement weighs. What links a pair stands
in ``linkage/models/person_thresholds.py``.

The numbers are where training starts, and what is used where there is too little to train on. ``m``
is the share of pairs of one person that show a level, ``u`` the share of pairs of two; a level
weighs log2(m / u) bits (Fellegi and Sunter, 1969). Names weigh more the rarer they are.
docs/person-model.md reads the list aloud. Every condition is the same whichever record stands left.
"""

from linkage.model import Comparison, Level
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
ALL_OF_A_HOUSEHOLD = "possible kin of one name, telephone and e-mail address, no birth"
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
        (Level("tied", when.OWN_TIED, 0.30, 0.001),),
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
            Level(ALL_OF_A_HOUSEHOLD,
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
            # Whether kin of one name are met says nothing of brothers whose names are alike.
            Level("possible kin of names alike: no birth, nothing shared beyond name and address",
                  f"{_NO_BIRTH} AND forename_l <> forename_r AND NOT ({when.OWN_SHARED})",
                  0.015, 0.5),
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
