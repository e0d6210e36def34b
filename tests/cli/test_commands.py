"""The command line: answers to read, JSON to process, refusals in one sentence."""

import gzip
import json
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import Result
from flask import Flask

from tests.services.shop import make_shop, shop_document
from tests.stack.application import Clock
from webapp.infra.db import unit_of_work
from webapp.services.accounts import authenticate, register_account
from webapp.services.keys import identify_key
from webapp.services.recordings import get_recording


def run(app: Flask, *arguments: str, stdin: str | None = None) -> Result:
    return app.test_cli_runner().invoke(args=list(arguments), input=stdin)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    file = tmp_path / "shop.json"
    file.write_text(json.dumps(shop_document()))
    return file


def test_an_estimate_is_a_readable_table(app: Flask, document: Path) -> None:
    done = run(app, "estimate", str(document))
    assert done.exit_code == 0
    assert "3,000,000" in done.output
    assert "Total  $1.20 a month  (1.2 USD)" in done.output
    assert "Prices as of 2026-10-08: catalog 2026-10-08" in done.output


def test_an_estimate_warns_of_old_prices_and_an_unknown_total(
    app: Flask, tmp_path: Path, clock: Clock
) -> None:
    clock.moment = clock.moment.replace(year=2027)
    queue = {"service": "sqs", "usage": {"requests": 1_000_000}}
    file = tmp_path / "far.json"
    file.write_text(json.dumps({"region": "ap-northeast-3", "resources": [queue]}))
    output = run(app, "estimate", str(file)).output
    assert "These prices are 157 days old. An administrator runs: flask prices refresh" in output
    assert "Total  unknown" in output
    assert "$0.00" not in output


def test_an_estimate_as_json_is_the_answer_document(app: Flask, document: Path) -> None:
    answer = json.loads(run(app, "estimate", str(document), "--json").output)
    assert answer["total_usd"] == "1.2"
    assert answer["lines"][0]["tiers"][0]["unit_price_usd"] == "0.0000004"


def test_an_estimate_says_when_a_commitment_pays_off(app: Flask, tmp_path: Path) -> None:
    instance = {"service": "ec2", "settings": {"instance_type": "m7g.large"}}
    terms = {"term": "1-year", "payment": "no-upfront"}
    file = tmp_path / "server.json"
    file.write_text(json.dumps({"region": "us-east-1", "commitment": terms, "resources": [instance]}))
    output = run(app, "estimate", str(file)).output
    assert "Committed for 1 year, no upfront: $43.73 instead of $59.57 a month, saving $15.84" in output
    assert "Pays off when used 73.4 % of the time" in output
    assert "Compute Savings Plan of $0.0599 an hour" in output


def test_an_estimate_reads_standard_input(app: Flask, document: Path) -> None:
    assert "$1.20" in run(app, "estimate", "-", stdin=document.read_text()).output


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "is not JSON: line 1, column 2"),
        (b"\xff\xfe\x00", "is not JSON text in UTF-8"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"region": "moon-1"}', "/region: “moon-1” is not known"),
        (b'{"region": "us-east-1", "traffic": {"volume": NaN}}', "/traffic/volume: “nan” is not a number"),
    ],
)
def test_a_wrong_file_is_refused_in_words(app: Flask, tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "wrong.json"
    file.write_bytes(content)
    done = run(app, "estimate", str(file))
    assert done.exit_code == 1
    assert sentence in done.output
    assert "Traceback" not in done.output


def test_services_are_listed_with_settings_and_usage(app: Flask) -> None:
    done = run(app, "services")
    assert "lambda: AWS Lambda" in done.output
    assert "memory_mb" in done.output
    assert "128 to 10,240 MB" in done.output


def test_one_service_as_json(app: Flask) -> None:
    (service,) = json.loads(run(app, "services", "sqs", "--json").output)
    assert service["service"] == "sqs"
    assert {field["name"] for field in service["usage"]} == {"requests"}
    assert service["free_tier"][0]["quantity"] == 1_000_000


def test_an_unknown_service_names_the_known_ones(app: Flask) -> None:
    done = run(app, "services", "teleport")
    assert done.exit_code == 1
    assert "lambda" in done.output


@pytest.fixture
def shop(app: Flask) -> tuple[UUID, UUID]:
    """(owner, scenario)"""
    with app.app_context():
        with unit_of_work():
            owner = register_account("ada@example.com", "correct horse battery").id
        return owner, make_shop(owner).id


def test_ingest_records_a_file(app: Flask, shop: tuple[UUID, UUID], tmp_path: Path) -> None:
    file = tmp_path / "events.log.gz"
    file.write_bytes(gzip.compress(b"one\ntwo\n"))
    done = run(app, "ingest", str(shop[1]), str(file))
    assert (done.exit_code, done.output) == (0, "2 events accepted, 0 rejected, 8 bytes.\n")
    with app.app_context():
        assert get_recording(*shop).events == 2


def test_ingest_names_rejected_lines(app: Flask, shop: tuple[UUID, UUID], tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    file.write_bytes(b"{broken\n")
    done = run(app, "ingest", str(shop[1]), str(file), "--content-type", "application/x-ndjson")
    assert done.exit_code == 1
    assert "line 1:" in done.output


def test_ingest_into_nothing_says_so(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "events.log"
    file.write_text("one\n")
    done = run(app, "ingest", "00000000-0000-0000-0000-000000000000", str(file))
    assert (done.exit_code, done.output) == (1, "Error: There is no such scenario.\n")


def test_accounts_and_keys_can_be_made(app: Flask) -> None:
    made = run(app, "users", "create", "Ada@Example.com", "--password", "correct horse battery")
    assert made.output == "ada@example.com can sign in.\n"
    secret = run(app, "keys", "create", "ada@example.com", "ci", "--scope", "read").output.strip()
    with app.app_context():
        owner = authenticate("ada@example.com", "correct horse battery").id
        identity = identify_key(secret)
    assert (identity.owner_id, set(identity.scopes)) == (owner, {"read"})


def test_a_key_for_nobody_says_what_to_do(app: Flask) -> None:
    done = run(app, "keys", "create", "nobody@example.com", "ci")
    assert done.exit_code == 1
    assert "flask users create nobody@example.com" in done.output


def test_the_demo_writes_its_access_once(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "demo.env"
    assert (
        run(app, "demo", "create", "--write-env", str(file), "--url", "http://localhost:8000").exit_code == 0
    )
    first = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    names = [line.partition("=")[0] for line in first.splitlines()]
    assert names == ["MOCKUPAWS_URL", "MOCKUPAWS_EMAIL", "MOCKUPAWS_PASSWORD", "MOCKUPAWS_API_KEY"]
    run(app, "demo", "create", "--write-env", str(file), "--url", "http://localhost:8000")
    assert file.read_text() == first
