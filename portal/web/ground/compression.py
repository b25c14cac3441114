"""Answers travel compressed: a school shares a thin line (experience.md 3.1, gates 4 and 5).

A page with a CSRF token is not, when another site may have made the browser ask for it: such a
site could learn the token from lengths (BREACH). Who asked is said by the browser itself.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

from flask import Flask, Response, request

COMPRESSIBLE = frozenset({".css", ".js", ".svg"})
OWN_WISH = frozenset({"same-origin", "none"})  # a page of ours, or the person: Fetch Metadata 2.4
FAST = 5


def init_app(app: Flask) -> None:
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if request.endpoint == "static":
        return _compress_file(response)
    response.vary.update(("Accept-Encoding", "Sec-Fetch-Site"))
    ours = request.headers.get("Sec-Fetch-Site") in OWN_WISH
    if ours and _understood() and response.mimetype == "text/html":
        _pack(response, gzip.compress(response.get_data(), FAST))
    return response


def _compress_file(response: Response) -> Response:
    if response.status_code not in (200, 304):
        return response
    response.vary.add("Accept-Encoding")
    name = (request.view_args or {})["filename"]
    if response.status_code == 200 and _understood() and Path(name).suffix in COMPRESSIBLE:
        response.direct_passthrough = False
        _pack(response, _packed_once(response.get_data()))
    return response


def _understood() -> bool:
    return request.accept_encodings["gzip"] > 0


def _pack(response: Response, packed: bytes) -> None:
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"


@cache
def _packed_once(content: bytes) -> bytes:
    """Compressed once a process: the files are few and do not change under it."""
    return gzip.compress(content, mtime=0)
