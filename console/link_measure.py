"""``crimelink link evaluate``, ``sample`` and ``estimate``: how well persons are linked."""

from pathlib import Path
from typing import Annotated

import typer

from console.options import AsJson


def add_commands(app: typer.Typer) -> None:
    """Give the commands to ``crimelink link``."""
    app.command("evaluate")(evaluate)
    app.command("sample")(sample)
    app.command("estimate")(estimate)


def evaluate(
    context: typer.Context,
    truth: Annotated[
        Path | None,
        typer.Option(
            help="Simulated deliveries, their truth folder, or a Parquet or CSV file with "
            "source_record_id, truth_person_id and, where ids need them, force and source_system. "
            "With --model it may be left out.",
            exists=True,
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="Try this model, as `crimelink link models` lists it, on the home's records: what "
            "would it link? Nothing that is linked is changed."
        ),
    ] = None,
    as_json: AsJson = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write the same into, as CSV and JSON.", file_okay=False),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the bootstrap.")] = 1,
    user: Annotated[
        str | None, typer.Option(help="With --model: who tries it. Default: the login name.")
    ] = None,
) -> None:
    """Measure the published persons, or what a model would make of them, against a known truth.

    Precision, recall and F1 of pairs and of clusters (B-cubed), persons merged with strangers and
    persons split, each with its interval, for everybody and by force, sex, age, ethnicity, origin
    of the name, identifiers and what was planted. The truth is no evidence about other people.

    With --model the home's records are linked with that model beside what is linked, and it is said
    what would differ: before `crimelink link approve`. Every trial is kept, in
    governance.model_trial.
    """
    if model is not None:
        from console.link_trial import tell_trial

        tell_trial(context.obj, model, truth, as_json, out, seed, user, typer.echo)
        return
    if truth is None:
        raise typer.BadParameter("name --truth, or the --model to try, or both")
    from console.link_evaluate import tell_evaluation

    tell_evaluation(context.obj, truth, as_json, out, seed, typer.echo)


def sample(
    context: typer.Context,
    pairs: Annotated[int, typer.Option(min=1, help="How many pairs to draw.")],
    seed: Annotated[
        int, typer.Option(help="The same store, number and seed give the same sample.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="New CSV file to write. Default: the terminal.")
    ] = None,
) -> None:
    """Draw pairs for people to review, where no truth is known.

    At random within strata of weight, most densely near the threshold; pairs that a person id joins
    without any edge of their own are a stratum too. The file holds personal data.
    """
    from console.link_evaluate import tell_sample

    tell_sample(context.obj, pairs, seed, out, typer.echo)


def estimate(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="A sample with verdicts.", exists=True, dir_okay=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Estimate precision and recall from a sample that was reviewed, with intervals."""
    from console.link_evaluate import tell_estimate

    tell_estimate(context.obj, file, as_json, typer.echo)
