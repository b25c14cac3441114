"""The operator's commands: `flask --app wsgi …`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import click
from flask import Blueprint

from portal import clock, connecting, database, vouching
from portal.database import write
from portal.inspection import inspection
from portal.logs import configure_logs
from portal.merging import MergeRefusal, UndoRefusal
from portal.models import audit_chain
from portal.models.accounts import Account
from portal.models.audit_chain import Anchor
from portal.models.districts import DistrictConnection
from portal.models.merging.merges import Merge, MergeGround
from portal.models.plans import PlanGrant, SubscriptionAdmin
from portal.models.shared.records import SharedSchool
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.plans import PlanSlug
from portal.providers.base import ProviderError
from portal.providers.clever import PROVIDER
from portal.settings import Settings

bp = Blueprint("operator", __name__, cli_group=None)
TAKES_IDS = {"ignore_unknown_options": True}  # One id in 64 begins with a hyphen.


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


@bp.cli.group()
def audit() -> None:
    """The log of who did what: whether it is as it was written, and what is in it."""


@audit.command("check")
@click.option("--anchor", default="", help="LENGTH:DIGEST, as the portal logs it once a day.")
def check_audit(anchor: str) -> None:
    """Follow the whole chain; the exit status is 1 where an event does not fit (V10)."""
    try:
        found = audit_chain.check(Anchor.read(anchor) if anchor else None)
    except ValueError:
        raise click.BadParameter("It looks like 12:a3f….", param_hint="--anchor") from None
    if found.misfit is not None:
        raise click.ClickException(f"Event {found.misfit} does not fit.")
    click.echo(f"OK {found.head}")


@audit.command("show")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="A day, in UTC.")
@click.option("--action", default="", help="These alone, like sync.applied.")
def show_audit(since: datetime, action: str) -> None:
    """Print the events as JSON lines: opaque ids and counts, no names (V09)."""
    for event in audit_chain.events(since.replace(tzinfo=UTC), action):
        click.echo(json.dumps(event))


@bp.cli.command()
@click.argument("district_ids", nargs=-1)
@click.option("--sync", is_flag=True, help="Read these districts now; without ids, all of them.")
def districts(district_ids: tuple[str, ...], sync: bool) -> None:
    """Ask Clever who has connected, and print each district with its state and last times."""
    try:
        connecting.discover(Settings.from_env())  # The scheduler rings for the new ones.
    except ProviderError as error:
        click.echo(f"Clever could not be asked: {error.reason}. As we know them:", err=True)
    shown = DistrictConnection.listed(PROVIDER, district_ids)
    if sync:
        _ask_for(shown)
    for line in connecting.lines_of(shown):
        click.echo(line)


@bp.cli.command()
def reseal() -> None:
    """Seal everything with the first SECRET_KEY, so that the later ones can be dropped."""
    found = connecting.reseal(Settings.from_env())
    click.echo(f"{found.anew} sealed anew.")
    if found.lost:
        raise click.ClickException(f"{found.lost} cannot be opened with any of these keys.")


@bp.cli.command()
@click.argument("district_id")
@click.argument("plan", type=click.Choice([*(each.value for each in PlanSlug), "default"]))
@click.option("--school", default="", help="For this school of the district alone.")
def plan(district_id: str, plan: str, school: str) -> None:
    """Give a district, or one of its schools, a plan; `default` takes it back."""
    connection = _district(district_id)
    if school and not SharedSchool.is_known(connection, school):
        raise click.ClickException(f"The district shares no school with the id {school}.")
    if plan == "default":
        write(lambda: PlanGrant.take_back(PROVIDER, district_id, school))
    else:
        slug, now = PlanSlug(plan), clock.now()
        write(lambda: PlanGrant.grant(PROVIDER, district_id, slug, now, school))
    click.echo(f"{school or district_id}: {plan}")


@bp.cli.command(context_settings=TAKES_IDS)
@click.argument("account_id")
@click.argument("district_id")
@click.option("--dismiss", is_flag=True, help="They are so no longer.")
def subscription_admin(account_id: str, district_id: str, dismiss: bool) -> None:
    """Name somebody of the staff who sees all teachers of a subscription of several schools."""
    account, connection = _account(account_id), _district(district_id)
    if account.is_student:
        raise click.ClickException("A student administers nothing.")
    if dismiss:
        write(lambda: SubscriptionAdmin.dismiss(account, connection))
    else:
        write(lambda: SubscriptionAdmin.name(account, connection, None, clock.now()))
    click.echo("Dismissed." if dismiss else "Named.")


@bp.cli.command(context_settings=TAKES_IDS)
@click.argument("one_id")
@click.argument("other_id")
@click.option("--across-districts", is_flag=True, help="Even if their districts differ.")
def merge(one_id: str, other_id: str, across_districts: bool) -> None:
    """Bring two accounts of one person together, by their ids as `inspect` prints them."""
    done = vouching.bring_together(
        _account(one_id),
        _account(other_id),
        MergeGround.OPERATOR,
        by=None,
        across_districts=across_districts,
    )
    if isinstance(done, MergeRefusal):
        raise click.ClickException(f"Not brought together: {done}.")
    merged = done.merge  # Its letters are due: the sweeper rings for them.
    click.echo(f"{merged.kept.public_id} goes on, {merged.absorbed.public_id} is a part of it.")
    click.echo(f"To undo: flask --app wsgi unmerge {merged.public_id}")


@bp.cli.command(context_settings=TAKES_IDS)
@click.argument("merge_id")
def unmerge(merge_id: str) -> None:
    """Take two accounts apart again, by the merge's id as `inspect` prints it."""
    merged = Merge.find(merge_id)
    if merged is None:
        raise click.ClickException("No merge has this id.")
    done = vouching.undo(merged, by=None)
    if isinstance(done, UndoRefusal):
        raise click.ClickException(f"Not taken apart: {done}.")
    click.echo(f"{merged.kept.public_id} and {merged.absorbed.public_id} are two accounts again.")


def _ask_for(shown: list[DistrictConnection]) -> None:
    for each in shown:
        if each.revoked_at is None:
            DistrictRun.request(each, DistrictRunSource.OPERATOR, clock.now())


def _district(district_id: str) -> DistrictConnection:
    found = DistrictConnection.of(PROVIDER, district_id) if district_id else None
    if found is None:
        raise click.ClickException(f"No district has the id {district_id}.")
    return found


def _account(public_id: str) -> Account:
    found = Account.of_id(public_id)
    if found is None:
        raise click.ClickException(f"No account has the id {public_id}.")
    return found
