"""The board's files by themselves: words are data, nothing is kept, refusals are sentences."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data import knowledge
from handoff.web.board_api import REFUSALS
from handoff.web.board_page import FOLDER
from handoff.web.staff_page import FROM_DESK_SCRIPTS
from tests.support.running import REGION, Server, running
from tests.support.scripts import FORBIDDEN, Scripts, fields_differ
from tests.test_pages import get, policy_of

BOARD = Scripts(FOLDER)
CONTENT = knowledge.load()
WORDS = CONTENT.board_words
DESK_WORDS = CONTENT.desk_words
MOST_LINES = 250
MOST_GZ = 20_000


@pytest.fixture
async def house(sqlite_database: str, tmp_path: Path):
    async with running(sqlite_database, tmp_path) as server:
        yield server


def test_every_word_that_a_script_names_is_in_the_data() -> None:
    assert BOARD.named() - set(WORDS) - set(DESK_WORDS) == set()


def test_every_word_in_the_data_is_used() -> None:
    # the desk's login says why it asks for the password
    assert set(BOARD.unused(WORDS)) <= {"locked_board"}


def test_the_words_of_the_board_stand_beside_those_of_the_desk() -> None:
    assert set(WORDS) & set(DESK_WORDS) == set()


def test_both_languages_leave_the_same_fields_open() -> None:
    assert fields_differ(WORDS) == []


def test_every_refusal_of_the_server_has_a_sentence_that_says_what_to_do() -> None:
    ours = {code for status, code, _ in REFUSALS.values() if status != 404}
    ours |= {"bad_payload", "internal", "gone", "login", "no_link"}
    assert {f"error_board_{code}" for code in ours} - set(WORDS) == set()
    assert {"error_unavailable", "error_no_answer", "error_rate_limited"} <= set(DESK_WORDS)


@pytest.mark.parametrize("forbidden", FORBIDDEN)
def test_no_script_keeps_anything_or_makes_markup(forbidden: str) -> None:
    assert BOARD.holding(forbidden) == []


def test_every_script_is_short_and_all_of_them_are_small() -> None:
    assert BOARD.longer(MOST_LINES) == set()
    assert BOARD.packed() <= MOST_GZ


def test_one_element_stands_in_one_file_of_its_name() -> None:
    assert BOARD.misplaced() == []


def test_the_page_asks_at_once_for_every_script_that_it_takes_over_from_the_desk() -> None:
    """What is imported by what is imported, too: otherwise they are asked for one after another."""
    assert sorted(BOARD.taken_over()) == sorted(FROM_DESK_SCRIPTS)


async def test_the_board_is_for_our_own_files_only(house: Server) -> None:
    status, headers, body = await get(house, "/board")

    policy = policy_of(headers)
    assert status == 200
    assert (policy["default-src"], policy["script-src"]) == (["'none'"], ["'self'"])
    assert policy["frame-ancestors"] == ["'none'"]
    for address in re.findall(r'(?:src|href)="([^"]+)"', body):
        assert (await get(house, address))[0] == 200, address


async def test_a_file_that_the_browser_has_is_not_sent_again(house: Server) -> None:
    for path in ("/board", "/board/main.js", "/board/words.json"):
        _, headers, _ = await get(house, path)
        again = await get(house, path, **{"If-None-Match": headers["ETag"]})
        assert again[0] == 304, path
    assert (await get(house, "/board/no-such-file.js"))[0] == 404


async def test_a_tag_that_a_proxy_made_weak_is_known(house: Server) -> None:
    """Who packs an answer on its way may say so in the tag."""
    for path in ("/widget.js", "/desk/main.js", "/board/main.js"):
        _, headers, _ = await get(house, path)
        again = await get(house, path, **{"If-None-Match": f'"other", W/{headers["ETag"]}'})
        assert again[0] == 304, path


async def test_the_words_tell_which_pools_and_agreements_there_are(house: Server) -> None:
    async with house.http.get(f"{house.url}/board/words.json") as answer:
        found = await answer.json()

    assert found["pools"]["oost"]["rota"]["0"] == "twente"
    assert ["brabant", "midden-brabant", REGION] in found["agreements"]
    # the two ways of an agreement are one
    assert ["brabant", REGION, "midden-brabant"] not in found["agreements"]
