"""Pages as Clever cuts them: ranges of ascending ids (clever-platform 3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from portal.sandbox.ids import ID
from portal.sandbox.records import Body

DEFAULT_LIMIT, MAX_LIMIT = 100, 10_000
PARAMETERS = ("limit", "starting_after", "ending_before")


class BadPage(Exception):
    """A page nobody can have; `status` is what Clever answers."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Page:
    """Which stretch of a list was asked for."""

    limit: int
    starting_after: str
    ending_before: str

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> Page:
        limit = args.get("limit", str(DEFAULT_LIMIT))
        if not limit.isascii() or not limit.isdigit() or int(limit) == 0:
            raise BadPage(400, "limit must be a whole number above 0")
        if int(limit) > MAX_LIMIT:
            raise BadPage(413, f"limit must not be above {MAX_LIMIT}")
        page = cls(int(limit), args.get("starting_after", ""), args.get("ending_before", ""))
        page.refuse_nonsense()
        return page

    def refuse_nonsense(self) -> None:
        """Clever leaves both of these open; a loud answer finds the client's mistake."""
        if self.starting_after and self.ending_before:
            raise BadPage(400, "use starting_after or ending_before, not both")
        for cursor in (self.starting_after, self.ending_before):
            if cursor not in ("", "last") and not ID.match(cursor):
                raise BadPage(400, "not an id: " + cursor)

    @property
    def backwards(self) -> bool:
        return bool(self.ending_before)

    @property
    def range(self) -> tuple[str, str, str]:
        """SQL for the range, the value of its `:cursor`, and the direction to read in."""
        if self.ending_before == "last":
            return "id > :cursor", "", "DESC"
        if self.ending_before:
            return "id < :cursor", self.ending_before, "DESC"
        return "id > :cursor", self.starting_after, "ASC"

    def links(self, path: str, args: MultiDict[str, str], ids: list[str], more: bool) -> list[Body]:
        """`self`, and `next` and `prev` where there may be something behind them.

        Going forward `next` is exact and `prev` only says that a page came before; going
        backwards it is the other way round.
        """
        query = urlencode(list(args.items(multi=True)))
        found = [{"rel": "self", "uri": f"{path}?{query}" if query else path}]
        kept = [(key, value) for key, value in args.items(multi=True) if key not in PARAMETERS]
        if ids and (more if not self.backwards else self.ending_before != "last"):
            found.append({"rel": "next", "uri": self._uri(path, kept, "starting_after", ids[-1])})
        if ids and (more if self.backwards else self.starting_after):
            found.append({"rel": "prev", "uri": self._uri(path, kept, "ending_before", ids[0])})
        return found

    def _uri(self, path: str, kept: list[tuple[str, str]], cursor: str, value: str) -> str:
        return f"{path}?{urlencode([('limit', str(self.limit)), *kept, (cursor, value)])}"
