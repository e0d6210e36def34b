"""SES: attachments of all e-mails sent, from EC2 or not."""

from decimal import Decimal

from tests.pricing.metering import metered


def test_attachments_count_for_every_recipient() -> None:
    units = metered("ses", sent=512, sent_from_ec2=512, attachment_kb=1024, attachment_gb=2)
    assert units == {
        "ses.outbound": 512,
        "ses.outbound_from_ec2": 512,
        "ses.attachment": Decimal(3),
    }


def test_mail_without_attachments_sends_no_gigabytes() -> None:
    assert metered("ses", sent=10) == {"ses.outbound": Decimal(10)}
