"""price catalogs can be held and refreshed

Revision: 801e1de2f5ab
Follows: 8fe3f1d23ee2
Written: 2026-11-24 02:01:47.986753
"""

import sqlalchemy as sa
from alembic import op

revision = "801e1de2f5ab"
down_revision = "8fe3f1d23ee2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "price_refreshes",
        sa.Column("slot", sa.String(length=16), nullable=True),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("catalog", sa.String(length=80), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_refreshes")),
        sa.UniqueConstraint("slot", name=op.f("uq_price_refreshes_slot")),
    )
    with op.batch_alter_table("price_refreshes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_price_refreshes_started_at"), ["started_at"], unique=False)

    op.create_table(
        "catalog_offers",
        sa.Column("catalog_id", sa.Uuid(), nullable=False),
        sa.Column("offer", sa.String(length=80), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("selectors", sa.String(length=16), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["catalog_id"],
            ["catalogs.id"],
            name=op.f("fk_catalog_offers_catalog_id_catalogs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("catalog_id", "offer", "region", name=op.f("pk_catalog_offers")),
    )
    # Not in a batch: SQLite would rebuild the table, and dropping the old one takes every price along.
    op.add_column(
        "catalogs", sa.Column("status", sa.String(length=16), server_default="accepted", nullable=False)
    )
    op.add_column("catalogs", sa.Column("reasons", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("catalogs", sa.Column("base", sa.String(length=80), server_default="", nullable=False))
    op.add_column("catalogs", sa.Column("made_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("catalogs", "made_at")
    op.drop_column("catalogs", "base")
    op.drop_column("catalogs", "reasons")
    op.drop_column("catalogs", "status")

    op.drop_table("catalog_offers")
    with op.batch_alter_table("price_refreshes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_price_refreshes_started_at"))

    op.drop_table("price_refreshes")
