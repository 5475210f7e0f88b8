"""The SQL conditions of the model of persons, by name. Each reads the same with left and right
exchanged: a pair must weigh the same whichever record came first."""


def either_null(feature: str) -> str:
    """A feature is not known of both records."""
    return f"{feature}_l IS NULL OR {feature}_r IS NULL"


def shared(one: str, every: str) -> str:
    """The records have a value in common; ``every`` is null where a record has one alone."""
    return (
        f"({one}_l = {one}_r OR list_contains({every}_l, {one}_r) "
        f"OR list_contains({every}_r, {one}_l) OR list_has_any({every}_l, {every}_r))"
    )


def among(one: str, others: str) -> str:
    """One record's value, or another of its values, is among the other values of the other."""
    return (
        f"(list_contains({others}_l, {one}_r) OR list_contains({others}_r, {one}_l) "
        f"OR list_has_any({others}_l, {others}_r))"
    )


def alike(text: str, least: float) -> str:
    """Jaro-Winkler similarity. It is not quite symmetric: the lesser text stands first."""
    left, right = f"{text}_l", f"{text}_r"
    return f"jaro_winkler_similarity(least({left}, {right}), greatest({left}, {right})) >= {least}"


def initial(name: str) -> str:
    """The one is an initial, and the other begins with it."""
    return (
        f"least(length({name}_l), length({name}_r)) = 1 AND left({name}_l, 1) = left({name}_r, 1)"
    )


def years_apart(most: int) -> str:
    """Births at most so many years apart, where a date is not known."""
    return f"abs(birth_year_l - birth_year_r) <= {most} AND ({either_null('birth_date')})"


def within(metres: int) -> str:
    """Postcodes within a square of that reach about each other."""
    return f"abs(easting_l - easting_r) <= {metres} AND abs(northing_l - northing_r) <= {metres}"


NAMES_SWAPPED = "forename_l = surname_r AND surname_l = forename_r"

NICKNAME = (
    "(stands_for_l = stands_for_r OR list_contains(forenames_l, forename_r) "
    "OR list_contains(forenames_r, forename_l) OR list_contains(forenames_l, stands_for_r) "
    "OR list_contains(forenames_r, stands_for_l) OR list_has_any(forenames_l, forenames_r))"
)

MIDDLE_AS_FORENAME = (
    "(forename_l = middle_name_r OR forename_r = middle_name_l "
    "OR list_contains(middle_names_l, forename_r) OR list_contains(middle_names_r, forename_l))"
)

# The kind stands before the value, so papers of two kinds are never nearly the same.
PAPERS_NEARLY = (
    "len(list_filter(papers_l, lambda p: len(list_filter(papers_r, lambda q: "
    "left(p, 2) = left(q, 2) AND damerau_levenshtein(p, q) = 1)) > 0)) > 0"
)

DAY_MONTH_SWAPPED = (
    "birth_year_l = birth_year_r AND month(birth_date_l) = day(birth_date_r) "
    "AND day(birth_date_l) = month(birth_date_r)"
)

DIGITS_SWAPPED = (
    "hamming(birth_date_l::VARCHAR, birth_date_r::VARCHAR) = 2 "
    "AND damerau_levenshtein(birth_date_l::VARCHAR, birth_date_r::VARCHAR) = 1"
)

TWO_PARTS = (
    "(month(birth_date_l) = month(birth_date_r))::INT + (day(birth_date_l) = day(birth_date_r))::INT"
    " + (birth_year_l = birth_year_r)::INT = 2"
)

NO_ADDRESS = (
    f"({either_null('postcode')}) AND ({either_null('home')}) AND ({either_null('locality')})"
)

ADDRESS_NEARLY = (
    "left(address_l, 2) = left(address_r, 2) "
    "AND split_part(address_l, ' ', 1) = split_part(address_r, ' ', 1) "
    f"AND {alike('address', 0.9)}"
)

EMAIL_NEARLY = (
    "(split_part(email_l, '@', 1) = split_part(email_r, '@', 1) "
    f"OR {alike('email', 0.92)} AND levenshtein(email_l, email_r) <= 2)"
)

KIN_SURNAME = (
    "(surname_l = surname_r OR surname_sound_l = surname_sound_r "
    f"OR coalesce({among('surname', 'surnames')}, false) OR {alike('surname', 0.9)})"
)

SAME_HOME = f"({shared('home', 'homes')} OR {shared('postcode', 'postcodes')})"

OTHER_FORENAME = (
    "forename_l <> forename_r AND forename_sound_l <> forename_sound_r "
    f"AND NOT coalesce({NICKNAME} OR {NAMES_SWAPPED}, false) "
    f"AND NOT coalesce({MIDDLE_AS_FORENAME}, false) "
    f"AND NOT {alike('forename', 0.88)} AND NOT ({initial('forename')})"
)

_IDENTIFIED = " OR ".join(
    f"coalesce({condition}, false)"
    for condition in (
        shared("pnc", "pncs"),
        shared("cro", "cros"),
        "list_has_any(papers_l, papers_r)",
    )
)

# Dependence between names, births and addresses is weighed where no number says who it is.
KIN_IS_UNKNOWN = f"{either_null('forename')} OR {either_null('surname')} OR {_IDENTIFIED}"

# What two records share beyond names, birth, sex and address. A household shares the address.
OWN_SHARED = (
    "("
    + " OR ".join(
        f"coalesce({condition}, false)"
        for condition in (
            shared("phone", "phones"),
            shared("email", "emails"),
            EMAIL_NEARLY,
            shared("middle_name", "middle_names"),
            PAPERS_NEARLY,
            "own_tie_l = own_tie_r",
        )
    )
    + ")"
)

NEAR = (
    "("
    + " OR ".join(
        f"coalesce({condition}, false)"
        for condition in (
            SAME_HOME,
            "address_l = address_r",
            ADDRESS_NEARLY,
            "split_part(sector_l, ' ', 1) = split_part(sector_r, ' ', 1)",
            within(1000),
        )
    )
    + ")"
)
