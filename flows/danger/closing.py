"""Questions that close a sentence and change nothing of it: *he is here what should I do*."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flows.danger.normalise import is_mark, is_stop, is_word, split, stretched, unstretched


class Closings:
    """Such questions, of our own lists. Deterministic; keeps nothing of what it is asked."""

    def __init__(self, questions: Iterable[str]) -> None:
        self._questions = {tuple(split(question)) for question in questions}
        self._words = {word for question in self._questions for word in question}
        self._sizes = sorted({len(question) for question in self._questions}, reverse=True)

    def off(self, parts: list[str]) -> list[str]:
        """A text in parts, each sentence without the questions that close it, before an emoji too.
        A sentence that is nothing else stays as it is."""
        if self._words.isdisjoint(parts):
            return parts
        plain = [self._plain(part) for part in parts]
        found: list[str] = []
        first = start = 0
        for place, part in enumerate((*plain, ".")):
            stop = is_stop(part)
            if stop or not (is_word(part) or is_mark(part)):
                found += parts[start : self._end(plain, first, place)]
                found += parts[place : place + 1]
                start = place + 1
                first = start if stop else first
        return found

    def _plain(self, part: str) -> str:
        """A stretched word as it stands in a question."""
        shapes = unstretched(part) if stretched(part) else ()
        return next((shape for shape in shapes if shape in self._words), part)

    def _end(self, parts: Sequence[str], first: int, end: int) -> int:
        """Where a sentence ends that stands from `first` to `end`."""
        while True:
            said = _unmarked(parts, first, end)
            closed = self._closed(parts, first, said)
            before = _unmarked(parts, first, closed)
            if before in (first, said):
                return end
            end = before

    def _closed(self, parts: Sequence[str], first: int, end: int) -> int:
        """Where the longest question begins that ends there; `end` when there is none."""
        sizes = (size for size in self._sizes if end - size > first)
        return next(
            (end - size for size in sizes if tuple(parts[end - size : end]) in self._questions), end
        )


def _unmarked(parts: Sequence[str], first: int, end: int) -> int:
    """The end without the marks before it."""
    while end > first and is_mark(parts[end - 1]):
        end -= 1
    return end
