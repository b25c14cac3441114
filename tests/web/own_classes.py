"""Sections without Clever, as teachers make them and as students sign in to them."""

from __future__ import annotations

import httpx

from portal.models.accounts import Account
from portal.models.entrance.student_secrets import StudentSecret
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.sealing import Purpose, unseal
from tests.web.browsing import RunningPortal, Visitor
from tests.web.html import Page

NEW = "/sections/new/own"
PICTURES, WORDS, EMAIL = "picture_password", "secret_words", "email"


def page_of(section: Section) -> str:
    return f"/sections/{section.public_id}"


def makes(teacher: Visitor, login_type: str, *names: str, **more: str) -> Section:
    """The section of a teacher's form, with these students on its list."""
    answer = teacher.post(NEW, login_type=login_type, **{"name": "Sunflowers"} | more)
    assert answer.status_code == 303, answer.text
    public_id = answer.headers["location"].split("/")[2].partition("?")[0]
    section: Section = Section.get(Section.public_id == public_id)
    if names:
        assert adds(teacher, section, *names).status_code == 303
    return section


def adds(teacher: Visitor, section: Section, *names: str) -> httpx.Response:
    return teacher.post(f"{page_of(section)}/students", names="\n".join(names))


def student(given_name: str) -> Account:
    account: Account = Account.get(Account.given_name == given_name)
    return account


def place(given_name: str) -> Enrollment:
    found: Enrollment = Enrollment.get(Enrollment.account == student(given_name))
    return found


def student_path(section: Section, given_name: str) -> str:
    """A student's page for their teacher."""
    return f"{page_of(section)}/students/{student(given_name).public_id}"


def secret_of(portal: RunningPortal, given_name: str) -> str:
    """What the card says."""
    kept = StudentSecret.get(StudentSecret.enrollment == place(given_name))
    return unseal(kept.sealed_secret, portal.settings.secret_keys, Purpose.SECRETS) or ""


def another(secret: str) -> str:
    """Two pictures that are not these."""
    return "sun moon" if secret != "sun moon" else "moon sun"


def opens_class(browser: Visitor, section: Section) -> Page:
    """The class's own address, and on to its list."""
    return browser.page(f"/class/{section.join_code}")


def tries(browser: Visitor, given_name: str, secret: str) -> httpx.Response:
    """Send two pictures, or two words, as this student of the class whose list is open."""
    path = f"/join/class/{student(given_name).public_id}"
    fields = {"words": secret} if path_asks_words(browser, path) else pictures(secret)
    token = Page.of(browser.get(path).text).form(path).fields["csrf_token"]
    return browser.client.post(path, data={"csrf_token": token, **fields})


def path_asks_words(browser: Visitor, path: str) -> bool:
    return "words" in Page.of(browser.get(path).text).form(path).fields


def pictures(secret: str) -> dict[str, str]:
    return dict(zip(("first", "second"), secret.split(), strict=True))
