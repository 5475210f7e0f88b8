"""The SQL conditions of the model of persons, by name. Each reads the same with left and right
exchanged: a pair must weigh the same whichever record came first."""


def either_null(feature: str) -> str:
    """A feature is not known of both records."""
    return f"{feature}_l IS NULL OR {feature}_r IS NULL"


def shared(one: str, every: str) -> str:
    """The records have a value in common; true or false, never null.

    ``every`` is null where a record has one value alone: then no list is looked into.
    """
    return (
        f"CASE WHEN {one}_l = {one}_r THEN true "
        f"WHEN {every}_l IS NULL AND {every}_r IS NULL THEN false ELSE {among(one, every)} END"
    )


def among(one: str, others: str) -> str:
    """One record's value, or another of its values, is among the other values of the other; true
    or false."""
    return (
        f"CASE WHEN {others}_l IS NULL AND {others}_r IS NULL THEN false ELSE coalesce("
        f"list_contains({others}_l, {one}_r) OR list_contains({others}_r, {one}_l) "
        f"OR list_has_any({others}_l, {others}_r), false) END"
    )


def alike(text: str, least: float) -> str:
    """Jaro-Winkler similarity of two texts that are known: null would count as the other.

    It is not quite symmetric: the lesser text stands first.
    """
    left, right = f"{text}_l", f"{text}_r"
    return f"jaro_winkler_similarity(least({left}, {right}), greatest({left}, {right})) >= {least}"


def nearly(name: str, least: float = 0.9) -> str:
    """A slip of the keyboard after the first letter; true or false."""
    return (
        f"CASE WHEN left({name}_l, 1) <> left({name}_r, 1) THEN false ELSE {alike(name, least)} END"
    )


def sounds_alike(name: str) -> str:
    """One sound, and letters in common too: CHLOE and SHEILA, or LUCY and LISA, have one sound by
    the consonants alone, and are two names; true or false."""
    return f"CASE WHEN {name}_sound_l = {name}_sound_r THEN {alike(name, 0.7)} ELSE false END"


def initial(name: str) -> str:
    """The one is an initial, and the other begins with it."""
    return (
        f"least(length({name}_l), length({name}_r)) = 1 AND left({name}_l, 1) = left({name}_r, 1)"
    )


def one_initial(name: str) -> str:
    """Both are one initial."""
    return f"{name}_l = {name}_r AND length({name}_l) = 1"


def years_apart(most: int) -> str:
    """Births at most so many years apart, where a date is not known."""
    return f"abs(birth_year_l - birth_year_r) <= {most} AND ({either_null('birth_date')})"


def within(metres: int) -> str:
    """Postcodes within a square of that reach about each other."""
    return f"abs(easting_l - easting_r) <= {metres} AND abs(northing_l - northing_r) <= {metres}"


NAMES_SWAPPED = "forename_l = surname_r AND surname_l = forename_r"

# Swapped, with a slip of the keyboard in one of them.
NAMES_NEARLY_SWAPPED = (
    f"CASE WHEN {either_null('forename')} OR {either_null('surname')} THEN false "
    "WHEN forename_l = surname_r THEN "
    "jaro_winkler_similarity(least(surname_l, forename_r), greatest(surname_l, forename_r)) >= 0.9 "
    "WHEN surname_l = forename_r THEN "
    "jaro_winkler_similarity(least(forename_l, surname_r), greatest(forename_l, surname_r)) >= 0.9 "
    "ELSE false END"
)

NICKNAME = (
    "CASE WHEN stands_for_l = stands_for_r THEN true "
    "WHEN forenames_l IS NULL AND forenames_r IS NULL THEN false ELSE coalesce("
    "list_contains(forenames_l, forename_r) OR list_contains(forenames_r, forename_l) "
    "OR list_contains(forenames_l, stands_for_r) OR list_contains(forenames_r, stands_for_l) "
    "OR list_has_any(forenames_l, forenames_r), false) END"
)

