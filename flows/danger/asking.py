"""Answers: "yes" after a question is heard as what was asked, "no" only where safety was asked."""

from __future__ import annotations

from collections.abc import Container, Sequence

from data.danger_listening import Questions
from flows.danger.normalise import is_stop, is_word, split, stretched, ungreeted, unstretched

#: A longer text speaks for itself.
MOST_WORDS = 6
#: A denial stands behind subject and verb: `he breathes not`.
BEHIND = 2


def stated(
    text: str,
    asked: str,
    all_questions: Sequence[Questions],
    greetings: Container[str] = (),
) -> str:
    """What `text` says when it answers the last question of `asked`; empty when it does not.

    "is he with you?" and "yes" make "he is with me"; "are you safe now?" and "no" make "i am not
    safe now". Any other "no" says nothing: what is denied is no danger.
    """
    answer = [part for part in ungreeted(split(text), greetings) if is_word(part)]
    question = _last_question(asked)
    if not answer or len(answer) > MOST_WORDS or len(question) < 2:
        return ""
    first = {answer[0], *(unstretched(answer[0]) if stretched(answer[0]) else ())}
    # people answer in their own language
    yes = any(first & questions.yes for questions in all_questions)
    no = any(first & questions.no for questions in all_questions)
    for questions in sorted(all_questions, key=lambda one: -one.words_in(question)):
        said = _turned(question, questions)
        if yes:
            return " ".join(said)
        place = next((at for at, word in enumerate(said) if word in questions.safe), None)
        if no and place is not None:
            place = max(place, BEHIND)
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
    whose = questions.articles.get(subject)
    if whose and rest and (subject not in questions.subject or verb in questions.third):
        # "is your husband at home" is about two words: "my husband is at home"
        second, first = f"{whose} {rest.pop(0)}", verb
    else:
        second = questions.subject.get(subject, subject)
        first = questions.turned.get(verb, verb) if second != subject else verb
    said = [second] if verb in questions.dropped else [second, first]
    return [*said, *(questions.turned.get(word, word) for word in rest)]
