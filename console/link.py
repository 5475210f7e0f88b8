"""``crimelink link``: the linkage of persons, and what people decide about it."""

import typer

from console import link_decide, link_measure, link_model

link_app = typer.Typer(help="How records are linked, and who decides.", no_args_is_help=True)
link_decide.add_commands(link_app)
link_measure.add_commands(link_app)
link_model.add_commands(link_app)
