"""The command line: ``crimelink --help``."""

import os
import sys
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from console import deliveries
from console.failure import in_words
from console.forces import forces_app
from console.hotspots import hotspots_app
from console.link import link_app
from console.options import AsJson, ForceConfig
from console.quality import quality_app
from console.reference import reference_app
from console.stopping import StoppedError, find_stop, stopped_by_signals
from warehouse.errors import UsageError
from warehouse.home import Home

app = typer.Typer(
    name="crimelink",
    help=(
        "Link records of persons and offences across police forces, nightly, into one published "
        "DuckDB store.\n\n"
        "Try: crimelink simulate demo/deliveries && crimelink run --deliveries demo/deliveries && "
        "crimelink sql 'SELECT * FROM mart.cross_force_offender LIMIT 5'\n\n"
        "Exit codes: 0 done; 1 something failed unexpectedly; 2 the command, a declaration or the "
        "night asked for is wrong; 3 the home is busy or the disk too small; 4 the store did not "
        "balance or a check of it failed, so it was not published; 5 (status) a force is stale or "
        "held (one that has never delivered is neither), a model is damaged or an older store is "
        "served; 6 done but for a part: (run) a deliverer's step failed unexpectedly, (link review "
        "--import) rows were left out, (reference load) a file was refused; 128 and more: ended by "
        "a signal."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
deliveries.add_commands(app)
app.add_typer(forces_app, name="forces")
app.add_typer(link_app, name="link")
app.add_typer(hotspots_app, name="hotspots")
app.add_typer(reference_app, name="reference")
app.add_typer(quality_app, name="quality")

Night = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="The night.")]


@app.callback()
def choose_home(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            envvar="CRIMELINK_HOME",
            help="Where everything lives. Default: .crimelink in the current folder.",
        ),
    ] = None,
) -> None:
    """Choose the home."""
    chosen = Home.of(home or Path(".crimelink"))
    # Airflow interpolates % in its configuration, and the URL of its database ends at ? and #.
    if set("%?#") & set(str(chosen.root)):
        raise UsageError(f"--home {chosen.root}: the path may not hold %, ? or #")
    context.obj = chosen


@app.command()
def run(
    context: typer.Context,
    deliveries: Annotated[
        Path,
        typer.Option(
            envvar="CRIMELINK_DELIVERIES",
            help="Folder of deliveries: DIR/<deliverer>/<YYYY-MM-DD>/.",
        ),
    ],
    night: Night = None,
    force_config: ForceConfig = None,
    wait: Annotated[
        float, typer.Option(help="Seconds to wait for another run of this home; 0 refuses at once.")
    ] = 900.0,
) -> None:
    """Run the nightly DAG, without a scheduler, and publish the store.

    Without --night: every night in DIR that has not been run, in order. A night that is closed
    is left as it is; what came late for it enters the next one.
    """
    from console.nights import run_nights
    from console.summary import tell_summary

    home: Home = context.obj
    with stopped_by_signals():
        failed = run_nights(home, deliveries, _date(night), force_config, wait, typer.echo)
    tell_summary(home, typer.echo)
    if failed:
        typer.echo(f"published, but these deliverers' steps failed: {', '.join(failed)}", err=True)
        raise typer.Exit(6)


@app.command()
def sql(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="One query, read-only.")],
    form: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
    limit: Annotated[int, typer.Option(min=1, help="Rows to show as a table.")] = 100,
) -> None:
    """Ask the published store, read-only.

    Schemas: core, link, mart, quality, governance, reference. To find your way:
    crimelink sql "SELECT schema_name, table_name, comment FROM duckdb_tables()"
    """
    from console.query import tell_query

    tell_query(context.obj, query, form, limit, typer.echo)


