"""A page as a reader of it: its title, words, links and forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

UNSEEN = frozenset({"title", "style", "script"})


@dataclass
class Form:
    """Where it goes, and the values its fields would send as they stand."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """`Page.of(answer.text)`."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self.links: dict[str, str] = {}
        self.forms: list[Form] = []
        self.ids: set[str] = set()
        self._words: list[str] = []
        self._open: list[str] = []
        self._link: str | None = None
        self._link_words: list[str] = []
        self._word_goes_on = False

    @classmethod
    def of(cls, html: str) -> Page:
        page = cls()
        page.feed(html)
        page.close()
        return page

    @property
    def text(self) -> str:
        """The words on the page, spaced as read."""
        return " ".join(" ".join(self._words).split())

    def form(self, action: str) -> Form:
        """The form that goes to this address."""
        return next(form for form in self.forms if form.action == action)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._open.append(tag)
        self._word_goes_on = tag == "wbr"  # A place to break a line at, and no space.
        if "id" in given:
            self.ids.add(given["id"])
        if tag == "a" and "href" in given:
            self._link, self._link_words = given["href"], []
        elif tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif tag in ("input", "button") and "name" in given and self.forms:
            self.forms[-1].fields.setdefault(given["name"], given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass
        if tag == "a" and self._link is not None:
            self.links[" ".join("".join(self._link_words).split())] = self._link
            self._link = None

    def handle_data(self, data: str) -> None:
        if "title" in self._open:
            self.title += data
        elif not UNSEEN.intersection(self._open):
            if self._word_goes_on and self._words:
                self._words[-1] += data
            else:
                self._words.append(data)
            self._link_words.append(data)
        self._word_goes_on = False
