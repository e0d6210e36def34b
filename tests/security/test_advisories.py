"""Known vulnerabilities fail the check; advisories that cannot be had are said to be missing."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from deploy.local import advisories
from deploy.local.places import CHECKOUT

PINS = [("alpha", "1.0"), ("beta", "2.1"), ("gamma", "3.0"), ("delta", "4.0"), ("epsilon", "5.0")]
HOLE = {
    "id": "PYSEC-2026-1",
    "aliases": ["CVE-2026-1"],
    "summary": "Reads any file.",
    "fixed_in": ["2.2"],
    "withdrawn": None,
}


class Index:
    """A package index of a test's own: what it knows, by path, and what it was asked."""

    def __init__(self) -> None:
        self.known: dict[str, list[object]] = {}
        self.asked: list[str] = []
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.asked.append(self.path)
                name = self.path.split("/")[2]
                found = index.known.get(name)
                self.send_response(404 if found is None else 200)
                self.end_headers()
                self.wfile.write(json.dumps({"vulnerabilities": found}).encode())

            def log_message(self, format: str, *args: object) -> None:
                """Tests print enough."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def index() -> Iterator[Index]:
    index = Index()
    thread = Thread(target=index.server.serve_forever)
    thread.start()
    yield index
    index.server.shutdown()
    thread.join()
    index.server.server_close()


@pytest.fixture
def run(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[], tuple[int, str]]:
    """Run the check on PINS against the index; gives exit code and what was printed."""
    monkeypatch.setattr(advisories, "pinned", lambda: PINS)
    monkeypatch.setattr(advisories, "CHECKOUT", tmp_path)
    monkeypatch.setenv("ADVISORIES_URL", index.address)

    def ran() -> tuple[int, str]:
        code = advisories.main()
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return ran


Run = Callable[[], tuple[int, str]]


def test_packages_without_a_known_hole_pass_in_silence(index: Index, run: Run) -> None:
    index.known = {name: [] for name, _ in PINS}
    assert run() == (0, "")
    assert index.asked == [f"/pypi/{name}/{version}/json" for name, version in PINS]


def test_a_known_hole_fails_and_says_what_mends_it(index: Index, run: Run) -> None:
    index.known = {name: [HOLE] if name == "beta" else [] for name, _ in PINS}
    code, printed = run()
    assert code == 1
    assert "beta 2.1: PYSEC-2026-1, mended in 2.2. Reads any file." in printed


def test_a_withdrawn_advisory_is_none(index: Index, run: Run) -> None:
    withdrawn = HOLE | {"withdrawn": "2026-01-02T00:00:00Z"}
    index.known = {name: [withdrawn] for name, _ in PINS}
    assert run() == (0, "")


def test_an_index_without_advisories_is_said_and_asked_no_more(index: Index, run: Run) -> None:
    code, printed = run()
    assert (code, printed) == (0, "advisories could not be had: 5 packages were not audited\n")
    assert len(index.asked) == 3


def test_a_hole_counts_although_other_packages_are_unknown(index: Index, run: Run) -> None:
    index.known = {"beta": [HOLE]}
    code, printed = run()
    assert code == 1
    assert "PYSEC-2026-1" in printed and "4 packages were not audited" in printed


def test_an_index_that_is_not_there_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISORIES_URL", "http://127.0.0.1:9")
    assert run() == (0, "advisories could not be had: 5 packages were not audited\n")


@pytest.mark.parametrize(("required", "code"), [("true", 1), ("false", 0), ("", 0)])
def test_a_pipeline_may_insist_on_knowing(
    index: Index, run: Run, monkeypatch: pytest.MonkeyPatch, required: str, code: int
) -> None:
    monkeypatch.setenv("ADVISORIES_REQUIRED", required)
    assert run()[0] == code


def test_every_pinned_package_is_looked_up() -> None:
    names = {name.lower() for name, _ in advisories.pinned()}
    assert {"flask", "sqlalchemy", "weasyprint", "pytest", "pip-audit"} <= names
    lines = (CHECKOUT / "requirements.txt").read_text().splitlines()
    assert len(names) >= sum(1 for line in lines if line and not line.startswith(("#", "-")))
