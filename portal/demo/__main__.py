"""Serves the demo until Ctrl-C: `python -m portal.demo`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from portal.demo.parts import plan
from portal.demo.ports import NoPortError
from portal.demo.state import ROOT, AlreadyRunningError, StateFolder
from portal.demo.supervisor import NotStartedError, Supervisor
from portal.demo.valkey import ValkeyMissingError

# The parts of a killed demo have half of this to end (portal/demo/lifeline.py).
PATIENCE_SECONDS = 20.0


def main() -> int:
    """Start, say where, and stay; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m portal.demo", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / ".demo", help="where its data stays")
    folder = parser.parse_args().folder.absolute()
    try:
        return _serve(StateFolder(folder))
    except AlreadyRunningError:
        print(f"The demo in {folder} is already running.", file=sys.stderr)
    except (NotStartedError, NoPortError, ValkeyMissingError) as error:
        print(error, file=sys.stderr)
    return 1


def _serve(state: StateFolder) -> int:
    with state.claim(), state.claim_parts(PATIENCE_SECONDS) as parts_lock:
        what = plan(state, os.environ)
        demo = Supervisor(what, state, parts_lock)
        try:
            if demo.start():
                print(what.url, "Open it and choose Continue with Clever.", sep="\n", flush=True)
                demo.keep_running()
        finally:
            demo.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
