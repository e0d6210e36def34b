"""As much of PromQL as tells whether a query can be right: its brackets, metrics and labels.

It knows no metric by itself; whoever asks brings the labels that each one has.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

#: Labels Prometheus gives to whatever it reads; they replace labels of ours with these names.
TARGET_LABELS = frozenset({"job", "instance"})

_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<span>\[[0-9smhdwy:]+\])
      | (?P<number>[0-9]+(?:\.[0-9]+)?[smhdwy]?)
      | (?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)
      | (?P<sign>=~|!~|!=|==|<=|>=|[-+*/%^<>=,(){}])
      | (?P<blank>\s+)""",
    re.VERBOSE,
)
_CLOSES = {"(": ")", "{": "}"}
_GROUPING = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
_WORDS = frozenset({"and", "or", "unless", "bool", "offset"})


class WrongQuery(ValueError):
    """A query that Prometheus would refuse, or that cannot find what it asks for."""


@dataclass(slots=True)
class Query:
    """What a query asks for: labels by metric, and what `by` and the like group by."""

    asked: dict[str, set[str]] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)


def read(expression: str) -> Query:
    """What `expression` asks for. Raises WrongQuery for one that is not PromQL."""
    tokens = tuple(_tokens(expression))
    query = Query()
    _Reader(tokens, query).read(0, "")
    return query


def check(expression: str, known: Mapping[str, frozenset[str]]) -> Query:
    """Raises WrongQuery where `expression` asks for a metric, or by a label, that `known` does not have."""
    query = read(expression)
    if not query.asked:
        raise WrongQuery(f"no metric in {expression}")
    for metric, labels in query.asked.items():
        if metric not in known:
            raise WrongQuery(f"no metric {metric}: {expression}")
        if strange := labels - known[metric] - TARGET_LABELS:
            raise WrongQuery(f"{metric} has no label {', '.join(sorted(strange))}: {expression}")
    return query


def _tokens(expression: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(expression):
        found = _TOKEN.match(expression, at)
        if found is None:
            raise WrongQuery(f"cannot be read from {expression[at : at + 20]!r}: {expression}")
        at = found.end()
        if found.lastgroup and found.lastgroup != "blank":
            yield found.lastgroup, found.group()


@dataclass(slots=True)
class _Reader:
    tokens: tuple[tuple[str, str], ...]
    query: Query

    def read(self, at: int, until: str) -> tuple[int, set[str]]:
        """Read up to the bracket `until`; the place behind it, and the metrics that were met."""
        met: set[str] = set()
        #: Labels of a `by` that stands before its brackets, and what the last brackets held.
        ahead: set[str] = set()
        last: set[str] = set()
        while True:
            kind, word = self._token(at)
            if not kind and until:
                raise WrongQuery(f"{until} is missing")
            if not kind or word == until:
                return at + 1, met
            if word in (")", "}", "{"):
                raise WrongQuery(f"{word} is too many")
            if word == "(":
                at, last = self.read(at + 1, ")")
                self._ask(last, ahead)
                met, ahead = met | last, set()
            elif word in _GROUPING:
                at, labels = self._labels(at + 1)
                self.query.groups |= labels
                if word in ("by", "without") and self._token(at)[1] != "(":
                    self._ask(last, labels)
                elif word in ("by", "without"):
                    ahead = labels
                else:
                    self._ask(met, labels)
            elif kind == "name" and word not in _WORDS and self._is_metric(at):
                at = self._metric(at)
                last = {word}
                met = met | last
            else:
                at += 1

    def _token(self, at: int) -> tuple[str, str]:
        return self.tokens[at] if at < len(self.tokens) else ("", "")

    def _is_metric(self, at: int) -> bool:
        """Neither a function nor an aggregation: these stand before a bracket, or before their labels."""
        following = self._token(at + 1)[1]
        return following != "(" and following not in ("by", "without")

    def _metric(self, at: int) -> int:
        metric = self._token(at)[1]
        labels = self.query.asked.setdefault(metric, set())
        if self._token(at + 1)[1] != "{":
            return at + 1
        at += 2
        while self._token(at)[1] != "}":
            (label_kind, label), (_, sign), (text_kind, _) = (self._token(at + step) for step in range(3))
            if label_kind != "name" or text_kind != "text" or sign not in ("=", "!=", "=~", "!~"):
                raise WrongQuery(f"the braces of {metric} hold no matchers")
            labels.add(label)
            at += 3
            if self._token(at)[1] == ",":
                at += 1
        return at + 1

    def _labels(self, at: int) -> tuple[int, set[str]]:
        if self._token(at)[1] != "(":
            return at, set()
        labels: set[str] = set()
        at += 1
        while self._token(at)[1] != ")":
            kind, word = self._token(at)
            if kind != "name" and word != ",":
                raise WrongQuery("a list of labels does not end")
            labels |= {word} - {","}
            at += 1
        return at + 1, labels

    def _ask(self, metrics: set[str], labels: set[str]) -> None:
        for metric in metrics:
            self.query.asked[metric] |= labels
