"""Who may see what: finders that only look among a person's own, and 404 for everything else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from peewee import ModelSelect
from werkzeug import Response

from portal import clock
from portal.models.accounts import Account, LinkedAccount
from portal.models.entrance.account_notices import AccountNotice
from portal.models.entrance.sessions import Session
from portal.models.entrance.ways_in import WaysIn
from portal.models.merging.claims import Claim
from portal.models.merging.merges import Merge
from portal.models.prepared import Prepared
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_runs import OwnReason, SyncRun
from portal.providers.clever import PROVIDER
from portal.roster.records import Role
from portal.web.ground.people import SignedIn, signed_in
from portal.web.ground.sessions import browser_session

Arguments = ParamSpec("Arguments")
View = Callable[Arguments, ResponseReturnValue]


def role_required(*roles: Role) -> Callable[[View[Arguments]], View[Arguments]]:
    """Let only people in who use such a role now; for all others the page is not there (A58)."""

    def guard(view: View[Arguments]) -> View[Arguments]:
        @wraps(view)
        def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> ResponseReturnValue:
            person = signed_in()
            if person is None:
                return ask_to_sign_in()
            if person.role not in roles:
                abort(404)
            return view(*args, **kwargs)

        guarded.roles = frozenset(roles)  # type: ignore[attr-defined]
        return guarded

    return guard


def signed_in_required(view: View[Arguments]) -> View[Arguments]:
    """Let everybody in who is signed in, whatever their role."""

    @wraps(view)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> ResponseReturnValue:
        return view(*args, **kwargs) if signed_in() else ask_to_sign_in()

    guarded.roles = frozenset(Role)  # type: ignore[attr-defined]
    return guarded


def fresh_required(view: View[Arguments]) -> View[Arguments]:
    """Ask who they are once more, unless they showed it in the last ten minutes (AC3, A36).

    What was sent is not kept: after confirming, the person is on the page they came from.
    """

    @wraps(view)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> ResponseReturnValue:
        row = browser_session().row
        if signed_in() is None or row is None:
            return ask_to_sign_in()
        if row.is_fresh(clock.now()):
            return view(*args, **kwargs)
        back = request.path if request.method == "GET" else url_for("account.show")
        return redirect(url_for("confirming.show", to=back), 303)

    guarded.roles = frozenset(Role)  # type: ignore[attr-defined]
    return guarded


def own_sign_in_required(view: View[Arguments]) -> View[Arguments]:
    """Refuse whoever has only the pictures or words that a teacher gave them.

    A classmate may have seen those: who owns such an account is for its teacher to say (AC7).
    """

    @wraps(view)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> ResponseReturnValue:
        if signed_in() is None:
            return ask_to_sign_in()
        if WaysIn.of(current_account()).has_sign_in:
            return view(*args, **kwargs)
        return redirect(url_for("account.show", problem="teacher_looks_after_it"), 303)

    return guarded


def staff_required(view: View[Arguments]) -> View[Arguments]:
    """Refuse students: Clever's session on a shared device may be a classmate's.

    Two accounts of a student become one by the word of a teacher who knows them (AC7).
    """

    @wraps(view)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> ResponseReturnValue:
        person = signed_in()
        if person is None:
            return ask_to_sign_in()
        if not person.account.is_student:
            return view(*args, **kwargs)
        return redirect(url_for("account.show", problem="teacher_looks_after_it"), 303)

    return guarded


def landing() -> str | None:
    """The page the signed-in person starts on, or None for a visitor."""
    person = signed_in()
    return person.landing if person else None


def current_person() -> SignedIn:
    """Whoever is signed in; only for views that nobody else reaches."""
    person = signed_in()
    if person is None:
        abort(404)
    return person


def current_account() -> Account:
    return current_person().account


def current_linked_account() -> LinkedAccount:
    """The Clever identity behind the role in use, the one used last where several have it.

    An account that was brought together may be an admin by one and a teacher by the other: what
    the one may see is nothing to the other (A58). Who teaches by a password has any.
    """
    role = current_person().role
    own = LinkedAccount.of(current_account(), PROVIDER)
    newest = list(own.order_by(LinkedAccount.last_used_at.desc(), LinkedAccount.id.desc()))
    fitting = [each for each in newest if role in each.role_list]
    usable = fitting or (newest if role == Role.TEACHER else [])
    return usable[0] if usable else abort(404)


def current_session() -> Session:
    """The row of this browser; only for views that nobody reaches without one."""
    row = browser_session().row
    if row is None:
        abort(404)
    return row


def find_session_elsewhere(public_id: str) -> Session:
    """A living session of this person's on another device, or 404."""
    elsewhere = Session.of(current_account(), clock.now(), but=current_session())
    found: Session = _one(elsewhere.where(Session.public_id == public_id))
    return found


def find_notice(public_id: str) -> AccountNotice:
    """A notice to this person, or 404."""
    theirs = AccountNotice.account == current_account()
    notice: AccountNotice = _one(
        AccountNotice.select().where(theirs & (AccountNotice.public_id == public_id))
    )
    return notice


