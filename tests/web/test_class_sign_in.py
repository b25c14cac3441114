"""Younger students sign in with what their teacher made; older ones join with a code (S3, N11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from portal import clock
from portal.database import write
from portal.models.accounts import Account, LinkedAccount
from portal.models.class_lists import found_again
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.entrance.sessions import Session
from portal.models.entrance.student_secrets import StudentSecret
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.sealing import Purpose, seal
from portal.settings import Settings
from portal.web.ground.current import current_counters
from portal.web.ground.limits import Limit
from tests.sandbox_clever import Cast
from tests.servers import RunningValkey, valkey_folder
from tests.web.browsing import RunningPortal, Visitor, running_portal
from tests.web.html import Page
from tests.web.own_classes import (
    EMAIL,
    PICTURES,
    WORDS,
    another,
    makes,
    opens_class,
    page_of,
    pictures,
    place,
    secret_of,
    student,
    student_path,
    tries,
)

NewVisitor = Callable[[], Visitor]


@pytest.fixture
def own_valkey() -> Iterator[RunningValkey]:
    """One of our own: what was guessed in one test must not count in another."""
    with valkey_folder() as server:
        yield server


@pytest.fixture
def portal(environment: dict[str, str], own_valkey: RunningValkey) -> Iterator[RunningPortal]:
    settings = Settings.from_env({**environment, "REDIS_URL": own_valkey.url})
    with own_valkey.started(), running_portal(settings) as running:
        yield running


@pytest.fixture
def child(new_visitor: NewVisitor) -> Visitor:
    """A tablet in the classroom."""
    return new_visitor()


def test_a_class_code_typed_in_any_way_leads_to_the_list(maria: Visitor, child: Visitor) -> None:
    section = makes(maria, PICTURES, "Ada Byrne", "Ben Cole")
    page = child.page("/sign-in")
    ask = child.page(page.links["I have a class code"]).form("/join")
    typed = f" {section.join_code[:4].lower()} - {section.join_code[4:]}"
    answer = child.client.post("/join", data=ask.fields | {"code": typed}, follow_redirects=True)

    assert str(answer.url).endswith("/join/class")
    assert {"Ada B.", "Ben C."} <= set(Page.of(answer.text).links)


def test_v04_no_address_keeps_the_code_and_no_page_a_whole_name(
    maria: Visitor, child: Visitor
) -> None:
    section = makes(maria, PICTURES, "Ada Byrne")
    answer = child.get(f"/class/{section.join_code}", follow_redirects=True)

    assert str(answer.url).endswith("/join/class")
    assert "Byrne" not in answer.text
    assert section.join_code not in answer.text


def test_a_wrong_code_is_said_kindly_and_kept_in_its_field(child: Visitor) -> None:
    ask = child.page("/join").form("/join")
    answer = child.client.post("/join", data=ask.fields | {"code": "WRONG"})

    assert answer.status_code == 422
    assert "We do not know that code." in answer.text
    assert 'value="WRONG"' in answer.text


@pytest.mark.parametrize("login_type", [PICTURES, WORDS])
def test_a_student_signs_in_with_what_their_card_says(
    maria: Visitor, child: Visitor, portal: RunningPortal, login_type: str
) -> None:
    section = makes(maria, login_type, "Ada Byrne", "Ben Cole")
    opens_class(child, section)
    answer = tries(child, "Ada", secret_of(portal, "Ada").upper().lower())
    home = child.page("/home").text

    assert answer.headers["location"] == "/home"
    assert "Hi, Ada" in home
    assert "Sunflowers" in home
    assert Session.get(Session.account == student("Ada")).signed_in_with == login_type
    assert StudentSecret.get(StudentSecret.enrollment == place("Ada")).last_used_at


def test_a38_signing_in_begins_a_new_session(
    maria: Visitor, child: Visitor, portal: RunningPortal
) -> None:
    opens_class(child, makes(maria, PICTURES, "Ada Byrne"))
    before = child.token
    tries(child, "Ada", secret_of(portal, "Ada"))

    assert child.token != before
    assert Session.select().where(Session.account.is_null()).count() == 0


def test_wrong_pictures_open_nothing_and_tell_nothing(
    maria: Visitor, child: Visitor, portal: RunningPortal
) -> None:
    opens_class(child, makes(maria, PICTURES, "Ada Byrne"))
    answer = tries(child, "Ada", another(secret_of(portal, "Ada")))

    assert answer.status_code == 422
    assert "Those are not your pictures. Try again, or ask your teacher." in answer.text
    assert " checked" not in answer.text
    assert child.get("/home").status_code == 303


def test_v23_pictures_whose_key_was_dropped_open_nothing_until_they_are_made_anew(
    maria: Visitor, child: Visitor
) -> None:
    section = makes(maria, PICTURES, "Ada Byrne")
    dropped = seal("sun moon", ("a-key-that-is-no-longer-in-the-settings",), Purpose.SECRETS)
    StudentSecret.update(sealed_secret=dropped).execute()
    opens_class(child, section)

    assert tries(child, "Ada", "1 2").status_code == 422
    assert tries(child, "Ada", "sun moon").status_code == 422
    assert Session.select().where(Session.account == student("Ada")).count() == 0


def test_one_classmates_pictures_do_not_open_anothers_work(
    maria: Visitor, child: Visitor, portal: RunningPortal
) -> None:
    section = makes(maria, WORDS, "Ada Byrne", "Ben Cole")
    opens_class(child, section)

    assert tries(child, "Ben", secret_of(portal, "Ada")).status_code == 422


def test_a_student_of_another_class_is_not_found_in_this_one(
    maria: Visitor, child: Visitor
) -> None:
    opens_class(child, makes(maria, PICTURES, "Ada Byrne"))
    makes(maria, PICTURES, "Ben Cole")

    assert child.get(f"/join/class/{student('Ben').public_id}").status_code == 404


@pytest.mark.parametrize("login_type", [PICTURES, EMAIL])
def test_a_new_code_shuts_out_who_has_given_the_old_one(
    maria: Visitor, child: Visitor, login_type: str
) -> None:
    section = makes(maria, login_type)
    opens_class(child, section)
    form = child.page("/join").form("/join")
    maria.post(f"{page_of(section)}/class-code")

    assert child.get("/join/class").headers["location"] == "/join"
    answer = child.client.post("/join/place", data=form.fields | {"age": "13"})
    assert answer.headers["location"] == "/join"


def test_without_a_class_the_code_is_asked_first(maria: Visitor, child: Visitor) -> None:
    makes(maria, PICTURES, "Ada Byrne")
    for path in ("/join/class", f"/join/class/{student('Ada').public_id}"):
        assert child.get(path).headers["location"] == "/join"


@pytest.mark.parametrize("column", ["disabled_at", "merged_into"])
def test_a44_an_account_without_a_way_in_is_not_in_the_list(
    maria: Visitor, child: Visitor, column: str
) -> None:
    section = makes(maria, PICTURES, "Ada Byrne")
    ada = student("Ada")
    value = clock.now() if column == "disabled_at" else Account.get(Account.kind == "staff")
    Account.update({column: value}).where(Account.id == ada.id).execute()

    assert "Nobody is in this class yet" in opens_class(child, section).text
    assert child.get(f"/join/class/{ada.public_id}").status_code == 404


def test_who_was_removed_finds_no_way_in(maria: Visitor, child: Visitor) -> None:
    section = makes(maria, PICTURES, "Ada Byrne")
    maria.post(f"{student_path(section, 'Ada')}/removal")
    opens_class(child, section)

    assert child.get(f"/join/class/{student('Ada').public_id}").status_code == 404


def test_a_student_with_a_clever_sign_in_is_sent_there(
    maria: Visitor, child: Visitor, portal: RunningPortal
) -> None:
    opens_class(child, makes(maria, PICTURES, "Ada Byrne"))
    LinkedAccount.update(account=student("Ada")).execute()
    path = f"/join/class/{student('Ada').public_id}"
    page = child.page(path)

    assert "Continue with Clever" in page.links
    first, second = secret_of(portal, "Ada").split()
    token = child.page("/join").form("/join").fields["csrf_token"]
    sent = {"csrf_token": token, "first": first, "second": second}
    assert child.client.post(path, data=sent).status_code == 200


def test_a25_pictures_that_are_made_anew_meanwhile_open_nothing(maria: Visitor) -> None:
    """The old ones were right when they were looked at, and are not when they let somebody in."""
    makes(maria, PICTURES, "Ada Byrne")
    shown = StudentSecret.get()
    write(lambda: StudentSecret.reset([place("Ada")], ["sealed anew"], clock.now()))

    assert not write(lambda: shown.use(clock.now()))
    assert StudentSecret.get().last_used_at is None


@pytest.mark.parametrize("change", ["removed", "disabled", "password"])
def test_a25_a_place_that_is_no_way_in_any_more_is_not_found_again(
    maria: Visitor, change: str
) -> None:
    makes(maria, PICTURES, "Ada Byrne")
    found, ada, now = place("Ada"), student("Ada"), clock.now()
    assert write(lambda: found_again(found))
    {
        "removed": lambda: Enrollment.update(ended_at=now).execute(),
        "disabled": lambda: Account.update(disabled_at=now).execute(),
        "password": lambda: PasswordSignIn.add(ada, "ada@school.example", "", now),
    }[change]()

    assert not write(lambda: found_again(found))


def test_a_teachers_pictures_never_open_an_account_with_a_password_of_its_own(
    maria: Visitor, child: Visitor, portal: RunningPortal
) -> None:
    """Two accounts that a teacher brought together would open to whoever has her cards."""
    opens_class(child, makes(maria, PICTURES, "Ada Byrne"))
    PasswordSignIn.add(student("Ada"), "ada@school.example", "", clock.now())
    path = f"/join/class/{student('Ada').public_id}"
    page = child.page(path)

    assert "You sign in with your email." in page.text
    token = child.page("/join").form("/join").fields["csrf_token"]
    sent = {"csrf_token": token, **pictures(secret_of(portal, "Ada"))}
    assert child.client.post(path, data=sent).status_code == 200
    assert Session.select().where(Session.account == student("Ada")).count() == 0
    assert child.get("/home").status_code == 303


def test_t3_a_class_a_student_was_removed_from_stays_grey_for_thirty_days(
    maria: Visitor, child: Visitor, portal: RunningPortal
) -> None:
    section = makes(maria, PICTURES, "Ada Byrne")
    opens_class(child, section)
    tries(child, "Ada", secret_of(portal, "Ada"))
    maria.post(f"{student_path(section, 'Ada')}/removal")

    assert "You left this class. Your work is saved." in child.page("/home").text
    assert child.get(f"/classes/{section.public_id}").status_code == 404
    Enrollment.update(ended_at=0).execute()
    assert "You left this class" not in child.page("/home").text


def test_a_page_of_pictures_works_by_keyboard_and_without_colour(
    maria: Visitor, child: Visitor
) -> None:
    opens_class(child, makes(maria, PICTURES, "Ada Byrne"))
    path = f"/join/class/{student('Ada').public_id}"
    answer = child.get(path)

    assert answer.text.count('type="radio"') == 32
    assert "Umbrella" in Page.of(answer.text).text


def test_a_device_that_guesses_waits_and_the_class_beside_it_does_not(
    maria: Visitor, new_visitor: NewVisitor, portal: RunningPortal
) -> None:
    section = makes(maria, PICTURES, "Ada Byrne", "Ben Cole")
    guesser, neighbour = new_visitor(), new_visitor()
    opens_class(guesser, section)
    opens_class(neighbour, section)
    wrong = another(secret_of(portal, "Ada"))
    answers = [tries(guesser, "Ada", wrong).status_code for _ in range(11)]

    assert answers == [422] * Limit.SECRET_TRIES.value.times + [429]
    assert tries(guesser, "Ben", secret_of(portal, "Ben")).status_code == 429
    assert tries(neighbour, "Ada", secret_of(portal, "Ada")).status_code == 303


def test_a_student_guessed_at_from_many_devices_is_kept_shut_for_a_while(
    maria: Visitor, new_visitor: NewVisitor, portal: RunningPortal
) -> None:
    section = makes(maria, PICTURES, "Ada Byrne", "Ben Cole")
    wrong, answers = another(secret_of(portal, "Ada")), []
    for _ in range(3):
        guesser = new_visitor()
        opens_class(guesser, section)
        answers += [tries(guesser, "Ada", wrong).status_code for _ in range(7)]
    opens_class(guesser, section)

    assert answers == [422] * Limit.SECRET_TRIES_OF_STUDENT.value.times + [429]
    assert tries(guesser, "Ben", secret_of(portal, "Ben")).status_code == 303


def test_a_student_guessed_at_all_day_is_opened_again_by_new_pictures(
    maria: Visitor, child: Visitor, portal: RunningPortal
) -> None:
    """There are 256 pairs: twenty tries every ten minutes would find one by the afternoon."""
    section = makes(maria, PICTURES, "Ada Byrne")
    set_at = StudentSecret.get().set_at.timestamp()
    limit = Limit.SECRET_TRIES_A_DAY.value
    with portal.app.app_context():
        for _ in range(limit.times):
            current_counters().spend(limit, student("Ada").public_id, str(set_at))
    opens_class(child, section)

    assert tries(child, "Ada", secret_of(portal, "Ada")).status_code == 429
    maria.post(f"/sections/{section.public_id}/secrets")
    assert tries(child, "Ada", secret_of(portal, "Ada")).status_code == 303


def test_a_device_that_guesses_codes_waits(child: Visitor) -> None:
    ask = child.page("/join").form("/join")
    sent = ask.fields | {"code": "WRONG"}
    answers = [child.client.post("/join", data=sent).status_code for _ in range(21)]

    assert answers == [422] * Limit.CODE_TRIES.value.times + [429]
    assert child.get("/class/WRONGAGN").status_code == 429


def test_an_email_class_asks_the_age_and_goes_on_to_sign_up(maria: Visitor, child: Visitor) -> None:
    section = makes(maria, EMAIL)
    form = opens_class(child, section).form("/join/place")
    del form.fields["age"]
    young = child.client.post("/join/place", data=form.fields)
    old = child.client.post("/join/place", data=form.fields | {"age": "13"})

    assert (young.status_code, "13 or older for this" in young.text) == (422, True)
    assert old.headers["location"] == "/sign-up"
    assert Enrollment.select().count() == 0


def test_a_student_who_is_signed_in_with_their_own_account_joins_at_once(
    maria: Visitor, child: Visitor, cast: Cast
) -> None:
    section = makes(maria, EMAIL)
    child.sign_in(cast.students["Ada Byrne"])
    token = opens_class(child, section).form("/join/place").fields["csrf_token"]
    for _ in range(2):
        answer = child.client.post("/join/place", data={"csrf_token": token})

    assert answer.headers["location"] == f"/classes/{section.public_id}"
    assert Enrollment.count(section) == 1
    assert "Ada Byrne" in maria.page(page_of(section)).text


def test_a_teacher_does_not_become_a_student_by_a_code(maria: Visitor) -> None:
    section = makes(maria, EMAIL)
    opens_class(maria, section)
    answer = maria.post("/join/place", age="13")

    assert "this account cannot join. Sign out first" in Page.of(answer.text).text
    assert 'formaction="/sign-out"' in answer.text
    assert Enrollment.select().count() == 0


def test_pictures_are_not_enough_to_join_a_class_of_email(
    maria: Visitor, child: Visitor, portal: RunningPortal
) -> None:
    """A classmate may have seen them, and younger students have not said how old they are."""
    opens_class(child, makes(maria, PICTURES, "Ada Byrne"))
    tries(child, "Ada", secret_of(portal, "Ada"))
    older = makes(maria, EMAIL)
    opens_class(child, older)
    answer = child.post("/join/place", age="13")

    assert (answer.status_code, Enrollment.count(older)) == (422, 0)


def test_nobody_joins_a_class_of_pictures_by_its_code_alone(maria: Visitor, child: Visitor) -> None:
    opens_class(child, makes(maria, PICTURES, "Ada Byrne"))
    token = child.page("/join").form("/join").fields["csrf_token"]

    answer = child.client.post("/join/place", data={"csrf_token": token, "age": "13"})
    assert answer.headers["location"] == "/join/class"


def test_n11_the_id_of_a_section_of_clevers_opens_no_list(section: Section, child: Visitor) -> None:
    assert child.get(f"/class/{section.public_id}").status_code == 404
    assert child.get("/join/class").headers["location"] == "/join"
