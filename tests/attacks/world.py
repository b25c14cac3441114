"""One section and everybody around it: who may reach what is asked about this world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_hex

from portal import clock
from portal.models.account_notices import AccountNotice
from portal.models.accounts import Account
from portal.models.holds import Hold
from portal.models.letters import LetterKind
from portal.models.password_sign_ins import PasswordSignIn
from portal.models.sections import Section
from portal.models.sessions import Session
from portal.models.sync_runs import SyncRun
from tests.faults.teaching import Teacher, ended
from tests.sandbox_clever import RunningSandbox
from tests.web.accounts import ADDRESS, HASH, OTHER_PASSWORD, PASSWORD
from tests.web.browsing import Visitor

COURSE, LESSON = "first-steps-in-code", "loops-all-around"
ALGEBRA = "Algebra I - Period 3"
NEW = "sections/new/clever"

NewPerson = Callable[[str], Teacher]


@dataclass(frozen=True)
class World:
    """Ms Rivera's section with a hold that waits, and the browsers of those around it.

    She is signed in on another device too, and has a notice that she has not put away.
    """

    people: Mapping[str, Visitor]
    section: Section
    run: SyncRun
    hold: Hold
    elsewhere: Session
    notice: AccountNotice
    owner_sourced_id: str

    def address(self, rule: str) -> str:
        """A rule's address for this section; those that name a class in a field name its class."""
        for name, value in self._ids().items():
            rule = rule.replace(f"<{name}>", value)
        asks = rule.endswith(("/question", "/details"))
        return f"{rule}?class={self.section.class_sourced_id}" if asks else rule

    def fields(self, rule: str) -> dict[str, str]:
        """What a form there would send."""
        return {
            "/sections": {"class": self.section.class_sourced_id, "name": "Algebra again"},
            "/sections/join": {"class": self.section.class_sourced_id},
            "/holds/<hold_id>/answer": {"answer": "keep"},
            "/account/password": {"current": PASSWORD, "password": OTHER_PASSWORD},
            "/account/password/new": {"email": f"{token_hex(8)}@school.example"},
            "/classes/<section_id>/lessons/<lesson_slug>/completion": {"done": "1"},
        }.get(rule, {})

    def nowhere(self, rule: str) -> str:
        """The address of something like it that does not exist."""
        for name in self._ids():
            rule = rule.replace(f"<{name}>", "AAAAAAAAAAAAAAAA")
        asks = rule.endswith(("/question", "/details"))
        return f"{rule}?class=64aaaaaaaaaaaaaaaaaaaaaa" if asks else rule

    def _ids(self) -> dict[str, str]:
        return {
            "section_id": self.section.public_id,
            "run_id": self.run.public_id,
            "hold_id": self.hold.public_id,
            "lesson_slug": LESSON,
            "session_id": self.elsewhere.public_id,
            "notice_id": self.notice.public_id,
            "sourced_id": self.owner_sourced_id,
        }


def people_around(sandbox: RunningSandbox) -> dict[str, str]:
    """Clever's id of each kind of person, in the words of `docs/access.md`."""
    here, there = sandbox.cast("Lincoln USD"), sandbox.cast("Cedar Valley ISD")
    outside = sandbox.student_ids(here.sections["Geometry 11"])
    elsewhere = sandbox.student_ids(there.sections["Homeroom 8C"])
    return {
        "student in it": here.students["Ada Byrne"],
        "other student": outside[0],
        "owner": here.teachers["Maria Rivera"],
        "co-teacher": here.teachers["Daniel Okafor"],
        "other teacher": here.teachers["Sofia Lindqvist"],
        "school admin": here.staffs["Ruth Kim"],
        "district admin": here.district_admins["Pat Lowell"],
        "student elsewhere": elsewhere[0],
        "teacher elsewhere": there.teachers["Nina Alvarez"],
        "school admin elsewhere": school_admin(sandbox, elsewhere[1], *there.schools.values()),
        "district admin elsewhere": there.district_admins["Lee Morgan"],
    }


def school_admin(sandbox: RunningSandbox, user_id: str, school_id: str) -> str:
    """Somebody of the district becomes its school's admin: Cedar Valley has none."""
    role = {"legacy_id": "64a0000000000000000000fe", "title": "SchoolTechLead"}
    staff = role | {"schools": [school_id]}
    sandbox.edit(user_id, roles={"staff": staff, "student": None})
    return user_id


def made_world(sandbox: RunningSandbox, new_person: NewPerson, visitor: Visitor) -> World:
    """Ms Rivera makes the section with a course, eleven of its students leave, and she syncs."""
    people: dict[str, Visitor] = {"visitor": visitor}
    around = people_around(sandbox)
    people |= {name: new_person(person_id) for name, person_id in around.items()}
    owner = people["owner"]
    assert isinstance(owner, Teacher)
    section = owner.has_a_section(sandbox.cast().sections[ALGEBRA], COURSE)
    leavers = sandbox.student_ids(section.class_sourced_id)[-11:]
    sandbox.withdraw(section.class_sourced_id, *leavers)
    run = ended(owner.presses_sync(section))
    assert run.state == "held", run.__data__
    PasswordSignIn.add(section.created_by, ADDRESS, HASH, clock.now())
    elsewhere = signed_in_elsewhere(around["owner"], new_person)
    notice = notice_to(elsewhere.account)
    return World(people, section, run, Hold.get(), elsewhere, notice, around["owner"])


def signed_in_elsewhere(person_id: str, new_person: NewPerson) -> Session:
    """The session of another browser in which this person signs in."""
    new_person(person_id)
    session: Session = Session.select().order_by(Session.id.desc()).get()
    return session


def notice_to(account: Account) -> AccountNotice:
    AccountNotice.tell(account, LetterKind.CONNECTED, clock.now())
    notice: AccountNotice = AccountNotice.get()
    return notice
