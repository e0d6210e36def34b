"""The shape of the repository: what may stand where, and what may be named."""

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from deploy.local.places import CHECKOUT

_TOP_LEVEL = {
    "webapp", "templates", "static", "tasks", "migrations", "tests", "wsgi.py", "requirements.txt",
    "docker-compose.yml", "README.md", "LICENSE", "CHANGELOG.md", "Makefile", "pyproject.toml", "Dockerfile",
    "docs", "deploy", ".ci", ".gitignore",
}  # fmt: skip
#: Split so that this file does not name them.
_REGISTRIES = ["pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".", "deb.debian" + ".org"]
_PIN = re.compile(r"[A-Za-z0-9_.-]+==[^ ;]+( ; .+)?")


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    return [Path(name) for name in listed.stdout.split("\0") if name and (CHECKOUT / name).is_file()]


def test_the_top_level_is_closed() -> None:
    assert {path.parts[0] for path in _tracked()} - _TOP_LEVEL == set()


def test_no_file_names_a_package_registry() -> None:
    named = [
        str(path)
        for path in _tracked()
        if path.parts[:3] != ("tests", "browser", "vendor")
        and any(host in (CHECKOUT / path).read_bytes().decode(errors="replace") for host in _REGISTRIES)
    ]
    assert named == []


def test_nothing_made_at_run_time_is_tracked() -> None:
    assert [path for path in _tracked() if path.parts[0] == "var" or path.suffix in (".pyc", ".db")] == []


@pytest.mark.parametrize(
    "path", ["requirements.txt", "deploy/local/requirements.txt", "deploy/local/requirements-test.txt"]
)
def test_every_package_is_pinned(path: str) -> None:
    lines = [line for line in (CHECKOUT / path).read_text().splitlines() if line and line[0] not in "#-"]
    assert [line for line in lines if not _PIN.fullmatch(line)] == []


def test_the_product_imports_only_what_requirements_pin() -> None:
    pinned = {
        _canonical(line.split("==")[0])
        for line in (CHECKOUT / "requirements.txt").read_text().splitlines()
        if "==" in line
    }
    homes = packages_distributions()
    unpinned = {
        name
        for name in _imported_by_the_product()
        if name not in sys.stdlib_module_names
        and name not in ("webapp", "tasks")
        and not any(_canonical(home) in pinned for home in homes.get(name, []))
    }
    assert unpinned == set()


def _imported_by_the_product() -> set[str]:
    names: set[str] = set()
    for path in _tracked():
        if path.suffix == ".py" and path.parts[0] in ("webapp", "tasks", "wsgi.py"):
            for node in ast.walk(ast.parse((CHECKOUT / path).read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    names |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                    names.add(node.module.split(".")[0])
    return names


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("room", ["webapp.domain", "webapp.pricing", "webapp.metering"])
def test_a_pure_room_loads_neither_flask_nor_sqlalchemy(room: str) -> None:
    program = f"import {room}, sys; print(sorted({{'flask', 'sqlalchemy', 'werkzeug'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_imports_keep_the_contracts() -> None:
    program = "from importlinter.cli import lint_imports_command as check; check()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=CHECKOUT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
