"""What only explanations of offences have: who was what in which record, and records made twice."""

from collections.abc import Iterator, Sequence

from console.explain_lines import MOST_LINES, tell_heading, tell_more, wrap
from console.explain_summary import Labels
from console.explain_tables import NONE, scroll
from linkage.explanation.answer import Identity
from linkage.explanation.facts import Duplicate, Record, Role
from linkage.explanation.words import say_bits, say_comparison
from linkage.model import NOT_KNOWN
from warehouse.markup import Child, table, tag

_STAY = (
    "As each force recorded it. Joining persons or offences moves no role: who is a victim in one "
    "record and a suspect in another is both, each where it was recorded."
)
_APART = "They look like one offence recorded twice. They are left apart, and told to the force."


def list_roles(records: Sequence[Record], labels: Labels) -> list[tuple[str, str, Role]]:
    """Person, label of the offence record, and role: by person, those known first."""
    rows = [
        (each.person_id or "", labels[record.key], each)
        for record in records for each in record.roles
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (not row[0], row[0]))


def roles_section(records: Sequence[Record], labels: Labels) -> list[Child]:
    """The page's section about people; nothing where none is named."""
    rows: list[list[Child]] = [
        [tag("span", person or NONE, class_="id"), label, each.role,
         tag("span", str(each.record), class_="id")]
        for person, label, each in list_roles(records, labels)
    ]  # fmt: skip
    if not rows:
        return []
    heads = ["Person", "Offence record", "Role in it", "Person record"]
    return [
        tag("h2", "Who was what in which record"),
        tag("p", _STAY, class_="note"),
        scroll(table("People in the records, each as recorded", heads, rows)),
    ]


def tell_roles(records: Sequence[Record], labels: Labels) -> Iterator[str]:
    """The same as lines; nothing where nobody is named."""
    rows = list_roles(records, labels)
    if not rows:
        return
    yield from tell_heading("who was what in which record, as recorded")
    for person, label, each in rows[:MOST_LINES]:
        yield from wrap(f"{person or NONE}: {each.role} in {label} (as {each.record})", "  ")
    yield from tell_more(len(rows), "roles; --html and --json hold more")


def duplicates_section(identity: Identity, labels: Labels) -> list[Child]:
    """The page's section about records made twice; nothing where there are none."""
    if not identity.duplicates:
        return []
    rows = [
        [_name(each, labels), say_bits(each.match_weight), _agree(each)]
        for each in identity.duplicates
    ]
    return [
        tag("h2", "Recorded twice within a force"),
        tag("p", _APART, class_="note"),
        scroll(table("Duplicates within a force", ["Records", "Bits", "How they agree"], rows)),
    ]


def tell_duplicates(identity: Identity, labels: Labels) -> Iterator[str]:
    """The same as lines."""
    if not identity.duplicates:
        return
    yield from tell_heading("recorded twice within a force")
    yield from wrap(_APART, "  ")
    for each in identity.duplicates[:MOST_LINES]:
        weight = say_bits(each.match_weight)
        yield from wrap(f"{_name(each, labels)} {weight}: {_agree(each)}", "  ")
    yield from tell_more(len(identity.duplicates), "such pairs")


def _name(pair: Duplicate, labels: Labels) -> str:
    return " and ".join(labels.get(key) or str(key) for key in pair.key)


def _agree(pair: Duplicate) -> str:
    known = ((name, says) for name, says in pair.levels.items() if says != NOT_KNOWN)
    return "; ".join(f"{say_comparison(name)}: {says}" for name, says in known)
