"""The model of persons: what a pair must weigh to be linked, by what it holds.

The first threshold whose condition holds counts: they stand from the greatest bar to the least, but
for those of shared identifiers, which come first. The words in quotation marks are those of the
levels in ``linkage/models/person.py``.
"""

from linkage.model import DIFFERENT, NOT_KNOWN, Threshold
from linkage.models.person import ALL_OF_A_HOUSEHOLD

_LENT_PAPER = "one paper, other forenames and middle names, no birth"
HOUSEHOLD_PAPER, _NUMBER = "one paper, pass or policy of a household", "a shared number"
# The first thresholds: pairs that share an identifier, by which training judges the others.
OF_IDENTIFIED = (_LENT_PAPER, HOUSEHOLD_PAPER, _NUMBER)

NO_FORENAME_NOR_BIRTH = "neither a forename nor a birth known of both"
NO_FORENAME_NOR_DATE = "no forename known of both, and no birth date or two sexes"
NO_FORENAME_AT_HOME = "no forename known of both, and no other home, where few are known"
NO_NAME = "no name known of both"
ONE_HOUSEHOLD = "one telephone or e-mail address, births or middle names that differ"
# Whoever lives or works together is not told apart by a line that all of them have, however much
# it weighs.
_OTHERS_ON_ONE_LINE = "one telephone or e-mail address, another name, no birth that agrees"
_ELDERS_ON_ONE_LINE = "possible parent and child with one telephone or e-mail address"
_BROTHERS_ON_ONE_LINE = "one telephone or e-mail address, another birth and no same forename"
_OTHERS_OF_ONE_YEAR = "one telephone or e-mail address and year of birth, another name"
_ALIKE_ON_ONE_LINE = (
    "one telephone or e-mail address, names alike or another and no birth of one date, or the year "
    "beside it"
)
OF_ONE_LINE = (
    ONE_HOUSEHOLD, _OTHERS_ON_ONE_LINE, _ELDERS_ON_ONE_LINE, _BROTHERS_ON_ONE_LINE,
    _OTHERS_OF_ONE_YEAR, _ALIKE_ON_ONE_LINE,
)  # fmt: skip

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

# A husband works under his wife's number, and a son under his father's: where a forename differs
# and middle names do, numbers that agree are of one person in few pairs.
_LENT = (
    "papers = 'same' AND pnc <> 'same' AND cro <> 'same' "
    f"AND birth = '{NOT_KNOWN}' AND middle_names = '{DIFFERENT}' AND forename IN ('{DIFFERENT}', "
    f"'alike', 'nearly the same', 'sounds the same', {_INITIAL}, '{NOT_KNOWN}')"
)

# Who is registered together bears numbers in sequence: twins, and a father and a son of one name,
# too.
_IDENTIFIED = (
    "pnc = 'same' OR cro = 'same' OR papers = 'same' "
    "OR papers = 'one character differs' AND kin NOT LIKE 'possible %' "
    f"AND birth <> '{NOT_KNOWN}' AND NOT ({_BIRTHS_DIFFER})"
)

_ONE_LINE = "phone = 'same' OR email IN ('same', 'nearly the same')"
_ONE_HOUSE = "address = 'same home' OR address LIKE '%house and street%'"
_AT_HOME = f"{_ONE_HOUSE} OR address IN ('same postcode and town', 'same postcode')"
_ONE_AREA = "address IN ('within a kilometre', 'same outcode', 'same town', 'nearly the same town')"
# Where years alone are known, two births a year apart may be one that was told as an age.
_BROTHERS = (
    f"birth IN ('{DIFFERENT}', 'two or three years apart, the date not known of both') "
    f"OR middle_names = '{DIFFERENT}' AND birth NOT IN ({_SLIPS})"
)
# Brothers and sisters are named alike: by a syllable of their generation in China and Korea, by
# rhyme in India.
_NAMED_ALIKE = (
    "forename IN ('alike', 'nearly the same', 'sounds the same', 'nickname or alias') "
    f"AND {_BIRTHS_DIFFER}"
)
_NAMESAKES = "namesake LIKE 'possible %'"
_KIN_OF_ONE_NAME = (
    "(kin LIKE 'possible kin of one name%' OR kin LIKE 'possible kin of names alike%')"
)
_TWINS = "possible twins, other kin, parent and child"
_OTHER_FORENAME = (
    f"forename = '{DIFFERENT}' OR kin LIKE '% another forename' OR kin LIKE '% another name'"
)
_OTHER_NAME = f"({_OTHER_FORENAME} OR surname = '{DIFFERENT}')"
# What is one person's own, beside numbers: neither a home nor a line, which people share.
_NOTHING_OWN = "middle_names <> 'one the same' AND own_tie <> 'tied'"
_ONE_YEAR = "birth = 'same year, the date not known of both'"
# A couple of two surnames, or two of a care home, share all that a household shares, in data where
# hardly anybody else does: where nothing of a name is one person's, it takes a birth, or a number.
_OTHER_NAMES = f"forename = '{DIFFERENT}' AND surname = '{DIFFERENT}'"
_ONE_BIRTH = "('same date', 'day and month swapped', 'two digits in each other''s place')"

# Bars that training lowers where identifiers tell that such pairs are of one person. Those of
# people of one name it never does: to join two of them is the worst of errors.
LOWERED_BY_EVIDENCE = (_TWINS,)

