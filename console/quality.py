"""``crimelink quality``: what was held or kept out, and what people decide about it."""

import typer

from console import quality_gate

quality_app = typer.Typer(help="What was held or kept out, and why.", no_args_is_help=True)
quality_gate.add_commands(quality_app)
