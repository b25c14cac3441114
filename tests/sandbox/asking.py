"""How a Clever app asks: with a token, page by page, and through a person's browser."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import httpx

from tests.sandbox_clever import RunningSandbox, local_client

CALLBACK = "http://127.0.0.1:8000/sign-in/clever/callback"


class App:
    """A Data API client with one token."""

    def __init__(self, sandbox: RunningSandbox, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._client = local_client(sandbox.url, headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def get(self, path: str) -> httpx.Response:
        return self._client.get(path)

    def body(self, path: str) -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def record(self, path: str) -> Any:
        return self.body(path)["data"]

    def pages(self, path: str) -> list[Any]:
        """Every page from this one on, by the `next` links."""
        found = [self.body(path)]
        while following := link(found[-1], "next"):
            found.append(self.body(following))
        return found

    def records(self, path: str) -> list[Any]:
        return [item["data"] for page in self.pages(path) for item in page["data"]]

    def ids(self, path: str) -> list[str]:
        return [record["id"] for record in self.records(path)]


def link(page: Any, rel: str) -> str | None:
    return next((each["uri"] for each in page["links"] if each["rel"] == rel), None)


class Browser:
    """A person's browser: keeps cookies, stops where Clever sends it."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.sandbox = sandbox
        self._client = local_client(sandbox.url)

    def get(self, path: str, **query: str) -> httpx.Response:
        return self._client.get(path, params=query or None)

    def post(self, path: str, **form: str | list[str]) -> httpx.Response:
        return self._client.post(path, data=form)

    def sign_in(self, person: str, **form: str) -> Self:
        answer = self.post("/login", person=person, **form)
        assert answer.status_code == 303
        return self

    def authorize(self, **query: str) -> httpx.Response:
        asked = {"client_id": self.sandbox.client_id, "response_type": "code"}
        return self.get("/oauth/authorize", **asked | query)

    def arrives_with(self, **query: str) -> httpx.QueryParams:
        """What the app's callback is called with after a silent authorize."""
        answer = self.authorize(**query)
        assert answer.status_code == 302, answer.text
        arrived = httpx.URL(answer.headers["location"])
        assert str(arrived.copy_with(query=None)) == query.get("redirect_uri", CALLBACK)
        return arrived.params

    def code(self, **query: str) -> str:
        return self.arrives_with(**query)["code"]


def exchange(sandbox: RunningSandbox, code: str, **form: str) -> httpx.Response:
    """`POST /oauth/tokens` as the documentation shows it."""
    given = {"code": code, "grant_type": "authorization_code", "redirect_uri": CALLBACK} | form
    with local_client(sandbox.url) as client:
        auth = (sandbox.client_id, sandbox.client_secret)
        return client.post("/oauth/tokens", data=given, auth=auth)


def token_of(sandbox: RunningSandbox, person: str) -> str:
    """A sign-in token of a person."""
    answer = exchange(sandbox, Browser(sandbox).sign_in(person).code())
    token: str = answer.json()["access_token"]
    return token
