"""What editors ask over HTTP: what would be heard, and examples that two of them agree upon."""

from __future__ import annotations

import csv
import io
import logging
from pathlib import Path
from typing import Any

import pytest

from data.danger_examples import COLUMNS, load_examples
from handoff.desk.examples import LONGEST_KEY
from handoff.storage import examples as stored
from handoff.web import editor_api
from tests import shipped
from tests.danger import EARS
from tests.support.running import REGION, Server, running
from tests.support.staff import Staff, audited, staff

SIGNALS = shipped.knowledge().triage.signals
FILES = load_examples(shipped.DATA_FOLDER / "danger" / "examples", SIGNALS)
#: In no list and in no example.
WORD = "zwerkbaldorf"


@pytest.fixture
def database(sqlite_database: str) -> str:
    """What is stored is proven on both databases elsewhere."""
    return sqlite_database


async def editor(server: Server, username: str = "editor") -> Staff:
    """An editor who has logged in."""
    return await staff(server, username, "editor")


def example(**more: Any) -> dict[str, Any]:
    """The body of an example."""
    given = {
        "language": "nl",
        "level": "acute",
        "signals": ["weapon"],
        "perspective": "victim",
        "text": f"hij zwaait met een {WORD}",
    }
    return {**given, **more}


async def proposed(person: Staff, **more: Any) -> dict[str, Any]:
    """The row of an example that was proposed."""
    status, body = await person.send("/api/editor/examples", example(**more))
    assert status == 201, body
    row: dict[str, Any] = body
    return row


# who may


@pytest.mark.parametrize("role", ["caseworker", "senior", "coordinator"])
async def test_the_editors_page_is_for_editors(server: Server, role: str) -> None:
    person = await staff(server, f"{REGION}-{role}", role)
    stranger = Staff(server, "", "")

    for who, status in ((person, 403), (stranger, 401)):
        assert (await who.post("/api/editor/hear", text="hallo"))[0] == status
        assert (await who.get("/api/editor/examples"))[0] == status
        assert (await who.get("/api/editor/examples/nl.csv"))[0] == status
        assert (await who.send("/api/editor/examples", example()))[0] == status
        assert (await who.post("/api/editor/examples/x", answer="approve"))[0] == status
    assert await server.rows("SELECT id FROM danger_example") == []


async def test_another_site_tries_nothing_in_an_editors_name(server: Server) -> None:
    person = await editor(server)
    headers = {**person.headers, "Origin": "https://elsewhere.example"}

    for path in ("hear", "examples"):
        url = f"{server.url}/api/editor/{path}"
        async with server.http.post(url, json=example(), headers=headers) as answer:
            assert answer.status == 403
    assert await server.rows("SELECT id FROM danger_example") == []


# trying


async def test_an_editor_sees_what_would_be_heard_and_why(server: Server) -> None:
    person = await editor(server)

    status, body = await person.post("/api/editor/hear", text="mijn man slaat mij nu")

    assert status == 200
    assert body["in_use"] == "rules+model"
    for way in ("rules", "rules+model"):
        assert body[way]["level"] == "acute"
        assert body[way]["because"]
        card, *_ = body[way]["cards"]
        assert shipped.knowledge().help_lines["emergency"].number in card
        assert card.count("\n") > 1


async def test_the_rules_alone_are_told_apart_from_what_was_learnt(server: Server) -> None:
    person = await editor(server)
    missed = next(
        one for one in FILES if one.level == "acute" and EARS.by_rules(one.text).level == "normal"
    )

    _, body = await person.post("/api/editor/hear", text=missed.text)

    assert body["rules"]["level"] == "normal"
    assert body["rules+model"]["level"] == "acute"
    assert not [reason for reason in body["rules"].get("because", []) if reason[0] == "“"]


@pytest.mark.parametrize("listening", ["rules", "rules+model"])
async def test_the_page_says_what_visitors_get(
    sqlite_database: str, tmp_path: Path, listening: str
) -> None:
    async with running(sqlite_database, tmp_path, listening=listening) as server:
        _, body = await (await editor(server)).post("/api/editor/hear", text="hij slaat mij nu")

    assert body["in_use"] == listening
    assert {"rules", "rules+model"} <= set(body)


async def test_what_is_harmless_brings_no_card(server: Server) -> None:
    person = await editor(server)

    _, body = await person.post("/api/editor/hear", text="wat zijn de openingstijden?")

    assert (body["rules"]["level"], "cards" in body["rules"]) == ("normal", False)


