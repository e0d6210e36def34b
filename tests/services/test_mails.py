"""The outbox: written with what causes it, sent once, tried again, and given up with a reason."""

import logging
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tests.stack.application import Clock
from webapp.domain.jobs import DELIVER_MAIL
from webapp.domain.mails import KEPT, KINDS, QUEUED_TOO_LONG, SECOND_FACTOR_CHANGES, STALE, wait_s
from webapp.infra.clock import now
from webapp.infra.db import db, unit_of_work
from webapp.infra.jobs import RecordingDispatcher
from webapp.infra.mail import Letter, MailDelayed, MailRefused
from webapp.models.mail import Mail
from webapp.services import mail_delivery
from webapp.services.accounts import register_account
from webapp.services.mail_delivery import deliver_mail
from webapp.services.mail_queue import resend_stuck_mails
from webapp.services.mail_sweeping import sweep_mails
from webapp.services.mails import list_mails, send_mail
from webapp.settings import Settings

_LINK = "http://localhost/confirm/a-secret?a=1&b=2"


@dataclass(slots=True)
class Post:
    """A way out that remembers; it fails with `trouble` while there is any."""

    letters: list[Letter] = field(default_factory=list)
    trouble: Exception | None = None

    def deliver(self, letter: Letter) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.letters.append(letter)


@pytest.fixture(autouse=True)
def _in_the_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def post(app: Flask) -> Post:
    app.extensions["mail"] = post = Post()
    return post


def _write(kind: str = "confirm", **values: str) -> UUID:
    with unit_of_work():
        send_mail(kind, "ada@example.com", None, **(values or {"link": _LINK}))
    return _only().id


def _only() -> Mail:
    db.session.expire_all()
    return db.session.scalars(select(Mail)).one()


def test_a_mail_is_sent_after_the_commit(post: Post, queue: RecordingDispatcher) -> None:
    with unit_of_work():
        send_mail("confirm", "ada@example.com", None, link=_LINK)
        assert queue.sent == []
    mail_id = _only().id
    assert queue.sent == [(DELIVER_MAIL, (str(mail_id),))]
    assert deliver_mail(mail_id) == "sent"
    (letter,) = post.letters
    assert (letter.recipient, letter.subject) == ("ada@example.com", "Confirm your e-mail address")
    assert _LINK in letter.text
    assert _LINK.replace("&", "&amp;") in letter.html
    assert (_only().status, _only().attempts, _only().claim) == ("sent", 1, None)


def test_an_act_that_fails_writes_to_nobody(queue: RecordingDispatcher) -> None:
    def fail_half_way() -> None:
        with unit_of_work():
            send_mail("confirm", "ada@example.com", None, link=_LINK)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert list_mails() == ()
    assert queue.sent == []


def test_administrators_see_what_became_of_mails_but_not_what_they_say(
    clock: Clock, post: Post, queue: RecordingDispatcher
) -> None:
    with unit_of_work():
        ada = register_account("ada@example.com", "correct horse battery").id
        send_mail("welcome", "ada@example.com", ada, link=_LINK)
        clock.advance(seconds=1)
        send_mail("reset", "eve@example.com", None, link=_LINK)
    deliver_mail(next(mail.id for mail in list_mails() if mail.kind == "welcome"))
    assert [(mail.kind, mail.status) for mail in list_mails()] == [("reset", "waiting"), ("welcome", "sent")]
    assert [mail.kind for mail in list_mails(account_id=ada)] == ["welcome"]
    assert [mail.kind for mail in list_mails("waiting")] == ["reset"]
    assert [mail.kind for mail in list_mails(limit=1)] == ["reset"]
    assert not any(_LINK in repr(mail) for mail in list_mails())


def test_a_sent_mail_is_not_sent_again(post: Post, queue: RecordingDispatcher) -> None:
    mail_id = _write()
    assert [deliver_mail(mail_id), deliver_mail(mail_id)] == ["sent", "nothing"]
    assert deliver_mail(uuid4()) == "nothing"
    assert len(post.letters) == 1
    assert resend_stuck_mails() == 0


@pytest.mark.both_databases
def test_of_many_workers_one_sends(app: Flask, post: Post, queue: RecordingDispatcher) -> None:
    mail_id, together = _write(), Barrier(8)

    def work(_: int) -> str:
        with app.app_context():
            together.wait(10)
            return deliver_mail(mail_id)

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(work, range(8)))
    assert sorted(outcomes) == ["nothing"] * 7 + ["sent"]
    assert len(post.letters) == 1


