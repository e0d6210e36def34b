"""budgets and webhooks

Revision: e5a90b7c3d18
Follows: c4e8f1b2d6a3
Written: 2026-11-24 05:08:02.114650
"""

import sqlalchemy as sa
from alembic import op

revision = "e5a90b7c3d18"
down_revision = "c4e8f1b2d6a3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "budgets",
        sa.Column("scenario_id", sa.Uuid(), nullable=False),
        sa.Column("amount_usd", sa.String(length=40), nullable=False),
        sa.Column("figure", sa.String(length=16), nullable=False),
        sa.Column("webhook_url", sa.String(length=2000), nullable=False),
        sa.Column("webhook_secret", sa.Text(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["scenario_id"],
            ["scenarios.id"],
            name=op.f("fk_budgets_scenario_id_scenarios"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("scenario_id", name=op.f("pk_budgets")),
    )
    op.create_index(op.f("ix_budgets_asked_at"), "budgets", ["asked_at"], unique=False)
    op.create_table(
        "budget_crossings",
        sa.Column("scenario_id", sa.Uuid(), nullable=False),
        sa.Column("threshold", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("total_usd", sa.String(length=80), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["scenario_id"],
            ["budgets.scenario_id"],
            name=op.f("fk_budget_crossings_scenario_id_budgets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("scenario_id", "threshold", name=op.f("pk_budget_crossings")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("scenario_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scenario_id"],
            ["budgets.scenario_id"],
            name=op.f("fk_webhook_deliveries_scenario_id_budgets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index(
        op.f("ix_webhook_deliveries_scenario_id"), "webhook_deliveries", ["scenario_id"], unique=False
    )
    op.create_index(
        "ix_webhook_deliveries_status_due_at", "webhook_deliveries", ["status", "due_at"], unique=False
    )


def downgrade() -> None:
    op.drop_table("webhook_deliveries")
    op.drop_table("budget_crossings")
    op.drop_table("budgets")
