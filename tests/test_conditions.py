"""Conditions: Rasa's language without its traps, checked against the types of the slots.

The oracle is pypred, the library that Rasa uses: a condition that we accept means the same to it.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.conditions import Compiled, ConditionError, SlotKind, compile_condition

SLOTS = {
    "t": SlotKind("text"),
    "u": SlotKind("text"),
    "b": SlotKind("bool"),
    "n": SlotKind("float"),
    "m": SlotKind("float"),
    "c": SlotKind("categorical", ("money", "home", "true")),
    "x": SlotKind("any"),
}


def compiled(source: str) -> Compiled:
    return compile_condition(source, SLOTS)


def refused(source: str) -> str:
    with pytest.raises(ConditionError) as error:
        compiled(source)
    return str(error.value)


# what it means


@pytest.mark.parametrize(
    ("source", "values", "holds"),
    [
        ('slots.c is "money"', {"c": "money"}, True),
        ('slots.c = "money"', {"c": "home"}, False),
        ('slots.c == "money"', {"c": "money"}, True),
        ("slots.c is 'money'", {"c": "money"}, True),
        ('slots.c is not "money"', {"c": "home"}, True),
        ('slots.c != "money"', {"c": None}, True),
        ("slots.c is null", {"c": None}, True),
        ("slots.c is null", {}, True),
        ("slots.c is not null", {"c": "home"}, True),
        ("slots.b", {"b": True}, True),
        ("slots.b", {"b": None}, False),
        ("not slots.b", {"b": None}, True),
        ("slots.b is true", {"b": True}, True),
        ("slots.n > 2", {"n": 3.0}, True),
        ("slots.n >= 2.5", {"n": 2.5}, True),
        ("slots.n < -1", {"n": -2.0}, True),
        ("2 < slots.n", {"n": 3.0}, True),
        ("slots.n <= slots.m", {"n": 1.0, "m": 2.0}, True),
        ('slots.t contains "|hit|"', {"t": "|hit|throat|"}, True),
        ('slots.t contains "|hit|"', {"t": None}, False),
        ('not slots.t contains "|hit|"', {"t": None}, True),
        ('slots.t contains "|x|" or slots.b', {"t": None, "b": True}, True),
        ('slots.t matches "(?i)GELD"', {"t": "over geld"}, True),
        ('slots.t matches "^x"', {"t": None}, False),
        ("(slots.b)", {"b": True}, True),
        ('slots.b and slots.c is "home" and slots.n > 1', {"b": True, "c": "home", "n": 2.0}, True),
        ('slots.b and (slots.c is "home" or slots.n > 1)', {"b": True, "c": "x", "n": 2.0}, True),
        ("not not slots.b", {"b": True}, True),
        ("not (slots.b or slots.b)", {"b": True}, False),
        ("true", {}, True),
    ],
)
def test_condition_means_what_it_says(source: str, values: dict[str, Any], holds: bool) -> None:
    assert compiled(source).holds(values) is holds


def test_condition_names_the_slots_it_reads() -> None:
    assert compiled('slots.b and (slots.c is "home" or slots.b)').slots == {"b", "c"}


def test_number_compared_with_nothing_raises_and_counts_as_false() -> None:
    found = compiled("slots.n > 2")

    with pytest.raises(TypeError):
        found.evaluate({"n": None})
    assert found.holds({"n": None}) is False


def test_condition_that_raises_counts_as_false_as_a_whole() -> None:
    """As in Rasa: `not` does not turn an error into true."""
    assert compiled("not slots.n > 2").holds({"n": None}) is False
    assert compiled("slots.n > 2 or slots.b").holds({"n": None, "b": True}) is False


def test_and_and_or_look_no_further_than_they_must() -> None:
    assert compiled("slots.b or slots.n > 2").holds({"n": None, "b": True}) is True
    assert compiled("slots.b and slots.n > 2").holds({"n": None, "b": False}) is False


# the traps of pypred, each refused when the script is read


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("slots.b and slots.b or slots.b", "put parentheses where `and` and `or` stand together"),
        ("slots.b or slots.b and slots.b", "put parentheses where `and` and `or` stand together"),
        ("slots.c = money", "`money` is not known; write text between quotes"),
        ("slots.n is empty", "`empty` is not known; write text between quotes"),
        ("slots.n is undefined", "`undefined` is not known; write text between quotes"),
        ("slots.typo is null", "there is no slot `typo` to look at here"),
        ("slots.typo is not null", "there is no slot `typo` to look at here"),
        ("slots.t > 2", "`>` cannot be used on the text slot `t`"),
        ("slots.c < 2", "`<` cannot be used on the categorical slot `c`"),
        ('slots.n is "3"', "the float slot `n` never equals `3`"),
        ("slots.n is true", "the float slot `n` never equals `True`"),
        ("slots.b is 1", "the bool slot `b` never equals `1.0`"),
        ("slots.t is 1", "the text slot `t` never equals `1.0`"),
        ("slots.t is true", "the text slot `t` never equals `True`"),
        ('slots.c is "mony"', "`mony` is not a value of `c` (money, home, true)"),
        ("slots.n contains 2", "`contains` cannot be used on the float slot `n`"),
        ('slots.b matches "x"', "`matches` cannot be used on the bool slot `b`"),
        ("slots.n > null", "`> null` is never true"),
        ("slots.t contains null", "`contains null` is never true"),
        ("slots.t is slots.n", "`t` and `n` are of different types"),
        ("slots.t", "`slots.t` is not true or false"),
        ('"a" is "a"', "a comparison needs a slot"),
        ("slots.t matches slots.u", "`matches` needs a pattern between quotes"),
        ("slots.b in true", "`in` is not expected here"),
        ("slots.n + 1 > 2", "`slots.n` is not true or false"),
        ('{"a" "b"} contains slots.t', "`{` is not known; write text between quotes"),
        ("slots.b # comment", "`#` is not expected here"),
        ("(slots.b", "a `)` is missing"),
        ("slots.b)", "`)` is not expected here"),
        ("slots.b and", "it stops early"),
        ("", "it stops early"),
        ("slots.c is", "it stops early"),
        ('slots.c is "money', 'cannot read `"money`'),
        ("and slots.b", "a value is missing before `and`"),
        ("slots.b slots.b", "`slots.b` is not expected here"),
        ("slots", "`slots` is not known; write text between quotes"),
        ("slots.b.c", "`.c` is not expected here"),
        ("(" * 3000, "a condition has at most 500 characters"),
    ],
)
def test_condition_that_would_be_a_trap_is_refused(source: str, why: str) -> None:
    assert refused(source).startswith(why)


def test_slot_that_is_misspelt_is_told_with_the_nearest_one() -> None:
    with pytest.raises(ConditionError, match="did you mean `danger`"):
        compile_condition("slots.dangre is null", {"danger": SlotKind("text")})


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|b|ab)*c",
        "(aa|a)*$",
        "(a?)*",
        "(a{2})*",
        "a*a*a*a*b",
        "a?" * 9,
        "(a++)*",
        "((a*)b)*",
    ],
)
def test_pattern_that_can_run_away_is_refused(pattern: str) -> None:
    assert "repeat" in refused(f'slots.t matches "{pattern}"')


@pytest.mark.parametrize("pattern", ["(", "[", "a{99999999999999}", "x" * 101])
def test_pattern_that_is_none_is_refused(pattern: str) -> None:
    assert "pattern" in refused(f'slots.t matches "{pattern}"')


@pytest.mark.parametrize(
    "pattern", [r"^[0-9 +]{8,15}$", r"^\d+ ?[a-z]*$", "(?i)geld|wonen", r"\bx"]
)
def test_ordinary_pattern_is_accepted(pattern: str) -> None:
    assert compiled(f'slots.t matches "{pattern}"').slots == {"t"}


@pytest.mark.parametrize("pattern", ["a*a*a*b", "a?" * 8 + "b", "(?:a|b)?" * 4 + "c$"])
def test_accepted_pattern_is_quick_on_the_longest_value(pattern: str) -> None:
    found = compiled(f'slots.t matches "{pattern}"')
    started = time.perf_counter()
    found.holds({"t": "a" * 200})

    assert time.perf_counter() - started < 1


@given(st.text(max_size=600))
def test_any_text_is_a_condition_or_a_condition_error(source: str) -> None:
    with contextlib.suppress(ConditionError):
        compiled(source)


WORDS = st.sampled_from(
    ["slots.t", "slots.n", "slots.b", "slots.c", "slots.x", "is", "not", "and", "or", "(", ")", "=",
     ">", "contains", "matches", '"money"', '"|a|"', "3", "null", "true"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_any_row_of_words_is_a_condition_or_a_condition_error(source: str) -> None:
    with contextlib.suppress(ConditionError):
        compiled(source).holds(dict.fromkeys(SLOTS))


# against pypred


@pytest.fixture(scope="module")
def pypred() -> Iterator[Callable[[str, dict[str, Any]], bool]]:
    """The oracle, from a copy: it writes a parser table into its own folder on first use."""
    spec = importlib.util.find_spec("pypred")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(spec.submodule_search_locations[0], Path(folder) / "pypred")
        before = {name: sys.modules.pop(name) for name in list(sys.modules) if "pypred" in name}
        sys.path.insert(0, folder)
        try:
            module = importlib.import_module("pypred")
            with contextlib.redirect_stderr(io.StringIO()):
                module.Predicate("a is b")
            yield lambda source, slots: module.Predicate(source).evaluate({"slots": slots})
        finally:
            sys.path.remove(folder)
            for name in [name for name in sys.modules if "pypred" in name]:
                del sys.modules[name]
            sys.modules.update(before)


def outcome(evaluate: Callable[[], bool]) -> object:
    try:
        return bool(evaluate())
    except TypeError:
        return TypeError


texts = st.sampled_from(["money", "home", "true", "a", "|a|b|", ""])
literals = texts.flatmap(lambda text: st.sampled_from([f'"{text}"', f"'{text}'"]))
numbers = st.sampled_from(["0", "3", "-1", "2.5"])
equals = st.sampled_from(["is", "=", "==", "is not", "!="])
orders = st.sampled_from([">", ">=", "<", "<="])
categories = st.sampled_from(['"money"', "'home'", '"true"', "null"])


def joined(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(" ".join)


comparisons = st.one_of(
    joined(st.just("slots.c"), equals, categories),
    joined(st.sampled_from(["slots.t", "slots.u"]), equals, st.one_of(literals, st.just("null"))),
    joined(literals, equals, st.just("slots.t")),
    joined(st.just("slots.t"), equals, st.just("slots.u")),
    joined(st.sampled_from(["slots.n", "slots.m"]), st.one_of(equals, orders), numbers),
    joined(numbers, orders, st.just("slots.n")),
    joined(st.just("slots.n"), orders, st.just("slots.m")),
    joined(st.just("slots.b"), equals, st.sampled_from(["true", "false", "null"])),
    joined(st.sampled_from(["slots.t", "slots.c"]), st.just("contains"), literals),
    joined(
        st.sampled_from(["slots.t", "slots.c"]),
        st.just("matches"),
        st.sampled_from(['"^m"', "'a'"]),
    ),
    st.sampled_from(["slots.b", "slots.x"]),
)


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    bracketed = inner.map(lambda text: f"({text})")
    return st.one_of(
        inner.map(lambda text: f"not ({text})"),
        st.lists(bracketed, min_size=2, max_size=3).map(" and ".join),
        st.lists(bracketed, min_size=2, max_size=3).map(" or ".join),
        bracketed,
    )


conditions = st.one_of(
    st.recursive(comparisons, combined, max_leaves=6),
    # without any brackets: one word only, and `not` before a comparison
    st.lists(comparisons, min_size=2, max_size=4).map(" and ".join),
    st.lists(comparisons, min_size=2, max_size=4).map(" or ".join),
    comparisons.map(lambda text: f"not {text}"),
    st.lists(comparisons.map(lambda text: f"not {text}"), min_size=2, max_size=3).map(" or ".join),
)
values = st.fixed_dictionaries(
    {
        "t": st.one_of(st.none(), texts),
        "u": st.one_of(st.none(), texts),
        "b": st.sampled_from([None, True, False]),
        "n": st.sampled_from([None, 0.0, 3.0, -1.0, 2.5]),
        "m": st.sampled_from([None, 0.0, 3.0]),
        "c": st.sampled_from([None, "money", "home", "true"]),
        "x": st.sampled_from([None, True, 0, "a", ""]),
    }
)


@settings(max_examples=400, deadline=None)
@given(conditions, values)
def test_condition_means_to_pypred_what_it_means_to_us(
    pypred: Callable[[str, dict[str, Any]], bool], source: str, values: dict[str, Any]
) -> None:
    found = compiled(source)
    expected = outcome(lambda: pypred(source, values))

    assert outcome(lambda: found.evaluate(values)) == expected
    assert found.holds(values) is (expected is True)


def test_oracle_falls_into_the_trap_that_we_refuse(
    pypred: Callable[[str, dict[str, Any]], bool],
) -> None:
    """`and` and `or` have equal precedence there, from the right: this is `a and (b or c)`."""
    source = "slots.b and slots.b or slots.x"

    assert pypred(source, {"b": False, "x": True}) is False
    assert "parentheses" in refused(source)
