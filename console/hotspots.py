"""``crimelink hotspots``: take the hotspots out of the store, for maps elsewhere."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from warehouse.contract.units import UNITS
from warehouse.home import Home

hotspots_app = typer.Typer(help="The hotspots, as files for maps.", no_args_is_help=True)


@hotspots_app.command("export")
def export(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help="Folder to write to.", file_okay=False)],
    force: Annotated[
        str | None, typer.Option(metavar="A,B", help="Only these forces, by slug.")
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(
            help=f"Kind of cell, of {', '.join(UNITS)}. Default: of each force the finest of H3 "
            "that holds nearly all of its offences that have a place."
        ),
    ] = None,
    with_few: Annotated[
        bool,
        typer.Option(
            "--with-few",
            help="Also cells with fewer than 5 offences in twelve months (suppressed). What holds "
            "them may not leave the police.",
        ),
    ] = False,
) -> None:
    """Write a force's hotspots as GeoJSON, GeoParquet, one HTML page and one PNG each.

    OUT/<force>/hotspot_<unit>.geojson and .parquet hold every offence group and both measures, in
    degrees (EPSG:4326), with the columns of mart.hotspot. map_<unit>.html needs no network and no
    other file; map_<unit>.png shows all recorded crime.
    """
    tell_export(
        context.obj,
        out,
        None if force is None else [name.strip() for name in force.split(",")],
        unit,
        with_few=with_few,
        tell=typer.echo,
    )


def tell_export(
    home: Home,
    out: Path,
    forces: Sequence[str] | None,
    unit: str | None,
    *,
    with_few: bool,
    tell: Callable[[str], None],
) -> None:
    """Write the files, each whole or not at all, mode 0600.

    Args:
        home: the home.
        out: folder.
        forces: slugs; None for all that have hotspots.
        unit: kind of cell; None for the finest of H3 that holds nearly all of a force's offences.
        with_few: with the suppressed cells.
        tell: where it goes what was written, and what no map shows.

    Raises:
        UsageError: nothing has been published, or there is no such force or kind of cell.
        LockedError: another export writes to the folder.
    """
    # Imported here: the chart library takes seconds, and no other command needs it.
    from console.hotspot_files import write_geojson, write_geoparquet
    from console.hotspot_layer import list_layers, read_layer
    from console.hotspot_map import draw_image, make_page
    from warehouse.home import exclusive, replacing, write_text_atomic
    from warehouse.store import open_store

    with open_store(home) as store:
        layers = list_layers(store, forces, unit)
        with exclusive(out / ".lock", f"an export to {out}"):
            for slug, name in layers:
                layer = read_layer(store, slug, name, with_few=with_few)
                folder = out / slug
                write_geojson(layer, folder / f"hotspot_{name}.geojson")
                write_geoparquet(layer, folder / f"hotspot_{name}.parquet")
                write_text_atomic(folder / f"map_{name}.html", make_page(layer))
                with replacing(folder / f"map_{name}.png") as building:
                    building.write_bytes(draw_image(layer))
                tell(f"{slug}: {len(layer.areas):,} cells ({name}) in {folder}")
                for note in layer.notes:
                    tell(f"  {note}")
