"""What each force declares of itself: one TOML file a force."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Declaration:
    """One force, as its TOML declares it.

    Attributes:
        force: slug, as data.police.uk spells it; the file's name.
        name: usual name.
        aliases: other names that deliveries use for it (``Durham Constabulary``).
        ons_code: ONS police force area code, or None.
        pnc_codes: PNC force codes.
        system: name of its record system (``transforms/systems``).
        deliverer: who sends it: its own slug or a shared system's.
        accepts: other forms that it may also deliver in: ``policeuk``, ``standard``.
        profile: country profile.
        kind: what its deliveries hold: ``full``, ``delta`` or ``part``.
        every_days: days between deliveries.
        is_public: True where a public source names its record system; else it is our choice.
        encoding: text encoding of its files, where the system leaves a choice.
        form: delivery form within the system, such as ``xml`` or ``ndjson``; None where there is
            but one.
        known_bad: per canonical column (``person_record.surname``), values that stand for nothing
            and become null, each counted.
        expected_rows: per table, rows of a usual delivery (of ``kind``), as a guide to operators.
        centre: easting and northing, metres, of the simulator's map of the force.
        radius: radius of that map, metres.
        share: the force's share of the nation's records in the simulator.
    """

    force: str
    name: str
    aliases: tuple[str, ...]
    ons_code: str | None
    pnc_codes: tuple[str, ...]
    system: str
    deliverer: str
    accepts: tuple[str, ...]
    profile: str
    kind: str
    every_days: int
    is_public: bool
    encoding: str
    form: str | None
    known_bad: dict[str, tuple[str, ...]] = field(default_factory=dict)
    expected_rows: dict[str, int] = field(default_factory=dict)
    centre: tuple[float, float] = (0.0, 0.0)
    radius: float = 0.0
    share: float = 0.0
