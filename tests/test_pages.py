"""The pages as they leave the server: what they may do, how small they are, what they keep."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from multidict import CIMultiDictProxy

from tests.support.clock import FakeClock
from tests.support.running import REGION, Server, running

#: The budgets (DESIGN 6, STYLE 5.2): what a phone on a bad line has to load.
LOADER_BYTES = 2_560
PAGE_BYTES = 16_384
NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
async def open_house(sqlite_database: str, tmp_path: Path):
    async with running(sqlite_database, tmp_path) as server:
        yield server


@pytest.fixture
async def closed_house(sqlite_database: str, tmp_path: Path):
    async with running(sqlite_database, tmp_path, FakeClock(NIGHT)) as server:
        yield server


async def get(server: Server, path: str, **headers: str) -> tuple[int, CIMultiDictProxy[str], str]:
    async with server.http.get(server.url + path, headers=headers) as answer:
        return answer.status, answer.headers, await answer.text()


def policy_of(headers: CIMultiDictProxy[str]) -> dict[str, list[str]]:
    parts = headers["Content-Security-Policy"].split(";")
    return {part.split()[0]: part.split()[1:] for part in parts}


async def test_the_loader_is_small_and_asked_for_anew_each_time(open_house: Server) -> None:
    status, headers, body = await get(open_house, "/widget.js")
    seen = [headers["ETag"], f"W/{headers['ETag']}", '"another"']
    again = [await get(open_house, "/widget.js", **{"If-None-Match": tag}) for tag in seen]

    assert (status, [found[0] for found in again]) == (200, [304, 304, 200])
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["Cache-Control"] == "no-cache"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert len(gzip.compress(body.encode(), 9)) <= LOADER_BYTES


async def test_the_loader_holds_no_import_and_no_storage(open_house: Server) -> None:
    _, _, body = await get(open_house, "/widget.js")

    for word in ("import(", "localStorage", "sessionStorage", "cookie", "fetch(", "indexedDB"):
        assert word not in body


async def test_the_chat_page_is_one_small_document_that_is_never_stored(
    open_house: Server,
) -> None:
    status, headers, body = await get(open_house, f"/chat/{REGION}")

    assert status == 200
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert len(gzip.compress(body.encode(), 9)) <= PAGE_BYTES
    assert not re.findall(r'(?:src|href)="(?!tel:|data:|https?://)[^"]', body)


async def test_the_closed_page_is_small_too(closed_house: Server) -> None:
    _, _, body = await get(closed_house, f"/chat/{REGION}")

    assert len(gzip.compress(body.encode(), 9)) <= PAGE_BYTES


async def test_the_page_may_run_its_own_script_only(open_house: Server) -> None:
    _, headers, _ = await get(open_house, f"/chat/{REGION}")
    policy = policy_of(headers)

    assert policy["default-src"] == ["'none'"]
    assert [source[:8] for source in policy["script-src"]] == ["'sha256-"]
    assert [source[:8] for source in policy["style-src"]] == ["'sha256-"]
    assert "unsafe" not in headers["Content-Security-Policy"]


async def test_only_the_websites_of_a_region_may_frame_its_chat(open_house: Server) -> None:
    regions = open_house.house.plan.knowledge.regions
    _, headers, _ = await get(open_house, "/chat/zeeland")

    hosts = [f"https://{host}" for host in regions["zeeland"].website_hosts]
    assert policy_of(headers)["frame-ancestors"] == hosts
    assert not any("*" in host for host in hosts)


async def test_staff_pages_may_be_framed_by_nobody(open_house: Server) -> None:
    _, headers, _ = await get(open_house, "/desk")

    assert policy_of(headers)["frame-ancestors"] == ["'none'"]
    assert policy_of(headers)["script-src"] == ["'self'"]


async def test_the_card_the_numbers_and_the_exit_are_in_the_page_before_the_socket_opens(
    open_house: Server,
) -> None:
    knowledge = open_house.house.plan.knowledge
    _, _, body = await get(open_house, f"/chat/{REGION}")
    data = json.loads(re.search(r'id="data">(.*?)</script>', body, re.DOTALL)[1])

    assert data["exit"] == knowledge.regions[REGION].exit_address
    assert f'href="tel:{knowledge.help_lines[knowledge.advice_line].tel}"' in body
    for language in ("nl", "en"):
        for line in knowledge.emergency_card:
            assert data["words"][language][line.response]


async def test_the_closed_page_says_in_plain_html_when_we_open_and_what_to_do_now(
    closed_house: Server,
) -> None:
    knowledge = closed_house.house.plan.knowledge
    _, _, body = await get(closed_house, f"/chat/{REGION}")
    plain = re.sub(r"<script.*?</script>", "", body, flags=re.DOTALL)

    assert "Dinsdagochtend om 9.00 uur" in plain
    assert knowledge.help_lines["children"].number not in plain  # it is closed at night
    assert plain.count("<details>") > 10
    emergency = knowledge.help_lines[knowledge.emergency_line].tel
    assert f'<a class="call danger" href="tel:{emergency}">' in plain


async def test_an_unknown_region_is_told_in_the_words_of_the_protocol(open_house: Server) -> None:
    status, _, body = await get(open_house, "/chat/atlantis")

    assert status == 404
    assert json.loads(body)["code"] == "unknown_region"


async def test_a_person_who_comes_to_an_unknown_region_gets_the_numbers(
    open_house: Server,
) -> None:
    status, headers, body = await get(open_house, "/chat/atlantis", Accept="text/html,*/*")
    knowledge = open_house.house.plan.knowledge

    assert (status, headers["Cache-Control"]) == (404, "no-store")
    for line in (knowledge.emergency_line, knowledge.advice_line):
        assert body.count(knowledge.help_lines[line].number) == len(knowledge.languages)


async def test_every_answer_is_buttoned_up(open_house: Server) -> None:
    for path in ("/widget.js", f"/chat/{REGION}", "/desk", f"/api/regions/{REGION}", "/nowhere"):
        _, headers, _ = await get(open_house, path)

        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "no-referrer", path
        assert "Content-Security-Policy" in headers, path
        assert "Server" not in headers, path


async def test_a_region_says_whether_it_is_open_and_until_when(open_house: Server) -> None:
    _, _, body = await get(open_house, f"/api/regions/{REGION}")
    found = json.loads(body)

    assert found["state"] == "open"
    assert found["closes_at"] == "2026-11-23T22:00:00Z"
    assert set(found) == {"region", "name", "state", "phone", "now", "opens_at", "closes_at"}


async def test_a_region_says_when_it_opens(closed_house: Server) -> None:
    _, _, body = await get(closed_house, f"/api/regions/{REGION}")
    found = json.loads(body)

    assert (found["state"], found["opens_at"]) == ("closed", "2026-11-24T08:00:00Z")
    assert "closes_at" not in found


async def test_the_front_page_of_the_demo_is_there_in_the_demo_only(open_house: Server) -> None:
    status, _, _ = await get(open_house, "/")

    assert status == 404
