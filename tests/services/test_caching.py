"""What is remembered is what would be loaded, whatever happens to the cache meanwhile."""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
import redis
from flask import Flask

from webapp.domain import activities as happenings
from webapp.infra import cache_locks, clock
from webapp.infra.cache import MISSING, install_cache, read, remove_matching, tiers
from webapp.infra.cache_locks import loading
from webapp.infra.cache_stats import stats
from webapp.infra.db import db, unit_of_work
from webapp.models.cache_tag import CacheTag
from webapp.models.user import User
from webapp.services import activities
from webapp.services.accounts import register_account
from webapp.services.caching import cached, forget, owner_tag, remember, renew, scenario_tag, sweep_tags
from webapp.settings import Settings


@dataclass(frozen=True, slots=True)
class Bill:
    """A read model with every kind of value ours have."""

    id: UUID
    total: Decimal
    at: datetime
    tags: tuple[str, ...]


BILL = Bill(uuid4(), Decimal("119.627133442696"), datetime(2026, 3, 1, tzinfo=UTC), ("a", "b"))


class Source:
    """Counts how often it is asked."""

    def __init__(self, seconds: float = 0) -> None:
        self.loads, self.seconds, self.lock = 0, seconds, threading.Lock()

    def __call__(self) -> Bill:
        with self.lock:
            self.loads += 1
        time.sleep(self.seconds)
        return BILL


def test_a_value_is_loaded_once_and_comes_back_exactly(app: Flask) -> None:
    source = Source()
    with app.app_context():
        assert [remember("L1", ("t",), "bill", source, Bill) for _ in range(3)] == [BILL] * 3
    assert source.loads == 1


@pytest.mark.both_databases
def test_a_change_is_seen_by_the_next_read(app: Flask) -> None:
    source = Source()
    with app.app_context():
        for _ in range(2):
            remember("L1", ("t", "u"), "bill", source, Bill)
            with unit_of_work():
                forget("u")
        remember("L1", ("t", "u"), "bill", source, Bill)
    assert source.loads == 3


def test_a_change_that_was_rolled_back_forgets_nothing(app: Flask) -> None:
    source = Source()
    with app.app_context():
        remember("L1", ("t",), "bill", source, Bill)
        with pytest.raises(RuntimeError), unit_of_work():
            forget("t")
            raise RuntimeError
        remember("L1", ("t",), "bill", source, Bill)
    assert source.loads == 1


def test_a_slow_reader_cannot_keep_what_has_changed_meanwhile(app: Flask) -> None:
    def overtaken() -> int:
        with unit_of_work():
            forget("t")
        return 1

    with app.app_context():
        remember("L1", ("t",), "n", overtaken, int)
        assert remember("L1", ("t",), "n", lambda: 2, int) == 2


def test_renewing_slowly_keeps_nothing_under_a_later_change(app: Flask) -> None:
    def overtaken() -> int:
        with unit_of_work():
            forget("t")
        return 1

    with app.app_context():
        assert renew("L1", ("t",), "n", overtaken) == 1
        assert remember("L1", ("t",), "n", lambda: 2, int) == 2


def test_what_is_not_committed_is_neither_kept_nor_hidden(app: Flask) -> None:
    with app.app_context():
        assert remember("L1", ("t",), "n", lambda: 1, int) == 1
        with pytest.raises(RuntimeError), unit_of_work():
            forget("t")
            assert remember("L1", ("t",), "n", lambda: 2, int) == 2
            assert renew("L1", ("t",), "n", lambda: 3) == 3
            raise RuntimeError
        assert remember("L1", ("t",), "n", lambda: 4, int) == 1
        forget("another")  # outside of any: nothing comes of it, and nothing is held up by it
        assert remember("L1", ("t",), "n", lambda: 5, int) == 1


@pytest.mark.both_databases
def test_a_revision_never_comes_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def revision_after_a_change() -> int:
        with unit_of_work():
            forget("t")
        return db.session.get_one(CacheTag, "t", populate_existing=True).revision

    with app.app_context():
        first, second = revision_after_a_change(), revision_after_a_change()
        assert second > first > 0
        earlier = clock.now() - timedelta(days=30)
        monkeypatch.setattr(clock, "read", lambda: earlier)
        assert revision_after_a_change() > second, "whatever the clock says"
        later = clock.now() + timedelta(days=60)
        monkeypatch.setattr(clock, "read", lambda: later)
        with unit_of_work():
            db.session.delete(db.session.get_one(CacheTag, "t"))
        assert revision_after_a_change() > second + 1


