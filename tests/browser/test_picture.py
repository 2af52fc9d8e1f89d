"""The picture in the README: a visitor's phone beside the desk, as they look today.

It is drawn into the artifacts; `cp tests/artifacts/front-door.png docs/pictures` brings it up to
date.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.conftest import ARTIFACTS, Pages
from tests.browser.desk import at_the_desk, waiting
from tests.browser.widget import in_the_chat
from tests.support.running import Server

README = Path(__file__).parents[2] / "README.md"
TOGETHER = """<!doctype html><style>
  body { margin: 0; padding: 32px; display: flex; gap: 32px; align-items: center; }
  body { background: #e9eef2; width: max-content; }
  img { display: block; }
  .phone { border: 10px solid #22303c; border-radius: 28px; overflow: hidden; }
  .desk { border: 1px solid #9fb0bd; border-radius: 8px; overflow: hidden; }
</style>
<div class="phone"><img src="data:image/png;base64,PHONE"></div>
<div class="desk"><img src="data:image/png;base64,DESK"></div>
"""


async def test_the_picture_of_the_readme_shows_both_sides(
    page: Pages, server: Server, browser: Browser
) -> None:
    desk = await at_the_desk(page, server, size=(1080, 700))
    chat = await in_the_chat(page, server, alone=True, size=(360, 700))
    await chat.press("Nee", "Het gaat over mij", "Meteen naar een medewerker")
    await chat.waits()
    await chat.writes("Ik weet niet goed waar ik moet beginnen.")
    await desk.accepts()
    await expect(chat.status).to_contain_text("Je chat met")
    await desk.writes("Fijn dat je er bent. Begin maar waar je wilt, ik lees mee.")
    await expect(chat.log).to_contain_text("Begin maar waar je wilt")
    await waiting(server, "Mag ik iets vragen?")
    await expect(desk.offer).to_be_visible()

    shots = [await found.screenshot() for found in (chat.page, desk.page)]
    phone, wide = (base64.b64encode(shot).decode() for shot in shots)
    both = await browser.new_page(viewport={"width": 1600, "height": 800})
    await both.set_content(TOGETHER.replace("PHONE", phone).replace("DESK", wide))
    ARTIFACTS.mkdir(exist_ok=True)
    await both.locator("body").screenshot(path=ARTIFACTS / "front-door.png")
    await both.close()


def test_every_picture_that_the_readme_shows_is_there() -> None:
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README.read_text("utf-8"))

    assert shown
    assert all((README.parent / path).is_file() for path in shown)
