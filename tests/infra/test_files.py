"""Files are there whole or not at all, also when the disk says no."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from webapp.domain.errors import Unavailable
from webapp.infra.files import remove_quietly, write_whole


@contextmanager
def _no_room() -> Iterator[None]:
    """The system refuses files above 1,000 bytes, as a full disk would.

    Only around the one call: the limit holds for the whole process, pytest's own output included.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_replaces_the_old_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "report.csv"
    write_whole(path, b"first")
    write_whole(path, b"second")
    assert path.read_bytes() == b"second"
    assert [entry.name for entry in path.parent.iterdir()] == ["report.csv"]


def test_a_full_disk_is_named_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    write_whole(path, b"old")
    with pytest.raises(Unavailable, match="disk is full"), _no_room():
        write_whole(path, b"x" * 5_000)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.pdf"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("not a folder")
    with pytest.raises(Unavailable, match="reports folder"):
        write_whole(tmp_path / "reports" / "report.pdf", b"x")


def test_removing_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert (remove_quietly(tmp_path / "a"), remove_quietly(tmp_path / "a")) == (True, False)