def test_with_the_broker_away_the_mail_waits_for_it(
    post: Post, queue: RecordingDispatcher, caplog: pytest.LogCaptureFixture
) -> None:
    queue.away = True
    mail_id = _write()
    with caplog.at_level(logging.WARNING):
        assert resend_stuck_mails() == 0
    assert "The job queue is away; 1 mails wait for it" in caplog.text
    queue.away = False
    assert resend_stuck_mails() == 1
    assert queue.sent == [(DELIVER_MAIL, (str(mail_id),))]
    assert resend_stuck_mails() == 0, "its job is on its way"
    assert deliver_mail(mail_id) == "sent"


def test_a_lost_job_is_sent_again(clock: Clock, queue: RecordingDispatcher) -> None:
    _write()
    clock.advance(seconds=QUEUED_TOO_LONG.total_seconds())
    assert resend_stuck_mails() == 0
    clock.advance(seconds=1)
    assert resend_stuck_mails() == 1


def test_a_refusal_for_now_is_tried_again_later_and_later(
    clock: Clock, post: Post, queue: RecordingDispatcher
) -> None:
    mail_id = _write()
    post.trouble = MailDelayed("The mail server refused the recipient: 451 Greylisted")
    waits = []
    for _ in range(4):
        assert deliver_mail(mail_id) == "delayed"
        assert deliver_mail(mail_id) == "nothing", "not due yet"
        waits.append((_only().due_at - clock.moment).total_seconds())
        assert _only().reason == "The mail server refused the recipient: 451 Greylisted"
        assert resend_stuck_mails() == 0
        clock.advance(seconds=waits[-1])
        assert resend_stuck_mails() == 1
    assert waits == sorted(waits)
    assert 22.5 <= waits[0] <= 37.5
    post.trouble = None
    assert deliver_mail(mail_id) == "sent"
    assert (_only().attempts, _only().reason) == (5, "")


def test_waits_double_up_to_an_hour_and_are_never_all_the_same() -> None:
    assert all(22.5 <= wait_s(1) <= 37.5 and 2700 <= wait_s(40) <= 4500 for _ in range(100))
    assert len({wait_s(3) for _ in range(20)}) > 1


@pytest.mark.parametrize("kind", ["reset", "welcome"])
def test_a_mail_nobody_takes_is_given_up_when_it_is_of_no_use_any_more(
    clock: Clock, post: Post, queue: RecordingDispatcher, kind: str
) -> None:
    mail_id, begun = _write(kind), clock.moment
    post.trouble = MailDelayed("The mail server cannot be reached: timed out")
    while deliver_mail(mail_id) == "delayed":
        clock.moment = _only().due_at
    assert _only().status == "failed"
    assert _only().reason == (
        f"Given up after {_only().attempts} tries. The mail server cannot be reached: timed out"
    )
    useful_for = KINDS[kind].useful_for
    assert useful_for - timedelta(minutes=80) < clock.moment - begun <= useful_for


def test_a_refusal_for_good_fails_with_its_reason(post: Post, queue: RecordingDispatcher) -> None:
    mail_id = _write()
    post.trouble = MailRefused("The mail server refused the recipient: 550 No such user")
    assert deliver_mail(mail_id) == "failed"
    post.trouble = None
    assert deliver_mail(mail_id) == "nothing"
    (shown,) = list_mails("failed")
    assert shown.reason == "The mail server refused the recipient: 550 No such user"


def test_a_mistake_of_ours_is_noted_and_tried_again(
    post: Post, queue: RecordingDispatcher, caplog: pytest.LogCaptureFixture
) -> None:
    mail_id = _write()
    post.trouble = ValueError("something nobody foresaw")
    assert deliver_mail(mail_id) == "delayed"
    assert _only().reason == "Something went wrong here: ValueError"
    assert "ada@example.com" not in caplog.text


@pytest.mark.parametrize("kind", ["confirm", "reset"])
@pytest.mark.parametrize("trouble", [None, MailRefused("550 No such user")])
def test_a_link_that_opens_something_is_not_kept(
    post: Post, queue: RecordingDispatcher, kind: str, trouble: Exception | None
) -> None:
    mail_id = _write(kind)
    post.trouble = trouble
    deliver_mail(mail_id)
    assert (_only().text, _only().html) == ("", "")


def test_a_link_that_opens_nothing_stays(post: Post, queue: RecordingDispatcher) -> None:
    deliver_mail(_write("welcome"))
    assert _LINK in _only().text


