"""The board's files by themselves: words are data, nothing is kept, refusals are sentences."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from data import knowledge
from handoff.web.board_api import REFUSALS
from handoff.web.board_page import DESK, FOLDER, SHARED_SCRIPTS
from tests.support.running import REGION, Server, running
from tests.test_pages import get, policy_of

SCRIPTS = {path.name: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.js"))}
ALL = "\n".join(SCRIPTS.values())
CONTENT = knowledge.load()
WORDS = CONTENT.board_words
DESK_WORDS = CONTENT.desk_words
MOST_LINES = 250
#: Our own scripts and styles as they travel, packed one by one, in bytes.
MOST_GZ = 20_000
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
NAMED = re.compile(r'(?:\b(?:say|press|folder|field)\(|\b(?:say|label|hint): )"([a-z][a-z0-9_]*)"')
COUNTED = re.compile(r'\bcount\("([a-z_]+)"')
TEMPLATES = re.compile(r"`([a-z_]*)\$\{[^}]*\}([a-z_]*)`")
LITERALS = re.compile(r'"([a-z][a-z0-9_]*)"')
IMPORTS = re.compile(r'(?:from|import) "(?:/desk/|\./)([a-z-]+\.js)"')
COUNTS = {f"{name}_{many}" for name in COUNTED.findall(ALL) for many in ("one", "many")}


@pytest.fixture
async def house(sqlite_database: str, tmp_path: Path):
    async with running(sqlite_database, tmp_path) as server:
        yield server


def test_every_word_that_a_script_names_is_in_the_data() -> None:
    assert (set(NAMED.findall(ALL)) | COUNTS) - set(WORDS) - set(DESK_WORDS) == set()


def test_every_word_in_the_data_is_used() -> None:
    literals = set(LITERALS.findall(ALL)) | COUNTS
    patterns = [
        re.compile(rf"{start}[a-z0-9_]+{end}") for start, end in TEMPLATES.findall(ALL) if start
    ]
    page = (FOLDER / "board.html").read_text("utf-8")
    unused = [
        name
        for name in WORDS
        if name not in literals
        and not any(pattern.fullmatch(name) for pattern in patterns)
        and f"words.{name}" not in page
    ]
    # the desk's login says why it asks for the password
    assert set(unused) <= {"locked_board"}


def test_the_words_of_the_board_stand_beside_those_of_the_desk() -> None:
    assert set(WORDS) & set(DESK_WORDS) == set()


def test_both_languages_leave_the_same_fields_open() -> None:
    fields = re.compile(r"\{(\w+)\}")
    wrong = [
        name
        for name, words in WORDS.items()
        if len({frozenset(fields.findall(text)) for text in words.values()}) > 1
    ]
    assert wrong == []


def test_every_refusal_of_the_server_has_a_sentence_that_says_what_to_do() -> None:
    ours = {code for status, code, _ in REFUSALS.values() if status != 404}
    ours |= {"bad_payload", "internal", "gone", "login", "no_link"}
    assert {f"error_board_{code}" for code in ours} - set(WORDS) == set()
    assert {"error_unavailable", "error_no_answer", "error_rate_limited"} <= set(DESK_WORDS)


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
        assert defined == ([Path(name).stem] if name.startswith("board-") else []), name


def test_the_page_asks_at_once_for_every_script_that_it_takes_over_from_the_desk() -> None:
    """What is imported by what is imported, too: otherwise they are asked for one after another."""
    needed, left = set(), {name for name in IMPORTS.findall(ALL) if name not in SCRIPTS}
    while left:
        needed |= left
        texts = [(DESK / name).read_text("utf-8") for name in left]
        left = {found for text in texts for found in IMPORTS.findall(text)} - needed
    assert sorted(needed) == sorted(SHARED_SCRIPTS)


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


async def test_the_words_tell_which_pools_and_agreements_there_are(house: Server) -> None:
    async with house.http.get(f"{house.url}/board/words.json") as answer:
        found = await answer.json()

    assert found["pools"]["oost"]["rota"]["0"] == "twente"
    assert ["brabant", "midden-brabant", REGION] in found["agreements"]
    # the two ways of an agreement are one
    assert ["brabant", REGION, "midden-brabant"] not in found["agreements"]