# From the greatest bar to the least: of those that hold, a pair needs the greatest. A number of
# identity alone comes before. A comparison that the data has no features for is not known of any
# pair.
THRESHOLDS = (
    Threshold(_LENT_PAPER, _LENT, 40.0, 4.0),
    Threshold(HOUSEHOLD_PAPER, _ONE_PAPER, 30.0, 4.0),
    Threshold(_NUMBER, _IDENTIFIED, 6.0, 2.0),
    # Where a household shares all of it, it tells a father from a son of his name the less the
    # more there is.
    Threshold("possible kin of one name, telephone and e-mail address",
              f"kin = '{ALL_OF_A_HOUSEHOLD}'", 60.0, 4.0),
    Threshold(_BROTHERS_ON_ONE_LINE,
              f"({_ONE_LINE}) AND forename <> 'same' AND ({_BROTHERS}) AND birth <> '{NOT_KNOWN}'",
              60.0, 4.0),
    Threshold("an initial for a forename, births that differ",
              f"forename IN ({_INITIAL}) AND {_BIRTHS_DIFFER}", 60.0, 4.0),
    Threshold("another forename and another surname, no one birth",
              f"{_OTHER_NAMES} AND birth NOT IN {_ONE_BIRTH}", 40.0, 4.0),
    Threshold(_OTHERS_ON_ONE_LINE,
              f"({_ONE_LINE}) AND {_OTHER_NAME} AND {_NOTHING_OWN} AND birth NOT IN ({_SLIPS}) "
              f"AND NOT ({_ONE_YEAR})", 40.0, 4.0),
    Threshold(_ELDERS_ON_ONE_LINE, "kin LIKE 'possible parent and child with one%'", 40.0, 4.0),
    Threshold("one telephone or e-mail address, an initial for a forename, no birth",
              f"({_ONE_LINE}) AND forename IN ({_INITIAL}) AND birth = '{NOT_KNOWN}' "
              "AND own_tie <> 'tied'", 40.0, 4.0),
    # What a household shares is then all that there is.
    Threshold(NO_FORENAME_NOR_BIRTH,
              f"forename = '{NOT_KNOWN}' AND birth = '{NOT_KNOWN}'", 30.0, 4.0),
    Threshold(NO_FORENAME_NOR_DATE,
              f"forename = '{NOT_KNOWN}' AND (birth NOT IN ({_SLIPS}) OR sex = '{DIFFERENT}')",
              30.0, 4.0),
    # Brothers and sisters born on one day of two years.
    Threshold("possible kin or household: another forename, a slip between births",
              f"({_OTHER_FORENAME}) AND kin LIKE 'possible %' AND {_NOTHING_OWN} "
              "AND birth IN ('one digit differs', 'two digits in each other''s place')", 30.0, 4.0),
    Threshold(ONE_HOUSEHOLD, f"({_BROTHERS}) AND ({_ONE_LINE})", 30.0, 4.0),
    Threshold(NO_FORENAME_AT_HOME,
              f"forename = '{NOT_KNOWN}' AND ({_AT_HOME} OR address = '{NOT_KNOWN}')", 24.0, 4.0),
    Threshold("possible namesakes", f"{_NAMESAKES} AND NOT ({_ONE_AREA})", 20.0, 4.0),
    Threshold("possible kin of one name, home and telephone",
              "kin LIKE 'possible kin of one name, home and telephone%'", 20.0, 4.0),
    Threshold(_TWINS, f"kin LIKE 'possible %' AND NOT ({_KIN_OF_ONE_NAME}) AND NOT ({_NAMESAKES})",
              20.0, 4.0),
    Threshold(_OTHERS_OF_ONE_YEAR,
              f"({_ONE_LINE}) AND {_OTHER_NAME} AND {_NOTHING_OWN} AND {_ONE_YEAR}", 20.0, 4.0),
    # Twins share birth and home: where no name tells them apart, these two are not enough.
    Threshold(NO_NAME,
              f"forename = '{NOT_KNOWN}' AND surname = '{NOT_KNOWN}'", 20.0, 4.0),
    Threshold("PNC IDs or CRO numbers that differ",
              f"pnc = '{DIFFERENT}' OR cro = '{DIFFERENT}'", 18.0, 4.0),
    Threshold("possible namesakes of one area", _NAMESAKES, 16.0, 4.0),
    Threshold("possible kin of one name", _KIN_OF_ONE_NAME, 16.0, 4.0),
    # Two neighbours born on one day are met in any town; among few records that, sex and postcode
    # weigh enough.
    Threshold("another forename and another surname, one birth, at most a postcode in common",
              f"{_OTHER_NAMES} AND NOT ({_ONE_HOUSE} OR address = 'same postcode and town') "
              f"AND NOT ({_ONE_LINE})", 16.0, 4.0),
    # In some countries all of a family bear the mother's or the father's name between.
    Threshold("one home and middle name, forenames that are alike, no birth",
              f"({_AT_HOME}) AND birth = '{NOT_KNOWN}' AND middle_names = 'one the same' AND "
              "forename IN ('alike', 'nearly the same', 'sounds the same')", 16.0, 4.0),
    # Where the first word of a name is a generation's, a sister has it, too.
    Threshold("one home, births or middle names that differ, or another sex and birth",
              f"({_AT_HOME}) AND ({_BROTHERS} OR sex = '{DIFFERENT}' AND {_BIRTHS_DIFFER})",
              14.0, 4.0),
    Threshold("one home, forenames that are alike, births that differ",
              f"({_AT_HOME}) AND {_NAMED_ALIKE}", 14.0, 4.0),
    Threshold(_ALIKE_ON_ONE_LINE,
              f"({_ONE_LINE}) AND ('alike' IN (forename, surname) OR {_OTHER_NAME}) "
              f"AND birth NOT IN ('same date', 'day and month swapped', '{NOT_KNOWN}') "
              f"OR ({_ONE_LINE}) AND birth = 'a year apart, the date not known of both'",
              12.0, 3.0),
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
