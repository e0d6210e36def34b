"""Many people act at once: the chain has no gap, no fork, and loses no act."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import UUID

import pytest
from flask import Flask

from tests.services.auditing import act
from webapp.services.audit_chain import read_links
from webapp.services.audit_checkpoints import checkpoints_file, write_checkpoint
from webapp.services.audit_verify import verify_audit

pytestmark = pytest.mark.both_databases


def acts_in_parallel(app: Flask, people: int, each: int) -> list[UUID]:
    def one_person(_: int) -> list[UUID]:
        with app.app_context():
            return act(each)

    with ThreadPoolExecutor(people) as pool:
        return [done for acts in pool.map(one_person, range(people)) for done in acts]


def test_fifty_people_with_twenty_acts_each(app: Flask) -> None:
    made = acts_in_parallel(app, people=50, each=20)
    with app.app_context():
        found = verify_audit()
        assert (found.findings, found.entries, found.last_seq) == ((), 1_000, 1_000)
        assert {link.said["subject_id"] for link in read_links(1, 1_000)} == set(made)
        assert found.checkpoints == 1, "the thousandth entry is signed at once"


def test_verifying_while_people_act_gives_no_false_alarm(app: Flask) -> None:
    ended = Event()

    def verify_again_and_again(_: int) -> int:
        with app.app_context():
            rounds = 0
            while not ended.is_set():
                write_checkpoint()
                found = verify_audit()
                assert found.findings == ()
                rounds += 1
            return rounds

    with ThreadPoolExecutor(2) as pool:
        verified = pool.map(verify_again_and_again, range(2))
        try:
            acts_in_parallel(app, 5, 40)
        finally:
            ended.set()
        assert min(verified) > 0
    with app.app_context():
        found = verify_audit()
        assert (found.findings, found.entries) == ((), 200)


def test_checkpoints_written_at_once_stand_in_line(app: Flask) -> None:
    def act_and_sign(_: int) -> None:
        with app.app_context():
            for _ in range(5):
                act()
                write_checkpoint()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(act_and_sign, range(6)))
    with app.app_context():
        found = verify_audit()
        assert (found.findings, found.entries) == ((), 30)
        assert found.checkpoints == len(checkpoints_file().read_text().splitlines())
        assert found.last_checkpoint is not None
        assert found.last_checkpoint.seq == 30
