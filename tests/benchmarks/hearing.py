"""Hearing danger: what a message costs, with and without what was learnt from examples."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data import knowledge
from data.danger_examples import Example, load_examples
from data.danger_rules import load_danger
from flows.danger import Ears
from tests.benchmarks import drawing
from tests.benchmarks.figures import Aim, Figure, rounded, share
from tests.support.hostile import LONGEST, hostile

ROUNDS = 5
#: Characters of a message; examples of a language are put together until they have so many.
LONG = 200
#: So many messages of a language: enough for one in a hundred.
MESSAGES = 150
MOST = Aim(0.5, least=False, unit="ms")
MOST_HOSTILE = Aim(20.0, least=False, unit="ms")
#: What is shown of the hostile texts: the kinds that differ. `hostile` and the tests have more.
SHOWN = (
    "unknown words near known ones",
    "known words, letters swapped",
    "known words, each stretched",
    "words that raise, no others",
    "one letter",
    "marks, no words",
    "a sentence per letter",
    "scripts in turns, apart",
    "signs",
)
BY_LANGUAGE = f"Hearing {LONG} characters, in milliseconds: half of all, 99 in a hundred"
BY_KIND = f"Hearing {LONGEST:,} hostile characters, in milliseconds: rules alone, with the model"

_WORDS = re.compile(r"\w+")
Way = Callable[[str], object]


def bare(text: str) -> list[str]:
    """The least that any listener does: small letters, and where the words are."""
    return _WORDS.findall(text.lower())


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds for each text: the bare work, the rules, and the rules with the model."""

    bare: Sequence[float]
    rules: Sequence[float]
    both: Sequence[float]

    def figure(self, name: str, title: str, aim: Aim) -> Figure:
        """The middle of all with the model is what the aim is for."""
        p50, least = share(self.both, 0.5), share(self.bare, 0.5)
        many = len(self.both) > 1
        return Figure(
            name,
            title,
            f"{_told(self.both, many)}; rules alone {_told(self.rules, many)}",
            p50 / least,
            f"finding its words, {rounded(least)} ms",
            p50,
            aim,
            {
                f"{way}_{name}_ms": round(share(times, part), 4)
                for way, times in (("both", self.both), ("rules", self.rules), ("bare", self.bare))
                for name, part in (("p50", 0.5), ("p99", 0.99))
            },
        )


def _told(times: Sequence[float], many: bool) -> str:
    p50, p99 = rounded(share(times, 0.5)), rounded(share(times, 0.99))
    return f"p50/p99 {p50}/{p99} ms" if many else f"{p50} ms"


def hearing(bench: Any) -> list[Figure]:
    """The time of a message by language, and of hostile ones by kind; ratios are of the least that
    must be done with the same texts, in the same rounds."""
    known = knowledge.load()
    folder = known.folder / "danger"
    rules = load_danger(folder, known.triage.signals)
    both, alone = Ears(rules), Ears(rules.heard_by("rules"))
    ways = (bare, alone.hear, both.hear)
    languages = {}
    examples = load_examples(folder / "examples", known.triage.signals)
    for language, texts in messages(examples).items():
        bench.tell(f"hearing: {language}, {len(texts)} messages")
        languages[language] = timed(ways, texts)
    bench.tell("hearing: hostile texts")
    kinds = {kind: timed(ways, [text]) for kind, text in hostile(alone).items()}
    bench.once("pictures", dict).update(pictures(languages, kinds))
    return [*_by_language(languages), *_by_kind(kinds)]


def _by_language(found: Mapping[str, Times]) -> list[Figure]:
    figures = [
        times.figure(f"hearing_{language}", f"hearing {LONG} characters, {language}", MOST)
        for language, times in found.items()
    ]
    parts = [[getattr(one, way) for one in found.values()] for way in ("bare", "rules", "both")]
    together = Times(*([took for times in part for took in times] for part in parts))
    return [together.figure("hearing", f"hearing {LONG} characters", MOST), *figures]


def _by_kind(found: Mapping[str, Times]) -> list[Figure]:
    """The worst of all kinds, and those that are shown."""
    worst = max(found, key=lambda kind: found[kind].both[0])
    return [
        found[worst].figure("hostile", f"hearing {LONGEST:,}, the worst", MOST_HOSTILE),
        *(
            found[kind].figure(f"hostile_{place}", f"hearing {LONGEST:,}: {kind}", MOST_HOSTILE)
            for place, kind in enumerate(SHOWN, 1)
        ),
    ]


def messages(examples: Sequence[Example]) -> dict[str, list[str]]:
    """Messages of one length by language, spread over all examples of it."""
    found = {}
    for language in sorted({example.language for example in examples}):
        joined = _joined([one.text for one in examples if one.language == language])
        found[language] = joined[:: max(1, len(joined) // MESSAGES)][:MESSAGES]
    return found


def _joined(texts: Sequence[str]) -> list[str]:
    found, spoken = [], ""
    for text in texts:
        spoken = f"{spoken}. {text}" if spoken else text
        if len(spoken) >= LONG:
            found.append(spoken[:LONG])
            spoken = ""
    return found


def timed(ways: Sequence[Way], texts: Sequence[str]) -> Times:
    """How long each way takes for each text: the quickest of some rounds, the ways in turns, so
    that whoever disturbs, disturbs all."""
    quickest = [[float("inf")] * len(texts) for _ in ways]
    for _ in range(ROUNDS):
        for number, text in enumerate(texts):
            for way, took in zip(ways, quickest, strict=True):
                began = time.perf_counter()
                way(text)
                took[number] = min(took[number], (time.perf_counter() - began) * 1_000)
    return Times(*quickest)


def pictures(languages: Mapping[str, Times], kinds: Mapping[str, Times]) -> dict[str, str]:
    """What is drawn, by the name of its file."""
    rows = {}
    for language, times in languages.items():
        for name, took in ((language, times.both), (f"{language}, rules alone", times.rules)):
            rows[name] = (share(took, 0.5), share(took, 0.99))
    costs = {kind: (times.rules[0], times.both[0]) for kind, times in kinds.items()}
    return {
        "bench-hearing.svg": drawing.waits(rows, BY_LANGUAGE),
        "bench-hostile.svg": drawing.waits(costs, BY_KIND),
    }
