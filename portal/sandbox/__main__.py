"""Runs the sandbox Clever alone: `python -m portal.sandbox`."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from dataclasses import replace
from pathlib import Path
from types import FrameType

from werkzeug.serving import WSGIRequestHandler, make_server

from portal.sandbox.app import create_sandbox
from portal.sandbox.settings import SandboxSettings


class QuietRequestHandler(WSGIRequestHandler):
    """Says nothing about requests; the request log on the control page does."""

    # Headers and body are sent apart: without this a body waits for the header's acknowledgement.
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def main() -> None:
    """Serve until told to stop. Werkzeug's threaded server starts fastest and ends at once."""
    settings = _chosen(SandboxSettings.from_env())
    signal.signal(signal.SIGTERM, _stop)
    server = make_server(
        settings.host,
        settings.port,
        create_sandbox(settings),
        threaded=True,
        request_handler=QuietRequestHandler,
    )
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    sys.stdout.write(f"Sandbox Clever: http://{settings.host}:{server.port}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


def _chosen(settings: SandboxSettings) -> SandboxSettings:
    """The environment's settings with what the command line says laid over them."""
    parser = argparse.ArgumentParser(prog="python -m portal.sandbox", description=__doc__)
    parser.add_argument("--host", default=settings.host)
    parser.add_argument("--port", type=int, default=settings.port)
    parser.add_argument("--database", "--db", type=Path, default=settings.database)
    return replace(settings, **vars(parser.parse_args()))


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
