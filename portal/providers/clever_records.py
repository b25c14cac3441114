"""Clever's records as ours: all knowledge of what a field of Clever's means is here."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any

import msgspec

from portal.providers.clever_payloads import (
    Course,
    Credentials,
    District,
    Name,
    Roles,
    School,
    Section,
    StaffRole,
    StudentRole,
    Term,
    User,
    decode_record,
)
from portal.providers.http import refused
from portal.roster.names import clean_id, clean_name, display_name
from portal.roster.records import (
    ClassRecord,
    PersonRecord,
    Role,
    SchoolRecord,
    StudentRecord,
    TeacherRecord,
    TermRecord,
)
from portal.roster.sharing import CourseRecord, DistrictRecord, StudentListing, TeacherListing

ROLES = {
    "student": Role.STUDENT,
    "teacher": Role.TEACHER,
    "staff": Role.SCHOOL_ADMIN,
    "school_admin": Role.SCHOOL_ADMIN,
    "district_admin": Role.DISTRICT_ADMIN,
}


@dataclass(frozen=True, slots=True)
class ListedClass:
    """A class and the ids it lists; None where it has no list, and the users' list alone counts.

    `garbled` is the number of its entries that are no usable id.
    """

    record: ClassRecord
    listed: frozenset[str] | None
    garbled: int = 0

    @property
    def size(self) -> int | None:
        return None if self.listed is None else len(self.listed) + self.garbled


def student_record(raw: msgspec.Raw, sourced_id: str) -> StudentRecord | None:
    """A student, or None: without the role, or with a role no student can have (M37).

    Clever page "Multi-role users": student and contact never combine with anything.
    """
    user = decode_record(raw, User) or User()
    roles = user.roles or Roles()
    if not is_student(roles):
        return None
    return student_of(user, roles.student or StudentRole(), sourced_id)


def student_of(user: User, role: StudentRole, sourced_id: str) -> StudentRecord:
    name = user.name or Name()
    return StudentRecord(
        sourced_id=sourced_id,
        given_name=text(name.first),
        family_name=text(name.last),
        grade=text(role.grade),
        sis_id=text(role.sis_id),
        student_number=text(role.student_number),
        district_username=username(role),
        school_sourced_id=sourced(role.school) or "",
        legacy_id=sourced(role.legacy_id) or "",
    )


def teacher_record(raw: msgspec.Raw, sourced_id: str) -> TeacherRecord | None:
    user = decode_record(raw, User)
    if user is None:
        return None
    name = user.name or Name()
    return TeacherRecord(sourced_id, text(name.first), text(name.last))


def student_listing(raw: msgspec.Raw, sourced_id: str) -> StudentListing | None:
    """A student with their schools, or None as of `student_record`."""
    user = decode_record(raw, User) or User()
    roles = user.roles or Roles()
    if not is_student(roles):
        return None
    role = roles.student or StudentRole()
    schools = distinct([role.school, *many(role.schools)])
    return StudentListing(student_of(user, role, sourced_id), schools)


def teacher_listing(raw: msgspec.Raw, sourced_id: str) -> TeacherListing | None:
    """A teacher with all that they are, or None: without the role, or a student too (M37)."""
    user = decode_record(raw, User)
    if user is None or not user.roles:
        return None
    roles = roles_of(role_names(user.roles))
    if Role.TEACHER not in roles or Role.STUDENT in roles:
        return None
    name = user.name or Name()
    held = [role for role in (user.roles.teacher, user.roles.staff) if role]
    schools = distinct(place for role in held for place in (role.school, *many(role.schools)))
    return TeacherListing(sourced_id, text(name.first), text(name.last), roles, schools)


def person_record(user: User, sourced_id: str, district_sourced_id: str | None) -> PersonRecord:
    """Who signed in; `roles` is empty where Clever names none that we know.

    A student with any other role is believed in neither (M37).
    """
    name = user.name or Name()
    roles = user.roles or Roles()
    student = roles.student or StudentRole()
    employed = [role for role in (roles.teacher, roles.staff, roles.district_admin) if role]
    held: list[StudentRole | StaffRole] = [student, *employed]
    if roles.student and len(role_names(roles)) > 1:
        raise refused("a student with another role")
    return PersonRecord(
        sourced_id=sourced_id,
        district_sourced_id=district_sourced_id,
        roles=roles_of(role_names(roles)),
        given_name=text(name.first),
        family_name=text(name.last),
        grade=text(student.grade),
        sis_id=text(student.sis_id),
        student_number=text(student.student_number),
        district_username=username(student),
        school_sourced_ids=distinct(
            school for role in held for school in (role.school, *many(role.schools))
        ),
        legacy_id=next(iter(distinct(role.legacy_id for role in held)), ""),
    )


def listed_class(raw: msgspec.Raw, sourced_id: str) -> ListedClass | None:
    """A class with its list of students, or None if that is something else than a list."""
    section = decode_record(raw, Section)
    if section is None or (section.students and not isinstance(section.students, list)):
        return None
    record = class_record(section, sourced_id)
    if not isinstance(section.students, list):
        return ListedClass(record, None)
    listed = frozenset(record.student_sourced_ids)
    usable = len(section.students) == len(listed)  # which spares most classes the count
    garbled = 0 if usable else sum(1 for entry in section.students if sourced(entry) is None)
    return ListedClass(record, listed, garbled)


def class_with_list(raw: msgspec.Raw, sourced_id: str) -> ClassRecord | None:
    """A class, or None where it has no list: that is not a class without students (decision 3)."""
    found = listed_class(raw, sourced_id)
    return found.record if found and found.listed is not None else None


def class_record(section: Section, sourced_id: str) -> ClassRecord:
    return ClassRecord(
        sourced_id=sourced_id,
        district_sourced_id=sourced(section.district),
        name=text(section.name),
        teacher_sourced_ids=distinct([section.teacher, *many(section.teachers)]),
        student_sourced_ids=distinct(many(section.students)),
        school_sourced_id=sourced(section.school) or "",
        term_sourced_id=sourced(section.term_id) or "",
        course_sourced_id=sourced(section.course) or "",
        period=text(section.period),
        grade=text(section.grade),
        subject=text(section.subject),
        section_number=text(section.section_number),
        sis_id=text(section.sis_id),
        created_at=moment(section.created),
    )


def term_record(raw: msgspec.Raw, sourced_id: str) -> TermRecord | None:
    """A term; the specification says date and time where the wire has dates: both are read."""
    term = decode_record(raw, Term)
    if term is None:
        return None
    return TermRecord(sourced_id, text(term.name), day(term.start_date), day(term.end_date))


def school_record(raw: msgspec.Raw, sourced_id: str) -> SchoolRecord | None:
    school = decode_record(raw, School)
    return SchoolRecord(sourced_id, text(school.name)) if school else None


def course_record(raw: msgspec.Raw, sourced_id: str) -> CourseRecord | None:
    course = decode_record(raw, Course)
    return CourseRecord(sourced_id, text(course.name)) if course else None


def district_record(
    raw: msgspec.Raw, sourced_id: str, timezone: tzinfo = UTC
) -> DistrictRecord | None:
    district = decode_record(raw, District)
    if district is None:
        return None
    return DistrictRecord(
        sourced_id,
        text(district.name),
        text(district.state),
        moment(district.last_sync),
        day(district.pause_start, timezone),
        day(district.pause_end, timezone),
        contact_name(district.district_contact),
    )


def contact_name(contact: Any) -> str:
    """Whom a district names for questions, without address or title."""
    name = contact.get("name") if isinstance(contact, dict) else None
    if not isinstance(name, dict):
        return ""
    return display_name(text(name.get("first")), text(name.get("last")))


def username(role: StudentRole) -> str:
    """The district's user name; not unique, never a key (Clever page "Data model")."""
    credentials = role.credentials
    return text(credentials.district_username) if isinstance(credentials, Credentials) else ""


