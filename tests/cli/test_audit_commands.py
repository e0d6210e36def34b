"""`flask audit`: what an administrator types, and what the machine may rely on."""

import csv
import getpass
import io
import json

import pytest
from click.testing import Result
from flask import Flask

from tests.services.auditing import act, tamper


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["audit", *arguments])


@pytest.fixture
def acts(app: Flask) -> Flask:
    with app.app_context():
        act(8)
    return app


def test_verify_says_ok_with_span_and_rate(acts: Flask) -> None:
    run(acts, "checkpoint")
    done = run(acts, "verify", "--archives")
    assert (done.exit_code, done.output.splitlines()[0][:20]) == (0, "OK. Entries 1 to 8, ")
    assert "1 checkpoints, the last of" in done.output
    assert "8 entries checked in" in done.output


def test_verify_names_the_first_broken_entry_and_exits_with_1(acts: Flask) -> None:
    with acts.app_context():
        tamper("UPDATE audit_entries SET agent = 'x' WHERE seq IN (3, 5)")
    done = run(acts, "verify")
    assert done.exit_code == 1
    assert done.output.startswith("BROKEN. Entry 3 was changed after it was written")
    assert "Whole up to entry 2." in done.output
    assert run(acts, "verify", "--from", "6").exit_code == 0


def test_checkpoint_says_what_it_signed(acts: Flask) -> None:
    assert "\nCheckpoint 1: entry 8, MAC " in run(acts, "checkpoint").output
    assert run(acts, "checkpoint").output == "Nothing has happened since the last checkpoint.\n"


def test_prune_says_when_nothing_is_old_enough(acts: Flask) -> None:
    assert run(acts, "prune").output.startswith("Nothing is old enough")


def test_status_is_at_a_glance(acts: Flask) -> None:
    output = run(acts, "status").output
    assert "8 (1 to 8)" in output
    assert "365 days" in output


def test_search_and_export_find_the_same(acts: Flask) -> None:
    assert run(acts, "search", "--limit", "3").output.count("Scenario created") == 3
    assert run(acts, "search", "--activity", "SignedIn").output == "No entry fits.\n"
    lines = run(acts, "export", "--since", "2000-01-01").output.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, 9))
    rows = csv.DictReader(io.StringIO(run(acts, "export", "--format", "csv").output))
    assert [row["activity"] for row in rows] == ["ScenarioCreated"] * 8


def test_a_wrong_filter_is_refused_in_words(acts: Flask) -> None:
    done = run(acts, "search", "--subject", "x")
    assert (done.exit_code, "/subject: Write an id" in done.output) == (1, True)


def test_a_command_is_recorded_with_who_typed_it(app: Flask) -> None:
    app.test_cli_runner().invoke(
        args=["users", "create", "ada@example.com", "--password", "correct horse battery"]
    )
    (line,) = run(app, "export").output.splitlines()
    entry = json.loads(line)
    assert (entry["activity"], entry["via"], entry["agent"]) == (
        "AccountRegistered",
        "command",
        getpass.getuser(),
    )
    assert len(entry["correlation_id"]) == 32
