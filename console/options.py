"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

ForceConfig = Annotated[
    Path | None,
    typer.Option(help="Folder of force declarations (TOML) instead of the shipped ones.",
                 file_okay=False, exists=True),
]  # fmt: skip
User = Annotated[str | None, typer.Option(help="Who decides. Default: the login name.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