MIDDLE_AS_FORENAME = (
    "CASE WHEN forename_l = middle_name_r OR forename_r = middle_name_l THEN true "
    "WHEN middle_names_l IS NULL AND middle_names_r IS NULL THEN false ELSE coalesce("
    "list_contains(middle_names_l, forename_r) OR list_contains(middle_names_r, forename_l), "
    "false) END"
)

# The kind stands before the value, so papers of two kinds are never nearly the same.
PAPERS_NEARLY = (
    "CASE WHEN coalesce(paper_kinds_l & paper_kinds_r, 0) = 0 THEN false ELSE "
    "len(list_filter(papers_l, lambda p: len(list_filter(papers_r, lambda q: "
    "left(p, 2) = left(q, 2) AND damerau_levenshtein(p, q) = 1)) > 0)) > 0 END"
)

PAPERS_SAME = (
    "CASE WHEN papers_l IS NULL OR papers_r IS NULL THEN false "
    "ELSE list_has_any(papers_l, papers_r) END"
)

# What is entered where a date is not known, or only the year.
SAME_NEW_YEAR = "birth_date_l = birth_date_r AND month(birth_date_l) = 1 AND day(birth_date_l) = 1"

DAY_MONTH_SWAPPED = (
    "birth_year_l = birth_year_r AND month(birth_date_l) = day(birth_date_r) "
    "AND day(birth_date_l) = month(birth_date_r)"
)

# How many of day, month and year are the same. Two first days of January say so many years alone.
SAME_PARTS = (
    "CASE WHEN month(birth_date_l) = 1 AND day(birth_date_l) = 1 "
    "AND month(birth_date_r) = 1 AND day(birth_date_r) = 1 "
    "THEN 3 * (birth_year_l = birth_year_r)::INT "
    "ELSE (month(birth_date_l) = month(birth_date_r))::INT "
    "+ (day(birth_date_l) = day(birth_date_r))::INT + (birth_year_l = birth_year_r)::INT END"
)
TWO_PARTS = f"{SAME_PARTS} = 2"


# Written out only where two parts of the date agree: a slip of one or two digits leaves them.
def _written(condition: str) -> str:
    left, right = "birth_date_l::VARCHAR", "birth_date_r::VARCHAR"
    return f"CASE WHEN {TWO_PARTS} THEN {condition.format(left=left, right=right)} ELSE false END"


ONE_DIGIT = _written("hamming({left}, {right}) = 1")

DIGITS_SWAPPED = _written("damerau_levenshtein({left}, {right}) = 1")

NO_ADDRESS = (
    f"({either_null('postcode')}) AND ({either_null('home')}) AND ({either_null('locality')})"
)

ADDRESS_NEARLY = f"CASE WHEN house_l = house_r THEN {alike('address', 0.9)} ELSE false END"

TOWN_NEARLY = f"CASE WHEN {either_null('locality')} THEN false ELSE {alike('locality', 0.9)} END"

# Mostly made of the name: the figures after it tell namesakes apart, so they must be the same.
EMAIL_NEARLY = (
    f"CASE WHEN {either_null('email')} THEN false "
    "WHEN split_part(email_l, '@', 1) = split_part(email_r, '@', 1) THEN true "
    f"WHEN {alike('email', 0.92)} THEN levenshtein(email_l, email_r) <= 2 "
    "AND regexp_replace(email_l, '[^0-9]', '', 'g') = regexp_replace(email_r, '[^0-9]', '', 'g') "
    "ELSE false END"
)


def any_of(*conditions: str) -> str:
    """Any of the conditions, looked at in that order and no further; true or false."""
    return f"CASE {' '.join(f'WHEN {each} THEN true' for each in conditions)} ELSE false END"


