"""A mail server that keeps what it is handed, and refuses what it is told to refuse."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

OTHER_MACHINE = "127.0.0.2"  # Reached on this one, but none of the names for it.


class RunningSmtp(socketserver.ThreadingTCPServer):
    """`refusals` are answers by command: {"RCPT": "550 no such mailbox"}."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, refusals: dict[str, str]) -> None:
        super().__init__((host, 0), _Conversation)
        self.host, self.port = host, self.server_address[1]
        self.refusals = refusals
        self.commands: list[str] = []
        self.messages: list[str] = []


class _Conversation(socketserver.StreamRequestHandler):
    server: RunningSmtp

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline().decode().strip():
            command = line.split()[0].upper()
            self.server.commands.append(command)
            if command in self.server.refusals:
                self._say(self.server.refusals[command])
            elif command == "DATA":
                self._take_message()
            else:
                self._say("221 bye" if command == "QUIT" else "250 fine")

    def _take_message(self) -> None:
        self._say("354 go on")
        lines = iter(lambda: self.rfile.readline().decode().rstrip("\r\n"), ".")
        self.server.messages.append("\n".join(lines))
        self._say("250 taken")

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def running_smtp(host: str = "127.0.0.1", **refusals: str) -> Iterator[RunningSmtp]:
    with RunningSmtp(host, refusals) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
