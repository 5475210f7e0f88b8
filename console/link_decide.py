"""``crimelink link review``, ``judge`` and ``unmerge``: the commands by which people decide.

Their exit code is 6 where rows of a file were left out and the rest was taken in.
"""

import signal
from pathlib import Path
from typing import Annotated

import typer

from console.options import User
from warehouse.errors import UsageError

ROWS_LEFT_OUT = 6

Offences = Annotated[
    bool, typer.Option("--offences", help="Records of offences, in place of persons.")
]
Reason = Annotated[str, typer.Option(help="Why, in 3 to 250 characters; it is kept for good.")]


def add_commands(app: typer.Typer) -> None:
    """Give the commands to ``crimelink link``."""
    app.command("review")(review)
    app.command("judge")(judge)
    app.command("unmerge")(unmerge)


def review(
    context: typer.Context,
    user: User = None,
    offences: Offences = False,
    offence: Annotated[
        str | None,
        typer.Option(help="With --offences: only pairs of this offence."),
    ] = None,
    person: Annotated[
        str | None,
        typer.Option(help="Only pairs of this person, or of who holds its records today."),
    ] = None,
    force: Annotated[str | None, typer.Option(help="Only pairs of this force.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Pairs at most.")] = None,
    show: Annotated[bool, typer.Option("--list", help="Only list the pairs that wait.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="List them as JSON.")] = False,
    export: Annotated[
        Path | None, typer.Option(help="Write the pairs that wait into this new CSV file.")
    ] = None,
    take: Annotated[
        Path | None,
        typer.Option("--import", help="Take in a CSV file filled in.", exists=True, dir_okay=False),
    ] = None,
) -> None:
    """Decide about pairs of records: the same person (or offence), not the same, or unsure.

    Without --list, --json, --export or --import: one pair at a time, both records side by side
    with what speaks for and against. What is decided is on the disk at once, outlasts every model,
    and counts from the next night on.
    """
    from console.link_review import Wanted, review_pairs, tell_queue
    from console.review_csv import export_queue, import_verdicts
    from linkage.explanation.entity import Entity

    if (show or as_json) + (export is not None) + (take is not None) > 1:
        raise UsageError("one of --list (with --json or not), --export and --import")
    if offences and (person is not None or export is not None or take is not None):
        raise UsageError(
            "--offences goes with --list, --json, --offence, --force and --limit, or one pair at a "
            "time"
        )
    if offence is not None and not offences:
        raise UsageError("--offence goes with --offences")
    wanted = Wanted(
        offence if offences else person,
        force,
        limit,
        Entity.OFFENCE if offences else Entity.PERSON,
    )
    if take is not None:
        if not import_verdicts(context.obj, take, user, typer.echo):
            raise typer.Exit(ROWS_LEFT_OUT)
    elif export is not None:
        export_queue(context.obj, export, wanted, typer.echo, _warn)
    elif show or as_json:
        tell_queue(context.obj, wanted, as_json, typer.echo, _warn)
    else:
        review_pairs(context.obj, wanted, user, _ask, typer.echo)


def _warn(text: str) -> None:
    typer.echo(text, err=True)


def _ask(question: str) -> str:
    # Polars has the system go on with what a signal interrupts: Ctrl-C would wait for an answer.
    signal.siginterrupt(signal.SIGINT, True)
    try:
        return input(f"{question}: ")
    except (EOFError, KeyboardInterrupt):
        typer.echo()
        raise


def judge(
    context: typer.Context,
    record: Annotated[str, typer.Argument(help="force/source_system/source_record_id")],
    other: Annotated[str, typer.Argument(help="Another record, named alike.")],
    verdict: Annotated[str, typer.Argument(help="same, not_same or unsure")],
    reason: Reason,
    user: User = None,
    offences: Offences = False,
) -> None:
    """Decide about one pair, named here. A later decision of yours takes an earlier one back."""
    from console.link_judge import tell_judgement
    from linkage.explanation.entity import Entity

    entity = Entity.OFFENCE if offences else Entity.PERSON
    tell_judgement(context.obj, record, other, verdict, reason, user, typer.echo, entity)


def unmerge(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help="The person id that holds too much.")],
    reason: Reason,
    record: Annotated[
        list[str] | None,
        typer.Option(help="A record that comes off: force/source_system/source_record_id."),
    ] = None,
    merged: Annotated[
        str | None,
        typer.Option(help="A superseded person id: the records that came with it come off."),
    ] = None,
    user: User = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what was built on the merge, change nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="All of it as one JSON object.")] = False,
) -> None:
    """Undo a wrong merge: records come off a person for good, and stay off.

    Lists what was built on the merge: roles in events, marts, warning markers, judgements, pairs
    that wait. The ledger follows at once; where a night is under way, with the next one. The store
    that is published next shows it.
    """
    from console.link_unmerge import Asked, undo_merge

    asked = Asked(person, record or [], merged, reason, user)
    undo_merge(context.obj, asked, typer.echo, is_dry=dry_run, as_json=as_json)
