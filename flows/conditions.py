"""Conditions of flows and responses: Rasa's predicate language, a strict subset, compiled.

    slots.role is "other" and not (slots.age > 18 or slots.signals contains "|throat|")

The grammar is pypred's, which Rasa uses, without its traps: `and` and `or` may not be mixed
without parentheses, bare words are refused, and every comparison is checked against the type
of its slot when the script is loaded. At run time it behaves as Rasa does: **a condition that
cannot be evaluated, such as a number compared with null, counts as false.**
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

# the parser behind `re` has no public name; it only measures the nesting of repeats here
from re import _parser as regex_parser  # type: ignore[attr-defined]
from typing import Any, Literal

from data.files import suggestion

Slots = Mapping[str, Any]
Condition = Callable[[Slots], bool]
Value = Callable[[Slots], Any]

SlotType = Literal["text", "bool", "float", "categorical", "any"]

#: A regular expression in content is short and cannot run away: no repeat and no choice inside
#: a repeat, and few after one another (each multiplies the time by the text's length, or by two).
MOST_REGEX = 100
MOST_REPEATS = 3
MOST_CHOICES = 8
#: A condition that is longer than this is a program, and deep nesting would end the parser.
MOST_CHARACTERS = 500

TOKEN = re.compile(
    r"""\s*(?:
      (?P<slot>slots\.[A-Za-z_][A-Za-z0-9_]*)
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<op>==|!=|>=|<=|=|>|<)
    | (?P<bracket>[()])
    | (?P<word>[^\s()=!<>"']+)
    )""",
    re.VERBOSE,
)
REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
CONSTANTS = {"true": True, "false": False, "null": None}
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda a, b: bool(a == b),
    "is not": lambda a, b: bool(a != b),
    # as in pypred: what holds nothing contains nothing, what is no text matches nothing
    "contains": lambda a, b: hasattr(a, "__contains__") and b in a,
    "matches": lambda a, b: isinstance(a, str) and re.search(b, a) is not None,
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
}
SYNONYMS = {"=": "is", "==": "is", "!=": "is not"}


class ConditionError(Exception):
    """Raised when a condition does not parse, or compares what cannot be compared."""


@dataclass(frozen=True, slots=True)
class SlotKind:
    """What a condition has to know of a slot: its type, and the values of a categorical one."""

    type: SlotType
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compiled:
    """A condition ready to run; for the checks, the slots it reads, and what it looks for in which.

    `evaluate` raises `TypeError` for what cannot be compared, such as a number with null.
    """

    source: str
    evaluate: Condition
    slots: frozenset[str]
    contains: frozenset[tuple[str, str]] = frozenset()

    def holds(self, values: Slots) -> bool:
        """Whether it holds; what cannot be evaluated does not."""
        try:
            return self.evaluate(values)
        except TypeError:
            return False


@dataclass(frozen=True, slots=True)
class _Operand:
    value: Value
    slot: str | None
    literal: Any


def compile_condition(source: str, slots: Mapping[str, SlotKind]) -> Compiled:
    """Compiles `source`, which may only read `slots`. Raises `ConditionError`, saying why."""
    if len(source) > MOST_CHARACTERS:
        raise ConditionError(f"a condition has at most {MOST_CHARACTERS} characters")
    parser = _Parser(_tokens(source), slots)
    evaluate = parser.expression()
    parser.end()
    return Compiled(source, evaluate, frozenset(parser.used), frozenset(parser.contained))


def _tokens(source: str) -> list[tuple[str, str]]:
    found, position = [], 0
    source = source.strip()
    while position < len(source):
        match = TOKEN.match(source, position)
        if match is None:
            raise ConditionError(f"cannot read `{source[position:].strip()}`")
        kind = match.lastgroup or ""
        found.append((kind, match.group(kind)))
        position = match.end()
    return found


class _Parser:
    """Recursive descent over one condition; the nesting of Python calls is that of the source."""

    def __init__(self, tokens: list[tuple[str, str]], slots: Mapping[str, SlotKind]) -> None:
        self.tokens = tokens
        self.position = 0
        self.slots = slots
        self.used: set[str] = set()
        self.contained: set[tuple[str, str]] = set()

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.position] if self.position < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.position += 1
        return token

    def end(self) -> None:
        kind, text = self.peek()
        if kind != "end":
            raise ConditionError(f"`{text}` is not expected here")

    def expression(self) -> Condition:
        first = self.negation()
        joined, word = [first], ""
        while self.peek() in (("word", "and"), ("word", "or")):
            _, found = self.take()
            if word and found != word:
                raise ConditionError("put parentheses where `and` and `or` stand together")
            word = found
            joined.append(self.negation())
        if word == "and":
            return lambda values: all(part(values) for part in joined)
        if word == "or":
            return lambda values: any(part(values) for part in joined)
        return first

    def negation(self) -> Condition:
        if self.peek() == ("word", "not"):
            self.take()
            inner = self.negation()
            return lambda values: not inner(values)
        if self.peek() == ("bracket", "("):
            self.take()
            inner = self.expression()
            if self.take() != ("bracket", ")"):
                raise ConditionError("a `)` is missing")
            return inner
        return self.comparison()

    def comparison(self) -> Condition:
        left = self.operand()
        name = self.operator()
        if name is None:
            value = left.value
            if left.slot is not None and self.slots[left.slot].type not in ("bool", "any"):
                raise ConditionError(
                    f'`slots.{left.slot}` is not true or false; compare it, as in `is "..."`'
                )
            return lambda values: bool(value(values))
        right = self.operand()
        self.check_types(left, name, right)
        if name == "contains" and left.slot is not None and isinstance(right.literal, str):
            self.contained.add((left.slot, right.literal))
        operation, a, b = OPERATORS[name], left.value, right.value
        return lambda values: operation(a(values), b(values))

    def operator(self) -> str | None:
        kind, text = self.peek()
        if kind == "op":
            self.take()
            return SYNONYMS.get(text, text)
        if (kind, text) == ("word", "is"):
            self.take()
            if self.peek() == ("word", "not"):
                self.take()
                return "is not"
            return "is"
        if kind == "word" and text in ("contains", "matches"):
            self.take()
            return text
        return None

    def operand(self) -> _Operand:
        kind, text = self.take()
        if kind == "slot":
            name = text.removeprefix("slots.")
            if name not in self.slots:
                hint = suggestion(name, self.slots)
                raise ConditionError(f"there is no slot `{name}` to look at here{hint}")
            self.used.add(name)
            return _Operand(lambda values: values.get(name), name, None)
        literal: Any
        if kind == "text":
            literal = text[1:-1]
        elif kind == "number":
            literal = float(text)
        elif kind == "word" and text in CONSTANTS:
            literal = CONSTANTS[text]
        elif kind == "word" and text not in ("and", "or", "not", "is"):
            raise ConditionError(f"`{text}` is not known; write text between quotes")
        else:
            raise ConditionError(
                f"a value is missing before `{text}`" if text else "it stops early"
            )
        return _Operand(lambda values: literal, None, literal)

    def check_types(self, left: _Operand, name: str, right: _Operand) -> None:
        if left.slot is None and right.slot is None:
            raise ConditionError("a comparison needs a slot")
        if name == "matches":
            _check_regex(right)
        for operand, other in ((left, right), (right, left)):
            if operand.slot is not None:
                self.check_slot(operand.slot, name, other)

    def check_slot(self, slot: str, name: str, other: _Operand) -> None:
        kind = self.slots[slot]
        if kind.type == "any":
            return
        if name in (">", ">=", "<", "<="):
            wanted: tuple[str, ...] = ("float",)
        elif name in ("contains", "matches"):
            wanted = ("text", "categorical")
        else:
            wanted = ("text", "bool", "float", "categorical")
        if kind.type not in wanted:
            raise ConditionError(f"`{name}` cannot be used on the {kind.type} slot `{slot}`")
        if other.slot is not None:
            if self.slots[other.slot].type not in (kind.type, "any"):
                raise ConditionError(f"`{slot}` and `{other.slot}` are of different types")
            return
        _check_literal(slot, kind, name, other.literal)


def _check_literal(slot: str, kind: SlotKind, name: str, literal: Any) -> None:
    if literal is None:
        if name not in ("is", "is not"):
            raise ConditionError(f"`{name} null` is never true")
        return
    fits = {"text": str, "categorical": str, "bool": bool, "float": float}[kind.type]
    if not isinstance(literal, fits):
        raise ConditionError(f"the {kind.type} slot `{slot}` never equals `{literal}`")
    if kind.type == "categorical" and name in ("is", "is not") and literal not in kind.values:
        known = ", ".join(kind.values)
        raise ConditionError(f"`{literal}` is not a value of `{slot}` ({known})")


def _check_regex(operand: _Operand) -> None:
    if not isinstance(operand.literal, str):
        raise ConditionError("`matches` needs a pattern between quotes")
    if len(operand.literal) > MOST_REGEX:
        raise ConditionError(f"a pattern has at most {MOST_REGEX} characters")
    try:
        parsed = regex_parser.parse(operand.literal)
    except (re.error, OverflowError) as error:
        raise ConditionError(f"not a pattern: {error}") from error
    parts = list(_parts(parsed.data))
    repeats = sum(kind in REPEATS for _, kind in parts)
    if any(depth for depth, _ in parts):
        raise ConditionError(
            "a repeat or a choice inside a repeat can run for hours; simplify the pattern"
        )
    if repeats > MOST_REPEATS or len(parts) - repeats > MOST_CHOICES:
        raise ConditionError(
            f"a pattern has at most {MOST_REPEATS} repeats and {MOST_CHOICES} choices"
        )


def _parts(node: Any, depth: int = 0) -> Iterator[tuple[int, str]]:
    """The repeats and choices of a parsed expression, with the number of repeats around each."""
    if isinstance(node, regex_parser.SubPattern):
        yield from _parts(node.data, depth)
    elif isinstance(node, tuple) and node and not isinstance(node[0], tuple):
        kind = str(node[0])
        if kind in REPEATS and node[1][1] <= 1:
            kind = "OPTION"
        if kind in (*REPEATS, "BRANCH", "OPTION"):
            yield depth, kind
        for part in node[1:]:
            yield from _parts(part, depth + (kind in REPEATS))
    elif isinstance(node, list | tuple):
        for part in node:
            yield from _parts(part, depth)
