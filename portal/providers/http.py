"""Asks a provider for one answer: bounded retries, rate limits, and its faults in our words."""

from __future__ import annotations

import logging
import random
import re
import time
from codecs import BOM_UTF8
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import httpx

from portal.clock import now
from portal.providers.base import FailureReason, ProviderError, ReadProgress
from portal.providers.bodies import CutAnswer, OversizedAnswer, UnknownPacking
from portal.providers.deadlines import TICK_SECONDS, Deadline, Lookout
from portal.providers.rate_limits import asked_back_at, retry_after
from portal.providers.transport import watched_client, watching

logger = logging.getLogger(__name__)
security_log = logging.getLogger("portal.security")

TRIES = 3
GIVE_UP_SECONDS = 180.0
LONGEST_WAIT_SECONDS = 120.0
RATE_LIMIT_WINDOW = timedelta(minutes=1)
JSON_KIND = re.compile(r"(?:application|text)/(?:json|[^/\s]+\+json)")
# From the root, a query alone, or whole: what else a link may be, parsers read differently.
FOLLOWABLE = re.compile(r"(?:/(?!/)|\?|https?://)[^\\\s]*")

STATUS_REASONS = {
    401: FailureReason.RECONNECT,
    504: FailureReason.NOT_ANSWERING,
}


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How long a read may take. `patient` reads wait for as long as the provider asks (F26)."""

    page_seconds: float = 30.0
    read_seconds: float = 300.0
    backoff_seconds: float = 1.0
    patient: bool = True

    @classmethod
    def for_a_page_view(cls) -> ReadLimits:
        """Somebody is looking at a blank page: ten seconds in all."""
        return cls(page_seconds=8.0, read_seconds=10.0, patient=False)

    def for_one_page(self) -> ReadLimits:
        """Time for one page as slow as these limits allow, and for a fault that passes at once."""
        return replace(self, read_seconds=self.page_seconds + 5.0)


class AbsentError(ProviderError):
    """The provider's own 404: deleted, or not shared with us; the caller knows which."""


class ForbiddenError(ProviderError):
    """The provider answered 403: this token may not read it."""


class OversizedPageError(ProviderError):
    """An answer larger than any may be (trust M11); of a list, a smaller page may be asked for."""


class WebPageError(ProviderError):
    """A web page came where JSON was due: maintenance, or a path the provider does not know."""


class UnknownPathError(WebPageError):
    """A 404 in HTML: no such path, or not for this kind of token; it says nothing of a record."""


UNREADABLE = (AbsentError, ForbiddenError, WebPageError)


