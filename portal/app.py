"""Puts the web portal together."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from htmx_flask import Htmx

from jobs import queue
from portal import cli, database
from portal.courses import load_courses
from portal.database import db
from portal.logs import configure_logs
from portal.plans import load_plans
from portal.providers.clever_sign_in import CleverSignIn
from portal.rate_limiting import Counters
from portal.settings import Settings
from portal.web import health, pages, root
from portal.web.accounts import (
    account,
    account_notices,
    claims,
    duplicates,
    merges,
    passwords,
    signed_in_devices,
    vouched_merges,
)
from portal.web.admins import district_pauses, overviews, restarts, subscription_admins
from portal.web.admins import district_runs as admin_district_runs
from portal.web.admins import guard_numbers as admin_guard_numbers
from portal.web.admins import holds as admin_holds
from portal.web.admins import people as admin_people
from portal.web.admins import schools as admin_schools
from portal.web.admins import sections as admin_sections
from portal.web.admins import sharing_holds as admin_sharing_holds
from portal.web.entrance import (
    class_codes,
    class_sign_in,
    confirming,
    email_classes,
    emailed_links,
    first_run,
    letters,
    password_sign_ins,
    proving,
    resets,
    sign_in,
    sign_ups,
)
from portal.web.ground import (
    compression,
    errors,
    globals,
    handover,
    people,
    plan_lines,
    request_log,
    resting,
    security,
    viewing,
)
from portal.web.ground.current import Ground
from portal.web.ground.errors import ReferencedFlask
from portal.web.ground.sessions import DatabaseSessions
from portal.web.sections import (
    archived_sections,
    class_changes,
    class_matches,
    classrooms,
    dashboard,
    display_names,
    histories,
    holds,
    overrides,
    own_sections,
    own_students,
    previews,
    restores,
    rollovers,
    roster_syncs,
    roster_updates,
    section_details,
    section_students,
    sections,
    several_classes,
    student_secrets,
    students,
    undos,
)
from portal.web.sharing import (
    clever,
    diagnosis,
    district_updates,
    hidden_classes,
    navigation,
    shared_students,
)

ROOT = Path(__file__).parents[1]
CALLBACK = "/sign-in/clever/callback"  # With PORTAL_URL before it, never what a Host header says.
NOUNS = (
    root,
    sign_in,
    password_sign_ins,
    sign_ups,
    resets,
    passwords,
    emailed_links,
    letters,
    first_run,
    account,
    confirming,
    proving,
    merges,
    dashboard,
    archived_sections,
    sections,
    section_details,
    class_changes,
    class_matches,
    classrooms,
    previews,
    several_classes,
    roster_syncs,
    roster_updates,
    rollovers,
    histories,
    holds,
    undos,
    restores,
    own_sections,
    own_students,
    section_students,
    display_names,
    overrides,
    student_secrets,
    class_codes,
    class_sign_in,
    email_classes,
    students,
    overviews,
    admin_sections,
    admin_holds,
    admin_sharing_holds,
    admin_schools,
    admin_guard_numbers,
    district_pauses,
    restarts,
    admin_district_runs,
    admin_people,
    subscription_admins,
    clever,
    hidden_classes,
    shared_students,
    diagnosis,
    district_updates,
    claims,
    duplicates,
    vouched_merges,
    signed_in_devices,
    account_notices,
    pages,
    health,
)


def create_app(settings: Settings) -> Flask:
    """The portal, with its database migrated and its queue known but not yet asked."""
    configure_logs(settings.log_level)
    database.init(settings.database_url)
    database.migrate()
    queue.init(settings.redis_url)

    app = ReferencedFlask(
        "portal", root_path=str(ROOT), template_folder="templates", static_folder="static"
    )
    _ground(settings).lay(app)
    app.session_interface = DatabaseSessions()
    app.teardown_appcontext(_close_connection)
    request_log.init_app(app)
    security.init_app(app, settings)
    compression.init_app(app)
    people.init_app(app)
    globals.init_app(app, settings)
    handover.init_app(app)
    plan_lines.init_app(app)
    resting.init_app(app)
    account_notices.init_app(app)
    navigation.init_app(app)
    viewing.init_app(app)
    errors.init_app(app)
    Htmx(app)
    for noun in NOUNS:
        app.register_blueprint(noun.bp)
    app.register_blueprint(cli.bp)
    return app


def _ground(settings: Settings) -> Ground:
    return Ground(
        settings,
        load_courses(settings.courses_file),
        load_plans(settings.plans_file),
        _clever(settings),
        Counters(settings.redis_url, settings.secret_keys[0]),
    )


def _clever(settings: Settings) -> CleverSignIn:
    return CleverSignIn(
        client_id=settings.clever_client_id,
        client_secret=settings.clever_client_secret,
        auth_url=settings.clever_auth_url,
        api_url=settings.clever_api_url,
        issuer=settings.clever_issuer,
        api_version=settings.clever_api_version,
        redirect_uri=f"{settings.portal_url}{CALLBACK}",
    )


def _close_connection(_error: BaseException | None) -> None:
    """Opened by the first query of a request; back to the pool at its end."""
    if not db.is_closed():
        db.close()