def find_section(public_id: str) -> Section:
    """A section this person teaches today, or 404."""
    section = Section.find(current_account(), public_id)
    if section is None:
        abort(404)
    return section


def find_archived_section(public_id: str) -> Section:
    """A section that this person may restore, or 404 (N9)."""
    archived = Section.archived_of(current_account())
    section: Section = _one(archived.where(Section.public_id == public_id))
    return section


def find_run(public_id: str) -> SyncRun:
    """A run of a section this person teaches today, or 404."""
    run: SyncRun = _one(_run(public_id).where(Section.id.in_(_taught_ids())))
    return run


def find_run_or_last_word(public_id: str) -> SyncRun:
    """The same, or the person's own run that ended by finding that they teach it no more (F44)."""
    run: SyncRun | None = _RUN_OR_LAST_WORD.first(account=current_account(), public_id=public_id)
    if run is None:
        abort(404)
    return run


def find_last_word(section_id: str) -> SyncRun:
    """The newest run that told this person they teach this section no more, or 404 (F44)."""
    told = (
        SyncRun.select(SyncRun, Section)
        .join(Section)
        .where((Section.public_id == section_id) & Section.archived_at.is_null())
    )
    last_words = told.where(_last_word_to(current_account()))
    run: SyncRun = _one(last_words.order_by(SyncRun.id.desc()).limit(1))
    return run


def find_hold(public_id: str) -> Hold:
    """A hold of a section this person teaches today, or 404."""
    hold: Hold = _one(
        Hold.select(Hold, Section)
        .join(Section)
        .where((Hold.public_id == public_id) & Section.id.in_(_taught_ids()))
    )
    return hold


def find_own_merge(public_id: str) -> Merge:
    """A merge that this person made of two accounts of theirs, or 404."""
    merged: Merge = _one(Merge.own(current_account()).where(Merge.public_id == public_id))
    return merged


def find_own_claim(public_id: str) -> Claim:
    """A claim that this student made, or 404."""
    own = Claim.account == current_account()
    claim: Claim = _one(Claim.select().where(own & (Claim.public_id == public_id)))
    return claim


def find_claim(public_id: str) -> Claim:
    """A claim that is put to this person as a teacher of its section, or 404 (AC7)."""
    return Claim.put_to(current_account(), public_id) or abort(404)


def find_student_section(public_id: str) -> Section:
    """A section this student is in today, or 404."""
    enrollment: Enrollment = _one(
        Enrollment.of_student(current_account()).where(
            (Section.public_id == public_id) & Enrollment.ended_at.is_null()
        )
    )
    section: Section = enrollment.section
    return section


def ask_to_sign_in() -> Response:
    """Send a page to the sign-in page and back later, a fragment's page likewise, a form nowhere.

    A redirect would be swapped into the fragment, so htmx is told in its own way (H4). A form's
    answer is the sign-in page itself: what was sent is not kept.
    """
    if wants_fragment():
        return Response(status=401, headers={"HX-Redirect": url_for("sign_in.show")})
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("sign_in.show", to=request.path), 303)
    return make_response(sign_in_page(why_signed_out() or "signed_out"), 401)


def why_signed_out() -> str | None:
    """What to tell a browser that was signed in until its person changed something elsewhere.

    The same words for every change: its cookie may be in somebody else's hands.
    """
    return "ended_elsewhere" if browser_session().was_ended_elsewhere() else None


def sign_in_page(problem: str | None, wanted: str | None = None) -> str:
    """The sign-in page: why the last try failed, and where to go on to after the next one."""
    return render_template("sign_in/show.html", problem=problem, wanted=wanted)


def wants_fragment() -> bool:
    """Whether htmx asks for a part of a page; a boosted link asks for a whole one (H6)."""
    kind = request.headers.get("HX-Request-Type")
    if kind is not None:
        return kind == "partial"
    return "HX-Request" in request.headers and "HX-Boosted" not in request.headers


def _run(public_id: str) -> ModelSelect[SyncRun]:
    return SyncRun.select(SyncRun, Section).join(Section).where(SyncRun.public_id == public_id)


def _taught_ids() -> ModelSelect[Any]:
    return Section.visible_to(current_account()).select(Section.id)


def _run_or_last_word(account: Any, public_id: Any) -> ModelSelect[SyncRun]:
    taught = Section.id.in_(Section.visible_to(account).select(Section.id))
    return _run(public_id).where(taught | _last_word_to(account))


def _last_word_to(account: Any) -> Any:
    return (SyncRun.reason == OwnReason.TEACHER_REMOVED) & (SyncRun.started_by == account)


# What a browser asks each second while a sync runs.
_RUN_OR_LAST_WORD = Prepared(_run_or_last_word)


def _one(query: ModelSelect[Any]) -> Any:
    found = query.get_or_none()
    if found is None:
        abort(404)
    return found
