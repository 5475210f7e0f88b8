"""``crimelink quality held`` and ``release``: the gate, and the people who open it."""

from pathlib import Path
from typing import Annotated

import typer


def add_commands(app: typer.Typer) -> None:
    """Give the commands to ``crimelink quality``."""
    app.command("held")(held)
    app.command("release")(release)


def held(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """List the batches that are held: which rule, why, since when, and how to release them."""
    from console.quality_release import tell_held

    tell_held(context.obj, as_json, typer.echo)


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
