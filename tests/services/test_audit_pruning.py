"""The audit's retention: what is old moves to archives, and an interruption at any point loses nothing."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.services.auditing import act, tamper
from tests.stack.application import Clock
from webapp.domain.errors import Conflict
from webapp.infra.db import db, unit_of_work
from webapp.models.audit import AuditEntry, AuditSegment
from webapp.services import audit_pruning
from webapp.services.audit_archives import archive_path, holding_still, list_segments
from webapp.services.audit_checkpoints import checkpoints_file, write_checkpoint
from webapp.services.audit_pruning import prune_audit
from webapp.services.audit_search import AuditQuery, find_entries
from webapp.services.audit_verify import verify_audit

pytestmark = pytest.mark.both_databases


@pytest.fixture
def years(context: None, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Six entries of long ago and three of today; segments of four. The database's clock is the real one."""
    monkeypatch.setattr(audit_pruning, "SEGMENT", 4)
    today = datetime.now(UTC).replace(microsecond=0)
    clock.moment = today.replace(year=today.year - 3, day=15)
    act(6)
    write_checkpoint()
    clock.moment = today
    act(3)
    write_checkpoint()
    yield clock


def here() -> list[int]:
    with unit_of_work():
        return list(db.session.scalars(select(AuditEntry.seq).order_by(AuditEntry.seq)))


def test_old_entries_move_to_archives_and_the_chain_joins_on(years: Clock) -> None:
    done = prune_audit()
    assert [(run.first, run.last) for run in done] == [(1, 4), (5, 6)]
    assert here() == [7, 8, 9, 10, 11]
    found = verify_audit(archives=True)
    assert (found.findings, found.archives, found.archived, found.entries) == ((), 2, 6, 5)
    (pruned, _) = find_entries(AuditQuery(activity="AuditPruned")).entries
    assert pruned.details == {"first": 5, "last": 6, "archive": done[1].file}


def test_pruning_again_does_nothing(years: Clock) -> None:
    prune_audit()
    assert prune_audit() == []


def test_a_month_stays_until_its_last_day_is_old_enough(context: None, clock: Clock) -> None:
    clock.moment = datetime(2024, 5, 10, tzinfo=UTC)
    act()
    clock.moment = datetime(2025, 5, 31, 23, tzinfo=UTC)
    assert prune_audit() == []
    clock.moment = datetime(2025, 6, 2, tzinfo=UTC)
    assert len(prune_audit()) == 1


def test_an_archive_can_be_read_by_a_person(years: Clock) -> None:
    (first, _) = prune_audit()
    lines = gzip.decompress(archive_path(first.file).read_bytes()).decode().splitlines()
    assert len(lines) == 4
    assert '"activity":"ScenarioCreated"' in lines[0]


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(
    "where",
    [
        "write_whole",
        "digest_of",
        "sign_segment",
        "archive_findings",
        "_segment",
        "_delete",
        "forget_checkpoints",
    ],
)
@pytest.mark.parametrize("after_it", [False, True])
def test_an_interruption_loses_nothing(
    years: Clock, monkeypatch: pytest.MonkeyPatch, where: str, after_it: bool
) -> None:
    real = getattr(audit_pruning, where)

    def cut_off(*arguments: object) -> None:
        if after_it:
            real(*arguments)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(audit_pruning, where, cut_off)
        with pytest.raises(Killed):
            prune_audit()
    assert verify_audit(archives=True).is_whole
    prune_audit()
    found = verify_audit(archives=True)
    assert (found.findings, found.archived) == ((), 6)
    assert here()[:3] == [7, 8, 9]


def test_a_broken_chain_is_not_pruned(years: Clock) -> None:
    tamper("UPDATE audit_entries SET agent = 'x' WHERE seq = 3")
    with pytest.raises(Conflict, match=r"Entry 3 .* was changed .* Nothing is deleted"):
        prune_audit()
    assert here()[:6] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("harm", ["missing", "changed", "cut"])
def test_a_harmed_archive_is_reported(years: Clock, harm: str) -> None:
    (_, second) = prune_audit()
    path = archive_path(second.file)
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-9] + (b"" if harm == "cut" else b"123456789"))
    assert verify_audit().is_whole, "archives are read when asked"
    (finding,) = verify_audit(archives=True).findings
    assert finding.seq == 5
    assert ("is missing" if harm == "missing" else "was changed") in finding.message


def test_entries_that_left_without_an_archive_are_missed(years: Clock) -> None:
    prune_audit()
    tamper("DELETE FROM audit_segments")
    finding = verify_audit().findings[0]
    assert (finding.seq, finding.message) == (1, "is missing, and so is everything up to 6.")


def test_an_invented_segment_is_reported(years: Clock) -> None:
    """Whoever owns the application's role may write one, but cannot sign it."""
    invented = AuditSegment(
        first_seq=1, last_seq=6, first_previous="0" * 64, last_mac="a" * 64, archived_at=years.moment,
        file="none.jsonl.gz", sha256="b" * 64, mac="c" * 64,
    )  # fmt: skip
    with unit_of_work():
        db.session.add(invented)
    with unit_of_work():
        db.session.execute(text("DELETE FROM audit_entries WHERE seq <= 6"))
    assert (
        "begins an archived run whose row in the database was changed" in verify_audit().findings[0].message
    )


def test_the_database_keeps_young_entries_even_inside_a_segment(years: Clock) -> None:
    prune_audit()
    with unit_of_work():
        db.session.add(
            AuditSegment(
                first_seq=7,
                last_seq=9,
                first_previous="0" * 64,
                last_mac="a" * 64,
                file="x",
                sha256="b" * 64,
                archived_at=years.moment,
                mac="c" * 64,
            )
        )
    with pytest.raises(DBAPIError, match="only ever added to"), unit_of_work():
        db.session.execute(text("DELETE FROM audit_entries WHERE seq = 8"))


@pytest.mark.parametrize("change", ["UPDATE audit_segments SET file = 'x'", "DELETE FROM audit_segments"])
def test_the_database_keeps_segments_as_they_are(years: Clock, change: str) -> None:
    prune_audit()
    with pytest.raises(DBAPIError, match="only ever added to"), unit_of_work():
        db.session.execute(text(change))
    assert len(list_segments()) == 2


def test_checkpoints_of_archived_entries_go_too(years: Clock) -> None:
    prune_audit()
    assert len(checkpoints_file().read_text().splitlines()) == 1
    assert write_checkpoint() is not None
    assert verify_audit(archives=True).is_whole


def test_verification_and_pruning_wait_for_each_other(years: Clock) -> None:
    with holding_still(alone=False), pytest.raises(Conflict, match="at this moment"):
        prune_audit()
    with holding_still(alone=True), pytest.raises(Conflict, match="at this moment"):
        verify_audit()
