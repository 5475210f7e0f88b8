"""``crimelink quality held``, ``release`` and ``quarantine``: the gate and what it keeps out."""

from pathlib import Path
from typing import Annotated

import typer

from console.options import AsJson


def add_commands(app: typer.Typer) -> None:
    """Give the commands to ``crimelink quality``."""
    app.command("held")(held)
    app.command("release")(release)
    app.command("quarantine")(quarantine)


def held(
    context: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help="Those settled or released since, too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the batches that are held: which rule, why, since when, and what can be done.

    A batch is listed until a later full delivery is loaded, its date is delivered anew, or it is
    released.
    """
    from console.quality_held import tell_held

    tell_held(context.obj, as_json, typer.echo, everything=everything)


def release(
    context: typer.Context,
    batch: Annotated[str, typer.Argument(metavar="BATCH", help="Id of a held batch.")],
    reason: Annotated[str, typer.Option(help="Why, in 3 to 250 characters; it is kept for good.")],
    by: Annotated[
        str | None, typer.Option(metavar="USER", help="Who decides. Default: the login name.")
    ] = None,
    force_config: Annotated[
        Path | None,
        typer.Option(
            help="Folder of force declarations (TOML) instead of the shipped ones.",
            file_okay=False,
            exists=True,
        ),
    ] = None,
) -> None:
    """Let the next night take a held batch in, in spite of what holds it.

    It is checked again: rows that break a rule are kept out all the same, and a rule that did not
    hold it before still does. Test data and what cannot be read are never released.
    """
    from console.quality_release import tell_release

    tell_release(context.obj, batch, reason, by, force_config, typer.echo)


def quarantine(
    context: typer.Context,
    force: Annotated[str | None, typer.Option(help="Only of this force.")] = None,
    rule: Annotated[str | None, typer.Option(help="Only what breaks this rule.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="What came back or is gone, too.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="Rows at most.")] = 100,
    show: Annotated[
        tuple[str, str, int] | None,
        typer.Option(
            metavar="BATCH FILE ROW",
            help="Show this row as it came: PERSONS' VALUES, for records managers only.",
        ),
    ] = None,
) -> None:
    """List the rows that are kept out, by batch, file and row; the longest kept out first."""
    from console.quality_quarantine import show_row, tell_quarantine

    if show is not None:
        show_row(context.obj, *show, typer.echo)
        return
    tell_quarantine(context.obj, force, rule, limit, typer.echo, everything=everything)