@pytest.mark.both_databases
def test_tags_of_what_is_gone_are_swept_once_nothing_kept_is_left(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        with unit_of_work():
            owner = register_account("ada@example.com", "correct horse battery").id
        here, gone = owner_tag(owner), uuid4()
        swept = {owner_tag(gone), scenario_tag(gone, uuid4()), scenario_tag(owner, uuid4())}
        with unit_of_work():
            for tag in (here, "prices", *swept):
                forget(tag)
        with unit_of_work():
            assert sweep_tags() == 0
        later = clock.now() + timedelta(days=1, seconds=2)
        monkeypatch.setattr(clock, "read", lambda: later)
        with unit_of_work():
            assert sweep_tags() == 3
        left = {row.tag for row in db.session.query(CacheTag)}
        assert here in left
        assert not left & swept
        assert db.session.get(User, owner) is not None


def test_every_activity_says_what_it_makes_stale() -> None:
    """A new one of an account makes all of it stale until somebody knows better."""
    named = {kind.__name__ for kind in activities._SHOWN_NOWHERE_KEPT}
    of_accounts = {
        kind.__name__
        for kind in happenings.Activity.__subclasses__()
        if "owner_id" in kind.__dataclass_fields__
    }
    assert of_accounts - named == {
        "BudgetRemoved", "BudgetSet", "EventsIngested",
        "ScenarioCreated", "ScenarioDeleted", "ScenarioUpdated",
    }  # fmt: skip


def test_renewing_replaces_what_is_kept(app: Flask) -> None:
    with app.app_context():
        remember("L1", ("t",), "n", lambda: 1, int)
        assert renew("L1", ("t",), "n", lambda: 2) == 2
        assert remember("L1", ("t",), "n", lambda: 3, int) == 2


def test_a_hundred_readers_of_one_cold_key_load_it_once(app: Flask) -> None:
    source = Source(seconds=0.3)
    assert _read_at_once(app, source, 100) == [BILL] * 100
    assert source.loads == 1


def _read_at_once(app: Flask, source: Source, readers: int) -> list[Bill]:
    answers = list[Bill]()

    def reader() -> None:
        with app.app_context():
            answers.append(remember("L1", ("t",), "bill", source, Bill))
            db.session.remove()

    threads = [threading.Thread(target=reader) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_slow_loader_is_waited_for_while_it_lives(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_locks, "_LOADING_S", 0.3)
    monkeypatch.setattr(cache_locks, "_ALIVE_EVERY_S", 0.1)
    source = Source(seconds=1.5)
    assert _read_at_once(app, source, 20) == [BILL] * 20
    assert source.loads == 1


def test_nobody_waits_for_ever(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_locks, "_WAIT_S", 0.3)
    source = Source(seconds=1)
    assert _read_at_once(app, source, 3) == [BILL] * 3
    assert source.loads == 3


def test_one_of_those_who_wait_takes_the_place_of_a_loader_that_died(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_locks, "_LOADING_S", 0.4)
    source = Source(seconds=0.2)
    with app.app_context():
        name = _name_of(("t",), "bill")
        dead = tiers().client.lock(f"mockupaws:loading:L1:{name}", timeout=0.4, thread_local=False)
        assert dead.acquire(blocking=False)
        begun = time.monotonic()
        assert _read_at_once(app, source, 20) == [BILL] * 20
        assert time.monotonic() - begun > 0.3
    assert source.loads == 1


def _name_of(tags: tuple[str, ...], key: object) -> str:
    from webapp.services.caching import _name

    return _name(tags, key)


def test_a_loader_whose_lock_is_somebody_elses_by_now_leaves_it_alone(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_locks, "_ALIVE_EVERY_S", 0.05)
    with app.app_context():
        with loading("L1", "n") as found:
            assert found is MISSING
            tiers().client.set("mockupaws:loading:L1:n", "another")
            time.sleep(0.2)
        assert tiers().client.get("mockupaws:loading:L1:n") == b"another"


def test_a_loader_that_fails_leaves_the_key_free(app: Flask) -> None:
    def broken() -> int:
        raise RuntimeError

    with app.app_context():
        with pytest.raises(RuntimeError):
            remember("L1", ("t",), "n", broken, int)
        begun = time.monotonic()
        assert remember("L1", ("t",), "n", lambda: 7, int) == 7
        assert time.monotonic() - begun < 1


def test_arguments_in_any_order_are_one_key_and_owners_are_apart(app: Flask) -> None:
    asked = []

    @cached("L1")
    def search(owner_id: UUID, word: str = "", *, page: int = 1) -> list[str]:
        asked.append((owner_id, word, page))
        return [word, str(page)]

    ada, mallory = uuid4(), uuid4()
    with app.app_context():
        assert search(ada, "x", page=2) == search(page=2, word="x", owner_id=ada) == ["x", "2"]
        assert len(asked) == 1
        search(mallory, "x", page=2)
        search(ada, "x")
        search(ada, word="x", page=1)
        assert len(asked) == 3
        with unit_of_work():
            forget(owner_tag(ada))
        search(ada, "x", page=2)
        search(mallory, "x", page=2)
    assert len(asked) == 4


def test_another_language_is_another_value(app: Flask) -> None:
    from flask_babel import force_locale

    source = Source()
    with app.app_context():
        for language in ("en", "it", "en"):
            with force_locale(language):
                remember("L1", ("t",), "bill", source, Bill)
    assert source.loads == 2


def test_what_another_version_kept_is_loaded_again(app: Flask) -> None:
    with app.app_context():
        remember("L1", ("t",), "n", lambda: {"total": "1"}, dict)
        assert remember("L1", ("t",), "n", lambda: BILL, Bill) == BILL


def test_a_disabled_cache_loads_every_time(settings: Settings, app: Flask) -> None:
    install_cache_again(app, settings.model_copy(update={"cache_disabled": True}))
    source = Source()
    with app.app_context():
        remember("L1", ("t",), "bill", source, Bill)
        remember("L1", ("t",), "bill", source, Bill)
    assert source.loads == 2


def install_cache_again(app: Flask, settings: Settings) -> None:
    app.extensions.pop("cache", None)
    install_cache(app, settings)


def test_a_cache_that_is_away_costs_no_answer_and_is_logged_once(
    settings: Settings, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    install_cache_again(app, settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}))
    source, begun = Source(), time.monotonic()
    with app.app_context():
        for _ in range(50):
            assert remember("L1", ("t",), "bill", source, Bill) == BILL
    assert time.monotonic() - begun < 0.5
    assert source.loads == 50
    assert [record.message for record in caplog.records if "cache is away" in record.message] == [
        "The cache is away (ConnectionError); answers come from the source."
    ]


def test_what_belongs_to_a_tag_is_removed_by_pattern(app: Flask) -> None:
    with app.app_context():
        remember("L1", ("owner:ada", "prices"), "n", lambda: 1, int)
        remember("L1", ("owner:eve", "prices"), "n", lambda: 1, int)
        assert remove_matching("L1", "owner:ada*") == 1
        assert remember("L1", ("owner:ada", "prices"), "n", lambda: 2, int) == 2
        assert remember("L1", ("owner:eve", "prices"), "n", lambda: 2, int) == 1


def test_removing_by_pattern_leaves_other_tiers_alone(app: Flask) -> None:
    with app.app_context():
        remember("L1", ("t",), "n", lambda: 1, int)
        remember("L2", ("t",), "n", lambda: 1, int)
        assert remove_matching("L1") == 1
        assert remove_matching("L1") == 0
        assert remember("L2", ("t",), "n", lambda: 2, int) == 1


def test_the_tiers_tell_what_they_did(app: Flask) -> None:
    with app.app_context():
        for _ in range(4):
            remember("L1", ("t",), "n", lambda: 1, int)
        first, second, third = stats()
    assert (first.tier, first.hits, first.misses, first.loads, first.errors) == ("L1", 3, 1, 1, 0)
    assert first.ratio == 0.75
    assert (first.values, first.keeps_s) == (1, 300)
    assert first.bytes > 20
    assert (second.values, third.values) == (0, 0)


def test_a_value_outlives_neither_its_tier_nor_a_flushed_cache(app: Flask, valkey_url: str) -> None:
    with app.app_context():
        remember("L3", ("t",), "n", lambda: 1, int)
        (key,) = tiers().client.scan_iter(match="mockupaws:L3:*")
        assert 86_300 < tiers().client.ttl(key) <= 86_400
        with redis.Redis.from_url(valkey_url) as server:
            server.flushall()
        assert read("L3", "n") is MISSING
        assert remember("L3", ("t",), "n", lambda: 2, int) == 2


def test_a_key_in_demand_is_asked_for_once_a_second(
    app: Flask, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gets() -> int:
        with redis.Redis.from_url(valkey_url) as server:
            return int(server.info("commandstats").get("cmdstat_get", {"calls": 0})["calls"])

    with app.app_context():
        remember("L1", ("t",), "n", lambda: 1, int)
        before = gets()
        assert [remember("L1", ("t",), "n", lambda: 2, int) for _ in range(20)] == [1] * 20
        assert gets() - before == 1
        later = clock.now() + timedelta(seconds=1.001)
        monkeypatch.setattr(clock, "read", lambda: later)
        assert remember("L1", ("t",), "n", lambda: 2, int) == 1
        assert gets() - before == 2
        assert renew("L1", ("t",), "n", lambda: 3) == 3
        assert remember("L1", ("t",), "n", lambda: 4, int) == 3, "what is written here is seen here"


def test_a_process_never_holds_more_than_fifty_connections(app: Flask, valkey_url: str) -> None:
    def reader(number: int) -> None:
        with app.app_context():
            for _ in range(5):
                read("L1", f"key {number}")

    with redis.Redis.from_url(valkey_url) as server:
        before = int(server.info("clients")["connected_clients"])
        threads = [threading.Thread(target=reader, args=(number,)) for number in range(120)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert int(server.info("clients")["connected_clients"]) - before <= 50
    with app.app_context():
        assert tiers().counts["L1"].get("errors", 0) == 0
