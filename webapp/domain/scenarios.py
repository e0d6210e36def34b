"""Scenario states and the rules between them."""

from collections.abc import Mapping
from typing import Literal

from webapp.domain.errors import Conflict
from webapp.domain.words import N_, phrase

Status = Literal["draft", "running", "completed", "archived"]
TrafficSource = Literal["declared", "recorded"]

STATUSES: Mapping[Status, str] = {
    "draft": N_("Draft"),
    "running": N_("Recording"),
    "completed": N_("Completed"),
    "archived": N_("Archived"),
}
#: Where each state may go. Archived scenarios are read-only until they are restored to a draft.
MOVES: Mapping[Status, tuple[Status, ...]] = {
    "draft": ("running", "completed", "archived"),
    "running": ("completed",),
    "completed": ("running", "draft", "archived"),
    "archived": ("draft",),
}


def check_move(present: Status, wanted: Status) -> None:
    """Raise Conflict unless a scenario may go from `present` to `wanted`."""
    if wanted != present and wanted not in MOVES[present]:
        raise Conflict(
            phrase(
                N_("A scenario that is %(present)s cannot become %(wanted)s. It can become: %(moves)s."),
                present=present,
                wanted=wanted,
                moves=", ".join(MOVES[present]),
            )
        )


def check_editable(present: Status) -> None:
    """Raise Conflict when a scenario is archived."""
    if present == "archived":
        raise Conflict(phrase(N_("This scenario is archived and cannot be changed. Restore it first.")))


def check_recordable(present: Status) -> None:
    """Raise Conflict unless events may be recorded: a draft starts recording with its first event."""
    if present not in ("draft", "running"):
        raise Conflict(
            phrase(
                N_("This scenario is %(present)s. Start its recording again before sending events."),
                present=present,
            )
        )