@app.command()
def status(
    context: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help="Every force, the fresh ones too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what is published, which forces are stale or held, and what waits for people.

    Exit code 5 if a force is stale or held (one that has never delivered is neither), a model's
    files are not as they were made, or an older store is served than the last that was published.
    """
    from console.status import tell_status

    if not tell_status(context.obj, everything, as_json, typer.echo):
        raise typer.Exit(5)


@app.command()
def explain(
    context: typer.Context,
    of: Annotated[
        list[str],
        typer.Argument(
            metavar="PERSON | OFFENCE | RECORD [RECORD]",
            help="A person_id or offence_id, a superseded one too; or one record or two, each as "
            "force/source_system/source_record_id.",
        ),
    ],
    as_json: AsJson = False,
    html: Annotated[
        Path | None,
        typer.Option(help="Write one self-contained HTML page to this file.", dir_okay=False),
    ] = None,
    without_values: Annotated[
        bool, typer.Option("--without-values", help="Leave out names, birth dates and the like.")
    ] = False,
    offences: Annotated[
        bool,
        typer.Option(
            "--offences", help="The records are of offences: where persons' are named so, too."
        ),
    ] = False,
) -> None:
    """Say why records are held to be one person or one offence, or are not.

    PERSON, OFFENCE: why its records are one. RECORD: the same of its person or offence. RECORD
    RECORD: what ties the two, or why they are not joined.
    """
    from console.explain import tell_explanation

    tell_explanation(
        context.obj,
        of,
        as_json=as_json,
        html=html,
        has_values=not without_values,
        is_offence=offences,
        tell=typer.echo,
        warn=partial(typer.echo, err=True),
    )


@app.command()
def network(
    context: typer.Context,
    of: Annotated[
        str,
        typer.Argument(
            metavar="PERSON",
            help="A person_id, a superseded one too; or a record as force/source_system/id.",
        ),
    ],
    steps: Annotated[int, typer.Option(min=1, max=2, help="Steps from the person.")] = 1,
    as_json: AsJson = False,
    html: Annotated[
        Path | None,
        typer.Option(help="Write one self-contained HTML page to this file.", dir_okay=False),
    ] = None,
    graphml: Annotated[
        Path | None, typer.Option(help="Write GraphML to this file.", dir_okay=False)
    ] = None,
    nodes: Annotated[
        Path | None, typer.Option(help="Write the people as CSV to this file.", dir_okay=False)
    ] = None,
    edges: Annotated[
        Path | None, typer.Option(help="Write the ties as CSV to this file.", dir_okay=False)
    ] = None,
    without_values: Annotated[
        bool, typer.Option("--without-values", help="Leave out names, addresses and the like.")
    ] = False,
) -> None:
    """Say with whom a person is associated, and by which records."""
    from console.network import Files, tell_network

    files = Files(html, graphml, nodes, edges)
    tell_network(
        context.obj, of, steps, files, as_json=as_json, has_values=not without_values,
        tell=typer.echo,
    )  # fmt: skip


@app.command()
def rollback(
    context: typer.Context,
    to: Annotated[
        str | None,
        typer.Option(
            help="File name or night of the version; default: the one before the current."
        ),
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="Only list the versions kept.")] = False,
) -> None:
    """Publish an earlier version of the store again. Its checksum is verified first."""
    from console.rollback import tell_rollback

    tell_rollback(context.obj, to, show, typer.echo)


def _date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--night {text}: not a date of the form YYYY-MM-DD") from None


def main() -> None:
    """Entry point. A mistake of the user, or of a force, ends in a message, not a traceback."""
    os.umask(0o077)
    try:
        _run()
    except StoppedError as told:
        typer.echo(f"crimelink: {told.says}", err=True)
        sys.exit(told.exit_code)
    except Exception as error:
        failure = in_words(error)
        if failure is None:
            raise
        who = f"\n(for {failure.who_acts})" if failure.who_acts else ""
        typer.echo(f"crimelink: {failure}{who}", err=True)
        sys.exit(failure.exit_code)


def _run() -> None:
    """Run the command.

    Raises:
        StoppedError: a signal ended it.
    """
    try:
        app()
    except BaseException as error:
        stopped = find_stop(error)
        if stopped is None:
            raise
        raise stopped from None


if __name__ == "__main__":
    main()