def test_a_mail_whose_worker_died_is_sent_by_another_with_the_same_name(
    clock: Clock, post: Post, queue: RecordingDispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_id = _write()
    with monkeypatch.context() as power_cut:
        power_cut.setattr(mail_delivery, "_note_sent", _power_cut)
        with pytest.raises(KeyboardInterrupt):
            deliver_mail(mail_id)
    assert deliver_mail(mail_id) == "nothing", "its worker may be alive"
    clock.advance(seconds=STALE.total_seconds() + 1)
    assert resend_stuck_mails() == 1
    assert deliver_mail(mail_id) == "sent"
    first, second = post.letters
    assert first.id == second.id, "the same Message-ID: a second copy is recognised"


def _power_cut(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_restart_of_the_database_does_not_send_twice(
    post: Post, queue: RecordingDispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_id = _write()
    tries: list[int] = []
    really = mail_delivery._Claim.release

    def away_at_first(claim: mail_delivery._Claim, **values: object) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("UPDATE", {}, Exception("the database is starting up"))
        really(claim, **values)

    monkeypatch.setattr(mail_delivery._Claim, "release", away_at_first)
    monkeypatch.setattr(mail_delivery, "_NOTING_PAUSES_S", (0.0, 0.0, 0.0))
    assert deliver_mail(mail_id) == "sent"
    assert (_only().status, len(tries), len(post.letters)) == ("sent", 3, 1)


_VALUES = {
    "link": _LINK, "scenario": "Web shop <script>", "format": "PDF", "change": "enabled",
    "threshold": "80", "figure": "high", "amount": "$200.00", "total": "$171.20", "unpriced": "1",
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_the_same_as_text_and_as_html(
    kind: str, post: Post, queue: RecordingDispatcher
) -> None:
    deliver_mail(_write(kind, **{name: _VALUES[name] for name in KINDS[kind].values}))
    (letter,) = post.letters
    assert _LINK in letter.text.splitlines()
    assert letter.html.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert letter.html.count("<h1") == 1
    assert "<script" not in letter.html
    assert "\n\n\n\n" not in letter.text
    assert letter.text.count("mockupAWS: the test suite for an AWS bill") == 1


@pytest.mark.parametrize("change", SECOND_FACTOR_CHANGES)
def test_a_change_of_the_second_factor_is_named(change: str, queue: RecordingDispatcher) -> None:
    _write("second-factor-changed", link=_LINK, change=change)
    said = {
        "enabled": "now asks for a code",
        "disabled": "switched off",
        "recovery-codes": "New recovery codes",
    }
    assert said[change] in _only().text


def test_a_subject_is_one_line_whatever_a_scenario_is_called(queue: RecordingDispatcher) -> None:
    _write("report-ready", link=_LINK, scenario="Shop\r\nBcc: all@example.com\x00" + "x" * 300, format="PDF")
    assert _only().subject.startswith("Report ready: Shop Bcc: all@example.com x")
    assert len(_only().subject) == 200


@pytest.mark.parametrize(
    ("kind", "recipient", "values"),
    [
        ("newsletter", "ada@example.com", {"link": _LINK}),
        ("confirm", "ada@example.com", {}),
        ("confirm", "ada@example.com", {"link": _LINK, "name": "Ada"}),
        ("confirm", "ada@example.com\r\nBcc: all@example.com", {"link": _LINK}),
        ("confirm", "nobody", {"link": _LINK}),
        ("second-factor-changed", "ada@example.com", {"link": _LINK, "change": "stolen"}),
    ],
)
def test_a_mail_that_makes_no_sense_is_not_written(kind: str, recipient: str, values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"mail|recipient|factor"), unit_of_work():
        send_mail(kind, recipient, None, **values)
    assert list_mails() == ()


def test_the_sweep_removes_mails_that_are_long_over_and_no_others(
    settings: Settings, queue: RecordingDispatcher, clock: Clock
) -> None:
    with unit_of_work():
        for name in ("sent", "failed", "waiting", "young"):
            send_mail("welcome", f"{name}@example.com", None, link=_LINK)
    for mail in db.session.scalars(select(Mail)).all():
        if not mail.recipient.startswith("waiting"):
            assert deliver_mail(mail.id) == "sent"
    (old,) = settings.mail_dir.glob(f"*{_to('sent')}.eml")
    with unit_of_work():
        db.session.get_one(Mail, _to("failed")).status = "failed"
        db.session.get_one(Mail, _to("failed")).sent_at = None
    foreign = settings.mail_dir / "notes.txt"
    foreign.write_text("mine")
    long_ago = time.time() - KEPT.total_seconds() - 60
    for path in (old, foreign):
        os.utime(path, (long_ago, long_ago))
    clock.advance(seconds=KEPT.total_seconds() + 60)
    with unit_of_work():
        db.session.get_one(Mail, _to("young")).sent_at = now()
    assert sweep_mails() == 1
    assert {mail.recipient for mail in list_mails()} == {"waiting@example.com", "young@example.com"}
    assert not old.exists() and foreign.exists()
    assert list(settings.mail_dir.glob(f"*{_to('young')}.eml"))


def _to(name: str) -> UUID:
    mail_id = db.session.scalar(select(Mail.id).where(Mail.recipient == f"{name}@example.com"))
    assert mail_id is not None
    return mail_id
