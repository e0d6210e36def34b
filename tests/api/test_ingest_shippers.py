"""The HTTP outputs of Vector, Fluent Bit, Logstash and curl, as they send by default (docs/ingest.md).

Headers and bodies follow their sources: Vector `sinks/http` (JSON framed by commas in one array, no
compression), Fluent Bit `out_http` (its chunk of MessagePack as it is), Logstash `output-http` (one JSON
object a request).
"""

import gzip
import json
import struct
from collections.abc import Iterable

import pytest

from tests.api.callers import Caller

MESSAGES = ("GET /cart 200", "POST /order 201", "GET /però 404")
#: When (Unix seconds), and what.
EVENTS = tuple(enumerate(MESSAGES, start=1_763_900_000))

VECTOR = {"User-Agent": "Vector/0.51.0 (x86_64-unknown-linux-gnu)", "Accept-Encoding": "identity"}
FLUENT_BIT = {"User-Agent": "Fluent-Bit", "Connection": "keep-alive"}
LOGSTASH = {
    "User-Agent": "Manticore 0.9.1",
    "Connection": "Keep-Alive",
    "Accept-Encoding": "gzip,deflate",
}


def vector_events() -> list[dict[str, str]]:
    return [
        {
            "host": "web-1",
            "message": message,
            "source_type": "file",
            "timestamp": "2025-11-23T12:13:20.000000001Z",
        }
        for message in MESSAGES
    ]


def logstash_event(message: str) -> dict[str, object]:
    return {
        "@timestamp": "2025-11-23T12:13:20.000Z",
        "@version": "1",
        "event": {"original": message},
        "host": {"name": "web-1"},
        "message": message,
    }


def packed_text(text: str) -> bytes:
    """`text` as a MessagePack str 8."""
    encoded = text.encode()
    return struct.pack(">BB", 0xD9, len(encoded)) + encoded


def fluent_bit_chunk(*, metadata: bool = True) -> bytes:
    """Records in a row: [[event time, {}], {"log": message}], and [event time, ...] before Fluent Bit 2.1."""
    records = []
    for second, message in EVENTS:
        event_time = struct.pack(">BbII", 0xD7, 0, second, 500)
        head = b"\x92" + event_time + b"\x80" if metadata else event_time
        records.append(b"\x92" + head + b"\x81" + packed_text("log") + packed_text(message))
    return b"".join(records)


def compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def ingested(ada: Caller, bodies: Iterable[bytes], headers: dict[str, str]) -> tuple[int, int, int]:
    """Accepted, rejected and bytes over all `bodies`, each sent with `headers` and checked for 202."""
    scenario_id = ada.new_scenario()
    receipts = []
    for body in bodies:
        response = ada.post(f"/scenarios/{scenario_id}/ingest", data=body, headers=headers)
        assert response.status_code == 202, response.get_data(as_text=True)
        receipts.append(response.get_json())
    names = ("accepted", "rejected", "bytes")
    accepted, rejected, size = (sum(receipt[name] for receipt in receipts) for name in names)
    recording = ada.get(f"/scenarios/{scenario_id}/recording").get_json()
    assert (recording["events"], recording["bytes"]) == (accepted, size)
    return accepted, rejected, size


def test_vector_with_its_json_codec_sends_an_array(ada: Caller) -> None:
    body = b"[" + b",".join(map(compact, vector_events())) + b"]"
    assert ingested(ada, [body], VECTOR | {"Content-Type": "application/json"}) == (3, 0, len(body))


def test_vector_with_newline_framing_sends_ndjson_without_a_last_newline(ada: Caller) -> None:
    body = b"\n".join(map(compact, vector_events()))
    assert ingested(ada, [body], VECTOR | {"Content-Type": "application/x-ndjson"}) == (3, 0, len(body))


def test_vector_with_its_text_codec_sends_lines(ada: Caller) -> None:
    body = "".join(f"{message}\n" for message in MESSAGES).encode()
    assert ingested(ada, [body], VECTOR | {"Content-Type": "text/plain"}) == (3, 0, len(body))


def test_vector_may_compress(ada: Caller) -> None:
    body = b"[" + b",".join(map(compact, vector_events())) + b"]"
    headers = VECTOR | {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert ingested(ada, [gzip.compress(body)], headers) == (3, 0, len(body))


def test_fluent_bit_sends_its_chunk_of_messagepack(ada: Caller) -> None:
    body = fluent_bit_chunk()
    assert ingested(ada, [body], FLUENT_BIT | {"Content-Type": "application/msgpack"}) == (3, 0, len(body))


def test_fluent_bit_before_2_1_packs_without_metadata(ada: Caller) -> None:
    body = fluent_bit_chunk(metadata=False)
    assert ingested(ada, [body], FLUENT_BIT | {"Content-Type": "application/msgpack"}) == (3, 0, len(body))


@pytest.mark.parametrize(
    ("content_type", "start", "between", "end"),
    [
        pytest.param("application/json", b"[", b",", b"]", id="json"),
        pytest.param("application/x-ndjson", b"", b"\n", b"\n", id="json_lines"),
        pytest.param("application/json", b"", b"", b"", id="json_stream"),
    ],
)
def test_fluent_bit_in_its_json_formats(
    ada: Caller, content_type: str, start: bytes, between: bytes, end: bytes
) -> None:
    records = [compact({"date": second + 0.0000005, "log": message}) for second, message in EVENTS]
    body = start + between.join(records) + end
    assert ingested(ada, [body], FLUENT_BIT | {"Content-Type": content_type}) == (3, 0, len(body))


def test_fluent_bit_may_compress(ada: Caller) -> None:
    headers = FLUENT_BIT | {"Content-Type": "application/msgpack", "Content-Encoding": "gzip"}
    body = fluent_bit_chunk()
    assert ingested(ada, [gzip.compress(body)], headers) == (3, 0, len(body))


def test_logstash_sends_one_object_a_request(ada: Caller) -> None:
    bodies = [compact(logstash_event(message)) for message in MESSAGES]
    headers = LOGSTASH | {"Content-Type": "application/json"}
    assert ingested(ada, bodies, headers) == (3, 0, sum(map(len, bodies)))


def test_logstash_in_batches_sends_an_array(ada: Caller) -> None:
    body = compact([logstash_event(message) for message in MESSAGES])
    assert ingested(ada, [body], LOGSTASH | {"Content-Type": "application/json"}) == (3, 0, len(body))


def test_logstash_may_compress(ada: Caller) -> None:
    body = compact([logstash_event(message) for message in MESSAGES])
    headers = LOGSTASH | {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert ingested(ada, [gzip.compress(body)], headers) == (3, 0, len(body))


def test_curl_data_binary_names_a_form_and_sends_a_file(ada: Caller) -> None:
    body = "".join(f"{message}\n" for message in MESSAGES).encode()
    headers = {
        "User-Agent": "curl/8.14.1",
        "Accept": "*/*",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    assert ingested(ada, [body], headers) == (3, 0, len(body))
