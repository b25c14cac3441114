"""The operator's commands: `flask --app wsgi …`."""

from __future__ import annotations

import json
import sys

import click
from flask import Blueprint

from portal import database
from portal.inspection import inspection
from portal.logs import configure_logs

bp = Blueprint("operator", __name__, cli_group=None)


@bp.cli.command()
def migrate() -> None:
    """Bring the database's tables up to date."""
    ran = database.migrate()
    click.echo("\n".join(ran) or "The tables are up to date.")


@bp.cli.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.option("--names", is_flag=True, help="With the names of people and sections.")
def inspect(as_json: bool, names: bool) -> None:
    """Print accounts, sections, runs and audit counts: opaque ids, no names unless asked."""
    configure_logs("WARNING", stream=sys.stderr)  # Standard output is for the answer alone.
    found = inspection(names)
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for table, rows in found.items():
        click.echo(f"{table}: {len(rows)}")
