"""The editor's files by themselves: words are data, nothing is kept, refusals are sentences."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data import knowledge
from data.danger_examples import PERSPECTIVES
from handoff.web.editor_api import REFUSALS
from handoff.web.editor_page import FOLDER
from handoff.web.staff_page import FROM_DESK_SCRIPTS
from tests.support.running import Server, running
from tests.support.scripts import FORBIDDEN, Scripts, fields_differ
from tests.test_pages import get, policy_of

PAGE = Scripts(FOLDER)
CONTENT = knowledge.load()
WORDS = CONTENT.editor_words
DESK_WORDS = CONTENT.desk_words
MOST_LINES = 200
MOST_GZ = 15_000


@pytest.fixture
async def house(sqlite_database: str, tmp_path: Path):
    async with running(sqlite_database, tmp_path) as server:
        yield server


def test_every_word_that_a_script_names_is_in_the_data() -> None:
    assert PAGE.named() - set(WORDS) - set(DESK_WORDS) == set()


def test_every_word_in_the_data_is_used() -> None:
    # the desk's login says why it asks for the password
    assert set(PAGE.unused(WORDS)) <= {"locked_editor"}


def test_the_words_of_the_page_stand_beside_those_of_the_desk() -> None:
    assert set(WORDS) & set(DESK_WORDS) == set()


def test_both_languages_leave_the_same_fields_open() -> None:
    assert fields_differ(WORDS) == []


def test_every_refusal_of_the_server_has_a_sentence_that_says_what_to_do() -> None:
    ours = {code for status, code, _ in REFUSALS.values() if status != 404}
    ours |= {"taken", "proposed", "bad_payload", "rate_limited", "internal", "gone", "login"}
    assert {f"error_editor_{code}" for code in ours} - set(WORDS) == set()
    assert {"error_unavailable", "error_no_answer"} <= set(DESK_WORDS)


def test_every_perspective_has_its_words() -> None:
    assert {f"perspective_{name}" for name in PERSPECTIVES} <= set(WORDS)


@pytest.mark.parametrize("forbidden", FORBIDDEN)
def test_no_script_keeps_anything_or_makes_markup(forbidden: str) -> None:
    assert PAGE.holding(forbidden) == []


def test_every_script_is_short_and_all_of_them_are_small() -> None:
    assert PAGE.longer(MOST_LINES) == set()
    assert PAGE.packed() <= MOST_GZ


def test_one_element_stands_in_one_file_of_its_name() -> None:
    assert PAGE.misplaced() == []


def test_the_page_asks_at_once_for_every_script_that_it_takes_over_from_the_desk() -> None:
    """What is imported by what is imported, too: otherwise they are asked for one after another."""
    assert sorted(PAGE.taken_over()) == sorted(FROM_DESK_SCRIPTS)


async def test_the_page_is_for_our_own_files_only(house: Server) -> None:
    status, headers, body = await get(house, "/editor")

    policy = policy_of(headers)
    assert status == 200
    assert (policy["default-src"], policy["script-src"]) == (["'none'"], ["'self'"])
    assert policy["frame-ancestors"] == ["'none'"]
    for address in re.findall(r'(?:src|href)="([^"]+)"', body):
        assert (await get(house, address))[0] == 200, address


async def test_the_words_tell_what_an_example_may_say(house: Server) -> None:
    async with house.http.get(f"{house.url}/editor/words.json") as answer:
        found = await answer.json()

    assert found["roles"] == ["editor", "admin"]
    assert {"nl", "en"} <= set(found["tongues"])
    assert "any" not in found["tongues"]
    assert found["perspectives"] == list(PERSPECTIVES)
