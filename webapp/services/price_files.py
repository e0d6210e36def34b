"""Fetches the offer files of the AWS Price List that changed, and keeps what was read in them.

Every file read leaves a small file of its own behind, named by version and selectors. So a refresh that was
killed, or ran out of time, goes on where it stopped, and one that was held back is not fetched twice.
"""

import logging
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from webapp.domain.regions import REGIONS
from webapp.infra.feed import Feed, FeedError, FeedLimit, FeedMissing
from webapp.infra.files import remove_quietly, write_whole
from webapp.pricing.price_list.indexes import (
    SERVICE_INDEX,
    OfferEntry,
    OfferFile,
    all_regions_file,
    parse_region_index,
    parse_service_index,
    published_of,
)
from webapp.pricing.price_list.offer import OfferReading, PriceListError
from webapp.pricing.price_list.offered import LARGE_OFFERS, keys_by_offer
from webapp.pricing.price_list.reading import read_offer
from webapp.pricing.price_list.selectors import Selectors
from webapp.services.refresh_runs import RefreshProblem

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """The version of an offer file a catalog was read from, with which selectors, and the keys found then."""

    version: str
    selectors: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileRead:
    """One offer file, read. `region` is empty for a file of all regions. `reading` is None when unchanged."""

    offer: str
    region: str
    version: str
    selectors: str
    reading: OfferReading | None


@dataclass(slots=True)
class Gathered:
    """Everything a refresh learned. `withdrawn` are (offer, region) the price list does not have any more."""

    files: list[FileRead] = field(default_factory=list)
    withdrawn: list[tuple[str, str]] = field(default_factory=list)
    problems: list[RefreshProblem] = field(default_factory=list)
    unfinished: bool = False


@dataclass(slots=True)
class Gatherer:
    """Walks from the service index to the offer files of `offers` in `regions`.

    `seen` is what the catalog in use was read from: only other versions are fetched. After `budget_s` seconds
    no further file is begun.
    """

    feed: Feed
    folder: Path
    seen: Mapping[tuple[str, str], Seen]
    regions: Collection[str]
    budget_s: float
    alive: Callable[[], object]
    gathered: Gathered = field(default_factory=Gathered)
    _begun: float = field(default_factory=time.monotonic)

    def gather(self, offers: Collection[str]) -> Gathered:
        """Raises FeedError or PriceListError when not even the service index can be had."""
        index = parse_service_index(self.feed.small(SERVICE_INDEX))
        try:
            for offer in offers:
                self._offer(offer, index.get(offer))
        except FeedLimit as limit:
            self._problem("feed", "", (), str(limit))
        except _OutOfBudget:
            self.gathered.unfinished = True
        return self.gathered

    def _offer(self, offer: str, entry: OfferEntry | None) -> None:
        if entry is None:
            self._problem("unlisted", offer, (), "The service index has no such offer.")
            return
        selectors = Selectors(keys_by_offer()[offer])
        try:
            wanted = self._files_of(offer, entry)
        except FeedLimit:
            raise
        except (FeedError, PriceListError) as error:
            self._problem("feed" if isinstance(error, FeedError) else "file", offer, (), str(error))
            return
        for region, file in wanted:
            self._file(offer, region, file, selectors)

    def _files_of(self, offer: str, entry: OfferEntry) -> list[tuple[str, OfferFile]]:
        """Files to look at, by region; one for all regions when the offer is sold without any."""
        body = self.feed.small(entry.region_index) if entry.region_index else self.feed.small(SERVICE_INDEX)
        files = parse_region_index(body) if entry.region_index else {}
        if not any(region in REGIONS for region in files):
            return [("", all_regions_file(entry, published_of(body)))] if entry.all_regions else []
        for region in self.regions:
            if region not in files and (offer, region) in self.seen:
                self.gathered.withdrawn.append((offer, region))
                self._problem("unlisted", offer, (region,), "The price list has this region no more.")
        return [(region, files[region]) for region in self.regions if region in files]

    def _file(self, offer: str, region: str, file: OfferFile, selectors: Selectors) -> None:
        known, digest = self.seen.get((offer, region)), selectors.digest
        reading = None
        if known is None or (known.version, known.selectors) != (file.version, digest):
            if known is not None and is_older(file.version, known.version):
                message = f"The feed has version {file.version}, older than {known.version} in use."
                self._problem("older", offer, (region,), message)
                return
            reading = self._read(offer, region, file, selectors)
            if reading is None:
                return
        self.gathered.files.append(FileRead(offer, region, file.version, digest, reading))

    def _read(self, offer: str, region: str, file: OfferFile, selectors: Selectors) -> OfferReading | None:
        kept = self.folder / "read" / f"{_name(offer, region, file.version)}.{selectors.digest}.json"
        found = _kept(kept)
        if found is not None:
            kept.touch()
            return found
        if time.monotonic() - self._begun > self.budget_s:
            raise _OutOfBudget
        target = self.folder / "fetched" / _name(offer, region, file.version)
        try:
            self._fetch(offer, file.path, target)
            reading = read_offer(target, selectors, region)
            _check_head(reading, offer)
        except FeedLimit:
            raise
        except (FeedError, PriceListError) as error:
            self._problem("feed" if isinstance(error, FeedError) else "file", offer, (region,), str(error))
            return None
        finally:
            remove_quietly(target)
        write_whole(kept, msgspec.json.encode(reading))
        _log.info("read %s %s, version %s", offer, region or "of all regions", file.version)
        self.alive()
        return reading

    def _fetch(self, offer: str, path: str, target: Path) -> None:
        """Large offers as CSV, which is a third smaller; where there is none, as JSON."""
        if offer in LARGE_OFFERS and path.endswith("/index.json"):
            try:
                self.feed.download(f"{path.removesuffix('.json')}.csv", target)
                return
            except FeedMissing:
                pass
        self.feed.download(path, target)

    def _problem(self, kind: str, offer: str, regions: tuple[str, ...], message: str) -> None:
        self.gathered.problems.append(RefreshProblem(kind, offer, regions, "", message))


class _OutOfBudget(Exception):
    """No further file is begun in this run."""


def is_older(version: str, than: str) -> bool:
    """Whether one pinned version came before another; versions that are not pinned cannot be told."""
    return version.isdigit() and than.isdigit() and int(version) < int(than)


def forget_old_files(folder: Path, days: float = 14) -> None:
    """Remove what no refresh has used for `days`: readings of versions long replaced, broken downloads."""
    oldest = time.time() - days * 86_400
    for path in _files_in(folder):
        if path.stat().st_mtime < oldest:
            remove_quietly(path)


def _files_in(folder: Path) -> Iterator[Path]:
    for name in ("read", "fetched", "index"):
        if (folder / name).is_dir():
            yield from (path for path in (folder / name).iterdir() if path.is_file())


def _name(offer: str, region: str, version: str) -> str:
    """A file name; what comes from the feed must not choose another folder."""
    return re.sub(r"[^A-Za-z0-9.-]", "_", f"{offer}.{region or 'all'}.{version}")


def _kept(path: Path) -> OfferReading | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=OfferReading)
    except (OSError, msgspec.MsgspecError):
        return None


def _check_head(reading: OfferReading, offer: str) -> None:
    if reading.offer and reading.offer != offer:
        raise PriceListError(f"The file says it is offer {reading.offer}, not {offer}.")
