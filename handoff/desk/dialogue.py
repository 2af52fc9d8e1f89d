"""One conversation's words: listening, the script's answer, the emergency card. No sockets, no
storage: `talk`, the stories and the live conversation all play through here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from actions.runner import Actions, play
from data.emergency_card import CardState, card_lines
from data.help_cards import MOST_CARDS, help_cards
from data.hours import opening
from data.knowledge import Knowledge
from data.regions import Region
from flows import urgency
from flows.context import context_slots, retention_in_words, speaker, without_context
from flows.engine import Again, Choose, Start, State, Text, begin, understands, with_context
from flows.model import Script
from flows.payloads import listed, split
from flows.render import Choice, Message, render, text_of
from flows.urgency import Heard, Triage, rank
from handoff.desk.hearings import Counted
from handoff.desk.reach import Reach

CANNOT_CALL = "/sys:cannot_call"
#: Where an action reads and says which help cards were shown.
SHOWN = "context_help_shown"
SYSTEM_BUTTON = "/sys:"


class Ears(Protocol):
    """Listens to one text; `before` are the last few, oldest first, and `asked` is what the
    visitor was asked last, by the script or a caseworker."""

    def hear(self, text: str, before: tuple[str, ...] = (), asked: str = "") -> Heard:
        """The level and the signals that the words assert."""
        ...


@dataclass(frozen=True, slots=True)
class Card:
    """The emergency card as it is shown: its form, its text, the way to "I cannot call".

    `language` is the one it is written in.
    """

    form: str
    text: str
    buttons: tuple[Choice, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Talk:
    """All that a conversation remembers beside its log; replaced as a whole by every turn.

    `card_at`, `card_signals` and `card_language`: when the emergency card was last shown, what it
    knew of, and its language if that was another. `helped`: the kinds of help cards shown.
    `typed`: the visitor wrote something, so that it may not close unread. `returned`: came
    back with the three words of an earlier conversation. `agreed`: the safe moment
    that a caseworker noted, in place of the chosen one. `counted`: what of it stands in the
    figures of what was heard.
    """

    state: State
    triage: Triage = field(default_factory=Triage)
    card_at: datetime | None = None
    card_signals: tuple[str, ...] = ()
    card_language: str | None = None
    helped: tuple[str, ...] = ()
    safe_how: str | None = None
    typed: bool = False
    returned: bool = False
    agreed: Mapping[str, Any] | None = None
    counted: tuple[Counted, ...] = ()

    @property
    def language(self) -> str:
        """The visitor's language."""
        return self.state.language


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a text brings before anything is done with it: the emergency card, other help that fits.

    `language` is what they are written in: the visitor's own words tell, where we have the texts.
    """

    talk: Talk
    card: Card | None
    help: tuple[Message, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the script made of an input. `hands_over`: from here on a human answers."""

    talk: Talk
    messages: tuple[Message, ...]
    hands_over: bool


ShowCard = Callable[[Card], None]


