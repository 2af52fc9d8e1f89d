"""What is learnt from the examples: the same each time, told in words, and never made smaller."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.danger_examples import Example, load_examples
from data.danger_weights import Weights, parse_weights
from data.files import Unreadable
from flows.danger import Ears
from flows.danger.deciding import SILENT
from flows.danger.features import WINDOW, Look, of_sentence, sentences, windows
from flows.danger.judging import Figures
from flows.danger.learning import digest, learn, lessons_from
from flows.danger.normalise import split
from flows.urgency import rank
from handoff.cli import main
from handoff.cli.learning import SEED, lessons_of
from tests import shipped
from tests.danger import BOTH, CASES, EARS, LOADED, RULES, easy_floors, few_examples

SIGNALS = shipped.knowledge().triage.signals
EXAMPLES = load_examples(shipped.DATA_FOLDER / "danger" / "examples", SIGNALS)
KEPT_AWAY = load_examples(CASES / "kept_away", SIGNALS)
SOME = EXAMPLES[::40]
#: Whatever is heard in these has to stay heard.
HEARD = [one.text for one in EXAMPLES if one.level != "normal"][::7]


def learnt(examples: tuple[Example, ...]) -> Weights:
    """The weights that some examples give."""
    return learn(
        [
            lesson
            for one in examples
            for lesson in lessons_from(one, EARS.looking, EARS.by_rules(one.text))
        ],
        random.Random(SEED).shuffle,
    )


# ---- learning --------------------------------------------------------------------------------


def test_the_weights_are_those_of_the_examples_and_the_rules() -> None:
    assert LOADED.weights is not None
    assert LOADED.weights.learnt_from == digest(lessons_of(shipped.knowledge(), RULES)), (
        "run `make learn`"
    )


def test_the_same_examples_give_the_same_file_to_the_byte() -> None:
    first, second = "\n".join(learnt(SOME).lines()), "\n".join(learnt(SOME).lines())

    assert first == second
    assert parse_weights(first.encode(), "weights.txt") == learnt(SOME)


def test_what_was_learnt_tells_the_examples_apart() -> None:
    ears = Ears(replace(RULES, weights=learnt(SOME)))

    figures = Figures.of(SOME, lambda one: ears.hear(one.text).level)

    assert figures.rate("acute", "acute").part > 0.9 * figures.rate("acute", "acute").whole
    assert figures.rate("normal", "acute").part < 0.1 * figures.rate("normal", "acute").whole


def test_examples_that_are_added_make_a_text_sound_worse() -> None:
    text = "de kraai en de zeven kaarsen"
    more = tuple(
        replace(EXAMPLES[0], level="acute", text=f"{text}{end}")
        for end in ("", " weer", " buiten", " boven", " vandaag", " thuis")
    )
    before, after = (
        Ears(replace(RULES, weights=learnt(some)))._learnt for some in (SOME, (*SOME, *more))
    )
    assert before is not None
    assert after is not None

    assert after.scores(text, "normal")[0] > before.scores(text, "normal")[0] + 100


@pytest.mark.parametrize("raw", [b"", b"voordeur weights 1\n", b"\xff", b"something else\n"])
def test_a_file_of_weights_that_is_damaged_says_what_to_do(raw: bytes) -> None:
    with pytest.raises(Unreadable, match="voordeur learn"):
        parse_weights(raw, "weights.txt")


# ---- how well it hears -----------------------------------------------------------------------


def test_what_was_kept_away_is_heard_as_well_as_it_was() -> None:
    """The figures of docs/danger.md, with room for what an editor changes; a fall is a reason to
    look, not to lower the numbers."""
    both = Figures.of(KEPT_AWAY, lambda one: BOTH.hear(one.text).level)
    assert both.rate("acute", "acute").part >= 0.87 * both.rate("acute", "acute").whole
    assert both.rate("acute", "normal").part <= 0.05 * both.rate("acute", "normal").whole
    assert both.rate("normal", "acute").part <= 0.15 * both.rate("normal", "acute").whole


# ---- why -------------------------------------------------------------------------------------


def test_words_that_weighed_stand_between_quotes_and_in_our_examples() -> None:
    words = {
        part
        for one in EXAMPLES
        for spoken in sentences(split(one.text), EARS.looking)
        for part in spoken
    }
    for one in KEPT_AWAY[::5]:
        for reason in BOTH.hear(one.text).because:
            if reason.startswith("“"):
                assert set(reason.strip("“”").split(" ")) <= words


def test_whatever_is_more_than_normal_says_why() -> None:
    heard = [BOTH.hear(one.text) for one in (*KEPT_AWAY, *EXAMPLES[::5])]

    assert [found for found in heard if found.level != "normal" and not found.because] == []
    assert LOADED.listening.unnamed in {why for found in heard for why in found.because}


def test_a_name_that_no_example_has_is_never_a_reason() -> None:
    heard = BOTH.hear("zwerkbaldorf staat weer voor de deur en hij bonkt, help")

    assert heard.level == "acute"
    assert "zwerkbaldorf" not in " ".join(heard.because)


# ---- what never lowers -----------------------------------------------------------------------


@given(st.sampled_from(HEARD), st.sampled_from([one.text for one in EXAMPLES]))
@settings(max_examples=150, deadline=None)
def test_another_sentence_never_lowers_what_was_learnt(text: str, other: str) -> None:
    learnt_from = BOTH._learnt
    assert learnt_from is not None
    alone = learnt_from.opinion(split(text), SILENT, Look(EARS.looking)).level

    for whole in (f"{text}. {other}", f"{other}. {text}"):
        assert rank(learnt_from.opinion(split(whole), SILENT, Look(EARS.looking)).level) >= rank(
            alone
        )


@pytest.mark.parametrize(
    "danger",
    [
        "hij slaat mij nu",
        "ik heb alle pillen ingenomen",
        "hij zegt dat hij mij vanavond vermoordt",
    ],
)
def test_a_few_words_of_danger_in_a_long_sentence_are_heard(danger: str) -> None:
    long = (
        "we wonen hier nu zes jaar en het was altijd een rustige buurt en {} en de buren zijn weg"
        " dus er is niemand aan wie ik het kan vragen"
    )

    assert BOTH.hear(long.format(danger)).level == "acute"
    assert BOTH.hear(long.format("hij werkt vaak laat")).level != "acute"


def test_the_windows_of_a_long_sentence_leave_no_word_out_and_a_short_one_has_none() -> None:
    words = [str(number) for number in range(3 * WINDOW + 2)]

    found = list(windows(words))
    assert [word for word in words if not any(word in window for window in found)] == []
    assert {len(window) for window in found} == {WINDOW}
    assert all(first[-1] in second for first, second in pairwise(found))
    assert list(windows(words[:WINDOW])) == []


@given(st.sampled_from(HEARD))
@settings(max_examples=150, deadline=None)
def test_capitals_accents_and_a_greeting_change_nothing(text: str) -> None:
    level = BOTH.hear(text).level

    assert rank(BOTH.hear(text.upper()).level) >= rank(level) or "ß" in text
    assert BOTH.hear(f"hallo {text}").level == level
    assert BOTH.hear(f"  {text}  ").level == level


def test_a_sentence_weighs_the_same_wherever_it_stands() -> None:
    first = sentences(split("hij komt. ik ben bang"), EARS.looking)
    second = sentences(split("ik ben bang! hij komt"), EARS.looking)

    features = [
        sorted(feature for words in spoken for feature in of_sentence(words, Look(EARS.looking)))
        for spoken in (first, second)
    ]
    assert features[0] == features[1]


def test_what_an_answer_means_after_earlier_texts_is_never_made_milder() -> None:
    deaf = Ears(replace(RULES, weights=Weights({}, (-9_000, -9_000), "")))

    assert deaf.hear("hij heeft een mes").level == "urgent"
    assert deaf.hear("ja", ("hij heeft een mes",)).level == "acute"


def test_who_listens_by_rules_only_hears_what_they_say() -> None:
    for one in KEPT_AWAY[::20]:
        assert EARS.hear(one.text).level == EARS.by_rules(one.text).level


# ---- the command -----------------------------------------------------------------------------


def test_learning_replaces_weights_that_are_damaged(tmp_path: Path) -> None:
    data = few_examples(tmp_path)
    file = data / "danger" / "weights.txt"
    file.write_bytes(b"\xff")

    assert main(["learn", "--data", str(data)]) == 0

    assert parse_weights(file.read_bytes(), "weights.txt").features
    assert [path.name for path in file.parent.glob("*.new")] == []


def test_the_command_says_that_weights_are_old(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(shipped.DATA_FOLDER, tmp_path / "data")
    # so few examples are below the floors
    easy_floors(tmp_path / "data")
    examples = tmp_path / "data" / "danger" / "examples"
    for file in examples.glob("*.csv"):
        lines = file.read_text("utf-8").splitlines(keepends=True)
        file.write_text("".join(lines[:1] + lines[1::60]), "utf-8")

    assert main(["learn", "--check", "--data", str(tmp_path / "data")]) == 1
    assert "run `voordeur learn`" in capsys.readouterr().out
    assert main(["learn", "--data", str(tmp_path / "data")]) == 0
    assert "wrote" in capsys.readouterr().out
    assert main(["learn", "--check", "--data", str(tmp_path / "data")]) == 0
    assert main(["learn", "--judge", str(examples), "--data", str(tmp_path / "data")]) == 0
    assert "| all |" in capsys.readouterr().out
