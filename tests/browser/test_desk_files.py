"""The desk's files by themselves: every word is data, nothing is kept, every frame is known."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import msgspec
import pytest

from data import knowledge
from handoff import protocol
from handoff.desk.caseworker.commands import REASONS
from handoff.web.desk_pages import FOLDER, POLICY

SCRIPTS = {path.name: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.js"))}
ALL = "\n".join(SCRIPTS.values())
WORDS = knowledge.load().desk_words
MOST_LINES = 200
#: All scripts and styles as they travel, packed one by one, in bytes.
MOST_GZ = 58_000
#: Ways to keep something, to turn text into markup, or to style and handle inline.
FORBIDDEN = (
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "localStorage",
    "sessionStorage",
    "indexedDB",
    "document.cookie",
    "serviceWorker",
    "Notification(",
    "eval(",
    "new Function",
    '"style"',
    "onclick",
)
#: Calls whose first argument is the name of a word.
NAMED = re.compile(
    r'(?:\b(?:say|press|folder|field|row)\(|\b(?:say|label|hint): )"([a-z][a-z0-9_]*)"'
)
COUNTED = re.compile(r'\bcount\("([a-z_]+)"')
TEMPLATES = re.compile(r"`([a-z_]*)\$\{[^}]*\}([a-z_]*)`")
LITERALS = re.compile(r'"([a-z][a-z0-9_]*)"')


def test_every_word_that_a_script_names_is_in_the_data() -> None:
    counted = {f"{name}_{many}" for name in COUNTED.findall(ALL) for many in ("one", "many")}
    assert (set(NAMED.findall(ALL)) | counted) - set(WORDS) == set()


def test_every_word_in_the_data_is_used() -> None:
    counted = {f"{name}_{many}" for name in COUNTED.findall(ALL) for many in ("one", "many")}
    literals = set(LITERALS.findall(ALL)) | counted
    patterns = [
        re.compile(rf"{start}[a-z0-9_]+{end}") for start, end in TEMPLATES.findall(ALL) if start
    ]
    page = (FOLDER / "desk.html").read_text("utf-8")
    listed = re.compile(r"(calling_\d+|phrase_[a-z_]+_\d+|lock_after_min)")
    unused = [
        name
        for name in WORDS
        if name not in literals
        and not any(pattern.fullmatch(name) for pattern in patterns)
        and not listed.fullmatch(name)
        and f"words.{name}" not in page
    ]
    assert unused == []


def test_every_refusal_has_a_sentence() -> None:
    codes = {code for code, _ in REASONS.values()} | {
        "bad_text",
        "too_long",
        "bad_frame",
        "unknown_region",
        "forbidden",
        "unavailable",
        "internal",
        "no_link",
        "no_answer",
        "other",
    }
    assert {f"error_{code}" for code in codes} - set(WORDS) == set()


def test_both_languages_leave_the_same_fields_open() -> None:
    fields = re.compile(r"\{(\w+)\}")
    wrong = [
        name
        for name, words in WORDS.items()
        if len({frozenset(fields.findall(text)) for text in words.values()}) > 1
    ]
    assert wrong == []


@pytest.mark.parametrize("forbidden", FORBIDDEN)
def test_no_script_keeps_anything_or_makes_markup(forbidden: str) -> None:
    assert [name for name, text in SCRIPTS.items() if forbidden in text] == []


def test_every_script_is_short_and_all_of_them_are_small() -> None:
    long = {name for name, text in SCRIPTS.items() if len(text.splitlines()) > MOST_LINES}
    files = [path for path in FOLDER.iterdir() if path.suffix in (".js", ".css")]
    packed = sum(len(gzip.compress(path.read_bytes(), 6)) for path in files)

    assert long == set()
    assert packed <= MOST_GZ


def test_one_element_stands_in_one_file_of_its_name() -> None:
    for name, text in SCRIPTS.items():
        defined = re.findall(r'customElements\.define\("([a-z-]+)"', text)
        assert defined == ([Path(name).stem] if name.startswith("desk-") else []), name


def _names(union: object) -> set[str]:
    return {msgspec.inspect.type_info(kind).tag for kind in union.__args__}  # type: ignore[attr-defined]


def test_every_frame_of_a_caseworker_can_be_sent() -> None:
    sent = set(re.findall(r'\btype: "([a-z_]+)"', ALL))
    sent |= set(re.findall(r'\bbegin\("([a-z_]+)"', ALL)) | {"note", "message"}
    assert _names(protocol.StaffFrame) - sent == set()


def test_every_frame_of_the_server_is_heard() -> None:
    heard = set(re.findall(r"^      ([a-z]+): \(frame\) =>", SCRIPTS["frames.js"], re.MULTILINE))
    assert heard == _names(protocol.StaffServerFrame)


def test_the_policy_allows_our_own_files_only() -> None:
    assert POLICY.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
