"""Plans, and how many requests each may make."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from webapp.domain.words import N_

Plan = Literal["free", "premium", "enterprise"]
Role = Literal["user", "admin"]

ROLES: Mapping[Role, str] = {"user": N_("User"), "admin": N_("Administrator")}


@dataclass(frozen=True, slots=True)
class Allowance:
    """Requests a caller may make: `per_minute` in any minute, `burst` in any one second."""

    label: str
    per_minute: int
    burst: int


PLANS: Mapping[Plan, Allowance] = {
    "free": Allowance(N_("Free"), 100, 10),
    "premium": Allowance(N_("Premium"), 1_000, 50),
    "enterprise": Allowance(N_("Enterprise"), 10_000, 200),
}
