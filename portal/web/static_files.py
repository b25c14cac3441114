"""Our few static files, sent compressed: a school shares a thin line (experience.md 3.1, gate 4).

Pages are not: an answer that holds a CSRF token and what somebody typed must not be compressed
with it (BREACH).
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

from flask import Flask, Response, request

COMPRESSIBLE = frozenset({".css", ".js", ".svg"})


def init_app(app: Flask) -> None:
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if request.endpoint != "static" or response.status_code not in (200, 304):
        return response
    response.vary.add("Accept-Encoding")
    name = (request.view_args or {})["filename"]
    if response.status_code == 200 and _wanted(name):
        response.direct_passthrough = False
        response.set_data(_gzipped(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _wanted(name: str) -> bool:
    return Path(name).suffix in COMPRESSIBLE and request.accept_encodings["gzip"] > 0


@cache
def _gzipped(content: bytes) -> bytes:
    """Compressed once a process: the files are few and do not change under it."""
    return gzip.compress(content, mtime=0)
