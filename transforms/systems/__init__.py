"""Record systems: one module each, with its ``System`` as ``SYSTEM``."""

from functools import cache
from importlib import import_module

from transforms.mapping import System
from warehouse.errors import DeclarationError

SYSTEMS = ("athena", "connect", "ihub", "met_lfr", "niche", "policeuk", "standard")
"""Every record system there is. One that is not listed cannot be declared."""


@cache
def load_system(name: str) -> System:
    """The record system of that name.

    Raises:
        DeclarationError: there is none, or its mappings do not fit the contract.
    """
    if name not in SYSTEMS:
        raise DeclarationError(f"no record system {name}; there are: {', '.join(SYSTEMS)}")
    system: System = import_module(f"transforms.systems.{name}").SYSTEM
    return system
