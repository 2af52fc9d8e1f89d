"""The desk's files by themselves: every word is data, nothing is kept, every frame is known."""

from __future__ import annotations

import re

import msgspec
import pytest

from data import knowledge
from handoff import protocol
from handoff.desk.caseworker.commands import REASONS
from handoff.web.desk_pages import FOLDER
from handoff.web.staff_page import POLICY
from tests.support.scripts import FORBIDDEN, Scripts, fields_differ

DESK = Scripts(FOLDER)
WORDS = knowledge.load().desk_words
MOST_LINES = 200
MOST_GZ = 59_000


def test_every_word_that_a_script_names_is_in_the_data() -> None:
    assert DESK.named() - set(WORDS) == set()


def test_every_word_in_the_data_is_used() -> None:
    listed = re.compile(r"(calling_\d+|phrase_[a-z_]+_\d+|lock_after_min)")
    assert [name for name in DESK.unused(WORDS) if not listed.fullmatch(name)] == []


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
    assert fields_differ(WORDS) == []


@pytest.mark.parametrize("forbidden", FORBIDDEN)
def test_no_script_keeps_anything_or_makes_markup(forbidden: str) -> None:
    assert DESK.holding(forbidden) == []


def test_every_script_is_short_and_all_of_them_are_small() -> None:
    assert DESK.longer(MOST_LINES) == set()
    assert DESK.packed() <= MOST_GZ


def test_one_element_stands_in_one_file_of_its_name() -> None:
    assert DESK.misplaced() == []


def _names(union: object) -> set[str]:
    return {msgspec.inspect.type_info(kind).tag for kind in union.__args__}  # type: ignore[attr-defined]


def test_every_frame_of_a_caseworker_can_be_sent() -> None:
    sent = set(re.findall(r'\btype: "([a-z_]+)"', DESK.all))
    sent |= set(re.findall(r'\bbegin\("([a-z_]+)"', DESK.all)) | {"note", "message"}
    assert _names(protocol.StaffFrame) - sent == set()


def test_every_frame_of_the_server_is_heard() -> None:
    heard = set(re.findall(r"^      ([a-z]+): \(frame\) =>", DESK.texts["frames.js"], re.MULTILINE))
    assert heard == _names(protocol.StaffServerFrame)


def test_the_policy_allows_our_own_files_only() -> None:
    assert POLICY.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
