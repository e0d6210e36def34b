"""What budgets and the posts of their webhooks look like."""

from datetime import datetime
from typing import Annotated, NotRequired
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from webapp.api.v2.shapes.amounts import Usd
from webapp.domain.budgets import BudgetUse, DeliveryStatus, Event, Figure
from webapp.domain.money import plain
from webapp.infra.webhook_post import MAX_URL
from webapp.services.budgets import BudgetView
from webapp.services.webhooks import DeliveryView

_Figure = Annotated[
    Figure,
    Field(
        description="The month that is watched. `high` without a high volume is the expected month.",
        examples=["expected"],
    ),
]


class NewBudgetJson(TypedDict):
    """A budget as it is asked for."""

    amount_usd: Annotated[
        str | int | float,
        Field(description="USD a month, above 0, at most two decimals.", examples=["200.00"]),
    ]
    figure: NotRequired[_Figure]
    webhook_url: NotRequired[
        Annotated[
            str | None,
            Field(
                description="Where crossings are posted to: https, a public address. Empty is nowhere.",
                examples=["https://hooks.example.com/costs"],
                max_length=MAX_URL,
            ),
        ]
    ]


class CrossingJson(TypedDict):
    """A threshold that was passed and not left behind since."""

    threshold: Annotated[int, Field(description="Percent: 50, 80 or 100.", examples=[80])]
    total_usd: Annotated[Usd, Field(description="The bill at that time.")]
    passed_at: datetime


class BudgetJson(TypedDict):
    """A budget, and how much of it the bill takes now."""

    scenario_id: UUID
    amount_usd: Usd
    figure: _Figure
    webhook_url: Annotated[str, Field(description="Empty without a webhook.")]
    total_usd: Annotated[
        Usd | None,
        Field(description="The watched month, without unpriced uses; null when nothing has a known price."),
    ]
    percent: Annotated[
        int | None, Field(description="Of the budget, rounded down; null like `total_usd`.", examples=[85])
    ]
    unpriced: Annotated[int, Field(description="Uses whose price nobody knows: the bill is at least this.")]
    passed: Annotated[
        int | None, Field(description="The highest threshold the bill has reached now; null for none.")
    ]
    crossings: Annotated[list[CrossingJson], Field(description="What was told, the lowest first.")]
    set_at: datetime
    checked_at: Annotated[datetime | None, Field(description="When the bill was last compared.")]


class SetBudgetJson(BudgetJson):
    """A budget just set."""

    webhook_secret: Annotated[
        str | None,
        Field(
            description="What posts are signed with. Here only, and only when the address is new; else null.",
            examples=[None],
        ),
    ]


class DeliveryJson(TypedDict):
    """One post to a webhook, and what became of it."""

    id: Annotated[UUID, Field(description="The header `X-MockupAWS-Delivery`.")]
    event: Event
    status: DeliveryStatus
    attempts: int
    answer_status: Annotated[int | None, Field(description="HTTP status of the last answer; null for none.")]
    duration_ms: Annotated[int | None, Field(description="How long the last try took.")]
    reason: Annotated[str, Field(description="Why the last try failed; empty otherwise.")]
    created_at: datetime
    next_try_at: Annotated[datetime | None, Field(description="null when it is over.")]
    ended_at: datetime | None


class DeliveriesJson(TypedDict):
    """The newest 50 posts, newest first."""

    items: list[DeliveryJson]


def budget_to_json(budget: BudgetView, use: BudgetUse) -> BudgetJson:
    return {
        "scenario_id": budget.scenario_id,
        "amount_usd": plain(budget.amount),
        "figure": budget.figure,
        "webhook_url": budget.webhook_url,
        "total_usd": None if use.is_unknown else plain(use.total),
        "percent": None if use.is_unknown else use.percent,
        "unpriced": use.unpriced,
        "passed": use.passed,
        "crossings": [
            {"threshold": row.threshold, "total_usd": plain(row.total), "passed_at": row.passed_at}
            for row in budget.crossings
        ],
        "set_at": budget.set_at,
        "checked_at": budget.checked_at,
    }


def set_budget_to_json(budget: BudgetView, use: BudgetUse, secret: str | None) -> SetBudgetJson:
    return {**budget_to_json(budget, use), "webhook_secret": secret}


def delivery_to_json(delivery: DeliveryView) -> DeliveryJson:
    return {
        "id": delivery.id,
        "event": delivery.event,
        "status": delivery.status,
        "attempts": delivery.attempts,
        "answer_status": delivery.answer,
        "duration_ms": delivery.duration_ms,
        "reason": delivery.reason,
        "created_at": delivery.created_at,
        "next_try_at": delivery.due_at if delivery.ended_at is None else None,
        "ended_at": delivery.ended_at,
    }
