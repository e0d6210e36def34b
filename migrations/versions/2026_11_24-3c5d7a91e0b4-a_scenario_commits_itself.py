"""a scenario commits itself

Revision: 3c5d7a91e0b4
Follows: 801e1de2f5ab
Written: 2026-11-24 02:19:04.118203
"""

import sqlalchemy as sa
from alembic import op

revision = "3c5d7a91e0b4"
down_revision = "801e1de2f5ab"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch: SQLite would rebuild the table, and dropping the old one takes its resources along.
    op.add_column("scenarios", sa.Column("commitment", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("scenarios", "commitment")
