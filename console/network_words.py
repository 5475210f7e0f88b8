"""How people, their parts in events and what they have in common are put into words."""

from linkage.networks.around import Associate, Evidence, Role, Source, Tie

LEAD_ONLY = (
    "An association is a lead: it says what two people have in common on record, not that they "
    "know each other or did anything together. A suspect is not an offender."
)
WITH_VALUES = (
    "OFFICIAL-SENSITIVE. Personal data held for law enforcement (Data Protection Act 2018, "
    "Part 3). Only for those entitled to see these records."
)
WITHOUT_VALUES = (
    "OFFICIAL-SENSITIVE. Names, dates of birth and other values are left out; record identifiers "
    "are not. Only for those entitled to see these records."
)
KINDS = {
    "co_offending": "suspected together",
    "custody": "detained together",
    "shared_address": "address in common",
    "shared_phone": "telephone in common",
    "shared_vehicle": "vehicle in common",
}
_EVENTS = {
    "offence_record": ("offence", "offences"),
    "incident": ("incident", "incidents"),
    "custody": ("custody record", "custody records"),
    "stop_search": ("stop and search", "stops and searches"),
    "intelligence_report": ("intelligence report", "intelligence reports"),
    "person_record": ("person record", "person records"),
}


def say_marking(*, has_values: bool) -> str:
    """The note of classification."""
    return WITH_VALUES if has_values else WITHOUT_VALUES


def say_person(associate: Associate) -> str:
    """Name and birth date, or the id where neither is told."""
    if associate.name is None:
        return associate.person_id
    born = f", born {associate.birth_date}" if associate.birth_date else ""
    return f"{associate.name}{born} ({associate.person_id})"


def say_roles(roles: tuple[Role, ...]) -> str:
    """A person's parts in events, each as it is recorded: suspect in 2 offences, victim in 1."""
    told = [
        f"{each.role} in {each.events:,} {_EVENTS[each.event_type][each.events != 1]}"
        for each in roles
    ]
    return "; ".join(told) if told else "no part in any event"


def say_kinds(tie: Tie) -> str:
    """The kinds of a tie, and how often where more than once."""
    counts = {kind: sum(each.kind == kind for each in tie.evidence) for kind in tie.kinds}
    return ", ".join(
        f"{KINDS[kind]}{f' ({count} times)' if count > 1 else ''}" for kind, count in counts.items()
    )


def say_evidence(evidence: Evidence) -> str:
    """What two have in common, when, and how many share it."""
    what = KINDS[evidence.kind]
    if evidence.key is not None:
        what += f": {evidence.key}"
    dates = _say_dates(evidence)
    return f"{what}{f', {dates}' if dates else ''}; {evidence.persons} persons"


def _say_dates(evidence: Evidence) -> str:
    first, last = evidence.first_date, evidence.last_date
    if first is None:
        return f"until {last}" if last else ""
    if last is None:
        return f"from {first}"
    return str(first) if first == last else f"{first} to {last}"


def say_source(source: Source) -> str:
    """One record behind it: who is what in which event, or whose record holds it."""
    event = _EVENTS[source.table_name][0]
    if source.table_name == "person_record":
        return f"{source.person_id}: {event} {source.record}"
    return f"{source.person_id}: {source.role} in {event} {source.record}"
