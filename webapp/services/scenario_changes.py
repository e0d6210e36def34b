"""What a change made different about a scenario, in few words, for the audit."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from webapp.domain.activities import ScenarioUpdated
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.models.scenario import Scenario
from webapp.services.activities import record
from webapp.services.audit_chain import canonical

#: Letters of a value the audit keeps.
LONGEST = 200
#: Changed resources that are named one by one; more are counted.
MOST_RESOURCES = 20
_COLUMNS = (
    "name", "description", "region", "status", "free_tier", "commitment", "traffic_source", "traffic",
    "prices",
)  # fmt: skip

Said = Mapping[str, object]
Changes = Mapping[str, tuple[object, object]]


@contextmanager
def changing(scenario: Scenario) -> Iterator[None]:
    """Change the locked `scenario` inside: its version grows, and what became different is recorded."""
    before = _said_of(scenario)
    yield
    touch(scenario)
    note_changes(scenario, changes_between(before, _said_of(scenario)))


def touch(scenario: Scenario) -> None:
    """Note that there is a new version."""
    scenario.version += 1
    scenario.updated_at = now()
    db.session.flush()


def note_changes(scenario: Scenario, changes: Changes) -> None:
    """Record what became different, if anything."""
    if changes:
        record(ScenarioUpdated(scenario.id, scenario.owner_id, changes))


def changes_between(before: Said, after: Said) -> Changes:
    """{what: (before, after)} of what differs, each value shortened; None is not there."""
    named = [*before, *(name for name in after if name not in before)]
    differing = [name for name in named if before.get(name) != after.get(name)]
    resources = [name for name in differing if name.startswith("resources/")]
    if len(resources) > MOST_RESOURCES:
        differing = [name for name in differing if name not in resources]
    changes = {name: (short(before.get(name)), short(after.get(name))) for name in differing}
    if len(resources) > MOST_RESOURCES:
        changes["resources"] = (_counted(before), f"{_counted(after)}, {len(resources)} of them different")
    return changes


def short(value: object) -> str | None:
    """`value` as text of at most LONGEST letters."""
    if value is None:
        return None
    text = value if isinstance(value, str) else canonical({"": value})[4:-1]
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _counted(said: Said) -> str:
    return f"{sum(name.startswith('resources/') for name in said)} resources"


def _said_of(scenario: Scenario) -> Said:
    """What the scenario states. JSON columns are replaced, never changed in place, so no copy is needed."""
    said: dict[str, object] = {name: getattr(scenario, name) for name in _COLUMNS}
    said["tags"] = ", ".join(tag.tag for tag in scenario.tags)
    seen: Counter[str] = Counter()
    for row in scenario.resources:
        name = row.name or row.service
        seen[name] += 1
        nth = f" ({seen[name]})" if seen[name] > 1 else ""
        stated = {"service": row.service, "settings": row.settings, "usage": row.usage}
        said[f"resources/{name}{nth}"] = stated
    return said
