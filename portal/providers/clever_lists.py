"""Clever's lists read to their end, and records gathered with those that could not be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import httpx
import msgspec

from portal.providers.clever_payloads import (
    Identity,
    Link,
    ListAnswer,
    RecordAnswer,
    decode_answer,
    decode_record,
)
from portal.providers.clever_records import sourced
from portal.providers.http import (
    AbsentError,
    ApiReader,
    OversizedPageError,
    refused,
    unusable,
)

Record = TypeVar("Record")

MAX_PAGES = 1000
FEWEST = 50  # records of a page; if so few are too large, one of them is no record


class Gathered(Generic[Record]):
    """Usable records by id; `unreadable` ids and the number of all skipped records beside them."""

    def __init__(
        self, district: str | None, understand: Callable[[msgspec.Raw, str], Record | None]
    ) -> None:
        self.records: dict[str, Record] = {}
        self.unreadable: set[str] = set()
        self.anonymous = 0
        self._district = district
        self._understand = understand

    @property
    def skipped(self) -> int:
        return len(self.unreadable) + self.anonymous

    def add_page(self, items: list[msgspec.Raw]) -> None:
        """Take the items of a list, each `{data: {…}, uri}`."""
        for item in items:
            envelope = decode_record(item, RecordAnswer)
            if envelope is None:
                self.anonymous += 1
            else:
                self.add(envelope.data)

    def add(self, raw: msgspec.Raw) -> None:
        """Take a record; the same one twice counts once, in two versions not at all (M18, M19)."""
        sourced_id = identify(raw, self._district)
        if sourced_id is None:
            self.anonymous += 1
            return
        record = self._understand(raw, sourced_id)
        if record is None or self.records.get(sourced_id, record) != record:
            self.unreadable.add(sourced_id)
        if sourced_id in self.unreadable:
            self.records.pop(sourced_id, None)
        elif record is not None:
            self.records[sourced_id] = record


def identify(raw: msgspec.Raw, district: str | None) -> str | None:
    """The record's usable id, if any; a record of another district refuses the whole read (M42)."""
    identity = decode_record(raw, Identity)
    return own_id(identity, district) if identity else None


def own_id(identity: Identity, district: str | None) -> str | None:
    """The usable id of a record that says whose it is; refused where that is another district."""
    if district and identity.district not in (None, "", district):
        raise refused("a record of another district")
    return sourced(identity.id)


def list_pages(
    reader: ApiReader, first: httpx.URL, page_size: int | None, shrinking: bool = False
) -> Iterator[list[msgspec.Raw]]:
    """Every page of a list; a page that cannot be shown to be one of a whole list fails it.

    `page_size` is None for a person's token, which knows no pages (Clever page "Paging and
    limits"): its lists may come without links. `shrinking` asks for a page that is too large to
    be taken again from the same place, with fewer records.
    """
    get = _page_that_fits if shrinking else _page_at
    url: httpx.URL | None = first.copy_merge_params({"limit": page_size} if page_size else {})
    asked: set[tuple[str, httpx.QueryParams]] = set()
    while url is not None:
        if (url.path, url.params) in asked:
            raise unusable("a list that leads back to itself")
        if len(asked) == MAX_PAGES:
            raise unusable("a list without an end")
        asked.add((url.path, url.params))
        answer = list_answer(get(reader, url, len(asked) == 1), page_size is not None)
        yield answer.data
        following = next_uri(answer.links)
        url = reader.url(following, url) if following is not None else None


def _page_at(reader: ApiReader, url: httpx.URL, is_first: bool) -> bytes:
    """A page; one that Clever itself sent us to cannot be absent because it is not shared."""
    try:
        return reader.get(url)
    except AbsentError as error:
        if is_first:
            raise
        raise unusable("a list that breaks off") from error


def _page_that_fits(reader: ApiReader, url: httpx.URL, is_first: bool) -> bytes:
    """A page, a quarter as long each time it is too large; where that leads, its links know."""
    while True:
        try:
            return _page_at(reader, url, is_first)
        except OversizedPageError:
            fewer = int(url.params["limit"]) // 4
            if fewer < FEWEST:
                raise
            url = url.copy_set_param("limit", fewer)


def list_answer(body: bytes, links_needed: bool) -> ListAnswer:
    answer = decode_answer(body, ListAnswer)
    if answer.error:
        raise unusable("an error in place of a list")
    if answer.links is msgspec.UNSET and links_needed:
        raise unusable("a list that cannot show that it is whole")
    return answer


def record_answer(body: bytes) -> msgspec.Raw:
    """The one record of an answer, `{data: {…}}`."""
    answer = decode_answer(body, RecordAnswer)
    if answer.error:
        raise unusable("an error in place of a record")
    return answer.data


def next_uri(links: list[Link] | msgspec.UnsetType) -> str | None:
    if links is msgspec.UNSET:
        return None
    following = [link.uri for link in links if link.rel == "next"]
    if not following:
        return None
    uri, *others = following
    if not isinstance(uri, str) or not uri or any(other != uri for other in others):
        raise unusable("a list that leads on to several places or none")
    return uri
