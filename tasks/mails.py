"""Jobs about mails."""

from uuid import UUID

from celery import Task

from tasks.app import app
from tasks.turns import is_its_turn
from webapp.domain.jobs import DELIVER_MAIL, RESEND_MAILS, SWEEP_MAILS
from webapp.services.mail_delivery import deliver_mail
from webapp.services.mail_queue import resend_stuck_mails, take_mail_turn
from webapp.services.mail_sweeping import sweep_mails


@app.task(name=DELIVER_MAIL.name, bind=True)
def deliver(self: Task, mail_id: str) -> None:
    """Send one mail, when it is its turn."""
    mail = UUID(mail_id)
    if is_its_turn(self, lambda: take_mail_turn(mail)):
        deliver_mail(mail)


@app.task(name=RESEND_MAILS.name)
def resend() -> None:
    """Hand lost and due mails over again."""
    resend_stuck_mails()


@app.task(name=SWEEP_MAILS.name)
def sweep() -> None:
    """Remove mails that are long over, with their files."""
    sweep_mails()
