"""One section and everybody around it: who may reach what is asked about this world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from secrets import token_hex

from portal import clock, merging
from portal.models.accounts import Account, LinkedAccount
from portal.models.district_pauses import DistrictPause
from portal.models.districts import DistrictConnection
from portal.models.entrance.account_notices import AccountNotice
from portal.models.entrance.letters import Letter, LetterKind
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.entrance.sessions import Session
from portal.models.merging.merges import Merge, MergeGround
from portal.models.sections import Section
from portal.models.shared.losses import Losses
from portal.models.shared.sharing_holds import SharingHold
from portal.models.syncs.district_runs import DistrictRun
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.models.syncs.roster_updates import RosterUpdate
from portal.models.syncs.sync_runs import SyncRun
from portal.providers.base import FailureReason
from portal.roster.records import SchoolRecord
from portal.roster.sharing import Kind
from tests.attacks.pairs import Pairs, made_pairs
from tests.faults.teaching import Teacher, ended
from tests.rosters import staff
from tests.sandbox_clever import Cast, RunningSandbox
from tests.sharing import MIDDLE, Sharing, roster_class, student
from tests.web.accounts import ADDRESS, HASH, OTHER_PASSWORD, PASSWORD
from tests.web.browsing import Visitor
from tests.web.own_classes import makes, opens_class

COURSE, LESSON = "first-steps-in-code", "loops-all-around"
ALGEBRA = "Algebra I - Period 3"
NEW = "sections/new/clever"
NEW_OWN = "/sections/new/own"
OWN_STUDENT = "Zed"
KEPT = {"kind": "in", "until": f"{clock.now() + timedelta(days=30):%Y-%m-%d}"}
STUDENT, BAND = "Ada Byrne", "Band - All Grades"
# What is only there for a section without Clever.
OF_ITS_OWN = (
    "/cards",
    "/secrets",
    "/class-code",
    "/students",
    "<student_id>",
    "<code>",
    "/secret",
    "/removal",
    "/return",
)
OWN_IDS = ("section_id", "code", "student_id")

NewPerson = Callable[[str], Teacher]


@dataclass(frozen=True)
class World:
    """Ms Rivera's section with a hold that waits, and the browsers of those around it.

    She is signed in on another device too, and has a notice that she has not put away.
    `own` is one of hers without Clever, with one student; everybody has given its class code.
    """

    people: Mapping[str, Visitor]
    section: Section
    own: Section
    run: SyncRun
    hold: Hold
    elsewhere: Session
    notice: AccountNotice
    merge: Merge
    pairs: Pairs
    update: RosterUpdate
    co_teacher_sourced_id: str
    shared_student_id: str

    def address(self, rule: str) -> str:
        """A rule's address for this section; those that name a class in a field name its class."""
        ids = self._ids | (self._own_ids() if rule.endswith(OF_ITS_OWN) else {})
        for name, value in ids.items():
            rule = rule.replace(f"<{name}>", value)
        return rule + self._query(rule, self.section.class_sourced_id)

    def fields(self, rule: str) -> dict[str, str]:
        """What a form there would send."""
        if rule == "/join":
            return {"code": self._own_ids()["code"]}
        return {
            "/sections": {"class": self.section.class_sourced_id, "name": "Algebra again"},
            "/sections/new/clever/several/details": {
                "class": self.section.class_sourced_id,
                f"name-{self.section.class_sourced_id}": "Algebra once more",
            },
            "/sections/join": {"class": self.section.class_sourced_id},
            "/holds/<hold_id>/answer": {"answer": "keep"},
            "/account/password": {"current": PASSWORD, "password": OTHER_PASSWORD},
            "/account/password/new": {"email": f"{token_hex(8)}@school.example"},
            "/classes/<section_id>/lessons/<lesson_slug>/completion": {"done": "1"},
            NEW_OWN: {"login_type": "picture_password", "name": "Sunflowers"},
            "/sections/<section_id>/students": {"names": OWN_STUDENT},
            "/sections/<section_id>/details": {"name": ALGEBRA},
            "/sections/<section_id>/students/<student_id>": {"given_name": OWN_STUDENT},
            "/sections/<section_id>/students/<student_id>/override": KEPT,
            "/claims": {"section": self.section.public_id},
            "/missing": {"kind": "classes", "search": ALGEBRA},
            "/clever/classes/hide": {"class": self.section.class_sourced_id, "sure": "1"},
            "/clever/classes/unhide": {"class": self.section.class_sourced_id},
            "/clever/students/<shared_id>/sections": {"section": self.own.public_id},
            "/join/place": {"age": "13"},
            "/overview/holds/<hold_id>": {"answer": "keep"},
            "/overview/sharing-holds/<sharing_hold_id>": {"answer": "keep"},
            "/overview/schools/<school_id>/holds": {"answer": "keep"},
            "/overview/people": {"search": "Byrne"},
            "/district/subscription": {"search": "Okafor"},
        }.get(rule, {})

    def nowhere(self, rule: str) -> str:
        """The address of something like it that does not exist."""
        for name in (*self._ids, *OWN_IDS):
            rule = rule.replace(f"<{name}>", "AAAAAAAAAAAAAAAA")
        return rule + self._query(rule, "64aaaaaaaaaaaaaaaaaaaaaa")

    def _query(self, rule: str, class_id: str) -> str:
        if rule == NEW_OWN:
            return "?login_type=picture_password"
        return f"?class={class_id}" if rule.endswith(("/question", "/details")) else ""

    @cached_property
    def _ids(self) -> dict[str, str]:
        """None of these changes while people look around."""
        return {
            "section_id": self.section.public_id,
            "run_id": self.run.public_id,
            "update_id": self.update.public_id,
            "hold_id": self.hold.public_id,
            "sharing_hold_id": SharingHold.get().public_id,
            "lesson_slug": LESSON,
            "session_id": self.elsewhere.public_id,
            "notice_id": self.notice.public_id,
            "merge_id": self.merge.public_id,
            **self.pairs.ids(),
            "shared_id": self.shared_student_id,
            "student_id": Enrollment.get(Enrollment.section == self.section).account.public_id,
            "district_run_id": DistrictRun.get(DistrictRun.source == "operator").public_id,
            "school_id": self.section.school_sourced_id,
            "cause": FailureReason.CLASS_GONE,
            "sourced_id": self.co_teacher_sourced_id,
            "staff_id": self.co_teacher_sourced_id,
            "named_id": account_of(self.co_teacher_sourced_id),
            "pause_id": planned_pause(self.section).public_id,
        }

    def _own_ids(self) -> dict[str, str]:
        """As they are now: a code may have been renewed."""
        own = Section.get_by_id(self.own.id)
        return {
            "section_id": own.public_id,
            "code": own.join_code,
            "student_id": own.enrollments.order_by(Enrollment.id).get().account.public_id,
        }


