"""The body as it travels: read in pieces, decompressed, held to its limits."""

import zlib
from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO, Protocol

import zstandard

from webapp.domain.errors import DomainError, Malformed, TooLarge
from webapp.domain.words import phrase
from webapp.metering.limits import BLOCK_BYTES, MIB, STANDARD, Limits, shown

#: RFC 9659: a zstd content coding needs no window above 8 MB; a larger one is only a way to take memory.
_ZSTD_WINDOW_BYTES = 8 * MIB
#: zstd has no bounded output here. A block of 128 KB takes at least 4 bytes, so 512 bytes give at most 16 MB.
_ZSTD_SLICE_BYTES = 512
#: bgzip writes a member per 64 KB. More than this is a body of empty members, made to cost time.
_MAX_GZIP_MEMBERS = 10_000


class _Decompressor(Protocol):
    def feed(self, piece: bytes) -> Iterator[bytes]: ...
    def finish(self) -> Iterator[bytes]: ...


class _Identity:
    def feed(self, piece: bytes) -> Iterator[bytes]:
        yield piece

    def finish(self) -> Iterator[bytes]:
        return iter(())


class _Inflate:
    """gzip (one member or many) or deflate, as RFC 9110 names them, at most a block at a time."""

    def __init__(self, name: str, window_bits: int) -> None:
        self._name = name
        self._window_bits = window_bits
        self._members = 1
        self._stream = zlib.decompressobj(window_bits)

    def feed(self, piece: bytes) -> Iterator[bytes]:
        while piece:
            if self._stream.eof:
                self._next_member(piece)
            try:
                yield self._stream.decompress(piece, BLOCK_BYTES)
            except zlib.error as error:
                raise self._broken(error) from error
            piece = self._stream.unconsumed_tail or self._stream.unused_data

    def finish(self) -> Iterator[bytes]:
        # Output can be left inside when the last piece filled a block to the byte.
        yield self._stream.flush()
        if not self._stream.eof:
            raise _cut(self._name)

    def _next_member(self, piece: bytes) -> None:
        self._members += 1
        if self._name != "gzip" or piece[0] != 0x1F:
            raise _trailing(self._name)
        if self._members > _MAX_GZIP_MEMBERS:
            raise TooLarge(
                phrase(
                    "The gzip body has more than %(most)s parts: compress it in one.", most=_MAX_GZIP_MEMBERS
                )
            )
        self._stream = zlib.decompressobj(self._window_bits)

    def _broken(self, error: zlib.error) -> Malformed:
        if self._members > 1:
            return _trailing(self._name)
        return _not_what_it_says(self._name, str(error).rpartition(": ")[2])


class _Zstd:
    """zstd, one frame or many."""

    def __init__(self) -> None:
        self._frames = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
        self._stream = self._frames.decompressobj()
        self._first = True

    def feed(self, piece: bytes) -> Iterator[bytes]:
        for start in range(0, len(piece), _ZSTD_SLICE_BYTES):
            part = piece[start : start + _ZSTD_SLICE_BYTES]
            while part:
                yield self._decompress(part)
                part = self._stream.unused_data if self._stream.eof else b""

    def _decompress(self, part: bytes) -> bytes:
        if self._stream.eof:
            self._stream, self._first = self._frames.decompressobj(), False
        try:
            return self._stream.decompress(part)
        except zstandard.ZstdError as error:
            raise self._broken(str(error).rpartition(": ")[2]) from error

    def finish(self) -> Iterator[bytes]:
        if not self._stream.eof:
            raise _cut("zstd")
        return iter(())

    def _broken(self, detail: str) -> Malformed:
        if "too much memory" in detail:
            return Malformed(
                phrase("The zstd data needs a window above 8 MB: compress it without --long or --ultra.")
            )
        return _not_what_it_says("zstd", detail) if self._first else _trailing("zstd")


def _not_what_it_says(name: str, detail: str) -> Malformed:
    return Malformed(
        phrase(
            "The body is not valid %(name)s (%(detail)s): compress it again, or send it uncompressed.",
            name=name,
            detail=detail,
        )
    )


