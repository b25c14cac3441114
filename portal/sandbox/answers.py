"""The shapes of answers that are not records: JSON errors and Clever's HTML for lost paths."""

from __future__ import annotations

from flask import Response

from portal.sandbox.records import to_json

NOT_FOUND_PAGE = """<!doctype html>
<html lang="en"><head><title>Clever | Page not found</title></head>
<body><main><h1>Page not found</h1></main></body></html>
"""


def json_answer(body: object, status: int = 200) -> Response:
    return json_text(to_json(body), status)


def json_text(text: str, status: int = 200) -> Response:
    return Response(text, status, content_type="application/json; charset=utf-8")


def message(status: int, text: str) -> Response:
    """The error body of the v3 specification (clever-platform 3.8)."""
    return json_answer({"message": text}, status)


def done(status: int = 200) -> Response:
    return json_answer({"done": True}, status)


def unauthorized(text: str) -> Response:
    answer = message(401, text)
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def lost() -> Response:
    """Clever answers HTML for unknown paths and for the wrong kind of token."""
    return Response(NOT_FOUND_PAGE, 404, content_type="text/html; charset=utf-8")
