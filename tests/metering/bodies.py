"""Bodies for these tests: cut in every way, and judged one event at a time by other means."""

import io
import json
from collections.abc import Iterable
from typing import NoReturn

from hypothesis import strategies as st

from webapp.domain.measures import MEASURES, estimated_tokens, started_chunks
from webapp.metering.elements import Elements
from webapp.metering.limits import Limits
from webapp.metering.lines import Lines
from webapp.metering.receipt import Receipt, Tally
from webapp.metering.records import Records
from webapp.metering.stream import meter

#: What JSON, and what goes wrong with it, is made of. "1,2", "[1" + "2]" and the like come up often.
PIECES = [
    *(b'{"a":', b"{", b"}", b"[", b"]", b",", b":", b"1", b"-0", b".5", b"e3", b"null", b"true", b"NaN"),
    *(
        b'"x"',
        b'"',
        b"\\",
        b'"},{"',
        b'","',
        b'\\"',
        b'"\\u00e9"',
        b" ",
        b"\t",
        b"\xc3\xa9",
        b"\xc3",
        b"\xff",
    ),
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
#: Compact, as shippers send it; spaced, as Python and people do; or with text beyond ASCII as it is.
dumped = st.builds(
    lambda value, separators, plain: json.dumps(value, separators=separators, ensure_ascii=plain).encode(),
    json_values,
    st.sampled_from([(",", ":"), (", ", ": ")]),
    st.booleans(),
)
soup = st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join)


@st.composite
def cuts(draw: st.DrawFn, body: bytes) -> list[bytes]:
    """`body` in blocks of any size, as a network might cut it."""
    at = sorted(draw(st.lists(st.integers(0, len(body)), max_size=8)))
    return [body[a:b] for a, b in zip([0, *at], [*at, len(body)], strict=True)]


def send(
    body: bytes, content_type: str = "", content_encoding: str = "", limits: Limits | None = None
) -> Receipt:
    """The receipt of `body`."""
    return meter(
        io.BytesIO(body),
        content_type=content_type,
        content_encoding=content_encoding,
        limits=limits or Limits(),
    )


def receipt_of_blocks(cutter: Lines | Elements | Records, tally: Tally, blocks: Iterable[bytes]) -> Receipt:
    """What a cutter and its tally make of blocks of these very sizes."""
    size = 0
    for block in blocks:
        size += len(block)
        cutter.feed(block)
    cutter.finish()
    return tally.receipt(size)


def is_json(text: bytes) -> bool:
    """Whether `text` is one JSON value, said by Python's own parser held to the RFC."""
    try:
        json.loads(text.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def sums(payloads: Iterable[bytes], total: int) -> dict[str, int]:
    """The measures of `payloads`, each by the rule for one event; `total` bytes were sent for them."""
    sizes = [len(payload) for payload in payloads]
    chunks = {
        m.name: sum(started_chunks(size, m.chunk_bytes) for size in sizes)
        for m in MEASURES.values()
        if m.chunk_bytes is not None
    }
    return {"events": len(sizes), "bytes": total, **chunks, "input_tokens": sum(map(estimated_tokens, sizes))}
