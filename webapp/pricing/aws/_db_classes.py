"""Classes of RDS and Aurora instances: one family a line, then its sizes, as AWS names them."""

_RDS = """
m1 small medium large xlarge
m2 xlarge 2xlarge 4xlarge
m3 medium large xlarge 2xlarge
m4 large xlarge 2xlarge 4xlarge 10xlarge 16xlarge
m5 large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge
m5d large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge
m6g large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
m6gd large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
m6i large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge
m7g large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
m7i large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
m8g large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
r3 large xlarge 2xlarge 4xlarge 8xlarge
r4 large xlarge 2xlarge 4xlarge 8xlarge 16xlarge
r5 large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge
r5d large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge
r6g large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
r6gd large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
r6i large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge
r7g large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
r7i large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
r8g large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
t1 micro
t2 micro small medium large xlarge 2xlarge
t3 micro small medium large xlarge 2xlarge
t4g micro small medium large xlarge 2xlarge
x2g large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
x2idn 16xlarge 24xlarge 32xlarge
x2iedn xlarge 2xlarge 4xlarge 8xlarge 16xlarge 24xlarge 32xlarge
"""

_AURORA = """
r3 large xlarge 2xlarge 4xlarge 8xlarge
r4 large xlarge 2xlarge 4xlarge 8xlarge 16xlarge
r5 large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge
r6g large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
r6i large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge
r7g large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
r7i large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
r8g large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
t2 small medium
t3 small medium large
t4g medium large
x2g large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
"""


def _classes(families: str) -> tuple[str, ...]:
    rows = (line.split() for line in families.strip().splitlines())
    return tuple(f"db.{family}.{size}" for family, *sizes in rows for size in sizes)


RDS_CLASSES, AURORA_CLASSES = _classes(_RDS), _classes(_AURORA)

#: What most people choose; a form offers these.
USUAL_RDS_CLASSES = (
    "db.t4g.medium",
    "db.t4g.micro",
    "db.t4g.small",
    "db.t4g.large",
    "db.t3.micro",
    "db.t3.small",
    "db.t3.medium",
    "db.m5.large",
    "db.m6g.large",
    "db.m6i.large",
    "db.m7g.large",
    "db.m7g.xlarge",
    "db.r5.large",
    "db.r6g.large",
    "db.r6i.large",
    "db.r7g.large",
)
USUAL_AURORA_CLASSES = (
    "db.r6g.large",
    "db.r6g.xlarge",
    "db.r6g.2xlarge",
    "db.t3.medium",
    "db.t4g.medium",
    "db.r5.large",
    "db.r6i.large",
    "db.r7g.large",
)