async def test_earlier_texts_count_as_they_do_for_a_visitor(server: Server) -> None:
    person = await editor(server)

    _, alone = await person.post("/api/editor/hear", text="ja")
    _, after = await person.post("/api/editor/hear", text="ja", before=["hij heeft een mes"])

    assert (alone["rules"]["level"], after["rules"]["level"]) == ("normal", "acute")


async def test_what_is_tried_is_kept_nowhere(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    person = await editor(server)
    caplog.set_level(logging.DEBUG)

    for text in (WORD, "", f"{WORD}\x00", WORD * 1_000):
        await person.post("/api/editor/hear", text=text)

    assert WORD not in caplog.text
    assert await audited(server) == []
    assert await server.rows("SELECT id FROM danger_example") == []


@pytest.mark.parametrize(
    "body",
    [{}, {"text": ""}, {"text": " \n"}, {"text": "x" * 2_001}, {"text": "\x00"}, {"text": 7}],
)
async def test_what_cannot_be_heard_is_refused(server: Server, body: dict[str, Any]) -> None:
    person = await editor(server)

    status, told = await person.send("/api/editor/hear", body)

    assert (status, told["code"]) == (400, "bad_payload")


async def test_who_tries_without_end_has_to_wait(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editor_api, "BURST", 2)
    first, second = await editor(server), await editor(server, "editor-2")
    for _ in range(2):
        assert (await first.post("/api/editor/hear", text="hallo"))[0] == 200

    status, told = await first.post("/api/editor/hear", text="hallo")

    assert (status, told["code"], told["retry_after_s"]) == (429, "rate_limited", 1)
    assert (await second.post("/api/editor/hear", text="hallo"))[0] == 200
    server.clock.move(1)
    assert (await first.post("/api/editor/hear", text="hallo"))[0] == 200


# examples


async def test_an_example_counts_when_another_editor_approved_it(server: Server) -> None:
    first, second = await editor(server), await editor(server, "editor-2")
    row = await proposed(first)
    path = f"/api/editor/examples/{row['id']}"

    status, told = await first.post(path, answer="approve")
    assert (status, told["code"]) == (403, "forbidden")
    assert await server.house.db.read(stored.approved) == []

    status, found = await second.post(path, answer="approve")
    assert (status, found["added_by"], found["approved_by"]) == (200, "editor", "editor-2")
    assert (await second.post(path, answer="approve"))[1]["code"] == "wrong_state"
    (kept,) = await server.house.db.read(stored.approved)
    assert (kept["text"], kept["signals"]) == (example()["text"], "weapon")


async def test_an_example_can_be_taken_away_before_and_after(server: Server) -> None:
    first, second = await editor(server), await editor(server, "editor-2")
    mine, theirs = await proposed(first), await proposed(first, text=f"{WORD} komt eraan")
    await second.post(f"/api/editor/examples/{mine['id']}", answer="approve")

    for row in (mine, theirs):
        assert (await second.post(f"/api/editor/examples/{row['id']}", answer="withdraw"))[0] == 200
        assert (await first.post(f"/api/editor/examples/{row['id']}", answer="withdraw"))[0] == 404
    _, body = await first.get("/api/editor/examples")
    assert body["examples"] == []


async def test_who_proposed_and_who_approved_is_noted_without_the_text(server: Server) -> None:
    first, second = await editor(server), await editor(server, "editor-2")
    row = await proposed(first, note=WORD)
    for answer in ("approve", "withdraw"):
        server.clock.move(1)
        await second.post(f"/api/editor/examples/{row['id']}", answer=answer)

    assert await audited(server) == [
        ("editor", "example"),
        ("editor-2", "example_approve"),
        ("editor-2", "example_withdraw"),
    ]
    rows = await server.rows("SELECT * FROM audit ORDER BY at")
    assert WORD not in str(rows)
    assert row["id"] in rows[0]["detail"]


async def test_a_no_is_not_noted_as_if_it_were_done(server: Server) -> None:
    first = await editor(server)
    row = await proposed(first)

    await first.post(f"/api/editor/examples/{row['id']}", answer="approve")
    await first.send("/api/editor/examples", example(level="normal"))

    assert [action for _, action in await audited(server)] == ["example"]


@pytest.mark.parametrize("level", ["acute", "normal"])
async def test_a_text_that_was_proposed_already_is_told_with_its_level(
    server: Server, level: str
) -> None:
    await proposed(await editor(server))
    text = f"  Hij zwaait  met een {WORD.upper()}"

    status, told = await (await editor(server, "editor-2")).send(
        "/api/editor/examples", example(text=text, level=level)
    )

    assert (status, told["code"], told["level"], told.get("where")) == (409, "taken", "acute", None)


async def test_the_longest_text_is_an_example_and_known_again(server: Server) -> None:
    person = await editor(server)
    text = f"{WORD} " + "\N{PILE OF POO}\N{GRINNING FACE}" * 950

    await proposed(person, text=text)
    status, _ = await person.send("/api/editor/examples", example(text=text))

    assert status == 409
    keys = await server.rows("SELECT plain FROM danger_example")
    assert [len(row["plain"].encode()) <= LONGEST_KEY for row in keys] == [True]


@pytest.mark.parametrize("id", ["nobody", "%00", "%FF", "a" * 500])
async def test_an_example_that_is_not_there_is_told(server: Server, id: str) -> None:
    person = await editor(server)

    status, told = await person.send(f"/api/editor/examples/{id}", {"answer": "approve"})

    assert (status, told["code"]) == (404, "bad_id")


async def test_the_same_text_in_another_language_is_another_example(server: Server) -> None:
    person = await editor(server)

    await proposed(person, text=f"help {WORD}")
    await proposed(person, text=f"help {WORD}", language="en")


async def test_a_text_that_stands_in_a_file_is_told_with_its_line(server: Server) -> None:
    person = await editor(server)
    known = next(one for one in FILES if one.language == "nl" and one.level == "urgent")

    status, told = await person.send(
        "/api/editor/examples", example(text=f" {known.text.upper()} ", level="normal")
    )

    assert (status, told["level"]) == (409, "urgent")
    assert told["where"] == f"nl.csv:{known.line}"


@pytest.mark.parametrize(
    "more",
    [
        {"text": " "},
        {"text": "x" * 2_001},
        {"text": "\x00"},
        {"note": "x" * 201},
        {"level": "acut"},
        {"signals": ["weapn"]},
        {"signals": ["none"]},
        {"perspective": "victm"},
        {"language": "any"},
        {"language": "xx"},
    ],
)
async def test_what_is_no_example_is_refused(server: Server, more: dict[str, Any]) -> None:
    person = await editor(server)

    status, told = await person.send("/api/editor/examples", example(**more))

    assert (status, told["code"]) == (400, "bad_payload")
    assert await server.rows("SELECT id FROM danger_example") == []


async def test_there_is_an_end_to_what_is_kept_here(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "MOST", 1)
    person = await editor(server)
    await proposed(person)

    status, told = await person.send("/api/editor/examples", example(text=f"{WORD} twee"))

    assert (status, told["code"]) == (409, "too_large")


async def test_what_was_approved_comes_as_a_file_like_those_in_the_data(
    server: Server, tmp_path: Path
) -> None:
    first, second = await editor(server), await editor(server, "editor-2")
    texts = (f'nee, "{WORD}" zei hij\nen toen', f"{WORD};{WORD}")
    for text, signals in zip(texts, ([], ["child", "weapon", "child"]), strict=True):
        row = await proposed(first, text=text, signals=signals, note="met, komma")
        await second.post(f"/api/editor/examples/{row['id']}", answer="approve")
    await proposed(first, text=f"{WORD} is nog niet goedgekeurd")
    other = await proposed(first, text=f"{WORD} is here", language="en")
    await second.post(f"/api/editor/examples/{other['id']}", answer="approve")

    url = f"{server.url}/api/editor/examples/nl.csv"
    async with server.http.get(url, headers=first.headers) as answer:
        raw = await answer.read()
        assert answer.headers["Content-Disposition"] == 'attachment; filename="nl.csv"'
        assert answer.headers["Cache-Control"] == "no-store"

    (tmp_path / "nl.csv").write_bytes(raw)
    found = load_examples(tmp_path, SIGNALS)
    assert sorted(one.text for one in found) == sorted(texts)
    assert sorted(one.signals for one in found) == [(), ("weapon", "child")]
    assert next(csv.reader(io.StringIO(raw.decode()))) == list(COLUMNS)
    for name in ("any.csv", "nl", "nl.txt", "..csv"):
        assert (await first.get(f"/api/editor/examples/{name}"))[0] == 404
