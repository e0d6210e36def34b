"""Fetching over a real connection: only what changed, on from where it stopped, and never anywhere else."""

import gzip
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.price_list.price_server import PriceServer, running
from webapp.infra.feed import Feed, FeedError, FeedLimit, FeedLimits, FeedMissing

PATH = "/file.json"
BODY = bytes(range(256)) * 4_000


@pytest.fixture
def server() -> Iterator[PriceServer]:
    with running() as server:
        server.files[PATH] = BODY
        yield server


@pytest.fixture
def feed(server: PriceServer, tmp_path: Path) -> Iterator[Feed]:
    feed = Feed(server.url, tmp_path / "index", FeedLimits(timeout_s=0.3, tries=3, backoff_s=0.01))
    yield feed
    feed.close()


def limited(feed: Feed, limits: FeedLimits) -> Feed:
    return Feed(feed.base_url, feed.folder, limits)


@pytest.mark.parametrize("packed", [False, True])
def test_an_unchanged_small_file_costs_an_empty_answer(server: PriceServer, feed: Feed, packed: bool) -> None:
    server.packed = packed
    assert feed.small(PATH) == BODY
    fetched = feed.fetched_bytes
    assert feed.small(PATH) == BODY
    assert (feed.fetched_bytes, "If-None-Match" in server.asked[1][1]) == (fetched, True)
    server.files[PATH] = b"new"
    assert feed.small(PATH) == b"new"


@pytest.mark.parametrize("fault", ["500", "503", "429", "cut", "reset", "slow"])
def test_a_fault_that_passes_is_waited_out(
    server: PriceServer, feed: Feed, fault: str, tmp_path: Path
) -> None:
    server.slow_s = 0.5
    server.faults[PATH] += [fault, fault]
    feed.download(PATH, tmp_path / "got")
    assert (tmp_path / "got").read_bytes() == BODY
    assert server.asked_for(PATH) == 3


def test_a_fault_that_stays_is_named(server: PriceServer, feed: Feed, tmp_path: Path) -> None:
    server.faults[PATH] += ["500"] * 3
    with pytest.raises(FeedError, match="in 3 tries: answer 500"):
        feed.download(PATH, tmp_path / "got")
    assert not (tmp_path / "got").exists()


@pytest.mark.parametrize("packed", [False, True])
def test_a_broken_download_goes_on_where_it_stopped(
    server: PriceServer, feed: Feed, tmp_path: Path, packed: bool
) -> None:
    server.packed = packed
    server.faults[PATH] += ["cut"] * 3
    with pytest.raises(FeedError):
        feed.download(PATH, tmp_path / "got")
    another_process = limited(feed, feed.limits)
    another_process.download(PATH, tmp_path / "got")
    got = (tmp_path / "got").read_bytes()
    assert (gzip.decompress(got) if packed else got) == BODY
    assert "Range" in server.asked[-1][1]
    assert another_process.fetched_bytes < len(gzip.compress(BODY) if packed else BODY)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["got"]


def test_a_file_that_changed_meanwhile_is_fetched_from_its_beginning(
    server: PriceServer, feed: Feed, tmp_path: Path
) -> None:
    server.faults[PATH] += ["cut"] * 3
    with pytest.raises(FeedError):
        feed.download(PATH, tmp_path / "got")
    server.files[PATH] = BODY[::-1]
    feed.download(PATH, tmp_path / "got")
    assert (tmp_path / "got").read_bytes() == BODY[::-1]


def test_a_missing_file_is_not_asked_for_again(server: PriceServer, feed: Feed, tmp_path: Path) -> None:
    with pytest.raises(FeedMissing):
        feed.download("/nothing.json", tmp_path / "got")
    assert server.asked_for("/nothing.json") == 1


def test_the_server_is_not_left_for_another(server: PriceServer, feed: Feed) -> None:
    with running() as elsewhere:
        elsewhere.files[PATH] = b"wrong"
        server.faults[PATH].append(f"{elsewhere.url}{PATH}")
        with pytest.raises(FeedError, match="leads to another server"):
            feed.small(PATH)
        assert elsewhere.asked == []


def test_a_move_on_the_same_server_is_followed(server: PriceServer, feed: Feed) -> None:
    server.faults["/old.json"].append(f"{server.url}{PATH}")
    assert feed.small("/old.json") == BODY
    server.faults["/circle.json"] += [f"{server.url}/circle.json"] * 5
    with pytest.raises(FeedError, match="circles"):
        feed.small("/circle.json")


@pytest.mark.parametrize("path", ["http://other/x", "//other/x", "/a/../../x", "x", "/a\\x"])
def test_an_index_cannot_send_us_elsewhere(feed: Feed, path: str) -> None:
    with pytest.raises(FeedError, match="leaves the price server"):
        feed.small(path)


@pytest.mark.parametrize(
    "limits", [FeedLimits(file_bytes=1_000), FeedLimits(total_bytes=1_000), FeedLimits(small_bytes=1_000)]
)
def test_no_more_than_the_limit_is_taken(feed: Feed, limits: FeedLimits, tmp_path: Path) -> None:
    with pytest.raises(FeedLimit):
        if limits.small_bytes == 1_000:
            limited(feed, limits).small(PATH)
        else:
            limited(feed, limits).download(PATH, tmp_path / "got")


def test_an_answer_that_never_ends_is_given_up(feed: Feed, tmp_path: Path) -> None:
    hasty = limited(feed, FeedLimits(file_s=-1, tries=1))
    with pytest.raises(FeedError, match="slower than"):
        hasty.download(PATH, tmp_path / "got")


def test_pauses_grow_and_are_never_the_same(feed: Feed) -> None:
    patient = limited(feed, FeedLimits(backoff_s=1))
    pauses = [patient._backoff_s(number) for number in (1, 2, 3, 4)]
    assert pauses[0] < 1 < pauses[1] + 1 and pauses[2] < pauses[3]
    assert len({patient._backoff_s(1) for _ in range(10)}) > 1


def test_no_server_at_all_is_an_error_soon(tmp_path: Path) -> None:
    nobody = Feed("http://127.0.0.1:9", tmp_path, FeedLimits(tries=2, backoff_s=0.01))
    begun = time.monotonic()
    with pytest.raises(FeedError, match="in 2 tries"):
        nobody.small(PATH)
    assert time.monotonic() - begun < 5
