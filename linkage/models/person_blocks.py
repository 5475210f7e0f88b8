"""What brings two person records together to be compared: a list one can read aloud.

A block is a key that both bear. Which of these a data set uses follows from the columns that it has
(``linkage/training/structure.py``); how large a block may grow, ``MOST_RECORDS`` of the model says.
"""

from linkage.model import Block

_EITHER_ORDER = ("least(forename, surname)", "greatest(forename, surname)")
_INITIALS = ("left(forename, 1)", "left(surname, 1)")
# What stands before the @: a person who changes provider keeps it.
_MAILBOXES = (
    "CASE WHEN email IS NOT NULL THEN list_distinct(list_transform("
    "coalesce(emails, [email]), lambda e: split_part(e, '@', 1))) END"
)


def _each(one: str, every: str) -> str:
    """The values of a feature; null where there is none, so that no list is made of nothing."""
    return f"CASE WHEN {one} IS NOT NULL THEN coalesce({every}, [{one}]) END"


BLOCKS = (
    Block("PNC ID", exploded=_each("pnc", "pncs"), needs=("pnc",)),
    Block("CRO number", exploded=_each("cro", "cros"), needs=("cro",)),
    Block("forename and birth date", ("forename", "birth_date"), needs=("birth_date",)),
    Block("surname and birth date", ("surname", "birth_date"), needs=("birth_date",)),
    Block("both names and birth year", (*_EITHER_ORDER, "birth_year"), needs=("birth_year",)),
    Block("both names and birthday", (*_EITHER_ORDER, "month(birth_date)", "day(birth_date)"),
          needs=("birth_date",)),
    Block("postcode and initials", ("postcode", *_INITIALS), needs=("postcode",)),
    Block("home and forename initial", ("home", "left(forename, 1)"), needs=("home",)),
    Block("telephone", exploded=_each("phone", "phones"), needs=("phone",)),
    Block("mailbox", exploded=_MAILBOXES, needs=("email",)),
    Block("papers", exploded="papers", needs=("papers",)),
    Block("own tie and surname initial", ("own_tie", "left(surname, 1)"), needs=("own_tie",)),
)  # fmt: skip

# What finds more, and costs more: each is used where it brings few pairs. A pair that the blocks
# above find is found by them first.
WIDE_BLOCKS = (
    Block("initials and birth date", (*_INITIALS, "birth_date"), needs=("birth_date",)),
    Block("home", ("home",), needs=("home",)),
    Block("postcode and surname initial", ("postcode", "left(surname, 1)"), needs=("postcode",)),
    Block("postcode and forename initial", ("postcode", "left(forename, 1)"),
          needs=("postcode",)),
    Block("surname's sound, initial and town",
          ("surname_sound", "left(forename, 1)", "locality"), needs=("locality",)),
    Block("birth date", ("birth_date",), needs=("birth_date",)),
    Block("surname's sound, initial and birth year",
          ("surname_sound", "left(forename, 1)", "birth_year"), needs=("birth_year",)),
    Block("forename, surname initial and birth year",
          ("forename", "left(surname, 1)", "birth_year"), needs=("birth_year",)),
    Block("both names", _EITHER_ORDER, needs=("surname",)),
    Block("address line", ("address",), needs=("address",)),
    Block("house and town", ("house", "locality"), needs=("locality",)),
    Block("forename and town", ("forename", "locality"), needs=("locality",)),
    Block("surname and town", ("surname", "locality"), needs=("locality",)),
    Block("postcode", ("postcode",), needs=("postcode",)),
    Block("surname's sound and forename initial", ("surname_sound", "left(forename, 1)"),
          needs=("surname",)),
    Block("forename", ("forename",), needs=("forename",)),
    Block("surname", ("surname",), needs=("surname",)),
)  # fmt: skip
# As many pairs as this, or as many a record, are few.
FEW_PAIRS, FEW_PAIRS_A_RECORD = 100_000, 0.1

# Levels that two persons show too seldom for random pairs to tell how often, and the blocks that
# between them bring together every pair at the level: training counts it there. Not of telephones
# and e-mail addresses, which households share: the typed correction for kin takes back what the
# typed number gives. Nor of names in each other's place, which count twice.
BROUGHT_WHOLE_BY = {
    ("birth", "same date"): ("birth date",),
    ("address", "same home"): ("home",),
    ("address", "same house and street, another postcode or town"): ("address line",),
    ("address", "nearly the same house and street, same postcode or town"):
        ("postcode", "house and town"),
    ("address", "same postcode and town"): ("postcode",),
}  # fmt: skip
