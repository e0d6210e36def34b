"""Writes docs/configuration.md from the settings: `python -m deploy.configuration`.

The settings are the one source: names, defaults and meanings stand there, with a heading over each group.
What other programs of the same containers read by themselves is named here.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import PydanticUndefined

from webapp.settings import Settings

CHECKOUT = Path(__file__).resolve().parents[1]
PAGE = CHECKOUT / "docs" / "configuration.md"
_SOURCE = CHECKOUT / "webapp" / "settings.py"
_INTRODUCTION = """# Configuration

Settings are environment variables, read once at the start; an empty one means its default. A value that
cannot be used ends the start with a sentence that names the variable and what to write. `make run` states
what a laptop needs by itself. Nothing else reads the environment but the programs named
[below](#read-by-others).

This page is written by `python -m deploy.configuration`; a test holds it to the settings.
"""
#: Variables of our containers that are no settings of ours: who reads each, and what for.
READ_BY_OTHERS: Mapping[str, tuple[str, str]] = {
    "FLASK_APP": ("flask", "Where `flask` finds the application: `wsgi`."),
    "PYTHONDONTWRITEBYTECODE": ("Python", "Set, nothing is compiled into a file system that is read-only."),
    "PYTHONUNBUFFERED": ("Python", "Set, every line is written at once."),
    "FLOWER_BASIC_AUTH": ("Flower", "Who may look: `name:password`, several with commas between."),
    "FLOWER_ADDRESS": ("Flower", "Address it listens on; `make flower` takes 127.0.0.1 whatever is set."),
    "FLOWER_PORT": ("Flower", "Port it listens on, 5555 without; `make flower` reads it too."),
    "FLOWER_URL_PREFIX": ("Flower", "Path it answers below: `flower`."),
    "FLOWER_MAX_TASKS": ("Flower", "Jobs it keeps in mind."),
    "FLOWER_CONF": ("Flower", "Its configuration file: `deploy/flower_config.py` closes its metrics too."),
    "FLOWER_PASSWORD": (
        "make flower",
        "Password of its user `admin`; without one it makes one and shows it.",
    ),
    "MOCKUPAWS_STATE": ("make flower", "Folder of the stack it looks at; `var` without."),
    "SSL_CERT_FILE": (
        "Python",
        "Authorities a mail server's certificate is checked against, in place of the system's.",
    ),
}


@dataclass(frozen=True, slots=True)
class Described:
    """One setting: its variable, its default as text, what it means, and the group it stands in."""

    name: str
    default: str
    meaning: str
    group: str


def described_settings() -> Iterator[Described]:
    """Every setting in the order of the source."""
    lines = _SOURCE.read_text(encoding="utf-8").splitlines()
    tree = ast.parse("\n".join(lines))
    (settings,) = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings"]
    group = ""
    for node in settings.body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        above = _comment_above(lines, node.lineno - 1)
        group = next((line[2:] for line in above if line.startswith("# ")), group)
        meaning = " ".join(line[3:] for line in above if line.startswith("#: "))
        field = Settings.model_fields[node.target.id]
        yield Described(field.alias or node.target.id.upper(), _shown(field.default), meaning, group)


def _comment_above(lines: list[str], index: int) -> list[str]:
    """The comment right above line `index`, with a heading that stands over it."""
    found = list[str]()
    for line in reversed(lines[:index]):
        if not line.strip().startswith("#") and not (found and not line.strip()):
            break
        found.append(line.strip())
        if line.strip().startswith("# "):
            break
    return found[::-1]


def _shown(default: object) -> str:
    if default is PydanticUndefined or default in ("", None):
        return "–"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, Path):
        return f"`{default.relative_to(CHECKOUT)}`"
    return f"`{default}`"


def page() -> str:
    """The whole page."""
    parts, group = [_INTRODUCTION], None
    for setting in described_settings():
        if setting.group != group:
            group = setting.group
            parts.append(f"\n## {group}\n\n| variable | default | meaning |\n|---|---|---|\n")
        parts.append(f"| `{setting.name}` | {setting.default} | {setting.meaning} |\n")
    parts.append("\n## Read by others\n\n| variable | read by | meaning |\n|---|---|---|\n")
    parts += [f"| `{name}` | {by} | {meaning} |\n" for name, (by, meaning) in READ_BY_OTHERS.items()]
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
