"""Crime references as forces write them down: their own, and those that they quote of each other.

A reference is told by its digits and, where it has letters, by these: ``KE/445566/25`` and
``DU/445566/25`` are two. The rest is written in many ways: ``ref ke 445566/25``, ``KE44556625``,
``KENT POLICE 445566/25 (PC 1234)``; several may be quoted at once. Each SQL expression is null
where there is no reference: fewer than ``FEWEST_DIGITS`` digits are a placeholder, or somebody's
number.
"""

FEWEST_DIGITS = 6

# Letters that stand before a reference and are no part of it.
_WORDS = (
    "REF|REFERENCE|CRIME|CRIMES|INCIDENT|NO|NUMBER|NUM|NUMBERS|URN|OCCURRENCE|POLICE|CONSTABULARY|"
    "FORCE|SERVICE|OF|THE|SEE|ALSO|OUR|YOUR|THEIR|RE|AS|IS|AND|TRANSFERRED|TRANSFER|TO|FROM"
)
# Longer than the name of any force with what may stand before it.
_LONGEST = 24


def _stripped(text: str) -> str:
    return f"regexp_replace({text}, '[^0-9]', '', 'g')"


def digits_sql(text: str) -> str:
    """Its digits, without zeros before them, of SQL ``text``."""
    return (
        f"CASE WHEN length({_stripped(text)}) >= {FEWEST_DIGITS} "
        f"THEN ltrim({_stripped(text)}, '0') END"
    )


def letters_sql(text: str) -> str:
    """Its letters in upper case, without words that are no part of a reference; empty where there
    is none."""
    words = f"regexp_replace(upper({text}), '\\b({_WORDS})\\b', ' ', 'g')"
    return f"coalesce(regexp_replace({words}, '[^A-Z]', '', 'g')[:{_LONGEST}], '')"


def quoted_sql(text: str) -> str:
    """The references that a text quotes, as a list of texts: what stands in brackets is left aside
    where there is one without."""
    parts = (
        "list_filter(regexp_split_to_array({0}, '[,;&\\n]| AND '), "
        f"lambda part: length({_stripped('part')}) >= {FEWEST_DIGITS})"
    )
    upper = f"upper({text})"
    bare = parts.format(f"regexp_replace({upper}, '\\([^)]*\\)', ' ', 'g')")
    whole = parts.format(upper)
    return f"CASE WHEN len({bare}) > 0 THEN {bare} WHEN len({whole}) > 0 THEN {whole} END"


def quoted_marks_sql(quoted: str) -> str:
    """Every form in which the references may be another force's own: letters, ``|`` and digits,
    each once, in order.

    ``KENT 445566/25`` may be meant for ``445566/25``, for ``KE/445566/25`` or for Kent's reference
    of that number: its letters may go on, or begin, beyond those of the reference itself.

    Args:
        quoted: SQL of ``quoted_sql``.
    """
    letters, digits = letters_sql("one"), digits_sql("one")
    forms = (
        f"list_transform(range(0, length({letters}) + 1), lambda n: left({letters}, n))",
        f"list_transform(range(1, length({letters}) + 1), lambda n: right({letters}, n))",
    )
    each = f"list_transform(list_concat({', '.join(forms)}), lambda form: form || '|' || {digits})"
    return f"list_sort(list_distinct(flatten(list_transform({quoted}, lambda one: {each}))))"


def bare_sql(quoted: str) -> str:
    """The digits of those references that are quoted without letters, as a list: they may be any
    force's; null where there is none.

    Args:
        quoted: SQL of ``quoted_sql``.
    """
    bare = f"list_filter({quoted}, lambda one: {letters_sql('one')} = '')"
    found = f"list_distinct(list_transform({bare}, lambda one: {digits_sql('one')}))"
    return f"CASE WHEN len({bare}) > 0 THEN {found} END"
