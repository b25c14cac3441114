"""Clever's Data API by path: records and lists, each record checked for its district."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TypeVar
from urllib.parse import quote

import httpx
import msgspec

from portal.providers.clever_lists import Gathered, identify, list_pages, record_answer
from portal.providers.http import AbsentError, ApiReader, UnknownPathError

Record = TypeVar("Record")
Understand = Callable[[msgspec.Raw, str], Record | None]

MAX_EVIDENCE = 50


class CleverApi:
    """One version of the API as one token sees it.

    `page_size` is for district tokens; None for a person's token, which may not page.
    `district_sourced_id` is None for Clever Library, whose records name no district.
    """

    def __init__(
        self,
        reader: ApiReader,
        version: str,
        page_size: int | None = None,
        district_sourced_id: str | None = None,
    ) -> None:
        self.reader = reader
        self.district_sourced_id = district_sourced_id
        self._version = version
        self._page_size = page_size

    def record(self, path: str) -> msgspec.Raw:
        """The one record at a path, or ProviderError; AbsentError for a 404."""
        return record_answer(self.reader.get(self._url(path)))

    def one(self, path: str, sourced_id: str, understand: Understand[Record]) -> Record | None:
        """The record of this id, or None if it cannot be used or is somebody else's."""
        raw = self.record(f"{path}/{in_path(sourced_id)}")
        if identify(raw, self.district_sourced_id) != sourced_id:
            return None
        return understand(raw, sourced_id)

    def each(
        self, path: str, ids: Iterable[str], understand: Understand[Record]
    ) -> dict[str, Record]:
        """The records of these ids, without those that are not shared or not readable."""
        found: dict[str, Record] = {}
        for sourced_id in list(dict.fromkeys(filter(None, ids)))[:MAX_EVIDENCE]:
            with suppress(AbsentError, UnknownPathError):
                record = self.one(path, sourced_id, understand)
                if record is not None:
                    found[sourced_id] = record
        return found

    def gather(self, path: str, understand: Understand[Record]) -> Iterator[Gathered[Record]]:
        """A whole list, page by page: yields what has been gathered so far after each page."""
        gathered = Gathered(self.district_sourced_id, understand)
        for page in list_pages(self.reader, self._url(path), self._page_size):
            gathered.add_page(page)
            yield gathered

    def stretch(self, path: str, page_size: int, after: str) -> Iterator[list[msgspec.Raw]]:
        """A list from behind this id on (or from its start), in pages of at most this size."""
        url = self._url(path)
        if after:
            url = url.copy_merge_params({"starting_after": after})
        return list_pages(self.reader, url, page_size, shrinking=True)

    def all(self, path: str, understand: Understand[Record]) -> Gathered[Record]:
        """A whole list, once its last page is read."""
        *_, gathered = self.gather(path, understand)
        return gathered

    def _url(self, path: str) -> httpx.URL:
        return self.reader.url(f"/{self._version}{path}")


def in_path(sourced_id: str) -> str:
    return quote(sourced_id, safe="")
