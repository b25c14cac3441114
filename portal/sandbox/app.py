"""Puts the sandbox Clever together: `create_sandbox(settings)`."""

from __future__ import annotations

from contextlib import closing
from secrets import token_hex
from urllib.parse import urlsplit

from flask import Flask, Response, abort, render_template, request

from portal.sandbox import answers, context, gate, people, seeding
from portal.sandbox.control import control
from portal.sandbox.control_api import control_api
from portal.sandbox.control_forms import control_forms
from portal.sandbox.data_api import data_api
from portal.sandbox.me import userinfo
from portal.sandbox.oauth import oauth
from portal.sandbox.openid import openid
from portal.sandbox.settings import SandboxSettings
from portal.sandbox.sign_in import sign_in
from portal.sandbox.store import Store
from portal.sandbox.tokens import tokens

BLUEPRINTS = (
    *(data_api, userinfo, oauth, tokens, openid, sign_in),
    *(control, control_forms, control_api),
)


def create_sandbox(settings: SandboxSettings) -> Flask:
    """A make-believe Clever as one Flask app; its state is the SQLite file of the settings."""
    app = Flask(__name__, static_url_path="/sandbox/static")
    context.install(app, settings)
    with closing(Store.open(settings.database)) as store:
        store.create_tables()
        seeding.plant(store, settings.seed)
        app.secret_key = _kept_key(store)
    # Cookies do not know ports: the portal beside us on this host must not get ours.
    app.config.update(SESSION_COOKIE_NAME="sandbox_clever", SESSION_COOKIE_SAMESITE="Lax")
    gate.install(app)
    app.before_request(_refuse_foreign_forms)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.add_url_rule("/", "start", _start)
    app.register_error_handler(404, lambda error: answers.lost())
    return app


def _kept_key(store: Store) -> str:
    """The key that signs cookies, the same for all processes and after a restart."""
    with store.change():
        key = store.setting("cookie_key") or token_hex(32)
        store.keep_setting("cookie_key", key)
    return key


def _refuse_foreign_forms() -> None:
    """Pages of other sites must not press our buttons."""
    origin = request.headers.get("Origin", "null")
    if request.method == "POST" and origin != "null" and urlsplit(origin).netloc != request.host:
        abort(403)


def _start() -> str | Response:
    districts = people.districts(context.store())
    return render_template(
        "start.html", districts=districts, client_id=context.settings().client_id
    )
