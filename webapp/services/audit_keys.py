"""In which order keys may have signed the audit: one that was replaced signs nothing any more.

A key that leaked is replaced. Were what it signs taken for genuine afterwards, whoever has it could still
rewrite the end of the chain.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from webapp.services.audit_chain import present_key

#: Processes that were started with the former key may go on so long after the first one has the new key.
OVERLAP = timedelta(minutes=15)


def _present_key_id() -> str:
    return present_key()[0]


@dataclass(slots=True)
class KeyOrder:
    """The keys met along a chain, and when each was replaced. Moments are those of the signed entries."""

    present: str = field(default_factory=_present_key_id)
    current: str = ""
    latest: datetime | None = None
    replaced_at: dict[str, datetime] = field(default_factory=dict)
    present_since: datetime | None = None

    def is_in_turn(self, key_id: str, at: datetime) -> bool:
        """Whether the entry of `at`, the next of the chain, may be signed with `key_id`.

        No key follows the present one, and none that was replaced comes back; OVERLAP apart.
        """
        # By the latest moment so far: an entry that is dated back is no earlier in the chain.
        self.latest = at if self.latest is None else max(at, self.latest)
        replaced_at = self._replaced_at(key_id)
        if replaced_at is not None:
            return self.latest <= replaced_at + OVERLAP
        if key_id != self.current:
            self.replaced_at[self.current], self.current = self.latest, key_id
        if key_id == self.present and self.present_since is None:
            self.present_since = self.latest
        return True

    def _replaced_at(self, key_id: str) -> datetime | None:
        if key_id == self.present:
            return None
        return self.replaced_at.get(key_id, self.present_since)
