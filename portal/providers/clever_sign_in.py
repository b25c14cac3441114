"""Sign-in with Clever: out with our own state, nonce and PKCE; back with a person, or a reason."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import httpx
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.client import OAuth2Client

from portal.providers.base import FailureReason, ProviderError
from portal.providers.clever_people import read_person
from portal.providers.http import AbsentError, ApiReader, ReadLimits, UnknownPathError, refused
from portal.providers.id_tokens import Expected, IdTokenError, subject_of
from portal.providers.signing_keys import SigningKeys
from portal.providers.transport import watched_client
from portal.roster.records import PersonRecord

logger = logging.getLogger(__name__)


class SignInProblem(StrEnum):
    """Why a sign-in came to nothing; templates word each with its way on (S8)."""

    CANCELLED = "cancelled"
    USED_CODE = "used_code"
    NOT_SHARED = "not_shared"
    CLEVER_DOWN = "clever_down"
    REFUSED = "refused"
    UNSUPPORTED_ROLE = "unsupported_role"


class SignInError(Exception):
    """A sign-in that came to nothing. `detail` is for the log and names nobody."""

    def __init__(self, reason: SignInProblem, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """What only the browser that started a sign-in may bring back; kept in its session here."""

    state: str = field(repr=False)
    code_verifier: str = field(repr=False)
    nonce: str = field(repr=False)


PROBLEMS = {
    FailureReason.NOT_SHARED: SignInProblem.NOT_SHARED,
    FailureReason.RECONNECT: SignInProblem.REFUSED,
    FailureReason.REFUSED_ANSWER: SignInProblem.REFUSED,
}


class CleverSignIn:
    """The authorization-code flow with PKCE (Clever page "OAuth implementation"; RFC 9700).

    One instance serves all threads; each sign-in opens its own connections.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        auth_url: str,
        api_url: str,
        issuer: str,
        api_version: str,
        redirect_uri: str,
        limits: ReadLimits | None = None,
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._auth_url = auth_url
        self._api_url = api_url
        self._issuer = issuer
        self._version = api_version
        self._redirect_uri = redirect_uri
        self._limits = limits or ReadLimits.for_a_page_view()
        self._keys = SigningKeys(auth_url, self._limits)

    def start(
        self, district_id: str | None = None, state_prefix: str = ""
    ) -> tuple[str, PendingSignIn]:
        """Where to send the browser, and what must be kept until it comes back.

        Whoever is not shared comes back too, to our page with the way on, instead of ending on
        Clever's own (Clever page "Best practices and edge cases"; S8).
        """
        state, code_verifier, nonce = (secrets.token_urlsafe(32) for _ in range(3))
        pending = PendingSignIn(state_prefix + state, code_verifier, nonce)
        url, _ = self._client().create_authorization_url(
            f"{self._auth_url}/oauth/authorize",
            state=pending.state,
            code_verifier=pending.code_verifier,
            nonce=pending.nonce,
            district_id=district_id,
            return_unshared="true",
        )
        return str(url), pending

    def finish(self, pending: PendingSignIn, code: str, issuer: str | None = None) -> PersonRecord:
        """Who signed in, or SignInError; `issuer` is the callback's `iss` if it had one (O4).

        The person's token is used for this and forgotten, but for a Library teacher's: it comes
        along, since nothing else reads her classes (K7).
        """
        if issuer is not None and issuer != self._issuer:
            raise SignInError(SignInProblem.REFUSED, "another issuer's callback")
        answer = self._exchange(pending, code)
        try:
            subject = self._verified_subject(answer.get("id_token"), pending)
            person = self._person(str(answer["access_token"]))
        except ProviderError as error:
            reason = PROBLEMS.get(error.reason, SignInProblem.CLEVER_DOWN)
            raise SignInError(reason, error.detail) from error
        if subject not in (None, person.sourced_id):
            raise SignInError(SignInProblem.REFUSED, "the ID token is somebody else's")
        if not person.roles:
            raise SignInError(SignInProblem.UNSUPPORTED_ROLE, "no role we know")
        return person

    def _exchange(self, pending: PendingSignIn, code: str) -> dict[str, Any]:
        """The token answer for a code, asked for once: a code is never sent twice (A03)."""
        try:
            answer = self._token_answer(pending, code)
        except OAuth2Error as error:
            raise _refusal(error) from error
        except (httpx.HTTPError, ValueError, TypeError, RecursionError) as error:
            raise SignInError(SignInProblem.CLEVER_DOWN, type(error).__name__) from error
        except ProviderError as error:
            raise SignInError(SignInProblem.REFUSED, error.detail) from error
        if not isinstance(answer.get("access_token"), str):
            raise SignInError(SignInProblem.CLEVER_DOWN, "a token answer without a token")
        return answer

    def _token_answer(self, pending: PendingSignIn, code: str) -> dict[str, Any]:
        with watched_client(self._limits.page_seconds) as session:
            client = self._client(session)
            client.register_compliance_hook("access_token_response", _understood)
            return dict(
                client.fetch_token(
                    f"{self._auth_url}/oauth/tokens",
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=pending.code_verifier,
                    auth=httpx.BasicAuth(self._client_id, self._client_secret),
                )
            )

    def _verified_subject(self, id_token: Any, pending: PendingSignIn) -> str | None:
        """Whose ID token it is; None where Clever is not set up for OIDC and sends none."""
        if id_token is None:
            return None
        expected = Expected(self._issuer, self._client_id, pending.nonce)
        try:
            return subject_of(str(id_token), self._keys, expected)
        except IdTokenError as error:
            raise SignInError(SignInProblem.REFUSED, f"ID token: {error}") from error
        except (AbsentError, UnknownPathError) as error:
            raise SignInError(SignInProblem.REFUSED, "no keys to verify an ID token") from error

    def _person(self, token: str) -> PersonRecord:
        with ApiReader(self._api_url, f"Bearer {token}", self._limits) as reader:
            return read_person(reader, self._version, token)

    def _client(self, session: httpx.Client | None = None) -> OAuth2Client:
        """Authlib's own client over our connections; its httpx one is tied to another httpx."""
        return OAuth2Client(
            session,
            client_id=self._client_id,
            client_secret=self._client_secret,
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
        )


def _understood(answer: httpx.Response) -> httpx.Response:
    """The token answer as Authlib must see it, to which any `error` is one, even an empty one.

    A redirect would carry code and verifier to wherever it points (O8, A17).
    """
    if httpx.codes.is_redirect(answer.status_code):
        raise refused("a redirect of the token endpoint")
    if answer.status_code != httpx.codes.OK:
        return answer
    told = answer.json()
    if isinstance(told, dict) and not told.get("error", True):
        del told["error"]
        return httpx.Response(answer.status_code, json=told)
    return answer


def _refusal(error: OAuth2Error) -> SignInError:
    """`invalid_grant` is a code used twice or too late (Clever page "Error messages")."""
    if error.error == "invalid_grant":
        return SignInError(SignInProblem.USED_CODE, "invalid_grant")
    logger.warning("Clever refused our token request; check CLEVER_CLIENT_ID and its secret")
    return SignInError(SignInProblem.REFUSED, "the token request was refused")
