"""The reader of queries notices what a person mistypes."""

import pytest

from tests.architecture.promql import WrongQuery, check, read

KNOWN = {
    "waiting": frozenset({"queue"}),
    "time_bucket": frozenset({"face", "le"}),
    "up": frozenset[str](),
}


@pytest.mark.parametrize(
    "expression",
    [
        "max by (queue) (waiting) > 300",
        "max(waiting) by (queue) > 300",
        'sum(rate(waiting{queue=~"a|b)"}[5m])) / sum(rate(waiting[5m])) > 0.02',
        'histogram_quantile(0.95, sum by (face, le) (rate(time_bucket{face!="static"}[5m]))) > 1',
        '(sum(increase(waiting[5m])) or vector(0)) == 0 and on(instance) up{job="web"} == 1',
        "time() - max(waiting) > 20",
        "waiting offset 5m",
    ],
)
def test_what_is_right_passes(expression: str) -> None:
    check(expression, KNOWN)


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("max by (kue) (waiting) > 300", "no label kue"),
        ("max(waiting) by (kue) > 300", "no label kue"),
        ("topk(3, sum by (queue) (sum by (kue) (waiting)))", "no label kue"),
        ("sum by (kue) (rate(up[5m]) / rate(waiting[5m]))", "no label kue"),
        ('waiting{kue="a"}', "no label kue"),
        ("waiting / on (kue) waiting", "no label kue"),
        ("max(wating)", "no metric wating"),
        ("max(waiting", "is missing"),
        ("max(waiting))", "too many"),
        ('waiting{queue="a}', "cannot be read"),
        ('waiting{queue="a"', "hold no matchers"),
        ("waiting{queue=a}", "hold no matchers"),
        ("rate(waiting[5 minutes])", "cannot be read"),
        ("vector(1)", "no metric"),
    ],
)
def test_what_is_wrong_is_named(expression: str, says: str) -> None:
    with pytest.raises(WrongQuery, match=says):
        check(expression, KNOWN)


def test_what_a_query_groups_by_is_known() -> None:
    assert read("sum by (queue) (waiting)").groups == {"queue"}
