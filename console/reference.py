"""``crimelink reference``: official geography, loaded by hand."""

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from warehouse.home import Home
from warehouse.wording import counted

reference_app = typer.Typer(
    help="Official geography that checks and maps need.", no_args_is_help=True
)


@reference_app.command("load")
def load(
    context: typer.Context,
    folder: Annotated[
        Path,
        typer.Argument(
            help="Folder of boundaries (GeoJSON, EPSG:4326) and look-ups (CSV or Parquet) as the "
            "Office for National Statistics publishes them, gzipped or not.",
            exists=True,
            file_okay=False,
        ),
    ],
) -> None:
    """Load boundaries and look-ups, each file whole or not at all.

    Files are recognised by their columns, not by their names; those of no kind are left. Exit code
    6 where a file was recognised and refused.
    """
    if tell_load(context.obj, folder, typer.echo):
        raise typer.Exit(6)


@reference_app.command("list")
def list_kinds(context: typer.Context) -> None:
    """List every kind of reference data, and which file this home has it from."""
    tell_kinds(context.obj, typer.echo)


def tell_load(home: Home, folder: Path, tell: Callable[[str], None]) -> bool:
    """Load a folder and say what became of each file.

    Returns:
        True where a file was refused.

    Raises:
        UsageError: the folder holds no file, or none that is reference data.
        LockedError: a night holds the home.
    """
    from transforms.reference_folder import load_folder
    from warehouse.errors import UsageError

    outcomes = load_folder(home, folder, getpass.getuser())
    for one in outcomes:
        if one.reason:
            tell(f"{one.state:14} {one.reason}")
        else:
            tell(f"{one.state:14} {one.file}: {one.kind}, {counted(one.rows, 'row')}")
    if all(one.state == "left" for one in outcomes):
        raise UsageError(f"{folder}: holds no reference data that crimelink knows")
    return any(one.state == "refused" for one in outcomes)


def tell_kinds(home: Home, tell: Callable[[str], None]) -> None:
    """Say of every kind what it is and whether it is loaded."""
    from warehouse.reference_files import STORED

    for kind in STORED:
        state = "not loaded"
        if kind.is_stored(home):
            said = kind.said(home)
            state = f"{counted(said.get('rows', 0), 'row')} of {said.get('file')}"
        tell(f"{kind.name:20} {kind.says}: {state}")
