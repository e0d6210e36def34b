"""Known vulnerabilities of the packages we pin, asked of the package index through pip-audit.

Prints what it found, and says so in one line when it could not find out: an index without advisories (a
mirror, a machine without a network) must not look like packages without faults.
"""

import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from packaging.version import Version
from pip_audit._dependency_source.interface import PYPI_URL
from pip_audit._service import PyPIService, VulnerabilityService
from pip_audit._service.interface import ResolvedDependency, ServiceError, SkippedDependency
from requests.adapters import HTTPAdapter

from deploy.local.places import CHECKOUT

#: Where pip-audit asks: the server of its own package list.
_INDEX = PYPI_URL.removesuffix("/simple/")
_PINS = ("requirements.txt", "deploy/local/requirements.txt", "deploy/local/requirements-test.txt")
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;]+)")
_PATIENCE_S = 5
#: After this many packages in a row that nothing is known about, the rest is not asked for.
_ENOUGH = 3


@dataclass(slots=True)
class Findings:
    """What was learnt about the packages: lines for people, and how many nothing is known about."""

    vulnerable: list[str] = field(default_factory=list)
    audited: int = 0
    unknown: int = 0


class _Mirror(HTTPAdapter):
    """Sends what is meant for the index to another server."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address.rstrip("/")

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = (request.url or "").replace(_INDEX, self._address, 1)
        return super().send(request, *args, **kwargs)


def index(address: str, cache: Path) -> PyPIService:
    """The advisories of the package index at `address`."""
    service = PyPIService(cache, _PATIENCE_S)
    if address != _INDEX:
        service.session.mount(_INDEX, _Mirror(address))
    return service


def audit(pins: Iterable[tuple[str, str]], service: VulnerabilityService) -> Findings:
    """Look every pinned package up; gives up early on an index that knows none of the first ones."""
    findings, silent = Findings(), 0
    for name, version in pins:
        if findings.audited == 0 and silent == _ENOUGH:
            findings.unknown += 1
            continue
        try:
            answered, found = service.query(ResolvedDependency(name, Version(version)))
        except (ServiceError, requests.RequestException, ValueError):
            answered, found = SkippedDependency(name, "the index did not answer"), []
        if isinstance(answered, SkippedDependency):
            findings.unknown += 1
            silent += 1
            continue
        findings.audited += 1
        for each in found:
            mended = ", ".join(map(str, each.fix_versions)) or "no version yet"
            findings.vulnerable.append(f"{name} {version}: {each.id}, mended in {mended}. {each.description}")
    return findings


def pinned(checkout: Path = CHECKOUT) -> list[tuple[str, str]]:
    """Name and version of every package in our lists."""
    lines = [line for file in _PINS for line in (checkout / file).read_text(encoding="utf-8").splitlines()]
    return [(match["name"], match["version"]) for match in map(_PIN.match, lines) if match]


def main() -> int:
    """1 when a pinned package is known to be vulnerable, or was not audited although it has to be; else 0."""
    address = os.environ.get("ADVISORIES_URL") or _INDEX
    findings = audit(pinned(), index(address, CHECKOUT / "var" / "advisories"))
    for line in findings.vulnerable:
        print(line, file=sys.stderr)
    if findings.unknown:
        print(f"advisories could not be had: {findings.unknown} packages were not audited")
    must_be_known = os.environ.get("ADVISORIES_REQUIRED", "") not in ("", "0", "false")
    return int(bool(findings.vulnerable or (must_be_known and findings.unknown)))


if __name__ == "__main__":
    sys.exit(main())
