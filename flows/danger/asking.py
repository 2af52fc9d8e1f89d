"""Answers: "yes" after a question is heard as what was asked, "no" only where safety was asked."""

from __future__ import annotations

from collections.abc import Iterable

from data.danger_listening import Questions
from flows.danger.normalise import is_stop, is_word, split

#: A longer text speaks for itself.
MOST_WORDS = 6


def stated(text: str, asked: str, all_questions: Iterable[Questions]) -> str:
    """What `text` says when it answers the last question of `asked`; empty when it does not.

    "is he with you?" and "yes" make "he is with me"; "are you safe now?" and "no" make "i am not
    safe now". Any other "no" says nothing: what is denied is no danger.
    """
    answer = [part for part in split(text) if is_word(part)]
    if not answer or len(answer) > MOST_WORDS:
        return ""
    question = _last_question(asked)
    if len(question) < 2:
        return ""
    for questions in all_questions:
        if answer[0] in questions.yes:
            return " ".join(_turned(question, questions))
        if answer[0] in questions.no and not questions.safe.isdisjoint(question):
            said = _turned(question, questions)
            place = next(number for number, word in enumerate(said) if word in questions.safe)
            return " ".join((*said[:place], questions.negation, *said[place:]))
    return ""


def _last_question(asked: str) -> list[str]:
    """The words of the last sentence that ends in a question mark."""
    before, mark, _ = asked.rpartition("?")
    words: list[str] = []
    for part in split(before) if mark else ():
        if is_stop(part):
            words = []
        else:
            words.append(part)
    return words


def _turned(question: list[str], questions: Questions) -> list[str]:
    """The question as a statement of the one who is asked."""
    verb, subject, *rest = question
    second = questions.subject.get(subject, subject)
    first = questions.turned.get(verb, verb) if second != subject else verb
    said = [second] if verb in questions.dropped else [second, first]
    return [*said, *(questions.turned.get(word, word) for word in rest)]
