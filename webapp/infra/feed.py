"""Fetches files from one public server: politely, only what changed, and on from where it stopped.

A small file is remembered with its validators, so an unchanged one costs the server an empty answer. A large
one is written to disk as it arrives; when the connection breaks, or the process, the next try asks for the
rest. The server is never left for another host.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import msgspec
import urllib3
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from webapp import __version__
from webapp.infra.files import remove_quietly, write_whole

_Answer = TypeVar("_Answer")
_CHUNK = 1 << 18
_MOST_REDIRECTS = 3
_RETRIED = (408, 425, 429, 500, 502, 503, 504)
#: Seconds a server may ask us to wait (Retry-After) before a try counts as failed.
_LONGEST_WAIT_S = 60.0


class FeedError(Exception):
    """A file could not be fetched; the message says which and why."""


class FeedMissing(FeedError):
    """The server says there is no such file."""


class FeedLimit(FeedError):
    """A stated limit of size would be passed."""


@dataclass(frozen=True, slots=True)
class FeedLimits:
    """How patient and how greedy a feed may be. Sizes in bytes, as they travel."""

    timeout_s: float = 30.0
    tries: int = 5
    #: Before try n the pause is a random part of `backoff_s * 2**n`.
    backoff_s: float = 1.0
    file_bytes: int = 2_000_000_000
    total_bytes: int = 20_000_000_000
    small_bytes: int = 32_000_000
    #: Seconds the body of one file may take.
    file_s: float = 3_600.0


class _Remembered(msgspec.Struct):
    """A small file and what the server called this version of it."""

    etag: str
    modified: str
    body: bytes

    @property
    def validators(self) -> dict[str, str]:
        """Headers that ask for the file only if it changed."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in named.items() if value}


