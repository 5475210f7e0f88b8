"""Crime references as forces write them down: their own, and those that they quote of each other.

A reference is told by its digits and, where it has letters, by these: ``KE/445566/25`` and
``DU/445566/25`` are two. The rest is written in many ways: ``ref ke 445566/25``, ``KE44556625``,
``KENT POLICE 445566/25 (PC 1234)``; several may be quoted at once. Fewer than ``FEWEST_DIGITS``
digits, or nothing but zeros, are a placeholder or somebody's number, and no reference.
"""

FEWEST_DIGITS = 6

# Words that stand beside a reference, or are in a force's name that is often written without them.
_WORDS = (
    "REF|REFERENCE|CRIME|CRIMES|INCIDENT|REPORT|REPORTED|RECORD|RECORDED|NUMBER|NUM|NUMBERS|NO|URN|"
    "OCCURRENCE|POLICE|CONSTABULARY|FORCE|SERVICE|OF|THE|SEE|ALSO|OUR|YOUR|THEIR|AND|TRANSFERRED|"
    "TRANSFER|TO|FROM|BY"
)
# Longer than the name of any force with what may stand before it.
_LONGEST = 24
# From what stands before its digits to the next letter after them.
_ONE = "[^0-9,;\\n]*[0-9][^A-Z,;\\n]*"


def _stripped(text: str) -> str:
    return f"regexp_replace({text}, '[^0-9]', '', 'g')"


def digits_sql(text: str) -> str:
    """SQL of the digits of the SQL ``text``, without zeros before them; null where it is no
    reference."""
    return (
        f"CASE WHEN length({_stripped(text)}) >= {FEWEST_DIGITS} "
        f"THEN nullif(ltrim({_stripped(text)}, '0'), '') END"
    )


def letters_sql(text: str) -> str:
    """SQL of its letters in upper case, without words that are no part of a reference; empty where
    there is none."""
    words = f"regexp_replace(upper({text}), '[^A-Z]+', ' ', 'g')"
    left = f"regexp_replace({words}, '\\b({_WORDS})\\b', '', 'g')"
    return f"coalesce(left(replace({left}, ' ', ''), {_LONGEST}), '')"


def force_letters_sql(force: str) -> str:
    """SQL of a force's name, of SQL ``force``, as ``letters_sql`` leaves it."""
    bare = f"replace(replace(upper({force}), '-AND-', '-'), '-OF-', '-')"
    return f"replace({bare}, '-', '')"


def quoted_sql(text: str) -> str:
    """SQL of the references that the SQL ``text`` quotes, as a list of texts; null where it quotes
    none."""
    is_one = f"length({_stripped('{0}')}) >= {FEWEST_DIGITS}"
    parts = (
        f"list_filter(regexp_extract_all(upper({text}), '{_ONE}'), "
        f"lambda part: {is_one.format('part')})"
    )
    return f"CASE WHEN len({parts}) > 0 THEN {parts} WHEN {is_one.format(text)} THEN [{text}] END"


def quoted_marks_sql(quoted: str) -> str:
    """SQL of every form in which the references may be another force's own: letters, ``|`` and
    digits, each once, in order.

    ``KENT 445566/25`` may be meant for ``KE/445566/25`` or for Kent's reference of that number: its
    letters may go on, or begin, beyond those of the reference itself.

    Args:
        quoted: SQL of ``quoted_sql``.
    """
    letters, digits = letters_sql("one"), digits_sql("one")
    forms = (
        f"list_transform(range(1, length({letters}) + 1), lambda n: left({letters}, n))",
        f"list_transform(range(1, length({letters}) + 1), lambda n: right({letters}, n))",
    )
    every = f"CASE WHEN {letters} = '' THEN [''] ELSE list_concat({', '.join(forms)}) END"
    each = f"list_transform({every}, lambda form: form || '|' || {digits})"
    found = f"flatten(list_transform({quoted}, lambda one: {each}))"
    return f"list_sort(list_distinct({found}))"


def quoted_digits_sql(quoted: str) -> str:
    """SQL of the digits of the references, each once.

    Args:
        quoted: SQL of ``quoted_sql``.
    """
    return f"list_distinct(list_transform({quoted}, lambda one: {digits_sql('one')}))"


def bare_sql(quoted: str) -> str:
    """SQL of the digits of the references that are quoted without letters, as a list; null where
    there is none.

    Args:
        quoted: SQL of ``quoted_sql``.
    """
    bare = f"list_filter({quoted}, lambda one: {letters_sql('one')} = '')"
    return f"CASE WHEN len({bare}) > 0 THEN {quoted_digits_sql(bare)} END"


def others_quoted_sql(text: str, own: str) -> str:
    """SQL of the digits of the references that a record quotes beside its own, as a list; null
    where it quotes none.

    Args:
        text: SQL of what it quotes.
        own: SQL of its own reference.
    """
    letters, own_letters = letters_sql("one"), letters_sql(own)
    is_own = (
        f"coalesce({digits_sql('one')} = {digits_sql(own)}, false) "
        f"AND ({letters} = '' OR {own_letters} = '' OR ends_with({letters}, {own_letters}))"
    )
    others = f"list_filter({quoted_sql(text)}, lambda one: NOT ({is_own}))"
    found = f"list_filter({quoted_digits_sql(others)}, lambda digits: digits IS NOT NULL)"
    return f"CASE WHEN len({found}) > 0 THEN {found} END"
