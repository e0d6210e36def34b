"""receipts know their body

Revision: a7c41f9e2d58
Follows: f2c6e1a84b95
Written: 2026-11-29 23:31:17.284906
"""

import sqlalchemy as sa
from alembic import op

revision = "a7c41f9e2d58"
down_revision = "f2c6e1a84b95"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was counted before keeps none: its body is gone, and its key goes on being repeated as it was.
    with op.batch_alter_table("ingest_requests") as batch_op:
        batch_op.add_column(sa.Column("digest", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("ingest_requests") as batch_op:
        batch_op.drop_column("digest")
