"""AWS Glue: ETL jobs, crawlers and the data catalog."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import choice, decimal, monthly
from webapp.pricing.aws._wording import added, counted
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel

#: Jobs are billed by the second for at least a minute, crawlers for at least ten (AWS Glue pricing page).
JOB_MINIMUM_MINUTES = Decimal(1)
CRAWLER_MINIMUM_MINUTES = Decimal(10)
#: A crawler runs with two DPUs (AWS Glue pricing page, example of a crawler).
CRAWLER_DPUS = Decimal(2)
_PAGE = "AWS Glue pricing page"


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    flex = inputs.choice("execution_class") == "flex"
    yield from _runs(
        inputs,
        "glue.flex.dpu_hour" if flex else "glue.etl.dpu_hour",
        ("job_runs", "dpu_hours"),
        (inputs.number("dpus"), max(JOB_MINIMUM_MINUTES, inputs.number("job_minutes"))),
    )
    yield from _runs(
        inputs,
        "glue.crawler.dpu_hour",
        ("crawler_runs", "crawler_dpu_hours"),
        (CRAWLER_DPUS, max(CRAWLER_MINIMUM_MINUTES, inputs.number("crawler_minutes"))),
    )
    yield from counted(
        inputs,
        (
            ("glue.catalog.objects", "catalog_objects", N_("%(n)s objects")),
            ("glue.catalog.requests", "catalog_requests", N_("%(n)s requests")),
        ),
    )


def _runs(
    inputs: Inputs, key: str, usage: tuple[str, str], each: tuple[Decimal, Decimal]
) -> Iterator[Quantity]:
    """DPU-hours of runs with `each` (DPUs, minutes), plus DPU-hours counted elsewhere."""
    runs, further = inputs[usage[0]], inputs[usage[1]]
    dpus, minutes = each
    hours = runs * dpus * minutes / 60
    if hours or further:
        how = added(
            (hours, wording("%(n)s runs × %(dpus)s DPU × %(m)s minutes / 60", n=runs, dpus=dpus, m=minutes)),
            (further, wording("%(n)s DPU-hours", n=further)),
        )
        yield Quantity(key, hours + further, how)


def _price(key: str, label: str, unit: str, **selector: str) -> PriceKey:
    return PriceKey(f"glue.{key}", label, unit, "AWSGlue", selector)


SERVICE = ServiceModel(
    code="glue",
    name="AWS Glue",
    category=N_("Analytics"),
    summary=N_("Data jobs billed by the DPU-hour, and a catalog of tables."),
    settings=(
        choice(
            "execution_class",
            N_("Execution class"),
            (("standard", N_("Standard")), ("flex", N_("Flexible"))),
            N_("Flexible jobs start when there is room."),
        ),
        decimal(
            "dpus", N_("DPUs of a job"), "DPU", 10, (0, 1000), N_("G.1X workers are 1, Python shell 0.0625.")
        ),
        decimal("job_minutes", N_("Length of a job"), "minutes", 10, (0, 10_080), N_("A minute at least.")),
        decimal("crawler_minutes", N_("Length of a crawl"), "minutes", 10, (0, 1440), N_("10 at least.")),
    ),
    usage=(
        monthly("job_runs", N_("Job runs"), "runs", per=""),
        monthly("dpu_hours", N_("Further job time"), "DPU-hours", N_("Added as it is."), per=""),
        monthly("crawler_runs", N_("Crawler runs"), "runs", N_("With two DPUs each."), per=""),
        monthly("crawler_dpu_hours", N_("Further crawler time"), "DPU-hours", N_("Added as it is."), per=""),
        monthly(
            "catalog_objects", N_("Catalog objects"), "objects", N_("Tables, versions, partitions."), per=""
        ),
        monthly("catalog_requests", N_("Catalog requests"), "requests", per=""),
    ),
    prices=(
        # Interactive sessions and development endpoints share the usage type of jobs.
        _price("etl.dpu_hour", N_("Job time"), "DPU-Hour", usagetype="ETL-DPU-Hour", operation="Jobrun"),
        _price("flex.dpu_hour", N_("Flexible job time"), "DPU-Hour", usagetype="ETL-Flex-DPU-Hour"),
        _price("crawler.dpu_hour", N_("Crawler time"), "DPU-Hour", usagetype="Crawler-DPU-Hour"),
        _price("catalog.objects", N_("Catalog objects"), "Object-month", usagetype="Catalog-Storage"),
        _price("catalog.requests", N_("Catalog requests"), "Request", usagetype="Catalog-Request"),
    ),
    allowances=(
        Allowance(
            "glue_objects",
            N_("1 million catalog objects"),
            ("glue.catalog.objects",),
            Decimal(1_000_000),
            "always",
            _PAGE,
        ),
        Allowance(
            "glue_requests",
            N_("1 million catalog requests"),
            ("glue.catalog.requests",),
            Decimal(1_000_000),
            "always",
            _PAGE,
        ),
    ),
    quantities=_quantities,
    assumptions=(N_("Glue: DataBrew, data quality and zero-ETL are not counted."),),
    pricing_page="https://aws.amazon.com/glue/pricing/",
    keywords=("etl", "crawler", "data catalog", "spark"),
)