# False where one is not known: the similarity of nothing and a name would be that of the name.
KIN_SURNAME = (
    f"CASE WHEN {either_null('surname')} THEN false ELSE "
    + any_of(
        "surname_l = surname_r",
        sounds_alike("surname"),
        among("surname", "surnames"),
        alike("surname", 0.8),
    )
    + " END"
)

SAME_HOME = any_of(shared("home", "homes"), shared("postcode", "postcodes"))

SAME_FORENAME = any_of(
    "forename_l = forename_r",
    sounds_alike("forename"),
    NICKNAME,
    NAMES_NEARLY_SWAPPED,
    alike("forename", 0.85),
    initial("forename"),
)
OTHER_FORENAME = f"NOT ({SAME_FORENAME})"

OTHER_MIDDLE_NAMES = (
    "middle_name_l IS NOT NULL AND middle_name_r IS NOT NULL "
    f"AND NOT ({shared('middle_name', 'middle_names')}) AND NOT ({initial('middle_name')}) "
    f"AND NOT ({nearly('middle_name', 0.85)})"
)
# Twins may be named alike, as MARC and MAREK: other middle names then tell them apart.
NAMED_ALIKE = f"forename_l <> forename_r AND {OTHER_MIDDLE_NAMES}"
# So may a brother and a sister, as NATAN and NATASHA; or as WEI MING and WEI LING, where all of a
# generation bear the first word.
OTHER_SEX = f"sex_l <> sex_r AND (forename_l <> forename_r OR {OTHER_MIDDLE_NAMES})"
TWIN_FORENAMES = any_of(OTHER_FORENAME, NAMED_ALIKE, OTHER_SEX)

# Dependence between names, births and what a household shares is not looked into where none of them
# agrees: such a pair weighs nothing anyway.
NOTHING_AGREES = (
    f"{either_null('forename')} OR {either_null('surname')} "
    "OR forename_sound_l <> forename_sound_r AND surname_sound_l <> surname_sound_r "
    "AND forename_l <> surname_r AND surname_l <> forename_r "
    "AND coalesce(birth_date_l <> birth_date_r, true) AND coalesce(home_l <> home_r, true)"
)

# Nor is kin looked for where forename, sex and birth date are the same; but it is, whatever the
# surname, where there is one telephone or e-mail address.
NO_SIGN_OF_KIN = (
    f"CASE WHEN {either_null('forename')} THEN true "
    "WHEN forename_l = forename_r AND birth_date_l = birth_date_r "
    "AND coalesce(sex_l = sex_r, true) THEN true "
    f"WHEN {shared('phone', 'phones')} THEN false WHEN {shared('email', 'emails')} THEN false "
    f"ELSE ({NOTHING_AGREES}) END"
)

# Something is shared beyond names, birth, sex, address and numbers of identity, of which the
# thresholds know. A household shares the address. An e-mail address that is nearly the same says no
# more than the name that it is made of.
_OWN_LINES = (shared("phone", "phones"), shared("email", "emails"))
OWN_TIED = "own_tie_l = own_tie_r"
MIDDLE_NAME_SHARED = shared("middle_name", "middle_names")
_OWN_ALONE = (MIDDLE_NAME_SHARED, OWN_TIED)
OWN_SHARED = any_of(*_OWN_LINES, *_OWN_ALONE)

# The same, where all of a household have one telephone, one e-mail address, or one of both.
OWN_SHARED_BUT_PHONE = any_of(_OWN_LINES[1], *_OWN_ALONE)
OWN_SHARED_BUT_EMAIL = any_of(_OWN_LINES[0], *_OWN_ALONE)
OWN_SHARED_BUT_BOTH = any_of(*_OWN_ALONE)

# To live in one part of a town is no sign of one person: so do many who share a name.
OWN_OR_ADDRESS_SHARED = any_of(
    SAME_HOME,
    OWN_SHARED,
    "address_l = address_r",
    "sector_l = sector_r",
    ADDRESS_NEARLY,
)
