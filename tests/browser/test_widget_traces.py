"""What is left on the device after a whole journey: nothing of ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Response, expect

from tests.browser.conftest import ARGS, HERE, PATIENCE_MS, Pages
from tests.browser.widget import Chat, exit_address, in_the_chat, on_the_website, opens, website
from tests.support.running import Server

STRAIGHT = "Meteen naar een medewerker"
#: Words that stand nowhere else.
SAID, ANSWERED, UNSENT = "zwaluwstaartje", "kraaiennestje", "meerkoetnest"
#: Where chromium notes the addresses of open tabs and of the frames in them, every few seconds, to
#: restore them after a crash. Nothing that a page can do reaches it (docs/privacy.md).
TABS = "Sessions"
#: A frame of another site may be refused its storage: then nothing is in it either.
KEPT = """async () => {
  const found = [];
  const look = async (name, count) => {
    const many = await Promise.resolve().then(count).catch(() => 0);
    if (many) found.push(name);
  };
  await look("local", () => localStorage.length);
  await look("session", () => sessionStorage.length);
  await look("cookies", () => document.cookie.length);
  await look("caches", async () => (await caches.keys()).length);
  await look("databases", async () => (await indexedDB.databases()).length);
  await look("workers", async () => (await navigator.serviceWorker.getRegistrations()).length);
  await look("name", () => window.name.length);
  return found;
}"""


async def journey(chat: Chat, server: Server) -> None:
    """From the first tap to a caseworker's answer, and something that was never sent."""
    await chat.press("Ja, voor mij", STRAIGHT)
    await chat.writes(SAID)
    caseworker = await server.caseworker()
    ticket = (await caseworker.accepts())["ticket"]["id"]
    await caseworker.writes(ticket, ANSWERED)
    await expect(chat.log).to_contain_text(ANSWERED)
    await chat.box.fill(UNSENT)


async def test_nothing_is_kept_in_the_browser(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server)
    await journey(chat, server)

    for frame in chat.page.frames:
        assert await frame.evaluate(KEPT) == []
    state = await chat.page.context.storage_state(indexed_db=True)
    assert state == {"cookies": [], "origins": []}


async def test_the_loader_asks_nothing_before_the_first_tap(page: Pages, server: Server) -> None:
    asked: list[str] = []
    chat = await on_the_website(page, server)
    chat.page.context.on("request", lambda request: asked.append(request.url))
    await chat.page.reload()
    await expect(chat.page.get_by_role("button", name="Chat openen")).to_be_visible()

    assert asked == [website(server), f"{server.url}/widget.js"]
    assert chat.sent == []
    await opens(chat)
    await expect(chat.choices).to_have_count(5)
    assert len(asked) == 3


async def test_pages_may_not_be_stored_and_say_nothing_of_where_one_was(
    page: Pages, server: Server
) -> None:
    answers: list[Response] = []
    chat = await on_the_website(page, server)
    chat.page.on("response", lambda answer: answers.append(answer))
    await opens(chat)
    await expect(chat.choices).to_have_count(5)

    (answer,) = answers
    headers = await answer.all_headers()
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers
    assert "referer" not in await answer.request.all_headers()


async def test_a_reload_begins_anew(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server, alone=True)
    await chat.press(STRAIGHT)
    await chat.writes(SAID)

    await chat.page.reload()

    await chat.is_asked("Is er nu gevaar?")
    await expect(chat.log).not_to_contain_text(SAID)


@pytest_asyncio.fixture(loop_scope="session")
async def profile(
    browser: Browser, server: Server, tmp_path: Path
) -> AsyncIterator[tuple[Path, BrowserContext]]:
    """A browser with a profile folder of its own, as on somebody's laptop."""
    folder = tmp_path / "profile"
    context = await browser.browser_type.launch_persistent_context(
        folder, executable_path="/usr/bin/chromium", args=list(ARGS)
    )
    context.set_default_timeout(PATIENCE_MS)
    yield folder, context
    await context.close()


async def test_nothing_of_the_talk_is_on_the_disk(
    profile: tuple[Path, BrowserContext], server: Server
) -> None:
    folder, context = profile
    hosts: set[str] = set()
    context.on("request", lambda request: hosts.add(request.url.split("/")[2].split(":")[0]))
    found = context.pages[0]
    chat = Chat(found, server, found.frame_locator("voordeur-chat iframe"))
    address = exit_address(server)
    await context.route(address, lambda route: route.fulfill(body="<title>Weer</title>"))
    await found.goto(website(server))
    await opens(chat)
    await journey(chat, server)
    (conversation,) = server.house.conversations.live

    await chat.exit.click()
    await expect(found).to_have_url(address)
    await context.close()

    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in files:
        content = path.read_bytes()
        texts = (SAID, ANSWERED, UNSENT, conversation)
        if path.parent.name != TABS:
            texts = (*texts, "/chat/")
        for text in texts:
            for code in ("utf-8", "utf-16-le"):
                assert text.encode(code) not in content, f"{text} in {path.name}"
    assert hosts - {address.split("/")[2]} == set(HERE)