def _cut(name: str) -> Malformed:
    return Malformed(phrase("The %(name)s data ends too early: send the whole body again.", name=name))


def _trailing(name: str) -> Malformed:
    return Malformed(
        phrase("The %(name)s data is followed by bytes that are not %(name)s: remove them.", name=name)
    )


def _decompressor(content_encoding: str) -> _Decompressor:
    match content_encoding.strip().lower():
        case "" | "identity":
            return _Identity()
        case "gzip" | "x-gzip":
            return _Inflate("gzip", 16 + zlib.MAX_WBITS)
        case "deflate":
            return _Inflate("deflate", zlib.MAX_WBITS)
        case "zstd":
            return _Zstd()
    raise Malformed(
        phrase(
            'Content-Encoding "%(name)s" is not read here: send gzip, zstd, deflate or nothing.',
            name=content_encoding[:40],
        )
    )


class Wire:
    """The decompressed body in blocks of exactly BLOCK_BYTES, only the last one shorter.

    Equal blocks make the result independent of how the network cut the body.
    Iterating raises Malformed for broken or cut compression and TooLarge past a limit.
    `bytes` is the decompressed size of what has passed so far.
    """

    def __init__(self, body: BinaryIO, content_encoding: str, limits: Limits) -> None:
        self.bytes = 0
        self._sent = 0
        self._body = body
        self._limits = limits
        self._decompressor = _decompressor(content_encoding)

    def __iter__(self) -> Iterator[bytes]:
        held: list[bytes] = []
        size = 0
        for piece in self._decompressed():
            held.append(piece)
            size += len(piece)
            if size >= BLOCK_BYTES:
                joined = b"".join(held)
                whole = size - size % BLOCK_BYTES
                for start in range(0, whole, BLOCK_BYTES):
                    yield joined[start : start + BLOCK_BYTES]
                held, size = [joined[whole:]], size - whole
        if size:
            yield b"".join(held)

    def _decompressed(self) -> Iterator[bytes]:
        while piece := self._body.read(BLOCK_BYTES):
            self._sent += len(piece)
            if self._sent > self._limits.max_wire_bytes:
                raise _too_large(self._limits)
            for part in self._decompressor.feed(piece):
                yield self._counted(part)
        if self._sent:
            for part in self._decompressor.finish():
                yield self._counted(part)

    def _counted(self, part: bytes) -> bytes:
        self.bytes += len(part)
        if self.bytes > self._limits.max_decompressed_bytes:
            raise TooLarge(
                phrase(
                    "The body grows past %(most)s when decompressed: split it into several requests.",
                    most=shown(self._limits.max_decompressed_bytes),
                )
            )
        if self.bytes > max(self._limits.ratio_free_bytes, self._sent * self._limits.max_ratio):
            raise self._bomb()
        return part

    def _bomb(self) -> DomainError:
        return TooLarge(
            phrase(
                "The body grows over %(ratio)s times when decompressed: send parts that stay below %(most)s.",
                ratio=self._limits.max_ratio,
                most=shown(self._limits.ratio_free_bytes),
            )
        )


class Hashed:
    """A body that is hashed as sent while somebody reads it; no byte of it is kept."""

    def __init__(self, body: BinaryIO) -> None:
        self._body = body
        self._hash = sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes of the body, at most `size`; none at the end."""
        piece = self._body.read(size)
        self._hash.update(piece)
        return piece

    def digest(self) -> str:
        """SHA-256 of all that was read, in hexadecimal: tells the body from others once it is at its end."""
        return self._hash.hexdigest()


def digest_of(body: BinaryIO, limits: Limits = STANDARD) -> str:
    """The digest of `body`, read to its end and not metered. Raises TooLarge past what may be sent."""
    hashed, sent = Hashed(body), 0
    while piece := hashed.read(BLOCK_BYTES):
        sent += len(piece)
        if sent > limits.max_wire_bytes:
            raise _too_large(limits)
    return hashed.digest()


def _too_large(limits: Limits) -> DomainError:
    return TooLarge(
        phrase(
            "A request carries at most %(most)s: split it, or compress it with gzip or zstd.",
            most=shown(limits.max_wire_bytes),
        )
    )
