"""YAML with positions: values as Rasa reads them, and a fault with its line for all else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.files import (
    Fault,
    Map,
    Section,
    Unreadable,
    parse_yaml,
    read_files,
    read_yaml,
    shown,
    suggestion,
    words_of,
)


def parsed(text: str) -> Map:
    return parse_yaml(text.encode(), "a.yml")


def faults_of(text: str) -> list[str]:
    with pytest.raises(Unreadable) as error:
        parsed(text)
    return [str(fault) for fault in error.value.faults]


def section(text: str) -> Section:
    return Section(parsed(text), "a.yml", [])


def told(section: Section) -> list[str]:
    return [str(fault) for fault in section.faults]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2026-01-02", "2026-01-02"),
        ("2026-01-02T10:00:00", "2026-01-02T10:00:00"),
        ("012", 12),
        ("true", True),
        ("null", None),
        ("3", 3),
        ("3.5", 3.5),
        ("'3'", "3"),
        ("[1, x]", [1, "x"]),
        ("{b: 1}", {"b": 1}),
    ],
)
def test_values_are_those_of_yaml_12_as_rasa_reads_them(text: str, value: object) -> None:
    assert parsed(f"a: {text}")["a"] == value


def test_every_key_and_item_knows_its_line() -> None:
    found = parsed("a: 1\nb:\n  - x\n\n  - y\nc:\n  d: 2\n")

    assert found.lines == {"a": 1, "b": 2, "c": 6}
    assert found["b"].lines == [3, 5]
    assert found["c"].lines == {"d": 7}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\na: 2", "a.yml:2: `a` stands here twice"),
        ("a:\n  b: 1\n  b: 2", "a.yml:3: `b` stands here twice"),
        ("a: x\nb: ${SECRET}", "a.yml:2: `${` and `{{` may not stand in content"),
        ("a: x\nb: '{{ slots.a }}'", "a.yml:2: `${` and `{{` may not stand in content"),
        ("a: &x {b: 1}\nc:\n  <<: *x", "a.yml:3: a key must be plain text (no `<<` merges)"),
        ("[a]: 1", "a.yml:1: a key must be plain text (no `<<` merges)"),
        ("a: !secret b", "a.yml:1: `!secret`: tags may not stand in content"),
        ("a: !x {b: 1}", "a.yml:1: `!x`: tags may not stand in content"),
        ("- a", "a.yml:1: must hold `key: value` lines"),
        ("", "a.yml:1: must hold `key: value` lines"),
        ("a: b\n---\nc: d", "a.yml:2: not valid YAML: but found another document"),
        ("a: *b", "a.yml:1: not valid YAML: found undefined alias 'b'"),
        ("a: &x [*x]", "a.yml:1: nested too deep, or an alias that stands inside itself"),
        ("a: " + "[" * 5000, "a.yml:1: nested too deep, or an alias that stands inside itself"),
    ],
)
def test_what_content_may_not_hold_is_a_fault_with_its_line(text: str, fault: str) -> None:
    assert fault in faults_of(text)


def test_yaml_that_is_broken_names_the_line() -> None:
    assert faults_of("a: 1\nb: [1\nc: 2")[0].startswith("a.yml:3: not valid YAML")
    assert faults_of("a:\n\tb: 1")[0].startswith("a.yml:2: not valid YAML")
    assert faults_of("a: \x00")[0].startswith("a.yml:1: not valid YAML")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: let op: dit", "a.yml:1: not valid YAML: put quotes around this text; there is a `: `"),
        ("a: 1\n  b: 2", "a.yml:2: not valid YAML: check the indentation of this line and the one"),
        ("a:\n    b: 1\n  c: 2", "a.yml:3: not valid YAML: check the indentation of this line"),
        ("a:\n\tb: 1", "a.yml:2: not valid YAML: a tab stands here; indent with spaces"),
        ("a: @x", "a.yml:1: not valid YAML: put quotes around this text; it begins with `@`"),
        ('a: "x" y', "a.yml:1: not valid YAML: put quotes around this text, around all of it"),
        ("a: 'x\nb: 1\n", "a.yml:1: not valid YAML: a quote is opened here and never closed"),
        ("a: {b: 1\nc: 2", "a.yml:2: not valid YAML: a `}` or a `,` is missing here or just above"),
        ("a: 1\nb", "a.yml:2: not valid YAML: a `:` is missing here; write `key: value`"),
        ("a: - b", "a.yml:1: not valid YAML: begin a new line before this `- `"),
    ],
)
def test_broken_yaml_is_told_in_an_editors_words(text: str, told: str) -> None:
    assert faults_of(text)[0].startswith(told)


def test_a_fault_takes_one_line_whatever_was_written() -> None:
    fault = Fault("a.yml", 3, "`two\nlines\u2028here` is not a day")

    assert str(fault) == "a.yml:3: `two\\nlines\\u2028here` is not a day"


def test_a_number_that_is_read_as_text_is_what_was_written() -> None:
    found = section("phone: 0123\nhour: 9.00\n")

    assert (found.text("phone"), found.text("hour")) == ("0123", "9.00")


def test_file_that_is_not_utf8_says_so() -> None:
    with pytest.raises(Unreadable, match=r"a\.yml:1: is not UTF-8 text"):
        parse_yaml(b"a: \xff", "a.yml")


def test_number_too_long_to_be_one_is_a_fault() -> None:
    assert "too long a number" in faults_of("a: " + "9" * 6000)[0]


def test_all_faults_of_a_file_come_at_once() -> None:
    assert len(faults_of("a: 1\na: 2\nb: ${X}\n")) == 2


def test_alias_is_its_anchor_once_more() -> None:
    found = parsed("a: &x {t: 1}\nb: [*x, *x]")

    assert found["b"] == [{"t": 1}, {"t": 1}]


def test_aliases_of_aliases_do_not_explode() -> None:
    lines = ["a0: &a0 [1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]

    assert len(parsed("\n".join(lines))) == 30


@given(st.text())
def test_any_text_is_a_mapping_or_a_fault(text: str) -> None:
    try:
        found = parse_yaml(text.encode(errors="replace"), "a.yml")
    except Unreadable as error:
        assert error.faults
    else:
        assert isinstance(found, Map)


@given(st.binary())
def test_any_bytes_are_a_mapping_or_a_fault(raw: bytes) -> None:
    try:
        parse_yaml(raw, "a.yml")
    except Unreadable as error:
        assert error.faults


def test_missing_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be read: No such file"):
        read_yaml(tmp_path / "a.yml")


def test_files_of_a_folder_come_by_relative_path_in_a_fixed_order(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("z.yml", "b/a.yml", "b/no.txt"):
        (tmp_path / name).write_text("a: 1")

    assert list(read_files(tmp_path)) == ["b/a.yml", "z.yml"]


def test_folder_without_files_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"holds no \*\.yml files"):
        read_files(tmp_path)


def test_path_is_shown_from_the_folder_one_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert shown(tmp_path / "data" / "a.yml") == "data/a.yml"
    assert shown(tmp_path.parent / "a.yml") == str(tmp_path.parent / "a.yml")


def test_words_of_a_broken_file_are_its_names() -> None:
    assert words_of(b"utter_x:\n\t- {a-b: \xff 12}") == {"utter_x", "a-b", "12"}


# sections


def test_section_gives_typed_values() -> None:
    found = section("t: x\nn: 3\nf: true\nl: [a, b]\nphone: 0123\n")

    assert found.text("t") == "x"
    assert found.number("n") == 3
    assert found.flag("f") is True
    assert found.texts("l") == ("a", "b")
    assert found.text("none", "d") == "d"
    assert found.number("none", 7) == 7
    assert told(found) == []


@pytest.mark.parametrize(
    ("read", "fault"),
    [
        (lambda s: s.text("list"), "a.yml:2: `list` must be text"),
        (lambda s: s.text("flag"), "a.yml:3: `flag` must be text"),
        (lambda s: s.number("text"), "a.yml:1: `text` must be a whole number"),
        (lambda s: s.number("flag"), "a.yml:3: `flag` must be a whole number"),
        (lambda s: s.number("minus"), "a.yml:4: `minus` must be 0 or more"),
        (lambda s: s.flag("text"), "a.yml:1: `text` must be `true` or `false`"),
        (lambda s: s.texts("text"), "a.yml:1: `text` must be a list"),
        (lambda s: s.section("text"), "a.yml:1: `text` must be `key: value` lines"),
        (lambda s: s.items("list"), "a.yml:2: an item of `list` must be a mapping"),
        (lambda s: s.texts("maps"), "a.yml:5: an item of `maps` must be text"),
        (lambda s: s.text("absent"), "a.yml:1: `absent` is missing"),
        (lambda s: s.one_of("text", ("y", "z")), "a.yml:1: `x` is not a text; known: `y`, `z`"),
    ],
)
def test_section_tells_what_is_wrong_with_a_value_and_goes_on(read: object, fault: str) -> None:
    found = section("text: x\nlist: [a]\nflag: true\nminus: -1\nmaps: [{a: 1}]\n")
    read(found)  # type: ignore[operator]

    assert told(found) == [fault]


def test_key_that_nobody_read_is_told_with_the_nearest_one() -> None:
    found = section("name: x\n\nadress: y\n")
    found.text("name")
    found.text("address", "")
    found.done()

    assert told(found) == ["a.yml:3: `adress` is not known here; did you mean `address`?"]


def test_suggestion_names_the_nearest_word_else_all_when_they_are_few() -> None:
    assert suggestion("dnager", ["danger", "role"]) == "; did you mean `danger`?"
    assert suggestion("zzz", ["danger", "role"]) == "; known: `danger`, `role`"
    assert suggestion("zzz", [f"name{n}" for n in range(40)]) == ""
    assert suggestion("zzz", []) == ""


def test_faults_sort_by_file_and_line_and_read_like_a_compiler() -> None:
    faults = [Fault("b.yml", 1, "x"), Fault("a.yml", 10, "x"), Fault("a.yml", 9, "x")]

    assert [str(fault) for fault in sorted(faults)] == ["a.yml:9: x", "a.yml:10: x", "b.yml:1: x"]
