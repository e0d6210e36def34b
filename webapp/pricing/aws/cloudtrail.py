"""AWS CloudTrail: data events, further copies of management events, and Insights."""

from collections.abc import Iterator

from webapp.domain.words import N_
from webapp.pricing.aws._fields import monthly
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    return counted(
        inputs,
        (
            ("cloudtrail.data_event", "data_events", N_("%(n)s events")),
            ("cloudtrail.management_copy", "management_copies", N_("%(n)s events")),
            ("cloudtrail.insight_event", "insight_events", N_("%(n)s events analysed")),
        ),
    )


def _price(key: str, label: str, usagetype: str) -> PriceKey:
    return PriceKey(f"cloudtrail.{key}", label, "Event", "AWSCloudTrail", {"usagetype": usagetype})


SERVICE = ServiceModel(
    code="cloudtrail",
    name="AWS CloudTrail",
    category=N_("Monitoring"),
    summary=N_("Audit events; the first copy of management events is free."),
    settings=(),
    usage=(
        monthly(
            "data_events", N_("Data events"), "events", N_("Reads and writes of objects, function calls.")
        ),
        monthly(
            "management_copies",
            N_("Further copies of management events"),
            "events",
            N_("Delivered by a second or later trail; the first is free."),
            per="",
        ),
        monthly("insight_events", N_("Events analysed by Insights"), "events", per=""),
    ),
    prices=(
        _price("data_event", N_("Data events"), "DataEventsRecorded"),
        _price("management_copy", N_("Management events, further copies"), "PaidEventsRecorded"),
        _price("insight_event", N_("Events analysed by Insights"), "InsightsEvents"),
    ),
    allowances=(),
    quantities=_quantities,
    assumptions=(N_("CloudTrail Lake is not counted; storage of trails in S3 is billed by S3."),),
    pricing_page="https://aws.amazon.com/cloudtrail/pricing/",
    keywords=("audit", "trail", "events"),
)
