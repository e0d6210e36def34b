"""What every service declaration promises to forms, checks, docs, price import and the engine."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import product

import pytest

from webapp.domain.measures import MEASURES
from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.commitments import find_price_key
from webapp.pricing.declaration import Inputs, ServiceModel, Setting, SettingValue, Usage
from webapp.pricing.services import all_allowances, all_price_keys, all_services

SERVICES = tuple(all_services().values())
#: Declared, but no source we trust states a price anywhere: such a use makes an unpriced line.
KNOWINGLY_MISSING = {
    "athena.dpu_hour",
    "aurora.acu.io_optimized",
    "aurora.instance.io_optimized.*.mysql",
    "aurora.instance.io_optimized.*.postgresql",
    "aurora.storage.io_optimized",
    "backup.restore.s3",
    "backup.s3",
    "bedrock.amazon.titan-tg1-large.input",
    "bedrock.amazon.titan-tg1-large.output",
    "bedrock.other.input",
    "bedrock.other.output",
    "codebuild.arm1.large",
    "codebuild.arm1.small",
    "codebuild.general1.2xlarge",
    "codebuild.windows.medium",
    "cognito.essentials.mau",
    "cognito.m2m.client",
    "cognito.plus.mau",
    "config.pack_eval",
    "config.periodic_item",
    "cw.contributor_insights.events",
    "cwlogs.vended.cloudwatch.ia",
    "cwlogs.vended.firehose",
    "ddb.ondemand.replicated_wru.ia",
    "ddb.provisioned.rcu.ia",
    "ddb.provisioned.replicated_wcu",
    "ddb.provisioned.replicated_wcu.ia",
    "ddb.provisioned.wcu.ia",
    "ec2.*.suse",
    "ecr.public_storage",
    "eks.fargate.ephemeral",
    "eventbridge.api_destination",
    "eventbridge.pipes",
    "firehose.ingest.msk",
    "firehose.ingest.vended",
    "firehose.jq_hour",
    "firehose.partitioned_gb",
    "firehose.partitioned_objects",
    "fsx.windows.single_az.backup",
    "fsx.windows.single_az.hdd",
    "glue.flex.dpu_hour",
    "guardduty.eks",
    "guardduty.lambda",
    "guardduty.logs",
    "guardduty.malware",
    "guardduty.runtime",
    "guardduty.s3",
    "inspector.lambda_hour",
    "kinesis.advantage.efo_gb",
    "kinesis.advantage.ext_retention",
    "kinesis.advantage.long_retention",
    "kinesis.ondemand.long_retention",
    "opensearch.iops.gp3",
    "opensearch.managed_storage",
    "rds.instance.*.mariadb.multi_az_cluster",
    "rds.instance.*.oracle_byol.multi_az",
    "rds.instance.*.oracle_byol.multi_az_cluster",
    "rds.instance.*.oracle_byol.single_az",
    "rds.instance.*.oracle_se2.multi_az",
    "rds.instance.*.oracle_se2.multi_az_cluster",
    "rds.instance.*.oracle_se2.single_az",
    "rds.instance.*.sqlserver_enterprise.multi_az",
    "rds.instance.*.sqlserver_enterprise.multi_az_cluster",
    "rds.instance.*.sqlserver_enterprise.single_az",
    "rds.instance.*.sqlserver_express.multi_az",
    "rds.instance.*.sqlserver_express.multi_az_cluster",
    "rds.instance.*.sqlserver_standard.multi_az",
    "rds.instance.*.sqlserver_standard.multi_az_cluster",
    "rds.instance.*.sqlserver_standard.single_az",
    "rds.instance.*.sqlserver_web.multi_az",
    "rds.instance.*.sqlserver_web.multi_az_cluster",
    "rds.iops.gp3.multi_az_cluster",
    "rds.iops.io2.multi_az",
    "rds.iops.io2.multi_az_cluster",
    "rds.iops.io2.single_az",
    "rds.storage.gp2.multi_az_cluster",
    "rds.storage.gp3.multi_az_cluster",
    "rds.storage.io2.multi_az",
    "rds.storage.io2.multi_az_cluster",
    "rds.storage.io2.single_az",
    "rds.storage.magnetic.multi_az_cluster",
    "rds.throughput.gp3.multi_az_cluster",
    "route53.health_check.aws",
    "route53.health_option.aws",
    "s3.deep_archive.get",
    "s3.express.get",
    "s3.express.put",
    "s3.glacier_flexible.get",
    "s3.glacier_flexible.restore_standard",
    "s3.glacier_ir.select_returned",
    "s3.glacier_ir.select_scanned",
    "s3.lifecycle.to_glacier_ir",
    "sns.sms",
    "xray.insights",
    "xray.recorded",
    "xray.retrieved",
    "xray.scanned",
}
#: Few Bedrock models list prices for these; the others make an unpriced line.
SELDOM_PRICED = ("cache_read", "cache_write", "cache_write_1h", "batch_input", "batch_output")
#: Stored data brings throughput of its own, so that less of it is billed.
KNOWINGLY_FALLING = {"efs.provisioned_throughput"}
NAME = re.compile(r"[a-z][a-z0-9_]*")

each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: str(service.code))


def _settings_of(service: ServiceModel) -> list[dict[str, SettingValue]]:
    """Every combination of choices and flags, with numbers at their default and at their maximum."""
    options = {setting.name: _values(setting) for setting in service.settings}
    combinations = [dict(zip(options, values, strict=True)) for values in product(*options.values())]
    numbers = {setting.name: setting.maximum for setting in service.settings if setting.maximum is not None}
    return combinations + [settings | numbers for settings in combinations]


def _values(setting: Setting) -> tuple[SettingValue, ...]:
    """All values of a choice, and some of the hundreds of names a text setting knows."""
    if setting.kind == "flag":
        return (True, False)
    if setting.kind == "text":
        return setting.known[:: len(setting.known) // 5]
    return tuple(choice.value for choice in setting.choices) or (setting.default,)


def _inputs(service: ServiceModel, amount: Decimal) -> list[Inputs]:
    usage = {field.name: amount for field in service.usage}
    return [Inputs(settings, usage) for settings in _settings_of(service)]


def test_every_price_key_is_declared_once() -> None:
    keys = Counter(key for service in SERVICES for key in _keys(service))
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_allowance_names_declared_keys_and_is_named_once() -> None:
    names = Counter(allowance.name for allowance in all_allowances())
    assert [name for name, count in names.items() if count > 1] == []
    for allowance in all_allowances():
        assert allowance.label and allowance.source and allowance.quantity > 0
        assert set(allowance.keys) <= set(all_price_keys()), allowance.name


def test_every_price_key_has_a_price_or_is_known_to_be_missing() -> None:
    priced = {key for _, key in shipped_catalog().prices}
    declared = [price for service in SERVICES for price in service.prices]
    missing = {price.key for price in declared if not priced & {key.key for key in price.concrete()}}
    seldom = {
        key for key in missing if key.startswith("bedrock.") and key.rpartition(".")[2] in SELDOM_PRICED
    }
    assert missing - seldom == KNOWINGLY_MISSING


def test_the_catalog_prices_only_what_is_declared_in_the_same_unit() -> None:
    for price in shipped_catalog().prices.values():
        declared = find_price_key(price.key)
        assert declared is not None, price.key
        assert price.unit == declared.unit, price.key


@each_service
def test_labels_speak(service: ServiceModel) -> None:
    labels = [item.label for items in (service.settings, service.usage, service.prices) for item in items]
    assert all(label.strip() for label in labels)


@each_service
def test_a_service_introduces_itself(service: ServiceModel) -> None:
    assert NAME.fullmatch(service.code)
    assert service.name and service.category and service.summary and service.keywords
    assert service.pricing_page.startswith("https://aws.amazon.com/")


@each_service
def test_names_are_unique_in_a_service_and_plain(service: ServiceModel) -> None:
    items: tuple[Setting | Usage, ...] = (*service.settings, *service.usage)
    names = Counter(item.name for item in items)
    assert [name for name, count in names.items() if count > 1] == []
    assert all(NAME.fullmatch(name) for name in names)


@each_service
def test_a_default_is_a_value_its_setting_takes(service: ServiceModel) -> None:
    for setting in service.settings:
        assert _takes(setting, setting.default), setting.name


def _takes(setting: Setting, value: SettingValue) -> bool:
    if setting.kind == "choice":
        return value in [choice.value for choice in setting.choices]
    if setting.kind == "text":
        return value in setting.known and set(setting.suggestions) <= set(setting.known)
    if setting.kind == "flag":
        return isinstance(value, bool)
    assert isinstance(value, Decimal)
    low, high = setting.minimum, setting.maximum
    whole = setting.kind != "integer" or value == value.to_integral_value()
    return low is not None and high is not None and low <= value <= high and whole


@each_service
def test_a_field_is_shown_by_a_choice_that_exists(service: ServiceModel) -> None:
    items: tuple[Setting | Usage, ...] = (*service.settings, *service.usage)
    for item in items:
        if item.shown_when is not None:
            other = service.setting(item.shown_when[0])
            assert other is not None, item.name
            assert _takes(other, item.shown_when[1]), item.name


@each_service
def test_usage_follows_measures_that_exist(service: ServiceModel) -> None:
    for usage in service.usage:
        assert usage.unit
        assert usage.suggested_per == "" or usage.suggested_per in MEASURES, usage.name


@each_service
def test_every_quantity_has_a_declared_key_an_amount_and_a_reason(service: ServiceModel) -> None:
    declared = set(_keys(service))
    for inputs in _inputs(service, Decimal("1000.5")):
        for quantity in service.quantities(inputs):
            assert quantity.key in declared
            assert quantity.amount >= 0
            assert quantity.how.said().strip()


@each_service
def test_every_declared_key_can_be_reached(service: ServiceModel) -> None:
    """A price no setting or usage leads to is a dead row, or a forgotten line of code."""
    reached = {
        quantity.key
        for inputs in (*_inputs(service, Decimal(1000)), *_every_name(service))
        for quantity in service.quantities(inputs)
        if quantity.amount
    }
    assert set(_keys(service)) - reached == set()


def _keys(service: ServiceModel) -> list[str]:
    return [key.key for price in service.prices for key in price.concrete()]


def _every_name(service: ServiceModel) -> Iterator[Inputs]:
    """Every name of a text setting with every combination of choices."""
    usage = {field.name: Decimal(1000) for field in service.usage}
    names = {setting.name: setting.known for setting in service.settings if setting.kind == "text"}
    if not names:
        return
    options = {setting.name: names.get(setting.name, _values(setting)) for setting in service.settings}
    for values in product(*options.values()):
        yield Inputs(dict(zip(options, values, strict=True)), usage)


@each_service
def test_more_usage_never_bills_fewer_units(service: ServiceModel) -> None:
    for little, much in zip(_inputs(service, Decimal(10)), _inputs(service, Decimal(20)), strict=True):
        before, after = _units(service, little), _units(service, much)
        assert all(after[key] >= amount for key, amount in before.items() if key not in KNOWINGLY_FALLING)


def _units(service: ServiceModel, inputs: Inputs) -> dict[str, Decimal]:
    units: defaultdict[str, Decimal] = defaultdict(Decimal)
    for quantity in service.quantities(inputs):
        units[quantity.key] += quantity.amount
    return units
