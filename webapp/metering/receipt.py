"""What one request carried, and the sums that become it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.domain.measures import MEASURES, estimated_tokens, started_chunks


@dataclass(frozen=True, slots=True)
class Rejection:
    """One event that was not metered. `line` counts from 1: a line, array element or record; 0 for none."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one request carried.

    `bytes` is the decompressed size of the whole body (what `wc -c` says). `measures` has every name
    of MEASURES; its "bytes" equals `bytes` less the bytes of rejected events, line endings included:
    blank lines and the brackets and commas of an array were sent too. With no event accepted it is 0.
    `rejections` names the first ones, `rejected` counts all.
    """

    accepted: int
    rejected: int
    rejections: tuple[Rejection, ...]
    bytes: int
    measures: Mapping[str, int]


_CHUNKS = tuple((m.name, m.chunk_bytes) for m in MEASURES.values() if m.chunk_bytes is not None)
_SMALLEST_CHUNK = min(size for _, size in _CHUNKS)


class Tally:
    """Adds events up. Keeps sums, never events."""

    def __init__(self, kept_rejections: int) -> None:
        self.accepted = 0
        self.rejected = 0
        self._kept = kept_rejections
        self._rejections: list[Rejection] = []
        self._rejected_bytes = 0
        self._tokens = 0
        self._chunks = dict.fromkeys((name for name, _ in _CHUNKS), 0)

    def accept(self, sizes: Sequence[int]) -> None:
        """Count events of `sizes` payload bytes each."""
        # Most log events fit the smallest chunk, where every chunk measure is the number of events.
        large = [size for size in sizes if size > _SMALLEST_CHUNK]
        small = len(sizes) - len(large)
        for name, chunk_bytes in _CHUNKS:
            self._chunks[name] += small + sum(started_chunks(size, chunk_bytes) for size in large)
        self._tokens += sum(map(estimated_tokens, sizes))
        self.accepted += len(sizes)

    def reject(self, line: int, reason: str, size: int) -> None:
        """Count one event that is not metered, `size` bytes as sent."""
        self.rejected += 1
        self._rejected_bytes += size
        if len(self._rejections) < self._kept:
            self._rejections.append(Rejection(line, reason))

    def receipt(self, body_bytes: int) -> Receipt:
        """The receipt of a body of `body_bytes` decompressed bytes."""
        metered = body_bytes - self._rejected_bytes if self.accepted else 0
        measures = {"events": self.accepted, "bytes": metered, **self._chunks, "input_tokens": self._tokens}
        return Receipt(self.accepted, self.rejected, tuple(self._rejections), body_bytes, measures)
