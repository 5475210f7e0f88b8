"""``crimelink forces check``."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from forces.declaration import Declaration, read_declarations
from transforms.profiles import profile
from transforms.systems import SYSTEMS, load_system
from warehouse.errors import DeclarationError
from warehouse.wording import counted


def tell_declarations(force_config: Path | None, tell: Callable[[str], None]) -> None:
    """Load every declaration and what it names, record systems and country profiles, and list the
    forces.

    Raises:
        DeclarationError: lists everything that is wrong with a declaration, or with a mapping that
            one names, not only the first.
    """
    declarations, problems = read_declarations(force_config)
    problems += [*_wrong_names(declarations), *_wrong_mappings(declarations)]
    if problems:
        raise DeclarationError("\n".join(problems))
    for slug, declaration in declarations.items():
        by = "" if declaration.deliverer == slug else f", delivered by {declaration.deliverer}"
        tell(f"{slug:24} {declaration.system:9} {declaration.kind:5} every "
             f"{declaration.every_days} d{by}")  # fmt: skip
    systems = Counter(declaration.system for declaration in declarations.values())
    tell(f"{counted(len(declarations), 'force')} sound: "
         + ", ".join(f"{count} {name}" for name, count in systems.most_common()))  # fmt: skip


def _wrong_names(declarations: Mapping[str, Declaration]) -> Iterator[str]:
    """By file and key, the record systems and profiles that there are not."""
    for slug, declaration in declarations.items():
        systems = [("record_system.system", declaration.system)]
        systems += [("record_system.accepts", name) for name in declaration.accepts]
        for key, name in systems:
            if name not in SYSTEMS:
                yield f"{slug}.toml: {key}: {_problem(load_system, name)}"
        wrong = _problem(profile, declaration.profile)
        if wrong:
            yield f"{slug}.toml: profile: {wrong}"


def _wrong_mappings(declarations: Mapping[str, Declaration]) -> Iterator[str]:
    """What is wrong with the record systems themselves that are named, once for each."""
    named = {name for d in declarations.values() for name in (d.system, *d.accepts)}
    for name in sorted(named & set(SYSTEMS)):
        wrong = _problem(load_system, name)
        if wrong:
            yield wrong


def _problem(load: Callable[[str], object], name: str) -> str | None:
    try:
        load(name)
    except DeclarationError as error:
        return str(error)
    return None
