"""a report may write a mail

Revision: f2c6e1a84b95
Follows: e5a90b7c3d18
Written: 2026-11-24 08:44:10.402117
"""

import sqlalchemy as sa
from alembic import op

revision = "f2c6e1a84b95"
down_revision = "e5a90b7c3d18"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "reports", sa.Column("mail_when_ready", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("reports", "mail_when_ready")
