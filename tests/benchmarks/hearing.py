"""Hearing danger: what a message costs, with and without what was learnt from examples."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from data import knowledge
from data.danger_examples import load_examples
from data.danger_rules import load_danger
from flows.danger import Ears
from tests.benchmarks.figures import Aim, Figure, share

ROUNDS = 5
#: Characters of a message; shorter ones of a language are put together until they have so many.
LONG = 200
#: The most hostile texts that we made: many phrases at once, words that are nearly known, stops.
HOSTILE = (
    "mes keel nu dood " * 118,
    " ".join(f"xq{number}zzk" for number in range(260)),
    "hij slaat. " * 182,
    "vermoorrd gewurgdd opgeslooten " * 65,
)
MOST_MS, MOST_HOSTILE_MS = 0.5, 20.0


def hearing(bench: Any) -> list[Figure]:
    """The time of a message of 200 characters, by language, and of hostile ones of 2,000."""
    known = knowledge.load()
    folder = known.folder / "danger"
    rules = load_danger(folder, known.triage.signals)
    examples = load_examples(folder / "examples", known.triage.signals)
    both, alone = Ears(rules), Ears(rules.heard_by("rules"))
    by_language = {}
    for language in sorted({example.language for example in examples}):
        bench.tell(f"hearing: {language}")
        texts = _messages([one.text for one in examples if one.language == language][::7])
        by_language[language] = (_times(both.hear, texts), _times(alone.hear, texts))
    bench.tell("hearing: hostile texts")
    worst = max(_times(both.hear, [text[:2_000] for text in HOSTILE]))
    all_times = sorted(took for took, _ in by_language.values() for took in took)
    rule_times = sorted(took for _, took in by_language.values() for took in took)
    p50, p99, plain = share(all_times, 0.5), share(all_times, 0.99), share(rule_times, 0.5)
    more = {
        language: {"p50_ms": round(share(took, 0.5), 3), "p99_ms": round(share(took, 0.99), 3)}
        for language, (took, _) in by_language.items()
    }
    return [
        Figure(
            "hearing",
            f"hearing {LONG} characters",
            f"p50/p99 {p50:.2f}/{p99:.2f} ms",
            p50 / plain,
            f"rules alone, p50 {plain:.2f} ms",
            p50,
            Aim(MOST_MS, least=False, unit="ms"),
            more,
        ),
        Figure(
            "hostile",
            "hearing 2,000 hostile characters",
            f"{worst:.1f} ms",
            worst / p50,
            f"{LONG} characters",
            worst,
            Aim(MOST_HOSTILE_MS, least=False, unit="ms"),
        ),
    ]


def _messages(texts: Sequence[str]) -> list[str]:
    """Messages of one length."""
    found, spoken = [], ""
    for text in texts:
        spoken = f"{spoken} {text}" if spoken else text
        if len(spoken) >= LONG:
            found.append(spoken[:LONG])
            spoken = ""
    return found


def _times(hear: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """Milliseconds for each text: the quickest of some rounds."""
    found = []
    for text in texts:
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            hear(text)
            times.append((time.perf_counter() - began) * 1_000)
        found.append(min(times))
    return sorted(found)
