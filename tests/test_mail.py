"""Letters wait in a table and leave as mail, once, to whoever may read them (S3, decision 2)."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from jobs import queue, send_letter
from jobs.sweep import sweep
from portal import clock
from portal.mail import ConsoleSender, FolderSender, MailError, SmtpSender, composed, sender
from portal.models.entrance.account_notices import AccountNotice
from portal.models.entrance.emailed_links import EmailedLink
from portal.models.entrance.letters import GIVEN_UP_AFTER, Letter, LetterKind
from portal.post import send_letter as send
from portal.post.wording import TEXTS
from portal.settings import Settings
from portal.web.entrance.inbox import newest_in
from tests.smtp_server import OTHER_MACHINE, RunningSmtp, running_smtp
from tests.test_settings import DEVELOPMENT, PRODUCTION
from tests.web.accounts import ADDRESS, oduya

SETTINGS = Settings.from_env(DEVELOPMENT)
A_MINUTE = timedelta(minutes=1)


def letter(kind: LetterKind = LetterKind.SIGN_UP) -> Letter:
    return Letter.write(kind, ADDRESS, clock.now())


def by_smtp(server: RunningSmtp) -> Settings:
    return replace(SETTINGS, smtp_url=f"smtp://{server.host}:{server.port}")


def overdue() -> None:
    """As if the wait until the next try were over."""
    Letter.update(due_at=clock.now()).execute()


@pytest.mark.usefixtures("database")
def test_a_letter_is_sent_once_and_then_forgotten() -> None:
    waiting = letter()
    with running_smtp() as server:
        for _ in range(2):
            send(waiting.public_id, by_smtp(server))

    assert (len(server.messages), Letter.select().count()) == (1, 0)
    assert f"To: {ADDRESS}" in server.messages[0]
    assert "Auto-Submitted: auto-generated" in server.messages[0]


@pytest.mark.usefixtures("database")
def test_a_letter_that_a_dead_worker_had_taken_is_sent_by_another() -> None:
    waiting = letter()
    Letter.take(waiting.public_id, clock.now())
    with running_smtp() as server:
        send(waiting.public_id, by_smtp(server))
        assert server.messages == []
        overdue()
        send(waiting.public_id, by_smtp(server))

    assert len(server.messages) == 1


@pytest.mark.usefixtures("database")
def test_two_workers_with_one_letter_send_it_once() -> None:
    waiting, now = letter(), clock.now()

    assert Letter.take(waiting.public_id, now) == waiting
    assert Letter.take(waiting.public_id, now) is None


@pytest.mark.usefixtures("database")
def test_a_server_that_will_not_take_it_is_asked_again_after_longer_and_longer() -> None:
    waiting, waits = letter(), []
    with running_smtp(MAIL="451 not now") as server:
        for _ in range(3):
            overdue()
            send(waiting.public_id, by_smtp(server))
            waits.append(round((Letter.get().due_at - clock.now()) / A_MINUTE))

    assert waits == [1, 5, 15]
    assert EmailedLink.select().count() == 0  # Each try makes a link of its own.


@pytest.mark.usefixtures("database")
def test_a_mailbox_that_does_not_exist_is_asked_for_once() -> None:
    with running_smtp(RCPT="550 no such mailbox") as server:
        send(letter().public_id, by_smtp(server))

    assert Letter.select().count() == 0


@pytest.mark.usefixtures("database")
def test_a_server_that_is_away_loses_no_letter() -> None:
    send(letter().public_id, replace(SETTINGS, smtp_url="smtp://127.0.0.1:9"))

    assert Letter.get().tries == 1


@pytest.mark.usefixtures("database")
def test_after_a_day_a_letter_is_given_up_and_the_address_with_it(valkey_url: str) -> None:
    queue.init(valkey_url)
    letter()
    Letter.update(written_at=clock.now() - GIVEN_UP_AFTER).execute()
    sweep(clock.now())

    assert Letter.select().count() == 0


@pytest.mark.usefixtures("database", "valkey_of_the_queue")
def test_the_sweeper_rings_for_a_letter_whose_ring_was_lost() -> None:
    waiting = letter()
    sweep(clock.now())
    assert queue.waiting_ids() == frozenset()  # Its own ring may still be on the way.

    sweep(clock.now() + A_MINUTE)
    assert queue.waiting_ids() == {waiting.public_id}


@pytest.mark.usefixtures("database")
def test_the_sweeper_forgets_links_that_have_run_out(valkey_url: str) -> None:
    queue.init(valkey_url)
    EmailedLink.make("reset", ADDRESS, clock.now())
    sweep(clock.now())
    assert EmailedLink.select().count() == 1

    sweep(clock.now() + timedelta(hours=2))
    assert EmailedLink.select().count() == 0


@pytest.mark.usefixtures("database", "valkey_of_the_queue")
def test_v03_the_job_carries_the_letter_s_id_and_nothing_else() -> None:
    waiting = letter()
    send_letter.ring(waiting)

    (job,) = queue.queue().jobs
    assert (job.func_name, *job.args) == ("jobs.send_letter.perform", waiting.public_id)


@pytest.mark.usefixtures("database")
def test_v02_no_log_line_holds_an_address_or_a_token(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG, "portal")
    with running_smtp(RCPT=f"550 {ADDRESS} is unknown") as server:
        send(letter().public_id, by_smtp(server))
    send(letter().public_id, replace(SETTINGS, mail_folder=tmp_path / "mail"))
    said = " ".join(str(vars(record)) for record in caplog.records)

    assert (ADDRESS in said, "/links/" in said, "Mail not sent" in said) == (False, False, True)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("kind", LetterKind)
def test_every_kind_of_letter_has_words_and_no_names(kind: LetterKind, tmp_path: Path) -> None:
    account = oduya("other@school.example")
    Letter.write(kind, ADDRESS, clock.now(), account)
    send(Letter.get().public_id, replace(SETTINGS, mail_folder=tmp_path / "mail"))
    (message,) = newest_in(tmp_path / "mail")
    words = " ".join(line for part in message.paragraphs for line in part)

    assert "Oduya" not in message.subject + words
    assert "$" not in message.subject + words
    assert "not you, " in words or "Maybe you used another address" in words


def test_every_text_is_a_subject_and_a_text_for_some_letter() -> None:
    for path in TEXTS.glob("*.txt"):
        subject, gap, text = path.read_text().partition("\n\n")
        assert (len(subject) < 60, "\n" in subject, gap, text.endswith("\n")) == (
            True,
            False,
            "\n\n",
            True,
        )


@pytest.mark.usefixtures("database")
def test_a_change_is_told_to_every_address_of_the_account() -> None:
    account = oduya()
    letters = AccountNotice.tell(account, LetterKind.CONNECTED, clock.now())

    assert [each.email for each in letters] == [ADDRESS]


def test_another_machine_is_told_nothing_without_tls() -> None:
    with running_smtp(OTHER_MACHINE) as server:
        way = sender(by_smtp(server))
        with pytest.raises(MailError):
            way.send(composed(SETTINGS, ADDRESS, "Hello", "Hello\n", clock.now()))

    assert set(server.commands) <= {"EHLO", "QUIT"}


@pytest.mark.parametrize(
    ("environ", "way"),
    [
        ({"SMTP_URL": "smtp://u:p@mail.example", "MAIL_FROM": "r@s.example"}, SmtpSender),
        ({"MAIL_FOLDER": "mail"}, FolderSender),
        ({}, ConsoleSender),
    ],
)
def test_the_settings_choose_how_mail_goes(environ: dict[str, str], way: type) -> None:
    assert isinstance(sender(Settings.from_env({**DEVELOPMENT, **environ})), way)


def test_production_without_a_server_sends_none_and_says_so() -> None:
    settings = Settings.from_env(PRODUCTION)

    assert (sender(settings), settings.sends_mail) == (None, False)


def test_a_developer_reads_mail_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleSender().send(composed(SETTINGS, ADDRESS, "Hello", "Hello there\n", clock.now()))
    printed = capsys.readouterr()

    assert ("Hello there" in printed.err, printed.out) == (True, "")