class PassingFault(Exception):
    """A fault that may be gone at the next try; `error` is what it becomes if it is not."""

    def __init__(self, error: ProviderError, asked_until: datetime | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.asked_until = asked_until

    @property
    def slows_us_down(self) -> bool:
        return self.error.reason is FailureReason.SLOW_DOWN


def refused(detail: str) -> ProviderError:
    """A security event: logged without the answer's content, and the whole read is refused."""
    security_log.warning("Refused a provider's answer: %s", detail)
    return ProviderError(FailureReason.REFUSED_ANSWER, detail)


def unusable(detail: str) -> ProviderError:
    return ProviderError(FailureReason.UNUSABLE_ANSWER, detail)


class ApiReader:
    """One whole read: GETs from one origin with one credential, which never leaves that origin.

    Whoever asked for the read is told how far it has come, and may raise to give it up. `room`
    takes a place for a request within the credential's rate limit: it answers 0, or how many
    seconds to wait before asking it again.
    """

    def __init__(
        self,
        origin: str,
        authorization: str | None,
        limits: ReadLimits,
        progress: ReadProgress | None = None,
        room: Callable[[], float] | None = None,
    ) -> None:
        self.students_read = 0
        self.students_listed: int | None = None
        self.request_count = 0
        self._origin = httpx.URL(origin)
        self._limits = limits
        self._progress = progress
        self._room = room
        self._deadline = Deadline.after(limits.read_seconds)
        self._lookout = Lookout(self.tell)
        self._client = watched_client(limits.page_seconds, authorization)

    def __enter__(self) -> ApiReader:
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close()

    def tell(self, waiting_until: datetime | None = None) -> None:
        if self._progress:
            self._progress(self.students_read, self.students_listed, waiting_until)

    def url(self, uri: str, seen_on: httpx.URL | None = None) -> httpx.URL:
        """The address a provider's `uri` means, if it is on our origin; refused if not (A67)."""
        if not FOLLOWABLE.fullmatch(uri):
            raise refused("a link of no known form")
        try:
            url = httpx.URL(f"{self._origin}{uri}" if uri.startswith("/") else uri)
            url = (seen_on or self._origin).join(url)
        except httpx.InvalidURL as error:
            raise refused("a link that is no address") from error
        if _place_of(url) != _place_of(self._origin) or url.userinfo:
            raise refused("a link to another origin")
        return url

    def get(self, url: httpx.URL) -> bytes:
        """The whole body of a 200 answer in JSON, or ProviderError; at most TRIES requests."""
        give_up = self._deadline.or_sooner(GIVE_UP_SECONDS)
        attempt = 1
        while True:
            try:
                return self._ask(url, give_up)
            except PassingFault as fault:
                logger.info("Try %d of %d failed: %s", attempt, TRIES, fault.error)
                pause = self._pause_before_next(fault, attempt)
                if attempt == TRIES or not self._worth_waiting(fault, pause, give_up):
                    raise fault.error from fault
                self._sleep(pause, fault.slows_us_down)
                attempt += 1

    def _ask(self, url: httpx.URL, deadline: Deadline) -> bytes:
        self._lookout.look()
        self._take_a_place(deadline)
        self.request_count += 1
        try:
            answer = self._client.get(url, extensions=watching(deadline, self._lookout))
        except OversizedAnswer as error:
            raise OversizedPageError(FailureReason.UNUSABLE_ANSWER, str(error)) from error
        except UnknownPacking as error:
            raise unusable(str(error)) from error
        except CutAnswer as error:
            raise PassingFault(unusable("a cut answer")) from error
        except httpx.TransportError as error:
            detail = type(error).__name__
            raise PassingFault(ProviderError(FailureReason.NOT_ANSWERING, detail)) from error
        # httpx ties an answer to itself by its stream: page after page would stay in memory.
        answer.stream = httpx.ByteStream(b"")
        return _body_of(answer)

    def _take_a_place(self, give_up: Deadline) -> None:
        """Wait until the request fits into the rate limit; a page view does not wait."""
        while self._room is not None and (seconds := self._room()) > 0:
            if not self._limits.patient or seconds >= give_up.left():
                retry_at = now() + timedelta(seconds=seconds)
                raise ProviderError(FailureReason.SLOW_DOWN, "our own limit", retry_at)
            self._sleep(seconds, slowed_down=True)

    def _pause_before_next(self, fault: PassingFault, attempt: int) -> float:
        """1 s, 2 s, with jitter so that workers do not come back all at once (F28), after what
        the provider asks for."""
        backoff = self._limits.backoff_seconds * float(2 ** (attempt - 1))
        asked = (fault.asked_until - now()).total_seconds() if fault.asked_until else 0.0
        return max(0.0, asked) + backoff * random.uniform(0.8, 1.2)

    def _worth_waiting(self, fault: PassingFault, pause: float, give_up: Deadline) -> bool:
        if fault.slows_us_down and not self._limits.patient:
            return False
        return pause <= LONGEST_WAIT_SECONDS and pause < give_up.left()

    def _sleep(self, seconds: float, slowed_down: bool) -> None:
        """Wait, telling the owner each second, so that *Stop sync* need not wait too."""
        until = now() + timedelta(seconds=seconds) if slowed_down else None
        wake = Deadline.after(seconds)
        while (left := wake.left()) > 0:
            self.tell(until)
            time.sleep(min(TICK_SECONDS, left))
        self.tell()


def _place_of(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _body_of(answer: httpx.Response) -> bytes:
    if answer.status_code == httpx.codes.OK:
        return _json_of(answer)
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise _absence_of(answer)
    if httpx.codes.is_redirect(answer.status_code):
        raise refused("a redirect, which was not followed")
    raise _failure_of(answer)


def _absence_of(answer: httpx.Response) -> ProviderError:
    """Only a 404 without a web page is about the record (Clever page "Error messages").

    The body decides: a server may label even an empty one as text/html.
    """
    if _opens_a_tag(answer):
        return UnknownPathError(FailureReason.UNUSABLE_ANSWER, "404 with a web page")
    return AbsentError(FailureReason.NOT_SHARED, "404")


def _failure_of(answer: httpx.Response) -> Exception:
    """Branch on the status only: the bodies of Clever's errors have no known shape."""
    status = answer.status_code
    if status == httpx.codes.FORBIDDEN:
        return ForbiddenError(FailureReason.NOT_SHARED, "403")
    if status == httpx.codes.TOO_MANY_REQUESTS:
        asked = asked_back_at(answer.headers, now())
        retry_at = asked or now() + RATE_LIMIT_WINDOW
        return PassingFault(ProviderError(FailureReason.SLOW_DOWN, "429", retry_at), asked)
    if status in (500, 502, 503):
        asked = retry_after(answer.headers, now())
        error = ProviderError(FailureReason.NOT_ANSWERING, str(status), retry_at=asked)
        return PassingFault(error, asked)
    return ProviderError(STATUS_REASONS.get(status, FailureReason.UNUSABLE_ANSWER), str(status))


def _json_of(answer: httpx.Response) -> bytes:
    """The body, unless it is a web page: Clever's maintenance pages come with a 200 (F37)."""
    if _is_web_page(answer):
        detail = "a web page instead of JSON"
        raise PassingFault(WebPageError(FailureReason.NOT_ANSWERING, detail))
    kind = _kind_of(answer)
    if kind and not JSON_KIND.fullmatch(kind):
        raise unusable("an answer that is not JSON")
    return answer.content


def _is_web_page(answer: httpx.Response) -> bool:
    return "html" in _kind_of(answer) or _opens_a_tag(answer)


def _opens_a_tag(answer: httpx.Response) -> bool:
    return answer.content.removeprefix(BOM_UTF8).lstrip().startswith(b"<")


def _kind_of(answer: httpx.Response) -> str:
    kind: str = answer.headers.get("Content-Type", "").split(";")[0].strip().lower()
    return kind
