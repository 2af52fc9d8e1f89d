"""What goes for hearing in all languages at once: `danger/listening.yml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from data.files import Section

#: The file, and how far its numbers may go to either side.
LISTENING_FILE = "listening.yml"
MOST = 5_000
_COMMA = re.compile(r"\s*,\s*")


@dataclass(frozen=True, slots=True)
class Questions:
    """How a question of one language is heard as what its answer says.

    `yes` and `no` begin an answer; `negation` is put before a word of `safe` that was denied.
    `subject` and `turned` say what becomes of the words for the one who is asked: as the second
    word of the question, and elsewhere. `dropped` are first words that only make a question, and
    `articles` second words that need a third to say about whom, and what they become; where one of
    them could be a subject too, only behind a verb of `third`.
    """

    yes: frozenset[str]
    no: frozenset[str]
    safe: frozenset[str]
    negation: str
    subject: Mapping[str, str] = field(default_factory=dict)
    turned: Mapping[str, str] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    articles: Mapping[str, str] = field(default_factory=dict)
    third: frozenset[str] = frozenset()

    def words_in(self, question: Iterable[str]) -> int:
        """How many words of this language's tables a question has."""
        tables = (self.dropped, self.articles, self.safe, self.turned, self.subject, self.third)
        return sum(any(word in table for table in tables) for word in question)


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the learnt opinion begins to call a text acute or urgent, a window of a long sentence
    or some texts together acute, and a signal heard, all in thousandths; the reason where no word
    weighed enough to be named; words of greeting; questions that close a sentence and change
    nothing of it; and questions by language."""

    acute_at: int = 0
    urgent_at: int = 0
    window_at: int = MOST
    together_at: int = MOST
    signal_at: int = 0
    unnamed: str = ""
    greetings: frozenset[str] = frozenset()
    closings: frozenset[str] = frozenset()
    questions: tuple[Questions, ...] = ()


def read_listening(document: Section) -> Listening:
    """The whole of `listening.yml`."""
    found = Listening(
        acute_at=document.number("acute_at", least=-MOST),
        urgent_at=document.number("urgent_at", least=-MOST),
        window_at=document.number("window_at", least=-MOST),
        together_at=document.number("together_at", least=-MOST),
        signal_at=document.number("signal_at", least=-MOST),
        unnamed=document.text("unnamed", ""),
        greetings=_words(document, "greetings"),
        closings=_words(document, "closings"),
        questions=tuple(map(_read_questions, document.sections("questions", None).values())),
    )
    document.text("language")
    document.done()
    return found


def _read_questions(section: Section) -> Questions:
    found = Questions(
        yes=_words(section, "yes"),
        no=_words(section, "no"),
        safe=_words(section, "safe"),
        negation=section.text("negation"),
        subject=_turned(section.section("subject", None)),
        turned=_turned(section.section("turned", None)),
        dropped=_words(section, "dropped"),
        articles=_turned(section.section("articles", None)),
        third=_words(section, "third"),
    )
    section.done()
    return found


def _turned(section: Section) -> dict[str, str]:
    found = {word: section.text(word) for word in section.map}
    section.done()
    return found


def _words(section: Section, key: str) -> frozenset[str]:
    """Words with commas between them, on one line or several."""
    lines = section.text(key, "").splitlines()
    return frozenset(word for line in lines for word in _COMMA.split(line.strip()) if word)
