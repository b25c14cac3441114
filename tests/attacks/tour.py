"""A full tour of the portal, kept: what was asked, what came back, and what must stay secret."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import httpx

from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from tests.attacks.world import ALGEBRA, COURSE, LESSON, people_around
from tests.faults.teaching import Teacher, ended
from tests.sandbox_clever import RunningSandbox
from tests.web.own_classes import makes, opens_class, tries

SECRET_FIELDS = frozenset({"code", "state", "nonce", "code_challenge"})
TYPED_NAME = "Typedgiven Typedfamily"
LONG_ENOUGH = 5  # a shorter name may stand in any random id
FAULTS = ("500", "401", "html", "no_links", "foreign")


@dataclass
class Tour:
    """Everything the browsers of a tour saw, and the canaries that no log or queue may hold."""

    answers: list[httpx.Response] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def keep(self, answer: httpx.Response) -> None:
        """For httpx: called with every answer of a browser."""
        answer.read()
        self.answers.append(answer)
        query = parse_qs(urlsplit(str(answer.request.url)).query)
        self.secrets |= {value for name in SECRET_FIELDS & query.keys() for value in query[name]}
        self.secrets |= set(answer.cookies.values())

    @property
    def canaries(self) -> set[str]:
        return {text for text in self.names | self.secrets if len(text) >= LONG_ENOUGH}

    def from_the_portal(self, url: str) -> list[httpx.Response]:
        return [answer for answer in self.answers if str(answer.request.url).startswith(url)]


def take(sandbox: RunningSandbox, new_browser: Callable[[], Teacher], client_secret: str) -> Tour:
    """Everybody signs in, looks around, changes things, fails, and signs out."""
    tour = Tour(secrets={client_secret, sandbox.district_token()})
    tour.names = names_of(sandbox)
    browsers = {}
    for who, person_id in people_around(sandbox).items():
        browsers[who] = new_browser()
        browsers[who].client.event_hooks["response"].append(tour.keep)
        browsers[who].sign_in(person_id)
        browsers[who].page("/")
    _teach(sandbox, browsers["owner"])
    _administer(browsers["district admin"])
    _learn(browsers["student in it"])
    browsers["child"] = new_browser()
    browsers["child"].client.event_hooks["response"].append(tour.keep)
    _without_clever(tour, browsers["owner"], browsers["child"])
    for browser in browsers.values():
        _lose_the_way(browser)
        tour.secrets.add(browser.csrf_token())
        browser.post("/sign-out")
    return tour


def names_of(sandbox: RunningSandbox) -> set[str]:
    """Names, user names and addresses of everybody in the district."""
    cast = sandbox.cast()
    people = (*cast.students, *cast.teachers, *cast.staffs, *cast.district_admins)
    parts = {part for name in people for part in name.replace("(", " ").split()}
    return {part for part in parts if not part.rstrip(")").isdigit()} | {".example", "Searched"}


def _teach(sandbox: RunningSandbox, teacher: Teacher) -> None:
    """Choose, search, save, sync with every kind of change and failure, answer what is held."""
    class_id = sandbox.cast().sections[ALGEBRA]
    teacher.page("/sections/new/clever")
    teacher.post("/sections/new/clever", search="Searched")
    teacher.page(f"/sections/new/clever/question?class={class_id}")
    section = teacher.has_a_section(class_id, COURSE)
    teacher.post(f"/sections/{section.public_id}/search", search="Searched")
    for fault in FAULTS:
        sandbox.fail_next(fault, path_contains=f"/sections/{class_id}/users")
        ended(teacher.presses_sync(section))
        sandbox.stop_failing()
    students = sandbox.student_ids(class_id)
    sandbox.rename(students[1], "Renamed", "Person")
    sandbox.withdraw(class_id, *students[-11:])
    teacher.reads_the_panel(ended(teacher.presses_sync(section)))
    teacher.post(f"/holds/{Hold.get().public_id}/answer", answer="remove")
    teacher.reads(section)


def _administer(admin: Teacher) -> None:
    """Look at what waited, compare schools, look for somebody and sign out one who is not here."""
    place = Enrollment.select().order_by(Enrollment.id.desc()).first()
    admin.page(f"/overview/holds/{Hold.get().public_id}")
    admin.page(f"/overview/sections/{place.section.public_id}")
    admin.page("/overview/schools")
    admin.post("/overview/schools/download")
    admin.post("/overview/people", search="Searched")
    admin.page(f"/overview/people/{place.sourced_id}")
    admin.post(f"/overview/people/{place.sourced_id}/sign-out")


def _learn(student: Teacher) -> None:
    place = Enrollment.select().first().section.public_id
    student.page("/home")
    student.page(f"/classes/{place}")
    student.post(f"/classes/{place}/lessons/{LESSON}/completion", done="1")


def _without_clever(tour: Tour, teacher: Teacher, child: Teacher) -> None:
    """A name is typed, a card is read, and a child signs in with what stands on it."""
    given_name, family_name = TYPED_NAME.split()
    section = makes(teacher, "secret_words", TYPED_NAME)
    card = teacher.page(f"/sections/{section.public_id}/cards").text
    words = card.partition("Type your words: ")[2].split()[:2]
    tour.names |= {given_name, family_name}
    tour.secrets.add(" ".join(words))
    opens_class(child, section)
    tries(child, given_name, "no idea")
    assert tries(child, given_name, " ".join(words)).is_redirect
    child.page("/home")


def _lose_the_way(browser: Teacher) -> None:
    """Pages that do not exist, may not be seen, or were asked for with too much."""
    browser.get("/no-such-page?search=Searched")
    browser.get("/sections/AAAAAAAAAAAAAAAA?name=Searched")
    browser.client.post("/sections", data={"name": "Searched"})
    with suppress(httpx.InvalidURL):
        browser.get("/sign-in/clever/callback?error=Searched&error_description=Searched")
