"""``crimelink forces check``."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from forces.declaration import load_declarations
from transforms.profiles import profile
from transforms.systems import load_system
from warehouse.errors import DeclarationError


def tell_declarations(force_config: Path | None, tell: Callable[[str], None]) -> None:
    """Load every declaration and what it names, record systems and country profiles, and list the
    forces.

    Raises:
        DeclarationError: a declaration, or a mapping that it names, is wrong.
    """
    declarations = load_declarations(force_config)
    for name in sorted({s for d in declarations.values() for s in (d.system, *d.accepts)}):
        load_system(name)
    for slug, declaration in declarations.items():
        try:
            profile(declaration.profile)
        except DeclarationError as error:
            raise DeclarationError(f"{slug}.toml: profile: {error}") from error
    for slug, declaration in declarations.items():
        by = "" if declaration.deliverer == slug else f", delivered by {declaration.deliverer}"
        tell(f"{slug:24} {declaration.system:9} {declaration.kind:5} every "
             f"{declaration.every_days} d{by}")  # fmt: skip
    systems = Counter(declaration.system for declaration in declarations.values())
    tell(f"{len(declarations)} forces sound: "
         + ", ".join(f"{count} {name}" for name, count in systems.most_common()))  # fmt: skip
