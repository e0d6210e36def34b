"""What Vector, Fluent Bit, Logstash and curl really send: bodies and headers by their documentation.

Vector: HTTP sink reference (encoding, framing, compression). Fluent Bit: HTTP output and output formats.
Logstash: http output plugin. Each as of November 2026.
"""

import gzip
import json
import zlib

import msgspec
import pytest
import zstandard

from tests.metering.bodies import send, sums

VECTOR = [
    {
        "host": "web-1",
        "message": f"GET /orders/{n} 200",
        "source_type": "file",
        "timestamp": "2026-11-01T12:00:00Z",
    }
    for n in range(5)
]
VECTOR_EVENTS = [json.dumps(event, separators=(",", ":")).encode() for event in VECTOR]
FLUENT = [{"date": 1793534400.123456, "log": f"GET /orders/{n} 200"} for n in range(5)]
FLUENT_EVENTS = [json.dumps(event, separators=(",", ":")).encode() for event in FLUENT]
LOGSTASH = [
    {
        "@version": "1",
        "@timestamp": "2026-11-01T12:00:00.000Z",
        "message": f"{n}",
        "event": {"original": f"{n}"},
    }
    for n in range(5)
]
LOGSTASH_EVENTS = [json.dumps(event, separators=(",", ":")).encode() for event in LOGSTASH]


def expect(body: bytes, events: list[bytes], content_type: str) -> None:
    receipt = send(body, content_type)
    assert receipt.rejections == ()
    assert receipt.bytes == len(body)
    assert receipt.measures == sums(events, len(body))


def test_vector_json_by_default_is_an_array() -> None:
    expect(b"[" + b",".join(VECTOR_EVENTS) + b"]", VECTOR_EVENTS, "application/json")


def test_vector_json_framed_by_newlines_has_no_last_newline() -> None:
    expect(b"\n".join(VECTOR_EVENTS), VECTOR_EVENTS, "application/x-ndjson")


def test_vector_text_is_lines() -> None:
    lines = [event["message"].encode() for event in VECTOR]
    expect(b"\n".join(lines) + b"\n", lines, "text/plain")


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"[" + b",".join(VECTOR_EVENTS) + b"]")),
        ("deflate", zlib.compress(b"[" + b",".join(VECTOR_EVENTS) + b"]")),
        ("zstd", zstandard.compress(b"[" + b",".join(VECTOR_EVENTS) + b"]")),
    ],
)
def test_vector_compressed(coding: str, packed: bytes) -> None:
    assert send(packed, "application/json", coding).accepted == 5


def test_fluent_bit_by_default_is_messagepack_of_time_and_record() -> None:
    seconds_and_nanos = msgspec.msgpack.Ext(0, (1793534400).to_bytes(4) + (123456000).to_bytes(4))
    old = [msgspec.msgpack.encode([seconds_and_nanos, {"log": event["log"]}]) for event in FLUENT]
    expect(b"".join(old), old, "application/msgpack")
    with_metadata = [
        msgspec.msgpack.encode([[seconds_and_nanos, {}], {"log": event["log"]}]) for event in FLUENT
    ]
    expect(b"".join(with_metadata), with_metadata, "application/msgpack")


def test_fluent_bit_json_is_an_array() -> None:
    expect(b"[" + b",".join(FLUENT_EVENTS) + b"]", FLUENT_EVENTS, "application/json")


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/json"])
def test_fluent_bit_json_lines_by_its_new_and_its_old_label(content_type: str) -> None:
    expect(b"\n".join(FLUENT_EVENTS) + b"\n", FLUENT_EVENTS, content_type)


def test_fluent_bit_json_stream_has_nothing_between_values() -> None:
    expect(b"".join(FLUENT_EVENTS), FLUENT_EVENTS, "application/json")


def test_fluent_bit_gelf_is_lines_labelled_json() -> None:
    events = [
        json.dumps(
            {"version": "1.1", "short_message": e["log"], "host": "web-1", "timestamp": 1793534400.123}
        ).encode()
        for e in FLUENT
    ]
    expect(b"\n".join(events) + b"\n", events, "application/json")


def test_fluent_bit_compressed_with_gzip() -> None:
    body = b"[" + b",".join(FLUENT_EVENTS) + b"]"
    assert send(gzip.compress(body), "application/json", "gzip") == send(body, "application/json")


def test_logstash_by_default_is_one_object_a_request() -> None:
    for event in LOGSTASH_EVENTS:
        expect(event, [event], "application/json")


def test_logstash_json_batch_is_an_array() -> None:
    expect(b"[" + b",".join(LOGSTASH_EVENTS) + b"]", LOGSTASH_EVENTS, "application/json")


def test_logstash_message_is_text_without_a_newline() -> None:
    expect(b"2026-11-01 one formatted event", [b"2026-11-01 one formatted event"], "text/plain")


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "application/octet-stream", ""]
)
def test_curl_data_binary_sends_a_file_with_a_label_that_means_nothing(content_type: str) -> None:
    log = [
        b"Dec 10 06:55:46 web sshd[24200]: Invalid user webmaster from 10.0.0.9",
        b"[12] second",
        b"{third",
    ]
    expect(b"\n".join(log), log, content_type)
    expect(b"\r\n".join(log) + b"\r\n", log, content_type)
    expect(b"\n".join(VECTOR_EVENTS) + b"\n", VECTOR_EVENTS, content_type)
    expect(b"[" + b", ".join(VECTOR_EVENTS) + b"]\n", VECTOR_EVENTS, content_type)
