"""What each force declares of itself: one TOML file a force."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from forces.declaration_file import read_declaration_file
from forces.drift_limits import DEFAULT_LIMITS, DriftLimits
from warehouse.batch import BatchKind
from warehouse.errors import DeclarationError

SHARED_PNC_CODES = frozenset({"00"})
"""PNC force codes that several forces use: 00 is that of the forces on Athena."""


@dataclass(frozen=True)
class Declaration:
    """One force, as its TOML declares it.

    Only ``name`` and ``[record_system] system`` must be declared; everything else has a default,
    given here in brackets.

    Attributes:
        force: slug, as data.police.uk spells it; the file's name.
        name: usual name.
        aliases: other names that deliveries use for it, such as ``Durham Police`` (none).
        ons_code: ONS police force area code (None).
        pnc_codes: PNC force codes (none). No two forces share one, but for ``SHARED_PNC_CODES``.
        system: name of its record system (``transforms/systems``).
        deliverer: who sends it: its own slug (so by default) or a shared system's.
        accepts: other forms that it may also deliver in, such as ``policeuk``, ``standard`` (none).
        profile: country profile (``GB``).
        kind: what its deliveries hold: ``full``, ``delta`` or ``part`` (``full``).
        every_days: days between deliveries (1).
        is_public: True where a public source names its record system, not we (False).
        encoding: text encoding of its files, where the system leaves a choice (``utf-8``).
        form: delivery form within the system, such as ``xml`` or ``ndjson``; None where there is
            but one.
        known_bad: per canonical column (``person_record.surname``), values, in the contract's own
            form, that stand for nothing and become null, each counted. One that ends in ``*``
            stands for every value that begins so: ``MIG_ERROR_*`` (none).
        expected_rows: per table, rows of a usual delivery (of ``kind``), as a guide to operators
            (none).
        drift: how far a delivery may differ from the force's earlier ones before it is noted or
            held: any of the keys of ``DriftLimits``, in ``[drift]`` (those given there).
        centre: easting and northing, metres (EPSG:27700), of the simulator's map of the force
            (0, 0).
        radius: radius of that map, metres (0).
        share: the force's share of the nation's records in the simulator, 0 to 1 (0).
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
    kind: BatchKind
    every_days: int
    is_public: bool
    encoding: str
    form: str | None
    known_bad: dict[str, tuple[str, ...]] = field(default_factory=dict)
    expected_rows: dict[str, int] = field(default_factory=dict)
    drift: DriftLimits = DEFAULT_LIMITS
    centre: tuple[float, float] = (0.0, 0.0)
    radius: float = 0.0
    share: float = 0.0


def load_declarations(folder: Path | None = None) -> dict[str, Declaration]:
    """Every force declared in a folder, by slug, in the order of the slugs.

    Whether a record system of that name exists is not checked here: forces know no transforms.

    Args:
        folder: folder of ``<slug>.toml``; None means the declarations that crimelink ships.

    Raises:
        DeclarationError: lists every problem of every file, not only the first.
    """
    declarations, problems = read_declarations(folder)
    if problems:
        raise DeclarationError("\n".join(problems))
    return declarations


def read_declarations(folder: Path | None = None) -> tuple[dict[str, Declaration], list[str]]:
    """The sound declarations of a folder, as of ``load_declarations``, and every problem that the
    files have, each with the name of its file."""
    folder = folder or Path(__file__).parent
    files = sorted(folder.glob("*.toml"))
    declarations: dict[str, Declaration] = {}
    problems = [] if files else [f"{folder}: no declaration (<slug>.toml) is there"]
    for file in files:
        values, found = read_declaration_file(file)
        problems += found
        if not found:
            declarations[file.stem] = Declaration(**values)
    problems += _conflicts(declarations)
    return declarations, problems


def by_deliverer(declarations: Mapping[str, Declaration]) -> dict[str, tuple[Declaration, ...]]:
    """The forces that each deliverer serves: deliverers sorted, and their forces by slug."""
    served: dict[str, list[Declaration]] = {}
    for declaration in sorted(declarations.values(), key=lambda one: (one.deliverer, one.force)):
        served.setdefault(declaration.deliverer, []).append(declaration)
    return {deliverer: tuple(forces) for deliverer, forces in served.items()}


def _conflicts(declarations: Mapping[str, Declaration]) -> list[str]:
    """What no two forces may both say."""
    found: list[str] = []
    names: dict[str, str] = {}
    codes: dict[str, str] = {}
    for force, declaration in declarations.items():
        own_names = {name.casefold() for name in (declaration.name, *declaration.aliases)}
        found += _taken(force, "name or alias", own_names, names)
        own_codes = set(declaration.pnc_codes) - SHARED_PNC_CODES
        found += _taken(force, "PNC code", own_codes, codes)
    for deliverer, forces in by_deliverer(declarations).items():
        # Deliveries are told apart by their deliverer only, so it has one system.
        systems = sorted({declaration.system for declaration in forces})
        if len(systems) > 1:
            slugs = ", ".join(declaration.force for declaration in forces)
            found.append(
                f"{slugs}: record_system.system: one deliverer ({deliverer}) "
                f"cannot have several systems ({', '.join(systems)})"
            )
    return found


def _taken(force: str, what: str, own: set[str], owners: dict[str, str]) -> list[str]:
    """Which of a force's own values another force has already; the others become its own."""
    found = [
        f"{force}.toml: {what} {value!r} is also that of {owners[value]}.toml"
        for value in sorted(own)
        if value in owners
    ]
    owners.update({value: force for value in own if value not in owners})
    return found
