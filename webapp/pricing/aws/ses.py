"""Amazon Simple Email Service: e-mail out and in, attachments, dedicated addresses."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import decimal, monthly
from webapp.pricing.aws._rounding import KB_PER_GB
from webapp.pricing.aws._wording import added, counted
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    yield from counted(inputs, _AS_STATED)
    sent, kb = inputs["sent"] + inputs["sent_from_ec2"], inputs.number("attachment_kb")
    stated = inputs["attachment_gb"]
    attached = sent * kb / KB_PER_GB
    if attached or stated:
        how = added(
            (attached, wording("%(n)s e-mails × %(kb)s KB / 1,048,576", n=sent, kb=kb)),
            (stated, wording("%(gb)s GB", gb=stated)),
        )
        yield Quantity("ses.attachment", attached + stated, how)


_AS_STATED = (
    ("ses.outbound", "sent", N_("%(n)s recipients")),
    ("ses.outbound_from_ec2", "sent_from_ec2", N_("%(n)s recipients")),
    ("ses.inbound", "received", N_("%(n)s messages")),
    ("ses.inbound_chunk", "received_chunks", N_("%(n)s complete chunks of 256 KB")),
    ("ses.dedicated_ip", "dedicated_ips", N_("%(n)s addresses")),
)


def _price(key: str, label: str, unit: str, **selector: str) -> PriceKey:
    return PriceKey(f"ses.{key}", label, unit, "AmazonSES", selector)


SERVICE = ServiceModel(
    code="ses",
    name="Amazon Simple Email Service",
    category=N_("Messaging"),
    summary=N_("E-mail billed per recipient, and data in attachments."),
    settings=(
        decimal(
            "attachment_kb",
            N_("Attachments of one e-mail"),
            "KB",
            0,
            (0, 40_960),
            N_("On average over all e-mails sent."),
        ),
    ),
    usage=(
        monthly("sent", N_("E-mails sent"), "recipients", N_("Each recipient of an e-mail is one.")),
        monthly("sent_from_ec2", N_("E-mails sent from EC2"), "recipients", per=""),
        monthly("received", N_("E-mails received"), "messages", per=""),
        monthly(
            "received_chunks",
            N_("Data received"),
            "chunks",
            N_("Only complete chunks of 256 KB count."),
            per="",
        ),
        monthly("attachment_gb", N_("Further attachments sent"), "GB", N_("GB of 2^30 bytes."), per=""),
        monthly("dedicated_ips", N_("Dedicated addresses"), "addresses", per=""),
    ),
    prices=(
        _price("outbound", N_("E-mails sent"), "Recipient", usagetype="Recipients"),
        _price("outbound_from_ec2", N_("E-mails sent from EC2"), "Recipient", usagetype="Recipients-EC2"),
        _price("inbound", N_("E-mails received"), "Message", usagetype="Message"),
        _price("inbound_chunk", N_("Data received"), "Chunk(256 KB)"),
        _price("attachment", N_("Attachments sent"), "GB", usagetype="AttachmentsSize-Bytes"),
        _price("dedicated_ip", N_("Dedicated addresses"), "IP-month"),
    ),
    allowances=(
        Allowance(
            "ses_messages",
            N_("3,000 e-mails"),
            ("ses.outbound", "ses.outbound_from_ec2", "ses.inbound"),
            Decimal(3_000),
            "first-12-months",
            "Amazon SES pricing page",
        ),
    ),
    quantities=_quantities,
    assumptions=(N_("SES: Virtual Deliverability Manager and Mail Manager are not counted."),),
    pricing_page="https://aws.amazon.com/ses/pricing/",
    keywords=("e-mail", "mail", "smtp"),
)
