"""Plays stories through a `Dialogue` and says where it and the story disagree."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from data.files import Fault, suggestion
from flows import urgency
from flows.danger.ears import RECENT
from flows.engine import Choose, Text
from flows.payloads import BadPayload, split
from flows.render import Choice, Message
from flows.stories import (
    Asks,
    Chooses,
    HandsOver,
    HasButtons,
    HasLevel,
    Later,
    Line,
    Opens,
    OpensCard,
    Shows,
    ShowsCard,
    StaffIs,
    Story,
    Types,
)
from handoff.desk.dialogue import CANNOT_CALL, Answer, Card, Dialogue, Talk

SENDER = "story"


async def play_story(story: Story, dialogue: Dialogue) -> list[Fault]:
    """Where `story` and the script disagree, in the order of the story; empty when it holds."""
    if not story.steps or not isinstance(story.steps[0], Opens):
        return [Fault(story.place.file, story.place.line, "a story begins with `opens`")]
    opens, regions = story.steps[0], dialogue.knowledge.regions
    if opens.region not in regions:
        message = f"there is no region `{opens.region}`{suggestion(opens.region, regions)}"
        return [Fault(opens.place.file, opens.place.line, message)]
    player = _Player(opens, dialogue)
    for step in story.steps:
        await player.play(step)
    player.settle(story.steps[-1])
    return player.faults


class _Player:
    """One story under way: what came of the last input, and what of it the story has named."""

    def __init__(self, opens: Opens, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.region = dialogue.knowledge.regions[opens.region]
        self.faults: list[Fault] = []
        self.now = self.moment(opens.at)
        self.staff = opens.staff
        self.talk: Talk | None = None
        self.recent: deque[str] = deque(maxlen=RECENT)
        self.over = False
        self.question: Message | None = None
        self.card: Card | None = None
        self.fresh([])

    def moment(self, local: datetime) -> datetime:
        """A local time of the story as an instant."""
        return local.replace(tzinfo=self.region.chat_hours.zone).astimezone(UTC)

    def fault(self, step: Line, message: str) -> None:
        self.faults.append(Fault(step.place.file, step.place.line, message))

    def fresh(self, messages: Iterable[Message]) -> None:
        """A new input was answered: nothing of the answer is named yet."""
        messages = list(messages)
        self.said = [message for message in messages if message.asks is None]
        self.asked = next((found for found in reversed(messages) if found.asks), None)
        self.cards: list[Card] = []
        self.handed_over = self.lists_all = False

    def settle(self, step: Line) -> None:
        """What must not be left unnamed: cards, a handover, and the rest of a list."""
        for card in self.cards:
            self.fault(step, f"before this the emergency card comes: `{card.form}`")
        if self.handed_over:
            self.fault(step, "before this it hands over to a human")
        if self.lists_all:
            for message in self.said:
                self.fault(step, f"before this it also says {_named(message)}")
        self.fresh([])

    async def play(self, step: Line) -> None:
        if isinstance(step, Opens | Chooses | Types | OpensCard | Later | StaffIs):
            self.settle(step)
            await self.act(step)
        elif self.talk is not None:
            self.look(step, self.talk)

    # what the visitor does

    async def act(self, step: Line) -> None:
        if isinstance(step, Opens):
            self.talk, messages = await self.dialogue.open(
                self.region, step.language, self.now, SENDER
            )
            self.fresh(messages)
            self.question = self.asked
        elif isinstance(step, Later):
            self.now = self.moment(step.at)
        elif isinstance(step, StaffIs):
            self.staff = step.staff
        elif self.talk is None:
            return
        elif isinstance(step, Chooses):
            await self.choose(step, self.talk)
        elif isinstance(step, Types):
            await self.type(step, self.talk)
        else:
            talk = replace(self.talk, triage=urgency.opened_card(self.talk.triage))
            self.talk, self.card = self.dialogue.show_card(
                talk, self.region, self.now, self.staff, heard=False
            )
            self.cards.append(self.card)

    async def choose(self, step: Chooses, talk: Talk) -> None:
        buttons = [*(self.question.buttons if self.question else ())]
        buttons += self.card.buttons if self.card else ()
        chosen = [button for title in step.titles for button in buttons if button.title == title]
        for title in step.titles:
            if title not in [button.title for button in chosen]:
                known = [button.title for button in buttons]
                self.fault(step, f"there is no button `{title}`{suggestion(title, known)}")
        if [button.payload for button in chosen] == [CANNOT_CALL]:
            self.cannot_call(talk)
        elif len(chosen) == len(step.titles):
            await self.answer(step, talk, chosen)

    def cannot_call(self, talk: Talk) -> None:
        self.talk = talk = replace(talk, triage=urgency.cannot_call(talk.triage))
        self.cards.append(
            self.dialogue.card(talk, self.region, self.now, self.staff, part="cannot", heard=False)
        )

    async def answer(self, step: Line, talk: Talk, chosen: list[Choice]) -> None:
        cards: list[Card] = []
        given = Choose(tuple(button.payload for button in chosen))
        try:
            answer = await self.dialogue.answer(
                talk, given, self.region, self.now, SENDER, staff=self.staff, show=cards.append
            )
        except BadPayload:
            self.fault(step, "the script does not take this answer here")
            return
        self.take(answer, cards)

    async def type(self, step: Types, talk: Talk) -> None:
        heard = self.dialogue.listen(
            talk, step.text, self.region, self.now, self.staff, tuple(self.recent), self.open_text
        )
        self.talk = heard.talk
        self.recent.append(step.text)
        cards = [heard.card] if heard.card else []
        if self.over:
            self.fresh(heard.help)
            self.cards = cards
            return
        answer = await self.dialogue.answer(
            heard.talk,
            Text(step.text),
            self.region,
            self.now,
            SENDER,
            staff=self.staff,
            show=cards.append,
        )
        self.take(answer, cards, heard.help)

    @property
    def open_text(self) -> str:
        """The question that is open, in words."""
        return self.question.text if self.question and not self.over else ""

    def take(self, answer: Answer, cards: list[Card], help: Iterable[Message] = ()) -> None:
        self.talk = answer.talk
        self.fresh([*help, *answer.messages])
        self.question = self.asked
        self.cards, self.handed_over = cards, answer.hands_over
        self.card = cards[-1] if cards else self.card
        self.over = self.over or answer.hands_over

    # what the story expects

    def look(self, step: Line, talk: Talk) -> None:
        if isinstance(step, Shows):
            self.check_shown(step)
        elif isinstance(step, Asks):
            self.check_question(step)
        elif isinstance(step, HasButtons):
            self.check_buttons(step)
        elif isinstance(step, ShowsCard):
            self.check_card(step, talk)
        elif isinstance(step, HasLevel):
            if talk.triage.level != step.level:
                self.fault(step, f"the level is {talk.triage.level}, because of {talk.triage.why}")
        elif isinstance(step, HandsOver):
            self.check_handover(step, talk)
        else:
            self.check_end(step, talk)

    def check_question(self, step: Asks) -> None:
        if self.asked is None:
            self.fault(step, f"asks nothing, and not `{step.question}`")
        elif step.question not in (self.asked.asks, self.asked.name):
            self.fault(step, f"asks {_named(self.asked)}, and not `{step.question}`")

    def check_buttons(self, step: HasButtons) -> None:
        buttons = self.question.buttons if self.question else ()
        titles = tuple(button.title for button in buttons)
        if titles != step.titles:
            self.fault(step, f"the buttons are {', '.join(titles) or 'none'}")

    def check_end(self, step: Line, talk: Talk) -> None:
        if self.over:
            self.fault(step, "does not end: a human has it")
        elif talk.state.stack:
            self.fault(step, "does not end: it still asks")

    def check_shown(self, step: Shows) -> None:
        self.lists_all = True
        for expected in step.said:
            if not self.said:
                self.fault(step, f"says nothing more, and not `{expected}`")
                return
            found = self.said.pop(0)
            if expected not in (found.name, found.text):
                self.fault(step, f"says {_named(found)}, and not `{expected}`")

    def check_card(self, step: ShowsCard, talk: Talk) -> None:
        if not self.cards:
            self.fault(step, "no emergency card comes")
            return
        card = self.cards.pop(0)
        if card.form != f"emergency_{step.form}":
            self.fault(step, f"the card is `{card.form.removeprefix('emergency_')}`")
        if not card.text.startswith(step.begins):
            self.fault(step, f"the card begins `{card.text[:60]}`")
        lines = card.text.split("\n")
        for names, wanted in ((step.has, True), (step.has_not, False)):
            for name in names:
                if (self.text(name, talk) in lines) != wanted:
                    word = "lacks" if wanted else "has"
                    self.fault(step, f"the card {word} `{name}`")

    def text(self, name: str, talk: Talk) -> str:
        if name not in self.dialogue.script.responses:
            return name
        return self.dialogue.text(name, talk, self.region, self.now)

    def check_handover(self, step: HandsOver, talk: Talk) -> None:
        if not self.handed_over:
            self.fault(step, "does not hand over here")
        self.handed_over = False
        for name, wanted in step.knows.items():
            value = talk.state.slots.get(name)
            found = split(value) or (() if value is None else (str(value),))
            if found != wanted:
                self.fault(step, f"`{name}` is {', '.join(found) or 'not known'}")


def _named(message: Message) -> str:
    """How a fault names a message: by its response, else by how it begins."""
    return f"`{message.name}`" if message.name else f"`{message.text[:40]}`"
