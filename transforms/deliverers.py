"""Who may deliver, for which forces, and in which forms.

A force delivers under the deliverer that it declares. One whose deliverer is a shared system may
also deliver under its own slug, alone, in the other forms that it accepts: files of data.police.uk
or the standard form do not come out of the shared system.
"""

from collections.abc import Mapping

from forces.declaration import Declaration


def deliverers(declarations: Mapping[str, Declaration]) -> set[str]:
    """Names of the folders that deliveries may stand in: declared deliverers and all slugs."""
    return {declaration.deliverer for declaration in declarations.values()} | set(declarations)


def served(declarations: Mapping[str, Declaration], deliverer: str) -> dict[str, Declaration]:
    """The forces that a deliverer serves, by slug, sorted; none where nobody declares it."""
    declared = {s: d for s, d in sorted(declarations.items()) if d.deliverer == deliverer}
    if declared or deliverer not in declarations:
        return declared
    return {deliverer: declarations[deliverer]}


def forms(forces: Mapping[str, Declaration], deliverer: str) -> dict[str, list[str]]:
    """Record systems whose form a deliverer's files may have, first those that are declared, each
    with the forces that it is a form of.

    Args:
        forces: what the deliverer serves.
        deliverer: its name.
    """
    own = [(d.system, slug) for slug, d in forces.items() if d.deliverer == deliverer]
    others = [(name, slug) for slug, d in forces.items() for name in d.accepts]
    found: dict[str, list[str]] = {}
    for system, slug in dict.fromkeys([*own, *others]):
        found.setdefault(system, []).append(slug)
    return found
