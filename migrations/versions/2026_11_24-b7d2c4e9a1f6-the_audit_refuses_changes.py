"""the audit refuses changes

The database itself refuses to change or delete audit entries, whoever asks with the application's role.
It lets through the deletion of entries older than a year that lie in an archived run.

Revision: b7d2c4e9a1f6
Follows: 45b4c309bf45
Written: 2026-11-24 04:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = "b7d2c4e9a1f6"
down_revision = "45b4c309bf45"
branch_labels = None
depends_on = None

ENTRY, SEGMENT, HEAD = "audit_entries", "audit_segments", "audit_heads"

_POSTGRESQL_FUNCTION = """
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'audit_heads' AND TG_OP = 'UPDATE' THEN
        IF NEW.chain = OLD.chain AND NEW.seq >= OLD.seq THEN
            RETURN NEW;
        END IF;
    ELSIF TG_TABLE_NAME = 'audit_entries' AND TG_OP = 'DELETE' THEN
        IF OLD.at < now() - interval '365 days' AND EXISTS (
            SELECT 1 FROM audit_segments AS s WHERE OLD.seq BETWEEN s.first_seq AND s.last_seq
        ) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'The audit is only ever added to: % of % is refused.', TG_OP, TG_TABLE_NAME;
END
$$
"""

_SQLITE_TRIGGERS = {
    "audit_entries_no_update": f"BEFORE UPDATE ON {ENTRY} BEGIN",
    "audit_entries_no_delete": (
        "BEFORE DELETE ON audit_entries WHEN OLD.at >= datetime('now', '-365 days') OR NOT EXISTS ("
        "SELECT 1 FROM audit_segments AS s WHERE OLD.seq BETWEEN s.first_seq AND s.last_seq) BEGIN"
    ),
    "audit_segments_no_update": f"BEFORE UPDATE ON {SEGMENT} BEGIN",
    "audit_segments_no_delete": f"BEFORE DELETE ON {SEGMENT} BEGIN",
    "audit_heads_no_way_back": (
        f"BEFORE UPDATE ON {HEAD} WHEN NEW.chain <> OLD.chain OR NEW.seq < OLD.seq BEGIN"
    ),
    "audit_heads_no_delete": f"BEFORE DELETE ON {HEAD} BEGIN",
    # INSERT OR REPLACE deletes the row that is in its way without asking a trigger of deletions.
    "audit_entries_no_replace": (
        "BEFORE INSERT ON audit_entries WHEN EXISTS (SELECT 1 FROM audit_entries WHERE seq = NEW.seq) BEGIN"
    ),
    "audit_segments_no_replace": (
        "BEFORE INSERT ON audit_segments WHEN EXISTS (SELECT 1 FROM audit_segments AS s "
        "WHERE s.id = NEW.id OR s.first_seq = NEW.first_seq OR s.last_seq = NEW.last_seq) BEGIN"
    ),
    "audit_heads_no_replace": (
        "BEFORE INSERT ON audit_heads WHEN EXISTS (SELECT 1 FROM audit_heads WHERE chain = NEW.chain) BEGIN"
    ),
}


def upgrade() -> None:
    heads = sa.table(HEAD, sa.column("chain"), sa.column("seq"), sa.column("mac"))
    op.bulk_insert(heads, [{"chain": "checkpoints", "seq": 0, "mac": "0" * 64}])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRESQL_FUNCTION)
        for table in (ENTRY, SEGMENT, HEAD):
            _refuse_in_postgresql(table)
    else:
        for name, when in _SQLITE_TRIGGERS.items():
            op.execute(
                f"CREATE TRIGGER {name} {when} SELECT RAISE(ABORT, 'The audit is only ever added to.'); END"
            )


def _refuse_in_postgresql(table: str) -> None:
    for name, moment in (("no_change", "UPDATE OR DELETE"), ("no_truncate", "TRUNCATE")):
        each = "STATEMENT" if moment == "TRUNCATE" else "ROW"
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {moment} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION refuse_audit_change()"
        )
        # Also where session_replication_role would switch ordinary triggers off.
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{name}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in (ENTRY, SEGMENT, HEAD):
            for name in ("no_change", "no_truncate"):
                op.execute(f"DROP TRIGGER {table}_{name} ON {table}")
        op.execute("DROP FUNCTION refuse_audit_change()")
    else:
        for name in _SQLITE_TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
    op.execute(f"DELETE FROM {HEAD} WHERE chain = 'checkpoints'")  # noqa: S608 - a name of ours
