"""The one way out to a provider: httpx over watched connections, whole bounded bodies only."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore
import httpx

from portal.providers.bodies import CutAnswer, whole_body
from portal.providers.connections import Watch, WatchedBackend
from portal.providers.deadlines import Deadline, Lookout

CONNECT_SECONDS = 5.0
NOT_KEPT = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})


class WatchedTransport(httpx.BaseTransport):
    """Reads one answer at a time, whole, by its deadline; not for sharing between threads.

    A request may bring its own `deadline` and `lookout` as extensions.
    """

    def __init__(self, page_seconds: float) -> None:
        self._page_seconds = page_seconds
        self._watch = Watch()
        self._pool = httpcore.ConnectionPool(
            ssl_context=trusted_authorities(),
            network_backend=WatchedBackend(self._watch),
            max_connections=1,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._watch.deadline = self._deadline_of(request)
        self._watch.lookout = request.extensions.get("lookout") or self._watch.lookout
        with _in_words_of_httpx(httpx.RemoteProtocolError):
            answer = self._pool.handle_request(_outgoing(request))
        try:
            body = self._body_of(answer)
        finally:
            answer.close()
        kept = [(name, value) for name, value in answer.headers if name.lower() not in NOT_KEPT]
        return httpx.Response(answer.status, headers=kept, content=body)

    def close(self) -> None:
        self._pool.close()

    def _deadline_of(self, request: httpx.Request) -> Deadline:
        given = request.extensions.get("deadline")
        if isinstance(given, Deadline):
            return given.or_sooner(self._page_seconds)
        return Deadline.after(self._page_seconds)

    def _body_of(self, answer: httpcore.Response) -> bytes:
        packing = httpx.Headers(answer.headers).get("content-encoding", "").strip().lower()
        with _in_words_of_httpx(CutAnswer):
            return whole_body(answer.iter_stream(), packing)


def watched_client(page_seconds: float, authorization: str | None = None) -> httpx.Client:
    """An httpx client that follows no redirect, knows no proxy and cannot be kept waiting."""
    headers = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "Rosterly"}
    if authorization:
        headers["Authorization"] = authorization
    return httpx.Client(
        transport=WatchedTransport(page_seconds),
        timeout=httpx.Timeout(page_seconds, connect=min(CONNECT_SECONDS, page_seconds)),
        follow_redirects=False,
        trust_env=False,
        headers=headers,
    )


def watching(deadline: Deadline, lookout: Lookout) -> dict[str, object]:
    """The extensions that put a request under a read's own deadline and lookout."""
    return {"deadline": deadline, "lookout": lookout}


def _outgoing(request: httpx.Request) -> httpcore.Request:
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        ),
        headers=request.headers.raw,
        content=request.stream,
        extensions={"timeout": request.extensions.get("timeout", {})},
    )


@contextmanager
def _in_words_of_httpx(broken: type[httpx.TransportError]) -> Iterator[None]:
    """Say httpcore's faults as httpx does; `broken` is what a lost connection means here.

    Only the kind of fault is passed on: its message may quote what the server sent (V02).
    """
    try:
        yield
    except httpcore.ConnectTimeout:
        raise httpx.ConnectTimeout("no connection in time") from None
    except httpcore.TimeoutException:
        raise httpx.ReadTimeout("no whole answer in time") from None
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise broken(type(error).__name__) from None


@functools.cache
def trusted_authorities() -> ssl.SSLContext:
    """Built once a process: reading the certificates takes longer than a request (20 ms)."""
    return httpx.create_ssl_context()
