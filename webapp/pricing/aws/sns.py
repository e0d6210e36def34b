"""Amazon SNS: publishes, deliveries per protocol, message data protection and filtering; FIFO topics."""

from decimal import Decimal

from webapp.domain.words import N_
from webapp.pricing.aws._fields import choice, decimal, monthly, whole
from webapp.pricing.aws._sns_metering import sns_quantities
from webapp.pricing.declaration import Allowance, PriceKey, ServiceModel, Usage

PAGE = "AWS SNS pricing page"
_STANDARD, _FIFO = ("topic_type", "standard"), ("topic_type", "fifo")


def _price(key: str, label: str, unit: str, usagetype: str = "") -> PriceKey:
    """Without a `usagetype` no import finds the price: its name in the AWS Price List has not been seen."""
    return PriceKey(f"sns.{key}", label, unit, "AmazonSNS", {"usagetype": usagetype} if usagetype else {})


def _deliveries(name: str, label: str, help: str = "") -> Usage:
    return monthly(name, label, "notifications", help, shown_when=_STANDARD)


def _free(name: str, label: str, keys: tuple[str, ...], quantity: int) -> Allowance:
    return Allowance(name, label, keys, Decimal(quantity), "always", PAGE)


SETTINGS = (
    choice("topic_type", N_("Topic type"), (("standard", N_("Standard")), ("fifo", N_("FIFO")))),
    decimal(
        "message_kb",
        N_("Size of one message"),
        "KB",
        1,
        (0, 256),
        N_(
            "Standard: every started 64 KB is one request; keep 1 KB when the usage already counts chunks. "
            "FIFO: payload is billed by the GB, at least 1 KB a message."
        ),
    ),
    choice(
        "push_platform",
        N_("Mobile push platform"),
        (("apns", N_("Apple")), ("gcm", N_("Google"))),
        shown_when=_STANDARD,
    ),
    whole("subscriptions", N_("Subscribed queues"), "subscriptions", 1, (0, 10_000), shown_when=_FIFO),
    whole(
        "archive_days",
        N_("Days messages are archived"),
        "days",
        0,
        (0, 365),
        N_("0 keeps no archive."),
        shown_when=_FIFO,
    ),
)

USAGE = (
    monthly(
        "requests",
        N_("Messages published"),
        "requests",
        N_("Each started 64 KB is one request."),
        per="chunks_64kb",
    ),
    _deliveries("http_deliveries", N_("HTTP/S deliveries")),
    _deliveries("email_deliveries", N_("E-mail deliveries")),
    _deliveries("sqs_deliveries", N_("SQS deliveries"), N_("Free; the queue bills its own requests.")),
    _deliveries(
        "lambda_deliveries", N_("Lambda deliveries"), N_("Free; the function bills its own requests.")
    ),
    _deliveries("firehose_deliveries", N_("Data Firehose deliveries")),
    _deliveries("push_deliveries", N_("Mobile push deliveries")),
    _deliveries("sms_deliveries", N_("SMS deliveries"), N_("The price depends on the country called.")),
    monthly("scanned_gb", N_("Data scanned"), "GB", N_("By message data protection policies."), per=""),
    monthly(
        "audited_gb",
        N_("Data scanned for audit"),
        "GB",
        N_("By message data protection policies."),
        per="",
    ),
    monthly(
        "filtered_gb",
        N_("Data filtered by payload"),
        "GB",
        N_("Payload scanned by subscription filters, per filter policy."),
        per="",
    ),
)

PRICES = (
    _price("requests", N_("Publish requests"), "Request(64 KB)", "Requests-Tier1"),
    _price("http", N_("HTTP/S deliveries"), "Notification", "DeliveryAttempts-HTTP"),
    _price("email", N_("E-mail deliveries"), "Notification", "DeliveryAttempts-SMTP"),
    _price("sqs", N_("SQS deliveries"), "Notification", "DeliveryAttempts-SQS"),
    _price("lambda", N_("Lambda deliveries"), "Notification", "DeliveryAttempts-LAMBDA"),
    _price("firehose", N_("Data Firehose deliveries"), "Notification", "DeliveryAttempts-FIREHOSE"),
    _price("push.apns", N_("Apple push deliveries"), "Notification", "DeliveryAttempts-APNS"),
    _price("push.gcm", N_("Google push deliveries"), "Notification", "DeliveryAttempts-GCM"),
    _price("sms", N_("SMS deliveries"), "Notification", "DeliveryAttempts-SMS"),
    _price("data_protection.scan", N_("Message data protection"), "GB"),
    _price("data_protection.audit", N_("Message data protection audits"), "GB"),
    _price("payload_filter_scan", N_("Payload filtering"), "GB"),
    _price("fifo.requests", N_("FIFO publish requests"), "Request", "F-Request-Tier1"),
    _price("fifo.publish_payload", N_("FIFO payload published"), "GB", "F-Ingress-Tier1"),
    _price("fifo.sub_messages", N_("FIFO deliveries"), "Message", "F-DA-SQS"),
    _price("fifo.sub_payload", N_("FIFO payload delivered"), "GB", "F-Egress-SQS"),
    _price("fifo.archive", N_("FIFO archive processing"), "GB"),
    _price("fifo.archive_storage", N_("FIFO archive storage"), "GB-Mo"),
)

SERVICE = ServiceModel(
    code="sns",
    name="Amazon SNS",
    category=N_("Integration"),
    summary=N_("Topics billed per publish and per delivery."),
    settings=SETTINGS,
    usage=USAGE,
    prices=PRICES,
    allowances=(
        _free(
            "sns_requests", N_("1 million publish requests of standard topics"), ("sns.requests",), 1_000_000
        ),
        _free("sns_http", N_("100,000 HTTP/S deliveries"), ("sns.http",), 100_000),
        _free("sns_email", N_("1,000 e-mail deliveries"), ("sns.email",), 1000),
        _free(
            "sns_push", N_("1 million mobile push deliveries"), ("sns.push.apns", "sns.push.gcm"), 1_000_000
        ),
    ),
    quantities=sns_quantities,
    assumptions=(
        N_("An SNS archive is priced as full: what was published in the days it keeps, all month long."),
    ),
    pricing_page="https://aws.amazon.com/sns/pricing/",
    keywords=("topic", "notifications", "pub/sub"),
)
