"""``crimelink link train``, ``models``, ``approve``, ``verify``, ``relink``: the model in use."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from console.options import ForceConfig, User


def add_commands(app: typer.Typer) -> None:
    """Give the commands to ``crimelink link``."""
    app.command("train")(train)
    app.command("models")(models)
    app.command("approve")(approve)
    app.command("verify")(verify)
    app.command("relink")(relink)


def train(
    context: typer.Context,
    deliveries: Annotated[
        Path | None,
        typer.Option(
            help="Train on these deliveries, taken in apart, instead of the home's records.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    force_config: ForceConfig = None,
    report: Annotated[
        Path | None, typer.Option(help="File to write the whole training report into, as JSON.")
    ] = None,
    series: Annotated[
        bool,
        typer.Option(
            "--series",
            help="Train the model of series leads, on the home's solved offences, instead.",
        ),
    ] = False,
) -> None:
    """Train a model of persons, without labels, and register it as provisional.

    The same records give the same model to the last byte. It is used once somebody approves it,
    unless the home has no model yet.
    """
    if series:
        from console.series_training import tell_series_training

        if deliveries or force_config:
            raise typer.BadParameter("--series trains on the home's own records alone")
        tell_series_training(context.obj, report, typer.echo)
        return
    from console.model_training import tell_training

    note = partial(typer.echo, err=True)
    tell_training(context.obj, deliveries, force_config, report, typer.echo, note)


def models(context: typer.Context) -> None:
    """List the models of the home, which is in use, and which cannot be loaded."""
    from console.model_approval import tell_models

    tell_models(context.obj, typer.echo)


def approve(
    context: typer.Context,
    model_id: Annotated[str, typer.Argument(help="Model, as `crimelink link models` lists it.")],
    reason: Annotated[
        str, typer.Option(help="The grounds, in 3 to 250 characters: its reliability test.")
    ],
    user: User = None,
) -> None:
    """Approve a model. The next night links everything with it; judgements stay as they are.

    It says what the trials of the model showed (`crimelink link evaluate --model`), or that there
    was none. Every approval is kept. One of the model that is in use already is kept too, and has
    nothing linked anew. A model whose files are gone or damaged is refused (exit code 4).
    """
    from console.model_approval import tell_approval

    tell_approval(context.obj, model_id, reason, user, typer.echo)


def verify(context: typer.Context) -> None:
    """Link everything anew in memory and compare with the state. Exit code 4 if anything differs.

    The night does the same by itself once a week.
    """
    from console.model_training import tell_verification

    tell_verification(context.obj, typer.echo)


def relink(context: typer.Context) -> None:
    """Have the next night link everything anew. Person ids and judgements stay."""
    from console.model_training import tell_relink

    tell_relink(context.obj, typer.echo)
