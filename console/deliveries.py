"""``crimelink simulate`` and ``lay-out``: folders of deliveries to run on."""

from pathlib import Path
from typing import Annotated

import typer

from console.options import ForceConfig


def add_commands(app: typer.Typer) -> None:
    """Give the commands to ``crimelink``."""
    app.command("simulate")(simulate)
    app.command("lay-out")(lay_out)


def simulate(
    out: Annotated[Path, typer.Argument(help="Folder to write; must be empty or absent.")],
    persons: Annotated[
        int | None, typer.Option(min=1, help="Persons (default: enough for about 60,000 nominals).")
    ] = None,
    nights: Annotated[int, typer.Option(min=1, help="Nights of deliveries.")] = 2,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    forces: Annotated[
        str | None, typer.Option(metavar="A,B", help="Only these forces, by slug.")
    ] = None,
    dirt: Annotated[str, typer.Option(help="Level of faults: none, default or heavy.")] = "default",
    force_config: ForceConfig = None,
) -> None:
    """Write deliveries of simulated forces, with planted truth, into OUT.

    The people are invented. OUT/<deliverer>/<date>/ holds what each record system would send,
    OUT/reference the invented gazetteer, OUT/truth what only an evaluation may read.
    """
    from console.simulation import simulate_deliveries

    simulate_deliveries(out, persons, nights, seed, forces, dirt, force_config, typer.echo)


def lay_out(
    source: Annotated[
        Path,
        typer.Argument(
            help="Folder of data.police.uk CSV files, gzipped or "
            "not, as the site's archives hold them.",
            exists=True,
            file_okay=False,
        ),
    ],
    out: Annotated[Path, typer.Argument(help="Folder of deliveries to write.")],
    areas: Annotated[
        Path | None,
        typer.Option(
            help="GeoJSON of police force areas (ONS codes as 'id'): points outside the reporting "
            "force's own area are then counted.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
) -> None:
    """Lay data.police.uk files out as deliveries: OUT/<force>/<last day of the month>/."""
    from transforms.layout import lay_out_areas, lay_out_policeuk

    for force, files in lay_out_policeuk(source, out).items():
        typer.echo(f"{force}: {files} files")
    if areas is not None:
        typer.echo(f"areas: {lay_out_areas(areas, out)}")