def account_of(sourced_id: str) -> str:
    """The public id of the account that this identity signs in to."""
    linked = LinkedAccount.get(LinkedAccount.sourced_id == sourced_id)
    found: str = linked.account.public_id
    return found


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
    own = makes(owner, "picture_password", OWN_STUDENT)
    for person in people.values():
        opens_class(person, own)
    notice = notice_to(elsewhere.account)
    merge, other_id = strangers_merge(), around["co-teacher"]
    Letter.delete().execute()  # Nothing that a worker would send while it is looked around.
    shares_the_class(sandbox.cast(), section)
    Sharing(sandbox.cast("Cedar Valley ISD").id, "Cedar Valley ISD")  # Known, not read.
    pairs = made_pairs(section, elsewhere.account)
    update = ended_update(elsewhere.account)
    around_it = (merge, pairs, update, other_id, sandbox.cast().students[STUDENT])
    return World(people, section, own, run, Hold.get(), elsewhere, notice, *around_it)


def signed_in_elsewhere(person_id: str, new_person: NewPerson) -> Session:
    """The session of another browser in which this person signs in."""
    new_person(person_id)
    session: Session = Session.select().order_by(Session.id.desc()).get()
    return session


def notice_to(account: Account) -> AccountNotice:
    AccountNotice.tell(account, LetterKind.CONNECTED, clock.now())
    notice: AccountNotice = AccountNotice.get()
    return notice


def ended_update(account: Account) -> RosterUpdate:
    """An update of all classes that no worker takes up."""
    update: RosterUpdate = RosterUpdate.create(
        account=account, idempotency_key="ended", requested_at=clock.now(), reason="not_answering"
    )
    return update


def shares_the_class(cast: Cast, section: Section) -> None:
    """The mirror of the district: a student of two classes, this one and another teacher's."""
    shared, school, ada = Sharing(cast.id), cast.schools[MIDDLE], cast.students[STUDENT]
    rivera, okafor, lindqvist = (
        cast.teachers[name] for name in ("Maria Rivera", "Daniel Okafor", "Sofia Lindqvist")
    )
    shared.shares(Kind.SCHOOLS, SchoolRecord(school, MIDDLE))
    shared.shares(Kind.STUDENTS, student(ada, STUDENT, school))
    shared.shares(
        Kind.CLASSES,
        roster_class(section.class_sourced_id, ALGEBRA, school, [rivera, okafor], [ada]),
        roster_class(cast.sections[BAND], BAND, school, [lindqvist, rivera], [ada]),
    )
    in_a_day = clock.now() + timedelta(days=1)
    DistrictRun.create(  # Whoever asks for a read joins it: none is made meanwhile.
        connection=shared.connection,
        source="operator",
        state="running",
        requested_at=clock.now(),
        lease_until=in_a_day,
    )
    SharingHold.open(shared.connection, school, Losses(times={1}), clock.now())


def planned_pause(section: Section) -> DistrictPause:
    """Days on which the district's lists will rest; made again when somebody took them back."""
    connection = DistrictConnection.of("clever", section.district_sourced_id)
    assert connection is not None
    in_a_year = clock.now().date() + timedelta(days=365)
    found = DistrictPause.to_come(connection, in_a_year).first()
    pause: DistrictPause = found or DistrictPause.create(
        connection=connection, starts_on=in_a_year, ends_on=in_a_year, made_at=clock.now()
    )
    return pause


def strangers_merge() -> Merge:
    """Two accounts of somebody else's, brought together."""
    merged = merging.merge(staff("Sam"), staff("Sam"), MergeGround.BOTH_PROVED)
    assert isinstance(merged, Merge)
    return merged
