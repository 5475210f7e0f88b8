"""The model of persons: what counts only where households share a telephone, an e-mail address or a
paper, as records that share one and have other forenames tell (``docs/adr/0017``)."""

from linkage.models.person import ALL_OF_A_HOUSEHOLD
from linkage.models.person_thresholds import (
    HOUSEHOLD_PAPER,
    NO_FORENAME_AT_HOME,
    NO_FORENAME_NOR_BIRTH,
    NO_FORENAME_NOR_DATE,
    NO_NAME,
    OF_ONE_LINE,
)

# Where two of one name share a line and no birth is known, by the line.
_KIN_ON_ONE_LINE = {
    "phone": ("possible kin of one name and telephone, no birth", ALL_OF_A_HOUSEHOLD),
    "email": ("possible kin of one name and e-mail address, no birth", ALL_OF_A_HOUSEHOLD),
}

# Levels and thresholds, by the feature that households must share.
ONLY_WHERE_SHARED = {
    "phone": (
        "possible household with one telephone: another name",
        *_KIN_ON_ONE_LINE["phone"],
    ),
    "email": (
        "possible twins with one e-mail address",
        "possible household with one e-mail address: another forename",
        "possible parent and child with one e-mail address",
        *_KIN_ON_ONE_LINE["email"],
    ),
    "papers": (HOUSEHOLD_PAPER,),
}

# Levels that count unless kin of one name are hardly ever met: then a name and what a household
# shares are one person's.
ONLY_WHERE_KIN_BEAR_ONE_NAME = (
    "possible kin of one name, home and telephone, no birth",
    "possible kin of one name: no birth, nothing shared beyond name and address",
    *dict.fromkeys(name for names in _KIN_ON_ONE_LINE.values() for name in names),
)

# What is no level of its own: a middle name that two of one name share is taken for one person's
# only where kin of one name and middle name are hardly ever met.
OWN_MIDDLE_NAME = "a shared middle name as one person's own, among kin of one name"

# Thresholds that count where households share any of it, or nothing tells.
ONLY_WHERE_ANY_IS_SHARED = (NO_FORENAME_NOR_BIRTH, NO_FORENAME_NOR_DATE, NO_NAME, *OF_ONE_LINE)

# Where half of the records or more have a forename, a pair without is hardly ever of twins.
ONLY_WHERE_NAMELESS = (NO_FORENAME_AT_HOME,)