def roles_of(names: Iterable[str]) -> tuple[Role, ...]:
    """Our roles for Clever's names of them, in any spelling Clever has used (/userinfo)."""
    found = (ROLES.get(name.strip().lower().replace(" ", "_")) for name in names)
    return tuple(dict.fromkeys(role for role in found if role))


def text(value: Any) -> str:
    """Clever leaves empty values out, or sends "" or null; whole numbers stand in for digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return clean_name(value) if value and isinstance(value, str) else ""


def sourced(value: Any) -> str | None:
    """A usable id; an id that is a number is not one of Clever's and counts as none (M22)."""
    return clean_id(value)


def distinct(values: Iterable[Any]) -> tuple[str, ...]:
    """The usable ids among these, each once, in their order."""
    return tuple(dict.fromkeys(filter(None, map(clean_id, values))))


def many(value: Any) -> list[Any]:
    """A list field, which Clever may send as "" or leave out when it is empty."""
    return value if isinstance(value, list) else []


def day(value: Any, timezone: tzinfo = UTC) -> date | None:
    """A date; where the specification's date and time is sent instead, its day in that zone."""
    with suppress(TypeError, ValueError):
        return date.fromisoformat(value)
    at = moment(value)
    with suppress(OverflowError):
        return at.astimezone(timezone).date() if at else None
    return None


def moment(value: Any) -> datetime | None:
    """An aware time in UTC, or None for anything that is not one."""
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def is_student(roles: Roles) -> bool:
    """Whether somebody is a student and nothing else; nearly all who are one have no other key."""
    others = (roles.teacher, roles.staff, roles.district_admin, roles.contact)
    if others == (None, None, None, None):
        return isinstance(roles.student, StudentRole)
    return role_names(roles) == ("student",)


def role_names(roles: Roles) -> tuple[str, ...]:
    """The roles somebody holds; an empty object is a role, an empty value is none."""
    held = ((name, getattr(roles, name)) for name in roles.__struct_fields__)
    return tuple(name for name, role in held if isinstance(role, msgspec.Struct))
