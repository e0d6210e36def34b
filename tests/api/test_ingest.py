"""Ingest over HTTP: every form of body, every way to be wrong, and nothing counted twice or half."""

import gzip
import json
import random
from collections.abc import Iterator
from decimal import Decimal
from http import HTTPStatus
from io import BytesIO
from uuid import UUID

import pytest
import zstandard
from flask import Flask
from werkzeug.test import TestResponse, create_environ, run_wsgi_app

from tests.api.callers import Caller, pointers, problem
from tests.stack.contracts import document
from webapp.metering.limits import MIB

LINES = b'{"order": 1}\n{"order": 2}\n{"order": 3}\n'


@pytest.fixture
def scenario_id(ada: Caller) -> str:
    return ada.new_scenario()


def send(
    caller: Caller, scenario_id: str, body: bytes, content_type: str | None = None, **headers: str
) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    path = f"/scenarios/{scenario_id}/ingest"
    return caller.post(path, data=body, content_type=content_type, headers=named)


def recorded(caller: Caller, scenario_id: str) -> tuple[int, int]:
    recording = caller.get(f"/scenarios/{scenario_id}/recording").get_json()
    return recording["events"], recording["bytes"]


def test_events_are_counted_and_the_scenario_records(ada: Caller, scenario_id: str) -> None:
    response = send(ada, scenario_id, LINES, "application/x-ndjson")
    receipt = response.get_json()
    assert response.status_code == 202
    assert response.headers["Location"] == f"/api/v2/scenarios/{scenario_id}/recording"
    assert receipt == {
        "id": str(UUID(receipt["id"])),
        "scenario_id": scenario_id,
        "status": "accepted",
        "accepted": 3,
        "rejected": 0,
        "rejections": [],
        "bytes": len(LINES),
        "measures": {
            "events": 3,
            "bytes": len(LINES),
            **dict.fromkeys(("chunks_64kb", "chunks_512kb", "chunks_25kb", "chunks_1kb", "chunks_4kb"), 3),
            "input_tokens": 9,
        },
        "replayed": False,
    }
    scenario = ada.get(f"/scenarios/{scenario_id}").get_json()
    assert (scenario["status"], scenario["traffic_source"]) == ("running", "recorded")
    assert recorded(ada, scenario_id) == (3, len(LINES))


def test_the_recording_says_pace_bill_and_projection(ada: Caller, scenario_id: str) -> None:
    send(ada, scenario_id, LINES)
    recording = ada.get(f"/scenarios/{scenario_id}/recording").get_json()
    assert recording["driver"] == "events"
    assert sum(minute["events"] for minute in recording["minutes"]) == 3
    assert Decimal(recording["events_per_minute"]) > 0
    assert (
        0
        < Decimal(recording["bill_so_far"]["total_usd"])
        < Decimal(recording["projected_month"]["total_usd"])
    )
    bill = ada.get(f"/scenarios/{scenario_id}/estimate").get_json()
    assert recording["projected_month"]["total_usd"] == bill["total_usd"]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-ndjson", LINES),
        ("application/json", b'[{"order": 1}, {"order": 2}, {"order": 3}]'),
        ("text/plain", b"one\ntwo\nthree"),
        # What curl --data-binary says when it is told nothing; nothing here is read as a form.
        ("application/x-www-form-urlencoded", LINES),
        ("application/x-www-form-urlencoded", b"a=1&b=2\na=3\nc=%00\n"),
        (None, LINES),
        ("application/octet-stream", b"one\ntwo\nthree\n"),
    ],
)
def test_each_kind_of_body_is_three_events(
    ada: Caller, scenario_id: str, content_type: str | None, body: bytes
) -> None:
    receipt = send(ada, scenario_id, body, content_type).get_json()
    assert (receipt["accepted"], receipt["rejected"], receipt["bytes"]) == (3, 0, len(body))


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_compressed_bodies_count_as_what_they_hold(ada: Caller, scenario_id: str, coding: str) -> None:
    body = gzip.compress(LINES) if coding == "gzip" else zstandard.compress(LINES)
    receipt = send(ada, scenario_id, body, "application/x-ndjson", Content_Encoding=coding).get_json()
    assert (receipt["accepted"], receipt["bytes"]) == (3, len(LINES))


