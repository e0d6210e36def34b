"""What docker-compose.yml and the Dockerfile say, as the drill and the tests read it."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.local.places import CHECKOUT

FILE = CHECKOUT / "docker-compose.yml"
_VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>[A-Z_]+)(?::-(?P<default>[^}]*))?\})")


@dataclass(frozen=True, slots=True)
class Service:
    """One service. `mounts` are single files of the checkout by their path in the container."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    healthcheck: tuple[str, ...]
    mounts: Mapping[str, Path]
    stop_signal: str
    grace_s: float


def document() -> dict[str, Any]:
    """The compose file as it stands, its merges done."""
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


def read_service(name: str, env_folder: Path) -> Service:
    """The service `name` with the env files of `env_folder`. Raises KeyError when there is none."""
    said = document()["services"][name]
    environment = image_environment() if said.get("build", {}).get("target") == "mockupaws" else {}
    for file in said.get("env_file", []):
        environment |= read_env_file(env_folder / Path(file).name)
    environment |= {key: _interpolated(str(value)) for key, value in said.get("environment", {}).items()}
    command = (*said.get("entrypoint", []), *said["command"])
    return Service(
        name=name,
        command=tuple(_interpolated(word) for word in command),
        environment=environment,
        healthcheck=_check(said["healthcheck"]),
        mounts=_mounted_files(said.get("volumes", [])),
        stop_signal=said.get("stop_signal", "SIGTERM"),
        grace_s=float(str(said.get("stop_grace_period", "10s")).removesuffix("s")),
    )


def _check(said: Mapping[str, Any]) -> tuple[str, ...]:
    if said.get("disable"):
        return ()
    kind, *words = (_interpolated(word) for word in said["test"])
    return ("sh", "-c", *words) if kind == "CMD-SHELL" else tuple(words)


def _mounted_files(volumes: list[str]) -> dict[str, Path]:
    pairs = (volume.split(":")[:2] for volume in volumes if volume.startswith("./"))
    return {target: CHECKOUT / source for source, target in pairs if (CHECKOUT / source).is_file()}


def _interpolated(text: str) -> str:
    """`text` as compose hands it on when no variable of its own is set."""
    return _VARIABLE.sub(lambda found: (found["default"] or "") if found["name"] else "$", text)


def compose_variables(text: str) -> set[str]:
    """Names compose itself fills in from its environment."""
    return {found["name"] for found in _VARIABLE.finditer(text) if found["name"]}


def read_env_file(path: Path) -> dict[str, str]:
    """The variables of an env file; lines are NAME=value, taken as they stand."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def image_environment() -> dict[str, str]:
    """What ENV lines of the Dockerfile set in the application's image, its build arguments empty."""
    text = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    stage = text[text.index(" AS mockupaws") :]
    words = [word for line in stage.splitlines() if line.startswith("ENV ") for word in shlex.split(line)[1:]]
    pairs = (word.partition("=") for word in words)
    return {name: "" if value.startswith("${") else value for name, _, value in pairs}
