"""Both listeners: no text, whatever its characters, makes them fail or costs more than a bound."""

from __future__ import annotations

import random
import sys
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.danger import Ears
from flows.danger.deciding import MOST_REASONS
from flows.urgency import LEVELS, Heard
from tests import shipped
from tests.danger import BOTH, EARS
from tests.support.hostile import LONGEST, hostile

LISTENERS = {"rules": EARS, "rules+model": BOTH}
SIGNALS = frozenset(shipped.knowledge().triage.signals)
both_listeners = pytest.mark.parametrize("listening", LISTENERS)
#: The same draws on every machine and in every run.
drawn = settings(deadline=None, derandomize=True, max_examples=250)

# ---- it never fails --------------------------------------------------------------------------

#: Letters of every kind, halves of pairs and unassigned ones too.
ANY = st.text(st.characters(exclude_categories=()), max_size=80)
#: What has made other programs fail: halves of pairs, NUL, order marks, joiners, flags, tags,
#: letters that grow when they are made small or plain, digits that are no numbers.
PIECES = st.sampled_from(
    [
        *("\ud800", "\udfff", "\udc00\ud800", "\x00", "\x1b[2J", "\uffff", "\U0010ffff"),
        *("\u202e", "\u2066", "\u2069", "\u200f", "\u061c", "\ufeff", "\u200d", "\u200b"),
        *("\u0301", "\u0345", "\u20dd", "\ufe0f", "\u0e33", "\u1ab0", "a" + "\u0300" * 40),
        *("İ", "ß", "ﬃ", "\ufdfa", "ǆ", "\u1e9e", "ŉ", "Σς", "\u2126", "Ⅷ", "²", "①", "٣", "𝟗"),
        *("👨‍👩‍👧‍👦", "🏴\U000e0067\U000e007f", "🇳🇱", "🔪", "\u2028", "\x85", "\r", "\v", "\u3000"),
        *("hij slaat mij", "mes", "nu", "niet", "grapje", "help", "he is here", "m e s"),
        *(" ", "  ", ". ", "\n", "!?", "...", "@", "$", "€", "-", "'", "“", "_", "*"),
    ]
)
TEXT = st.one_of(ANY, st.lists(st.one_of(PIECES, ANY), max_size=40).map("".join))


def sound(heard: Heard) -> None:
    """Whatever is heard can be stored, sent and shown."""
    assert heard.level in LEVELS
    assert set(heard.signals) <= SIGNALS
    assert len(heard.because) <= MOST_REASONS
    # half a pair in a reason would fail where it is written down
    " ".join(heard.because).encode()


@both_listeners
@drawn
@given(TEXT)
def test_no_text_makes_it_fail_and_it_hears_the_same_again(listening: str, text: str) -> None:
    ears = LISTENERS[listening]
    heard = ears.hear(text)

    sound(heard)
    assert ears.hear(text) == heard


@both_listeners
@drawn
@given(TEXT, st.lists(TEXT, max_size=5), TEXT)
def test_no_earlier_text_or_question_makes_it_fail(
    listening: str, text: str, before: list[str], asked: str
) -> None:
    ears = LISTENERS[listening]

    sound(ears.hear(text, tuple(before), asked))
    # what answers is heard together with all that came before
    sound(ears.hear("ja, nu", (*before, text), asked))


@both_listeners
@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(0, 1 << 30), st.integers(1, 8))
def test_no_long_text_makes_it_fail(listening: str, seed: int, kinds: int) -> None:
    """Whole ranges of Unicode at once: 2,000 code points of a few blocks."""
    chance = random.Random(seed)
    blocks = [chance.randrange(0x110000 // 128) * 128 for _ in range(kinds)]
    text = "".join(chr(chance.choice(blocks) + chance.randrange(128)) for _ in range(LONGEST))

    sound(LISTENERS[listening].hear(text, (text, text[::-1]), text[:50]))


@both_listeners
@pytest.mark.parametrize(
    "sign",
    ["\ud800", "\udfff", "\x00", "\u0301", "\u202e", "\u200d", "\ufdfa", "İ", "²", "🔪", "."],
)
def test_two_thousand_of_one_sign_do_not_make_it_fail(listening: str, sign: str) -> None:
    ears = LISTENERS[listening]

    sound(ears.hear(sign * LONGEST))
    sound(ears.hear((f"{sign} " * LONGEST)[:LONGEST], (sign * LONGEST,) * 3, sign))


@both_listeners
@pytest.mark.parametrize(
    "sign", ["\x00", "\u200b", "\u00ad", "\ufe0f", "\u0301", "\u202e", "\u200d"]
)
def test_what_cannot_be_seen_hides_nothing(listening: str, sign: str) -> None:
    ears = LISTENERS[listening]
    for text in ("hij slaat mij nu", "he is strangling me", "help nu"):
        hidden = sign.join(text)
        assert ears.hear(hidden).level == ears.hear(text).level, ascii(hidden)


# ---- it costs no more than a bound -----------------------------------------------------------

#: Python and C functions called for a text of 2,000 characters; counted, so that no clock disturbs.
MOST_CALLS = 150_000
#: What may be read again: three earlier texts, with the text and by themselves.
AGAIN = 3


HOSTILE = hostile(EARS)


def calls(ears: Ears, text: str, before: tuple[str, ...] = (), asked: str = "") -> int:
    count = 0

    def counting(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counting)
    try:
        ears.hear(text, before, asked)
    finally:
        sys.setprofile(None)
    return count


@both_listeners
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_costs_a_bounded_amount_of_work(listening: str, name: str) -> None:
    text = HOSTILE[name]
    ears = LISTENERS[listening]

    assert len(text) <= LONGEST
    assert calls(ears, text) < MOST_CALLS
    assert calls(ears, text, (text,) * 50, text) < (1 + AGAIN) * MOST_CALLS


@both_listeners
def test_work_grows_with_the_text_and_no_faster(listening: str) -> None:
    ears = LISTENERS[listening]
    for name, text in HOSTILE.items():
        half, whole = calls(ears, text[:1_000]), calls(ears, text)
        assert whole < 2.5 * half + 1_000, name
