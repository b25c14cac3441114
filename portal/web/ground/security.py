"""What every answer carries, and what every form must (trust.md A42, A46, A54, A57, V05)."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.settings import Settings
from portal.web.ground.current import current_settings

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self' {sign_in_origin}",  # Connect is a form, and leads there (A29, A54).
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # Not stricter: on https Flask-WTF compares the referrer.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
TWO_YEARS = "max-age=63072000; includeSubDomains"
ONE_YEAR = "public, max-age=31536000, immutable"
LARGEST_REQUEST = 64 * 1024


def init_app(app: Flask, settings: Settings) -> None:
    """Set cookies, sizes, hosts, CSRF and headers; Flask's defaults are lax (trust.md F2)."""
    url = urlsplit(settings.portal_url)
    secure = settings.production or url.scheme == "https"
    app.config.update(
        SECRET_KEY=settings.secret_keys[0],
        WTF_CSRF_SECRET_KEY=list(reversed(settings.secret_keys)),  # The last one signs.
        WTF_CSRF_TIME_LIMIT=None,  # The token lives as long as the session it belongs to.
        SESSION_COOKIE_NAME="__Host-rosterly" if secure else "rosterly",
        SESSION_COOKIE_SECURE=secure,
        TRUSTED_HOSTS=[url.hostname, "localhost", "127.0.0.1"],
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
    )
    # Only whom our own proxies saw; what else the headers claim is not taken from them (A77).
    app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        app.wsgi_app, x_for=settings.trusted_proxies, x_proto=0
    )
    app.before_request(_refuse_nul)  # Before CSRF reads the form, before any table is asked.
    CSRFProtect(app)


def _refuse_nul() -> None:
    """No text of ours holds a NUL, and PostgreSQL takes none (trust.md D4)."""
    if "\0" in request.path:
        abort(404)
    sent = (*request.args.values(), *request.form.values())
    if any("\0" in value for value in sent):
        abort(400)


def protect(response: Response) -> Response:
    """The headers of one answer, whatever became of the request."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    policy = CONTENT_SECURITY_POLICY.format(sign_in_origin=current_settings().clever_auth_url)
    response.headers.setdefault("Content-Security-Policy", policy)
    if request.endpoint == "static" and response.status_code in (200, 206, 304):
        response.headers["Cache-Control"] = ONE_YEAR if "v" in request.args else "no-cache"
    else:
        response.headers["Cache-Control"] = "no-store"
        response.vary.update(("Cookie", "HX-Request-Type"))
    if current_settings().production:
        response.headers["Strict-Transport-Security"] = TWO_YEARS
    return response
