"""What a JSON document may hold: each refusal names the place and the limit, and nothing is cut to fit."""

from decimal import Decimal

import pytest

from webapp.api.json_limits import MAX_DEPTH, MAX_NAMES, MAX_TEXT_BYTES
from webapp.api.reading import decode_json
from webapp.domain.errors import InvalidInput, Malformed
from webapp.domain.numbers import MAX_DIGITS

#: Larger or smaller than anything, or zero with an exponent; the last ones are beyond `Decimal` itself.
MONSTERS = (
    "1e999999999",
    "0e-999999999",
    "-1e1000000000000000000",
    "1e9999999999999999999",
    "1e-9999999999999999999",
    "0e9999999999999999999",
)


def refused(body: str) -> dict[str, str]:
    """Pointer -> sentence of everything refused in `body`."""
    with pytest.raises(InvalidInput) as caught:
        decode_json(body.encode())
    return {problem.pointer: problem.message for problem in caught.value.problems}


@pytest.mark.parametrize("letter", ["a", "é", "注", "🛒"])
def test_a_text_may_be_10_kb_of_utf_8_and_no_more(letter: str) -> None:
    longest = letter * (MAX_TEXT_BYTES // len(letter.encode()))
    assert decode_json(f'{{"a": ["{longest}"]}}'.encode()) == {"a": [longest]}
    assert refused(f'{{"a": ["{longest + letter}"]}}')["/a/0"] == "A text has at most 10,240 bytes as UTF-8."


def test_a_name_may_not_be_longer_than_a_text() -> None:
    assert "10,240 bytes" in refused(f'{{"a": {{"{"n" * (MAX_TEXT_BYTES + 1)}": 1}}}}')["/a"]


@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}")])
def test_depth_ends_at_its_limit(opens: str, closes: str) -> None:
    assert decode_json((opens * MAX_DEPTH + "1" + closes * MAX_DEPTH).encode())
    found = refused(opens * (MAX_DEPTH + 1) + "1" + closes * (MAX_DEPTH + 1))
    step = "/0" if opens == "[" else "/a"
    assert found == {step * MAX_DEPTH: "Objects and arrays go at most 32 deep here."}


def test_depth_beyond_reading_is_refused_as_well() -> None:
    with pytest.raises(Malformed, match="at most 32 levels"):
        decode_json(b"[" * 200_000)


def test_an_object_has_a_thousand_names_and_no_more() -> None:
    many = ", ".join(f'"n{number}": 1' for number in range(MAX_NAMES))
    assert len(decode_json(f"{{{many}}}".encode())) == MAX_NAMES  # type: ignore[arg-type]
    assert refused(f'{{"x": {{{many}, "one more": 1}}}}') == {
        "/x": "An object has at most 1000 names; this has 1001."
    }


def test_a_list_is_as_long_as_its_field_says() -> None:
    assert len(decode_json(b"[" + b"1," * 5_000 + b"1]")) == 5_001  # type: ignore[arg-type]


@pytest.mark.parametrize("numeral", ["9" * 101, "0." + "1" * 101, "1e101", "-1e-102", *MONSTERS])
def test_a_number_beyond_all_use_is_refused(numeral: str) -> None:
    assert f"at most {MAX_DIGITS} digits" in refused(f'{{"a~/": {numeral}}}')["/a~0~1"]


@pytest.mark.parametrize("numeral", ["9" * 100, "0." + "1" * 99, "1e100", "123456789012345678901234567890.5"])
def test_every_digit_of_a_usable_number_counts(numeral: str) -> None:
    assert decode_json(numeral.encode()) == Decimal(numeral)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [('{"role": "user", "role": "admin"}', ""), ('{"a": [{"b": 1, "b": 1}]}', "/a/0")],
)
def test_a_name_said_twice_is_refused(body: str, pointer: str) -> None:
    """One reader takes the first, another the last: a check and what it guards could differ."""
    assert "stands here twice" in refused(body)[pointer]


def test_a_long_list_of_mistakes_is_cut() -> None:
    assert len(refused("[" + ",".join(["1e999"] * 10_000) + "]")) == 20
