"""`flask cache`: figures for operators, and a tier or a part of it emptied."""

import pytest
from click.testing import Result
from flask import Flask

from webapp.infra import cache


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["cache", *arguments])


@pytest.fixture(autouse=True)
def _kept(app: Flask) -> None:
    with app.app_context():
        for key in ("owner:ada+prices:1", "owner:ada+prices:2", "owner:eve+prices:1"):
            cache.write("L1", key, 1)
        cache.read("L1", "owner:ada+prices:1")
        cache.read("L1", "nothing")


def test_stats_say_what_each_tier_did(app: Flask) -> None:
    head, *rows = run(app, "stats").output.splitlines()
    assert head.split()[:7] == ["tier", "hits", "misses", "ratio", "loads", "errors", "values"]
    (first,) = [row.split() for row in rows if row.startswith("L1")]
    assert first[1:7] == ["1", "1", "0.50", "3", "0", "3"]


def test_what_one_account_sees_is_removed_and_nothing_else(app: Flask) -> None:
    assert run(app, "empty", "L1", "--like", "owner:ada*").output == "Removed: 2.\n"
    with app.app_context():
        assert cache.read("L1", "owner:ada+prices:1") is cache.MISSING
        assert cache.read("L1", "owner:eve+prices:1") == 1
    assert run(app, "empty", "L1").output == "Removed: 1.\n"


def test_a_tier_there_is_not_is_refused(app: Flask) -> None:
    assert run(app, "empty", "L9").exit_code == 2
