"""Amazon EKS: clusters in standard or extended support, and their pods on Fargate."""

from collections.abc import Iterator

from webapp.domain.words import N_
from webapp.pricing.aws._fargate_metering import (
    fargate_quantities,
    running_setting,
    size_settings,
    task_usage,
)
from webapp.pricing.aws._fields import choice, whole
from webapp.pricing.aws._hours import counted_hours, further_hours, hours_setting
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel

_POD_KEYS = ("eks.fargate.vcpu", "eks.fargate.gb", "eks.fargate.ephemeral")


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    hours, how = counted_hours(inputs, "clusters", "cluster_hours")
    if hours:
        yield Quantity("eks.cluster", hours, how)
        if inputs.choice("support") == "extended":
            yield Quantity("eks.cluster.extended", hours, how)
    yield from fargate_quantities(inputs, "linux_x86", _POD_KEYS)


def _price(key: str, label: str, unit: str, usagetype: str) -> PriceKey:
    return PriceKey(f"eks.{key}", label, unit, "AmazonEKS", {"usagetype": usagetype})


SERVICE = ServiceModel(
    code="eks",
    name="Amazon EKS",
    category=N_("Containers"),
    summary=N_("Kubernetes clusters billed by the hour, and pods on Fargate by what they reserve."),
    settings=(
        whole("clusters", N_("Clusters"), "clusters", 1, (0, 10_000)),
        choice(
            "support",
            N_("Kubernetes version"),
            (("standard", N_("In standard support")), ("extended", N_("In extended support"))),
            N_("Extended support is a surcharge on each cluster-hour."),
        ),
        hours_setting(),
        running_setting(0),
        *size_settings(),
    ),
    usage=(*task_usage(), further_hours("cluster_hours", N_("Further cluster-hours"))),
    prices=(
        _price("cluster", N_("Clusters"), "Hour", "AmazonEKS-Hours:perCluster"),
        _price("cluster.extended", N_("Extended support"), "Hour", "AmazonEKS-Hours:extendedSupport"),
        _price("fargate.vcpu", N_("vCPU of pods"), "vCPU-Hour", "Fargate-vCPU-Hours:perCPU"),
        _price("fargate.gb", N_("Memory of pods"), "GB-Hour", "Fargate-GB-Hours"),
        _price(
            "fargate.ephemeral",
            N_("Ephemeral storage of pods above 20 GB"),
            "GB-Hour",
            "Fargate-EphemeralStorage-GB-Hours",
        ),
    ),
    allowances=(),
    quantities=_quantities,
    assumptions=(
        N_("EKS nodes are EC2 instances, resources of their own; pods on Fargate run on Linux on x86."),
        N_("A pod on Fargate reserves 256 MB more than it asks for; state its size with them."),
    ),
    pricing_page="https://aws.amazon.com/eks/pricing/",
    keywords=("kubernetes", "cluster", "container", "pod"),
)