class Dialogue:
    """Plays conversations of one release of the script.

    `live` is the newest script: its emergency texts are shown in older conversations too.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        script: Script,
        actions: Actions,
        ears: Ears,
        *,
        live: Script | None = None,
        card_again_s: int = 600,
        retention_h: int = 24,
        reach: Callable[[str], Reach] | None = None,
    ) -> None:
        self.knowledge = knowledge
        self.script = script
        self.live = live or script
        self.actions = actions
        self.ears = ears
        self.card_again = timedelta(seconds=card_again_s)
        self.retention_h = retention_h
        #: who answers a region now; without it the hours alone say so
        self.reach = reach
        self._contexts: dict[tuple[str, str, int, str | None], Mapping[str, Any]] = {}
        self._titles: dict[str, Mapping[str, str]] = {}

    async def open(
        self, region: Region, language: str, now: datetime, sender: str
    ) -> tuple[Talk, tuple[Message, ...]]:
        """A new conversation, as far as its first question."""
        context = self.context(region, language, now)
        state = begin(self.script, language, context)
        turn = await play(self.script, state, Start(), self.actions, sender)
        return Talk(self._kept(turn.state)), turn.messages

    def listen(
        self,
        talk: Talk,
        text: str,
        region: Region,
        now: datetime,
        staff: str | None,
        before: tuple[str, ...] = (),
        asked: str = "",
    ) -> Hearing:
        """Hears a text, before anything else is done with it; the cards when it says danger.

        `before` are the visitor's last few texts, `asked` what they were asked last. The very same
        talk comes back when the text changed nothing: the relay of a quiet conversation then writes
        one row.
        """
        if understands(self.script, talk.state, text):
            # the script takes it for the button that it is, which says more than was heard
            asked = ""
        heard = self.ears.hear(text, before, asked)
        triage = urgency.listened(talk.triage, heard)
        if triage is not talk.triage and triage != talk.triage:
            talk = replace(talk, triage=triage)
        language, card = self._language_of(heard, talk), None
        if heard.level == "acute" and self._card_is_due(talk, now):
            talk, card = self.show_card(talk, region, now, staff, heard=True, language=language)
        room = MOST_CARDS if card is None else MOST_CARDS - 1
        talk, help = self._help_heard(talk, heard, region, now, language, room)
        return Hearing(talk, card, help, language)

    def _language_of(self, heard: Heard, talk: Talk) -> str:
        """The language of the text, if the script speaks it; else that of the conversation. Who
        reads a plainer form of a language keeps it."""
        own = talk.language.removeprefix("x-").partition("-")[0]
        if heard.language in self.live.languages and heard.language != own:
            return heard.language
        return talk.language

    def _help_heard(
        self, talk: Talk, heard: Heard, region: Region, now: datetime, language: str, most: int
    ) -> tuple[Talk, tuple[Message, ...]]:
        """The help that fits a text, unless it was shown before or a caseworker struck it."""
        if rank(heard.level) < rank("urgent"):
            return talk, ()
        signals = [name for name in heard.signals if name not in talk.triage.struck]
        cards = help_cards(
            self.knowledge.help_cards,
            signals,
            talk.triage.role,
            acute=heard.level == "acute",
            shown=talk.helped,
            most=most,
        )
        if not cards:
            return talk, ()
        slots = self.context(region, language, now)
        talk = replace(talk, helped=(*talk.helped, *(card.name for card in cards)))
        return talk, tuple(render(self.live, card.response, slots, language) for card in cards)

    def show_card(
        self,
        talk: Talk,
        region: Region,
        now: datetime,
        staff: str | None,
        *,
        heard: bool,
        language: str | None = None,
    ) -> tuple[Talk, Card]:
        """The card as it stands now, and the talk that remembers having shown it."""
        other = language if language != talk.language else None
        talk = replace(talk, card_at=now, card_signals=talk.triage.signals, card_language=other)
        return talk, self.card(talk, region, now, staff, part="call", heard=heard)

    def card(
        self,
        talk: Talk,
        region: Region,
        now: datetime,
        staff: str | None,
        *,
        part: str,
        heard: bool,
    ) -> Card:
        """One part of the card, `call` or `cannot`, for the role, the signals and who is there; in
        the language in which the card was shown."""
        language = talk.card_language or talk.language
        office = opening(region.office.hours, now).open
        state = CardState(talk.triage.role, heard, staff, talk.triage.signals, office)
        slots = self.context(region, language, now)
        lines = card_lines(self.knowledge.emergency_card, part, state)
        text = "\n".join(text_of(self.live, name, slots, language) for name in lines)
        title = text_of(self.live, "utter_emergency_cannot_button", slots, language)
        buttons = (Choice("cannot_call", title, CANNOT_CALL),) if part == "call" else ()
        said = "heard" if heard else talk.triage.role
        form = f"emergency_{said}" if part == "call" else "emergency_cannot"
        return Card(form, text, buttons, language)

    async def answer(
        self,
        talk: Talk,
        given: Text | Choose,
        region: Region,
        now: datetime,
        sender: str,
        *,
        staff: str | None,
        show: ShowCard,
    ) -> Answer:
        """The script's answer. `show` is called with the card before any action runs.

        Raises `payloads.BadPayload` for a button that no open question has.
        """
        before = talk

        def look(state: State) -> State:
            nonlocal talk
            triage = urgency.answered(self.knowledge.triage, talk.triage, state.slots)
            rose = triage.acute and not talk.triage.acute
            talk = replace(talk, triage=triage)
            if (rose and self._card_is_due(talk, now)) or self._card_says_more(talk):
                talk, card = self.show_card(talk, region, now, staff, heard=False)
                show(card)
            shown = talk.card_at is not None
            return with_context(state, {"context_emergency_shown": shown or None})

        context = {**self.context(region, talk.language, now), SHOWN: listed(talk.helped)}
        state = with_context(talk.state, context)
        turn = await play(self.script, state, given, self.actions, sender, look)
        helped = split(turn.state.slots.get(SHOWN))
        talk = replace(talk, state=self._kept(turn.state), helped=helped)
        hands_over = turn.broken or (turn.state.paused and not before.state.paused)
        return Answer(talk, turn.messages, hands_over)

    async def again(
        self, talk: Talk, language: str, region: Region, now: datetime, sender: str
    ) -> tuple[Talk, tuple[Message, ...]]:
        """Goes on in another language: the open question comes once more, if there is one."""
        talk = replace(talk, card_language=None)
        state = replace(talk.state, language=language)
        state = with_context(state, self.context(region, language, now))
        turn = await play(self.script, state, Again(), self.actions, sender)
        if turn.broken or turn.state.paused != talk.state.paused:
            # what cannot be asked again is no reason to lose the way that was walked
            return replace(talk, state=replace(talk.state, language=language)), ()
        return replace(talk, state=self._kept(turn.state)), turn.messages

    def is_help(self, message: Message) -> bool:
        """Whether the script says a help card: it looks the same as one that was heard."""
        return any(card.response == message.name for card in self.knowledge.help_cards)

    def message(self, name: str, talk: Talk, region: Region, now: datetime, **more: str) -> Message:
        """A response in the visitor's language, with its buttons; `more` are fields of its text."""
        slots = {**self.context(region, talk.language, now), **more}
        return render(self.live, name, slots, talk.language)

    def text(self, name: str, talk: Talk, region: Region, now: datetime, **more: str) -> str:
        """The text of a response in the visitor's language."""
        return self.message(name, talk, region, now, **more).text

    def system_titles(self, language: str) -> Mapping[str, str]:
        """The titles of all `/sys:` buttons by payload: what a visitor read who pressed one."""
        if language not in self._titles:
            self._titles[language] = {
                button.payload: button.title.get(language) or next(iter(button.title.values()))
                for response in self.live.responses.values()
                for variation in response.variations
                for button in variation.buttons
                if button.payload.startswith(SYSTEM_BUTTON)
            }
        return self._titles[language]

    def goes_by(self, knowledge: Knowledge) -> None:
        """Hours, caps and agreements changed: what was worked out of the old ones is forgotten."""
        self.knowledge = knowledge
        self._contexts.clear()

    def context(self, region: Region, language: str, now: datetime) -> Mapping[str, Any]:
        """The `context_*` slots, worked out once a minute for each region and language."""
        by = self.reach(region.slug).by if self.reach else region.slug
        key = (region.slug, language, int(now.timestamp()) // 60, by)
        if key not in self._contexts:
            if len(self._contexts) > 4 * len(self.knowledge.regions):
                self._contexts.clear()
            say = speaker(self.script, language)
            kept = retention_in_words(self.retention_h, say)
            regions = self.knowledge.regions
            self._contexts[key] = context_slots(
                self.knowledge,
                region,
                now,
                say,
                kept,
                served_by=regions[by] if by else None,
                closed=by is None,
            )
        return self._contexts[key]

    def _card_is_due(self, talk: Talk, now: datetime) -> bool:
        """Once in a while, and at once for a signal that the card did not know of."""
        if talk.card_at is None or now - talk.card_at >= self.card_again:
            return True
        return bool(set(talk.triage.signals) - set(talk.card_signals))

    def _card_says_more(self, talk: Talk) -> bool:
        """Whether an answer gave a signal for which the card that was shown has a line more."""
        if not talk.triage.acute or talk.card_at is None:
            return False
        role, table = talk.triage.role, self.knowledge.emergency_card
        new, shown = (
            card_lines(table, "call", CardState(role, False, None, signals, True))
            for signals in (talk.triage.signals, talk.card_signals)
        )
        return new != shown

    def _kept(self, state: State) -> State:
        return replace(state, slots=without_context(state.slots))
