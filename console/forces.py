"""``crimelink forces``: the forces' declarations."""

import typer

from console.options import ForceConfig

forces_app = typer.Typer(help="The forces' declarations.", no_args_is_help=True)


@forces_app.command("check")
def forces_check(force_config: ForceConfig = None) -> None:
    """Check every declaration and list the forces."""
    from console.declarations import tell_declarations

    tell_declarations(force_config, typer.echo)