class Trickle:
    """A body that can only be read forward, in pieces of its own size, as a socket gives it."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        piece = next(self._pieces, b"")
        assert 0 <= len(piece) <= size, "the whole body was asked for at once"
        self.given += len(piece)
        return piece


def send_chunked(app: Flask, caller: Caller, scenario_id: str, body: object) -> tuple[int, dict[str, object]]:
    """A request without Content-Length, as a server hands it over when the sender used chunks."""
    headers = caller.headers | {"Transfer-Encoding": "chunked", "Content-Type": "application/x-ndjson"}
    environ = create_environ(f"/api/v2/scenarios/{scenario_id}/ingest", method="POST", headers=headers)
    environ.pop("CONTENT_LENGTH", None)
    environ |= {"wsgi.input": body, "wsgi.input_terminated": True}
    answer, status, _ = run_wsgi_app(app.wsgi_app, environ)
    return int(status.split()[0]), json.loads(b"".join(answer))


def test_a_chunked_body_needs_no_length(app: Flask, ada: Caller, scenario_id: str) -> None:
    pieces = (LINES[start : start + 7] for start in range(0, len(LINES), 7))
    status, receipt = send_chunked(app, ada, scenario_id, Trickle(pieces))
    assert (status, receipt["accepted"], receipt["bytes"]) == (202, 3, len(LINES))


def test_a_chunked_body_stops_at_the_limit(app: Flask, ada: Caller, scenario_id: str) -> None:
    line = b'{"padding": "' + b"x" * 8_000 + b'"}\n'
    body = Trickle(iter(lambda: line, b""))  # never ends
    status, document = send_chunked(app, ada, scenario_id, body)
    assert (status, document["status"]) == (413, 413)
    assert body.given <= 51 * MIB
    assert recorded(ada, scenario_id) == (0, 0)


class ServerError(Exception):
    """A server's own complaint about the sender; gunicorn's are no OSError either."""


class BrokenOff:
    def read(self, size: int = -1) -> bytes:
        raise ServerError("Invalid chunk size")


def test_an_upload_that_breaks_off_counts_nothing(app: Flask, ada: Caller, scenario_id: str) -> None:
    status, document = send_chunked(app, ada, scenario_id, BrokenOff())
    assert (status, document["title"]) == (400, "This could not be read")
    assert recorded(ada, scenario_id) == (0, 0)


@pytest.mark.parametrize("terminated", [True, False])
def test_a_body_shorter_than_stated_counts_nothing(
    app: Flask, ada: Caller, scenario_id: str, terminated: bool
) -> None:
    """`terminated`: the server ends a cut body like a whole one, as gunicorn does."""
    environ = create_environ(f"/api/v2/scenarios/{scenario_id}/ingest", method="POST", headers=ada.headers)
    environ |= {"wsgi.input": BytesIO(LINES), "CONTENT_LENGTH": str(len(LINES) + 5)}
    environ["wsgi.input_terminated"] = terminated
    _, status, _ = run_wsgi_app(app.wsgi_app, environ)
    assert status.startswith("400 ")
    assert recorded(ada, scenario_id) == (0, 0)


def test_a_stated_length_over_the_limit_is_refused_before_it_is_read(
    app: Flask, ada: Caller, scenario_id: str
) -> None:
    environ = create_environ(f"/api/v2/scenarios/{scenario_id}/ingest", method="POST", headers=ada.headers)
    environ |= {"wsgi.input": BrokenOff(), "CONTENT_LENGTH": str(50 * MIB + 1)}
    answer, status, _ = run_wsgi_app(app.wsgi_app, environ)
    document = json.loads(b"".join(answer))
    assert status.startswith("413 ")
    assert (
        document["detail"] == "A request carries at most 50 MB: split it, or compress it with gzip or zstd."
    )


def test_bad_lines_are_named_and_good_ones_kept(ada: Caller, scenario_id: str) -> None:
    body = b'{"order": 1}\n{"order": \n{"order": 3}\nnot json\n'
    receipt = send(ada, scenario_id, body, "application/x-ndjson").get_json()
    assert (receipt["status"], receipt["accepted"], receipt["rejected"]) == ("partly_accepted", 2, 2)
    assert [item["line"] for item in receipt["rejections"]] == [2, 4]
    assert all(item["reason"] for item in receipt["rejections"])


def test_at_most_twenty_bad_lines_are_named(ada: Caller, scenario_id: str) -> None:
    receipt = send(ada, scenario_id, b"{broken\n" * 30, "application/x-ndjson").get_json()
    assert (receipt["status"], receipt["accepted"], receipt["rejected"]) == ("rejected", 0, 30)
    assert [item["line"] for item in receipt["rejections"]] == list(range(1, 21))
    assert ada.get(f"/scenarios/{scenario_id}").get_json()["status"] == "draft"


def test_a_line_of_ten_megabytes_is_named_and_the_rest_kept(ada: Caller, scenario_id: str) -> None:
    body = b"first\n" + b"x" * (10 * MIB) + b"\nlast\n"
    receipt = send(ada, scenario_id, body, "text/plain").get_json()
    assert (receipt["accepted"], receipt["rejected"]) == (2, 1)
    assert receipt["rejections"][0]["line"] == 2
    assert recorded(ada, scenario_id) == (2, len(b"first\nlast\n"))


def _bomb() -> bytes:
    return gzip.compress(b"all the same\n" * (60 * MIB // 13), 9)


def _noise() -> bytes:
    return random.Random(7).randbytes(5_000)


@pytest.mark.parametrize(
    ("body", "headers", "status", "words"),
    [
        (b"", {}, 400, "empty"),
        (b"\n\n  \n", {}, 400, "blank"),
        (_noise(), {}, 400, "binary"),
        (gzip.compress(LINES), {}, 400, "Content-Encoding: gzip"),
        (LINES, {"Content_Encoding": "gzip"}, 400, "not valid gzip"),
        (gzip.compress(LINES * 999)[:-20], {"Content_Encoding": "gzip"}, 400, "ends too early"),
        (zstandard.compress(LINES * 999)[:-5], {"Content_Encoding": "zstd"}, 400, "ends too early"),
        (LINES, {"Content_Encoding": "br"}, 415, '"br" is not read here: send gzip, zstd'),
        (LINES, {"content_type": "multipart/form-data; boundary=x"}, 415, "--data-binary"),
        (LINES, {"content_type": "image/png"}, 415, '"image/png" is not metered: send application/x-ndjson'),
        (b"", {"content_type": "image/png"}, 415, "image/png"),
        (_bomb(), {"Content_Encoding": "gzip"}, 413, "decompressed"),
    ],
    ids=["empty", "blank", "binary", "unlabelled gzip", "no gzip", "cut gzip", "cut zstd", "brotli", "form",
         "image", "empty image", "bomb"],
)  # fmt: skip
def test_a_body_that_cannot_be_metered_counts_nothing(
    ada: Caller, scenario_id: str, body: bytes, headers: dict[str, str], status: int, words: str
) -> None:
    response = send(ada, scenario_id, body, **headers)
    assert problem(response)[0] == status
    assert words in response.get_json()["detail"]
    assert recorded(ada, scenario_id) == (0, 0)
    assert ada.get(f"/scenarios/{scenario_id}").get_json()["status"] == "draft"


def test_a_repeated_key_returns_the_first_receipt(ada: Caller, scenario_id: str) -> None:
    first = send(ada, scenario_id, LINES, Idempotency_Key="batch-1")
    again = send(ada, scenario_id, LINES, Idempotency_Key="batch-1")
    assert "Idempotent-Replayed" not in first.headers
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (202, "true")
    assert again.get_json() == first.get_json() | {"replayed": True}
    other = send(ada, scenario_id, LINES, Idempotency_Key="batch-2").get_json()
    assert other["id"] != first.get_json()["id"]
    assert recorded(ada, scenario_id) == (6, 2 * len(LINES))


@pytest.mark.parametrize(
    "other",
    [LINES * 100, LINES + b"\n", gzip.compress(LINES), b""],
    ids=["more", "line end", "gzip", "empty"],
)
def test_a_repeated_key_with_another_body_is_refused_and_counts_nothing(
    ada: Caller, scenario_id: str, other: bytes
) -> None:
    """The body as sent: the same events compressed are another one."""
    send(ada, scenario_id, LINES, Idempotency_Key="batch-1")
    coding = {"Content_Encoding": "gzip"} if other[:1] == b"\x1f" else {}
    refused = send(ada, scenario_id, other, Idempotency_Key="batch-1", **coding)
    assert problem(refused) == (
        422,
        "This Idempotency-Key came with another body before: nothing of this one was counted. "
        "Send it under a new key.",
    )
    assert refused.get_json()["type"] == "urn:mockupaws:problem:idempotency-key-reused"
    assert "Idempotent-Replayed" not in refused.headers
    assert recorded(ada, scenario_id) == (3, len(LINES))


def test_a_repeat_that_breaks_off_is_no_repeat(app: Flask, ada: Caller, scenario_id: str) -> None:
    send(ada, scenario_id, LINES, Idempotency_Key="batch-1")
    headers = ada.headers | {"Idempotency-Key": "batch-1"}
    environ = create_environ(f"/api/v2/scenarios/{scenario_id}/ingest", method="POST", headers=headers)
    environ |= {"wsgi.input": BytesIO(LINES), "CONTENT_LENGTH": str(len(LINES) + 5)}
    _, status, _ = run_wsgi_app(app.wsgi_app, environ)
    assert status.startswith("400 ")


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_wherever_a_key_is_taken_its_repeat_is_documented(app: Flask, version: str) -> None:
    takers = 0
    for path, methods in document(app, version)["paths"].items():
        for operation in methods.values():
            takes_key = any(each["name"] == "Idempotency-Key" for each in operation["parameters"])
            takers += takes_key
            for status, said in operation["responses"].items():
                is_said = "Idempotent-Replayed" in said.get("headers", {})
                assert is_said == (takes_key and status < "400"), f"{path} {status}"
    assert takers


def test_a_refused_batch_may_come_again_under_its_key(ada: Caller, scenario_id: str) -> None:
    assert send(ada, scenario_id, b"", Idempotency_Key="batch-1").status_code == 400
    receipt = send(ada, scenario_id, LINES, Idempotency_Key="batch-1").get_json()
    assert (receipt["accepted"], receipt["replayed"]) == (3, False)


def test_a_key_belongs_to_one_scenario(ada: Caller, scenario_id: str) -> None:
    send(ada, scenario_id, LINES, Idempotency_Key="batch-1")
    receipt = send(ada, ada.new_scenario(), LINES, Idempotency_Key="batch-1").get_json()
    assert (receipt["accepted"], receipt["replayed"]) == (3, False)


@pytest.mark.parametrize("key", ["", "x" * 201, "a b"])
def test_an_idempotency_key_has_bounds(ada: Caller, scenario_id: str, key: str) -> None:
    assert pointers(send(ada, scenario_id, LINES, Idempotency_Key=key)) == {"/Idempotency-Key"}


@pytest.mark.parametrize("status", ["completed", "archived"])
def test_a_scenario_that_is_closed_takes_no_events(ada: Caller, scenario_id: str, status: str) -> None:
    ada.patch(f"/scenarios/{scenario_id}", json={"status": status})
    assert problem(send(ada, scenario_id, LINES))[0] == HTTPStatus.CONFLICT
    assert recorded(ada, scenario_id) == (0, 0)


@pytest.mark.both_databases
def test_two_batches_of_a_minute_add_up(ada: Caller) -> None:
    scenario_id = ada.new_scenario()
    for _ in range(2):
        send(ada, scenario_id, LINES, Idempotency_Key="")  # refused: no row of it may stay
        send(ada, scenario_id, LINES)
    assert recorded(ada, scenario_id) == (6, 2 * len(LINES))