class _Stopped(Exception):
    """This try failed; another one may succeed."""

    def __init__(self, reason: str, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


@dataclass(slots=True)
class Feed:
    """Files of the server at `base_url`, kept in `folder`. `alive` is called every now and then meanwhile."""

    base_url: str
    folder: Path
    limits: FeedLimits = field(default_factory=FeedLimits)
    alive: Callable[[], object] = lambda: None
    fetched_bytes: int = 0
    requests: int = 0
    _pool: urllib3.PoolManager = field(init=False)

    def __post_init__(self) -> None:
        timeout = urllib3.Timeout(connect=min(10.0, self.limits.timeout_s), read=self.limits.timeout_s)
        self._pool = urllib3.PoolManager(
            num_pools=1, maxsize=1, retries=False, timeout=timeout,
            headers={"User-Agent": f"mockupAWS/{__version__}", "Accept-Encoding": "gzip"},
        )  # fmt: skip

    def close(self) -> None:
        self._pool.clear()

    def small(self, path: str) -> bytes:
        """The file at `path`, unpacked. Raises FeedMissing or FeedError."""
        return self._persistently(path, lambda: self._small_once(path))

    def download(self, path: str, target: Path) -> None:
        """Put the file at `path` into `target`, packed if the server packs it.

        `target` appears when it is complete. What an earlier call got of the same version is not asked for
        again. Raises FeedMissing, FeedLimit or FeedError.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        self._persistently(path, lambda: self._download_once(path, target))

    def url(self, path: str) -> str:
        """The address of `path`. Raises FeedError for one on another host."""
        if not path.startswith("/") or path.startswith("//") or "/../" in path or "\\" in path:
            raise FeedError(f"The address {path!r} leaves the price server.")
        return self.base_url.rstrip("/") + path

    def _persistently(self, path: str, attempt: Callable[[], _Answer]) -> _Answer:
        wait_s, reason = 0.0, ""
        for number in range(self.limits.tries):
            if number:
                time.sleep(max(wait_s, self._backoff_s(number)))
            self.alive()
            try:
                return attempt()
            except (_Stopped, HTTPError, OSError) as error:
                reason = str(error) or type(error).__name__
                wait_s = error.wait_s if isinstance(error, _Stopped) else 0.0
        raise FeedError(f"{path} could not be fetched in {self.limits.tries} tries: {reason}")

    def _backoff_s(self, number: int) -> float:
        """A random part of a doubling pause: many clients that failed together do not come back together."""
        return random.uniform(0.5, 1) * self.limits.backoff_s * 2.0 ** (number - 1)  # noqa: S311

    def _small_once(self, path: str) -> bytes:
        place = self.folder / f"{sha256(self.url(path).encode()).hexdigest()[:32]}.remembered"
        known = _remembered(place)
        with closing(self._ask(path, known.validators if known else {})) as answer:
            if answer.status == 304 and known:
                return known.body
            body = b"".join(self._chunks(path, answer, self.limits.small_bytes, unpack=True))
            if answer.status != 200:
                raise _Stopped(f"unexpected answer {answer.status}")
        headers = answer.headers
        fresh = _Remembered(headers.get("ETag", ""), headers.get("Last-Modified", ""), body)
        write_whole(place, msgspec.msgpack.encode(fresh))
        return body

    def _download_once(self, path: str, target: Path) -> None:
        part, mark = target.with_name(f"{target.name}.part"), target.with_name(f"{target.name}.mark")
        version = mark.read_text("utf-8") if mark.exists() and part.exists() else ""
        begun = part.stat().st_size if version else 0
        asked = {"Range": f"bytes={begun}-", "If-Range": version} if begun else {}
        with closing(self._ask(path, asked)) as answer:
            if answer.status == 416 or (answer.status == 206 and not _continues(answer, begun)):
                remove_quietly(mark)
                raise _Stopped("the rest of the file does not fit what is there")
            going_on = answer.status == 206
            if not going_on:
                mark.write_text(_strong_validator(answer), "utf-8")
            with part.open("ab" if going_on else "wb") as file:
                room = self.limits.file_bytes - (begun if going_on else 0)
                for chunk in self._chunks(path, answer, room, unpack=False):
                    file.write(chunk)
        part.replace(target)
        remove_quietly(mark)

    def _chunks(self, path: str, answer: BaseHTTPResponse, most: int, *, unpack: bool) -> Iterator[bytes]:
        """The body as it comes. Raises FeedLimit past `most` bytes, _Stopped when it takes for ever."""
        stated = answer.headers.get("Content-Length", "")
        if stated.isdigit() and int(stated) > most:
            raise FeedLimit(f"{path} has {int(stated):,} bytes, more than the limit.")
        begun, got = time.monotonic(), 0
        for chunk in answer.stream(_CHUNK, decode_content=unpack):
            got += len(chunk)
            self.fetched_bytes += len(chunk)
            if got > most:
                raise FeedLimit(f"{path} is larger than the limit.")
            if self.fetched_bytes > self.limits.total_bytes:
                raise FeedLimit("The total limit of one refresh is reached; the rest waits for the next one.")
            if time.monotonic() - begun > self.limits.file_s:
                raise _Stopped(f"slower than {self.limits.file_s:.0f} s")
            yield chunk
            self.alive()

    def _ask(self, path: str, headers: Mapping[str, str]) -> BaseHTTPResponse:
        """The answer, its body not read yet. Raises FeedMissing, FeedError, or _Stopped for another try."""
        for _ in range(_MOST_REDIRECTS + 1):
            self.requests += 1
            answer = self._pool.request(
                "GET", self.url(path), headers={**self._pool.headers, **headers}, preload_content=False,
                decode_content=False, redirect=False,
            )  # fmt: skip
            if answer.status in (200, 206, 304, 416):
                return answer
            answer.close()
            if answer.status in (301, 302, 303, 307, 308):
                path = self._moved(path, answer.headers.get("Location", ""))
                continue
            if answer.status in (
                403,
                404,
                410,
            ):  # the storage behind the price list says 403 for an absent file
                raise FeedMissing(f"{path} is not there (answer {answer.status}).")
            if answer.status in _RETRIED:
                raise _Stopped(f"answer {answer.status}", _asked_to_wait(answer))
            raise FeedError(f"{path} was refused (answer {answer.status}).")
        raise FeedError(f"{path} leads in circles.")

    def _moved(self, path: str, location: str) -> str:
        goal = urljoin(self.url(path), location)
        base = self.base_url.rstrip("/")
        if not goal.startswith(f"{base}/"):
            raise FeedError(
                f"{path} leads to another server ({urlsplit(goal).netloc}), which is not followed."
            )
        return goal.removeprefix(base)


def _remembered(place: Path) -> _Remembered | None:
    try:
        return msgspec.msgpack.decode(place.read_bytes(), type=_Remembered)
    except (OSError, msgspec.MsgspecError):
        return None


def _strong_validator(answer: BaseHTTPResponse) -> str:
    """What names exactly these bytes; empty when the server does not say, and nothing can be resumed."""
    etag = answer.headers.get("ETag", "")
    return etag if etag and not etag.startswith("W/") else answer.headers.get("Last-Modified", "")


def _continues(answer: BaseHTTPResponse, begun: int) -> bool:
    return answer.headers.get("Content-Range", "").startswith(f"bytes {begun}-")


def _asked_to_wait(answer: BaseHTTPResponse) -> float:
    asked = answer.headers.get("Retry-After", "")
    return min(float(asked), _LONGEST_WAIT_S) if asked.isdigit() else 0.0
