"""Jobs about the audit."""

from tasks.app import app
from webapp.domain.jobs import CHECKPOINT_AUDIT, PRUNE_AUDIT
from webapp.services.audit_checkpoints import write_checkpoint
from webapp.services.audit_pruning import prune_audit


@app.task(name=CHECKPOINT_AUDIT.name)
def checkpoint() -> None:
    """Sign how far the audit has come, when something happened."""
    write_checkpoint()


@app.task(name=PRUNE_AUDIT.name)
def prune() -> None:
    """Archive and delete what is older than the retention."""
    prune_audit()
