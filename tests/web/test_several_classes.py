"""Several classes at once: offered, checked on one page, made together or not at all (N6)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest

from portal import clock
from portal.database import write
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.hidden_classes import HiddenClass
from portal.models.sections import Section
from portal.models.syncs.roster_updates import RosterUpdate
from portal.models.syncs.sync_runs import SyncRun
from tests.sandbox_clever import Cast, RunningSandbox
from tests.sharing import Sharing
from tests.web.browsing import RunningPortal, Visitor
from tests.web.html import Page
from tests.web.tables import contents
from tests.web.updates import carried_out, presses

OFFER, SEVERAL = "/sections/new/clever/offer", "/sections/new/clever/several"
DETAILS = f"{SEVERAL}/details"
CLEAR = ("Advisory 8B", "Math 7 - Period 1", "Math 7 - Period 2")
ALGEBRA, TWIN = "Algebra I - Period 3", "Algebra 1 - Period 3"


def ids(cast: Cast, *names: str) -> list[str]:
    return [cast.sections[name] for name in names or CLEAR]


def check_page(teacher: Visitor, *chosen: str) -> Page:
    return Page.of(teacher.get(DETAILS, params={"class": list(chosen)}).text)


def sends(teacher: Visitor, page: Page, *ticked: str, **changed: str) -> httpx.Response:
    """What the check page sends with these classes ticked."""
    fields = page.form(DETAILS).fields | changed
    rows = [name.removeprefix("name-") for name in fields if name.startswith("name-")]
    return teacher.client.post(DETAILS, data={**fields, "row": rows, "class": list(ticked)})


def ticked_in(html: str) -> int:
    return html.count(" checked")


def rows_of(html: str) -> str:
    return html.partition('<ul class="choices">')[2].partition("</ul>")[0]


def test_n6_clear_classes_are_ticked_and_look_alikes_are_chosen_by_hand(
    maria: Visitor, cast: Cast
) -> None:
    answer = maria.get(OFFER)
    page = Page.of(answer.text)

    assert "Clever lists 9 classes for you this term." in page.text
    assert ticked_in(answer.text) == 3
    for name in CLEAR:
        assert f'value="{cast.sections[name]}" aria-describedby' in answer.text
    assert f'value="{cast.sections[ALGEBRA]}"' not in answer.text
    assert "Choose this one by hand: Algebra I - Period 3" in " ".join(page.links)
    assert TWIN not in page.text.replace(ALGEBRA, "")


def test_n6_a_hidden_class_is_not_offered(maria: Visitor, cast: Cast) -> None:
    rivera, advisory = Account.get(Account.family_name == "Rivera"), ids(cast, "Advisory 8B")
    write(lambda: HiddenClass.hide(rivera, advisory, clock.now()))

    assert "Advisory 8B" not in maria.page(OFFER).text
    assert "Clever lists 8 classes" in maria.page(OFFER).text


def test_the_dashboard_stands_without_clever_and_offers_a_way_on(
    maria: Visitor, sandbox: RunningSandbox
) -> None:
    sandbox.fail_next("503", times=50)
    dashboard, offer = maria.page("/dashboard"), maria.page(OFFER)

    assert dashboard.links["See your classes"] == SEVERAL
    assert "Clever is not answering" in offer.text or "did not answer" in offer.text
    assert offer.links["Try again"] == "/dashboard"


def test_what_the_district_shared_lately_is_offered_without_asking_clever(
    maria: Visitor, cast: Cast, sandbox: RunningSandbox, portal: RunningPortal
) -> None:
    """The same rows as from Clever itself, with everything that the rules look at."""
    live = maria.get(OFFER).text
    shared = Sharing(cast.id)
    carried_out(presses(maria), portal.settings)
    sandbox.fail_next("503", times=50)
    lately = maria.get("/dashboard").text
    shared.says(read_at=clock.now() - timedelta(days=2))

    assert rows_of(lately) == rows_of(live)
    assert rows_of(maria.get("/dashboard").text) == ""


def test_a_teacher_without_classes_is_told_whom_to_ask(visitor: Visitor, cast: Cast) -> None:
    Sharing(cast.id)
    visitor.sign_in(cast.teachers["Beatriz Núñez"])
    page = visitor.page(OFFER)

    assert "Clever lists no classes for you" in page.text
    assert "Your Clever admin is Pat Lowell" in page.text
    assert "Copy a message" in page.text
    assert page.links["Check Clever again"] == "/dashboard"


def test_n6_the_check_page_lists_them_all_and_writes_nothing(maria: Visitor, cast: Cast) -> None:
    before = contents(leaving_out=frozenset({"sessions"}))
    page = check_page(maria, *ids(cast))

    for name in CLEAR:
        assert name in page.text
    assert "19 students" in page.text
    assert "3 classes become sections, one each." in page.text
    assert contents(leaving_out=frozenset({"sessions"})) == before


def test_n6_each_class_has_its_own_warning(maria: Visitor, cast: Cast) -> None:
    chosen = ids(cast, ALGEBRA, TWIN, "Science Lab - Period 5", "Coding Basics - Period 6")
    text = check_page(maria, *chosen).text

    assert "You picked the smaller of two classes with nearly the same name." in text
    assert "It looks like another class of yours." in text
    assert "No students yet." in text
    assert "It starts on" in text


def test_n6_a_class_that_is_a_section_already_leads_to_it(maria: Visitor, cast: Cast) -> None:
    sends(maria, check_page(maria, *ids(cast)), *ids(cast))
    made = Section.get(Section.class_sourced_id == cast.sections["Advisory 8B"])
    page = check_page(maria, made.class_sourced_id)

    assert "This class is already a section." in page.text
    assert page.links["Open that section"] == f"/sections/{made.public_id}"
    assert "Two of your sections would have this name." in page.text
    assert ticked_in(maria.get(SEVERAL).text) == 0


def test_n6_all_are_made_with_their_own_names_and_courses(maria: Visitor, cast: Cast) -> None:
    advisory, first, second = ids(cast)
    typed = {f"name-{advisory}": "Mornings", f"course-{first}": "maps-and-numbers"}
    answer = sends(maria, check_page(maria, advisory, first, second), *ids(cast), **typed)
    page = maria.page(answer.headers["location"])

    made = {each.class_sourced_id: each for each in Section.select()}
    assert (made[advisory].name, made[advisory].own_name) == ("Mornings", True)
    assert (made[first].course_slug, made[second].course_slug) == ("maps-and-numbers", "")
    assert SyncRun.select().where(SyncRun.source == "first").count() == 3
    assert AuditEvent.select().where(AuditEvent.action == "section.created").count() == 3
    assert "Your 3 new sections are saved" in page.text
    assert "Checking class 1 of 3" in page.text
    assert "Mornings" in page.text


def test_n6_one_form_sent_many_times_at_once_makes_them_once(maria: Visitor, cast: Cast) -> None:
    page = check_page(maria, *ids(cast))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: sends(maria, page, *ids(cast)), range(4)))

    assert len({answer.headers["location"] for answer in answers}) == 1
    assert (Section.select().count(), RosterUpdate.select().count()) == (3, 1)


def test_n6_a_mistake_is_shown_at_its_row_and_nothing_typed_is_lost(
    maria: Visitor, cast: Cast
) -> None:
    advisory, first, second = ids(cast)
    typed = {f"name-{advisory}": " ", f"name-{first}": "Early birds", f"course-{second}": "no"}
    answer = sends(maria, check_page(maria, *ids(cast)), advisory, first, second, **typed)
    page = Page.of(answer.text)

    assert answer.status_code == 422
    assert page.title.startswith("Error:")
    assert page.links["Enter a name for the section"] == f"#name-{advisory}"
    assert page.links["Choose a course from the list"] == f"#course-{second}"
    assert page.form(DETAILS).fields[f"name-{first}"] == "Early birds"
    assert not Section.select().exists()


def test_n6_a_row_can_be_left_out_on_the_check_page(maria: Visitor, cast: Cast) -> None:
    advisory, first, _ = ids(cast)
    page = check_page(maria, *ids(cast))
    nothing = sends(maria, page)
    sends(maria, page, advisory, first, **{f"name-{ids(cast)[2]}": ""})

    assert nothing.status_code == 422
    assert "Choose at least one class" in nothing.text
    assert {each.class_sourced_id for each in Section.select()} == {advisory, first}


def test_n6_a_class_that_went_meanwhile_is_left_out_and_said(
    maria: Visitor, cast: Cast, sandbox: RunningSandbox
) -> None:
    advisory, first, second = ids(cast)
    page = check_page(maria, *ids(cast))
    sandbox.delete(first)
    sandbox.set_teachers(second, cast.teachers["Daniel Okafor"])
    answer = sends(maria, page, *ids(cast))
    told = maria.page(answer.headers["location"]).text

    assert [each.class_sourced_id for each in Section.select()] == [advisory]
    assert "2 classes were left out: Clever no longer lists them for you." in told


def test_what_was_typed_outlives_a_clever_that_is_down(
    maria: Visitor, cast: Cast, sandbox: RunningSandbox
) -> None:
    advisory = cast.sections["Advisory 8B"]
    page = check_page(maria, advisory)
    sandbox.fail_next("503", times=50)
    answer = sends(maria, page, advisory, **{f"name-{advisory}": "Mornings"})
    sandbox.stop_failing()
    again = Page.of(answer.text).form(DETAILS).fields

    assert answer.status_code == 503
    assert again[f"name-{advisory}"] == "Mornings"
    assert maria.client.post(DETAILS, data=again).status_code == 303
    assert Section.get().name == "Mornings"


@pytest.mark.parametrize("path", [OFFER, SEVERAL])
def test_a_class_of_somebody_else_does_not_exist(
    path: str, new_visitor: Callable[[], Visitor], maria: Visitor, cast: Cast
) -> None:
    sofia, advisory = new_visitor(), cast.sections["Advisory 8B"]
    sofia.sign_in(cast.teachers["Sofia Lindqvist"])

    assert "Advisory 8B" not in sofia.page(path).text
    assert sofia.get(DETAILS, params={"class": advisory}).status_code == 404
    sent = {"class": advisory, f"name-{advisory}": "Mine"}
    assert sofia.post(DETAILS, **sent).status_code == 422
    assert not Section.select().exists()


def test_those_made_together_are_their_makers_alone(
    maria: Visitor, cast: Cast, new_visitor: Callable[[], Visitor]
) -> None:
    made = sends(maria, check_page(maria, *ids(cast)), *ids(cast)).headers["location"]
    sofia = new_visitor()
    sofia.sign_in(cast.teachers["Sofia Lindqvist"])

    assert maria.get(made).status_code == 200
    assert sofia.get(made).status_code == 404


def test_without_a_choice_the_list_comes_again(maria: Visitor) -> None:
    answer = maria.get(DETAILS)

    assert answer.status_code == 422
    assert Page.of(answer.text).links["Choose at least one class"] == "#classes"
