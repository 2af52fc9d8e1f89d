"""What is listened to beside the words themselves: questions, earlier texts, signals, language."""

from __future__ import annotations

import pytest

from data.danger_examples import load_examples
from data.danger_listening import read_listening
from data.danger_weights import Weights, parse_weights
from data.files import Fault, Section, parse_yaml
from flows.danger import Ears
from flows.danger.asking import stated
from flows.danger.features import Look, of_sentence, sentences
from flows.danger.language import Languages
from flows.danger.normalise import split
from flows.danger.sums import Sums
from flows.danger.telling import Telling
from flows.urgency import rank
from tests import shipped
from tests.danger import BOTH, CASES, EARS, LOADED

LOOK = Look(EARS.looking)
QUESTIONS = LOADED.listening.questions
GREETINGS = EARS.looking.vocabulary.greetings
KEPT_AWAY = load_examples(CASES / "kept_away", shipped.knowledge().triage.signals)

# ---- an answer says what was asked -------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "answer", "said"),
    [
        ("Is hij nu bij je?", "ja", "hij is nu bij mij"),
        ("Heb je een mes gezien?", "Ja!", "ik heb een mes gezien"),
        ("Slaat hij jou of jouw kind?", "ja klopt", "hij slaat mij of mijn kind"),
        ("Goed dat je schrijft. Bent u gewond?", "ja", "ik ben gewond"),
        ("Is he with you?", "yes", "he is with me"),
        ("Does he have a gun?", "yeah he does", "he have a gun"),
        ("Ben je nu veilig?", "nee", "ik ben nu niet veilig"),
        ("Do you think the other is safe now?", "no", "i think the other is not safe now"),
        ("Is je vader thuis?", "jaaa", "mijn vader is thuis"),
        ("Is de dader nog in huis?", "hallo ja", "de dader is nog in huis"),
        ("Is your husband at home?", "yes", "my husband is at home"),
        ("Ademt ze nog?", "neeee", "ze ademt niet nog"),
        ("Heeft hij een mes?", "evet", "hij heeft een mes"),
    ],
)
def test_an_answer_is_heard_as_what_was_asked(asked: str, answer: str, said: str) -> None:
    assert stated(answer, asked, QUESTIONS, GREETINGS) == said


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("Heeft hij een mes?", "nee"),
        ("Dat klinkt naar. Ik lees mee.", "ja"),
        ("", "ja"),
        ("Veilig?", "nee"),
        ("Heeft hij een mes?", "weet ik niet"),
        ("Heeft hij een mes?", ""),
        ("Heeft hij een mes?", "ja maar dat is al heel lang geleden gebeurd bij mijn ouders"),
    ],
)
def test_what_is_no_plain_answer_says_nothing_more(asked: str, answer: str) -> None:
    assert stated(answer, asked, QUESTIONS, GREETINGS) == ""


@pytest.mark.parametrize("ears", [EARS, BOTH], ids=["rules", "rules+model"])
@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("Heeft hij een mes?", "ja"),
        ("Is er nu gevaar?", "ja"),
        ("Ben je nu veilig?", "nee"),
        ("Slaat hij je nu?", "ja"),
        ("Does he have a gun?", "yes"),
        ("Are you safe now?", "no"),
        ("Is he there now?", "yes"),
        ("Is hij nu bij je?", "ja"),
        ("Can you breathe?", "no"),
    ],
)
def test_yes_to_a_question_about_danger_is_danger(ears: Ears, asked: str, answer: str) -> None:
    assert ears.hear(answer).level == "normal"
    assert ears.hear(answer, asked=asked).level == "acute"


@pytest.mark.parametrize("ears", [EARS, BOTH], ids=["rules", "rules+model"])
@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("Heeft hij een mes?", "nee"),
        ("Is er nu gevaar?", "nee"),
        ("Ben je nu veilig?", "ja"),
        ("Wil je wachten op je eigen regio?", "ja"),
        ("Zal ik je straks bellen?", "nee"),
    ],
)
def test_an_answer_that_denies_danger_raises_nothing(ears: Ears, asked: str, answer: str) -> None:
    assert ears.hear(answer, asked=asked).level == "normal"


def test_what_was_asked_adds_its_signals_and_never_lowers() -> None:
    heard = BOTH.hear("ja hij slaat mij", asked="Heeft hij een mes?")

    assert heard.level == "acute"
    assert "weapon" in heard.signals
    assert BOTH.hear("hij slaat mij nu", asked="Ben je veilig?").level == "acute"


# ---- earlier texts -----------------------------------------------------------------------------


def test_texts_that_are_urgent_each_can_be_acute_together() -> None:
    before, after = "mijn ex wil mij dood hebben", "hij komt deze kant op denk ik"

    assert {BOTH.hear(text).level for text in (before, after)} <= {"urgent", "acute"}
    assert BOTH.hear(after, (before,)).level == "acute"


def test_an_ordinary_text_is_not_made_acute_by_an_urgent_one_before() -> None:
    before = ("mijn man heeft me vorige week geslagen",)

    for text in ("hoe laat gaan jullie dicht?", "mijn zoon zit in groep 6", "dank u wel"):
        assert rank(BOTH.hear(text, before).level) <= rank("urgent"), text
    assert BOTH.hear("hoe laat gaan jullie dicht?", before).level == "normal"


# ---- signals -----------------------------------------------------------------------------------


def telling(signal_at: int = 0) -> Telling:
    weights = Weights(
        {
            "w:mes": (0, 0),
            "w:bijl": (0, 0),
            "k:wapen": (0, 0),
            "r:weapon": (0, 0),
            "v:acute": (9, 9),
        },
        (0, 0),
        "",
        {"child": {}, "weapon": {"w:mes": 300, "w:bijl": 900, "r:weapon": 2_000}},
        {"child": -1_000, "weapon": -500},
    )
    return Telling(weights, EARS.looking, signal_at)


def test_a_signal_is_heard_when_its_words_weigh_enough() -> None:
    assert telling().signals([["zijn", "bijl"]], (), LOOK) == ("weapon",)
    assert telling().signals([["zijn", "mes"]], (), LOOK) == ()
    assert telling(signal_at=-200).signals([["zijn", "mes"]], (), LOOK) == ("weapon",)


def test_what_the_rules_heard_counts_for_a_signal() -> None:
    assert telling().signals([["zijn", "mes"]], ("weapon",), LOOK) == ("weapon",)


def test_signals_that_no_rule_hears_are_learnt_from_the_examples() -> None:
    text = "hij heeft alle deuren op slot gedaan"

    assert "confined" in BOTH.hear(text).signals
    assert "confined" not in EARS.hear(text).signals


def test_a_signal_that_the_rules_hear_is_never_lost() -> None:
    for one in KEPT_AWAY[::5]:
        assert set(EARS.hear(one.text).signals) <= set(BOTH.hear(one.text).signals)


def test_more_signals_are_heard_than_by_rules_and_most_of_them_are_right() -> None:
    right = dict.fromkeys(("rules", "both"), 0)
    wrong = dict.fromkeys(("rules", "both"), 0)
    for name, ears in (("rules", EARS), ("both", BOTH)):
        for one in KEPT_AWAY:
            heard = set(ears.hear(one.text).signals)
            right[name] += len(heard & set(one.signals))
            wrong[name] += len(heard - set(one.signals))

    assert right["both"] > 1.5 * right["rules"]
    assert right["both"] > 1.2 * wrong["both"]


def test_ordinary_texts_have_no_signals_of_what_was_learnt() -> None:
    assert BOTH.hear("wat zijn jullie openingstijden?").signals == ()


# ---- language ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("he is in the next room and i can't talk", "en"),
        ("hij staat voor de deur", "nl"),
        ("kocam beni dövüyor lütfen yardım edin", "tr"),
        ("mąż mnie bije pomocy", "pl"),
        ("чоловік б'є мене", "uk"),
        ("زوجي يضربني", "ar"),
        ("", None),
        ("🆘", None),
    ],
)
def test_the_language_of_a_text_is_heard_also_by_the_rules_alone(
    text: str, language: str | None
) -> None:
    assert BOTH.hear(text).language == language
    assert EARS.hear(text).language == language


def test_the_language_of_nearly_every_message_is_right() -> None:
    told = [(one.language, BOTH.hear(one.text).language) for one in KEPT_AWAY]
    wrong = [pair for pair in told if pair[1] is not None and pair[0] != pair[1]]
    unknown = [pair for pair in told if pair[1] is None]

    assert len(wrong) < 0.02 * len(told)
    assert len(unknown) < 0.05 * len(told)


def test_two_languages_that_are_as_many_are_none() -> None:
    languages = Languages({"nl": ("hij", "mes"), "en": ("he", "knife")})

    assert languages.of(["he", "mes"]) is None
    assert languages.of(["he", "mes", "knife"]) == "en"
    assert languages.of(["dag"]) is None


# ---- files and tables --------------------------------------------------------------------------


def test_sums_are_those_of_all_features() -> None:
    assert LOADED.weights is not None
    known, looking = LOADED.weights.features, EARS.looking
    sums = Sums(LOADED.weights, looking)

    for one in KEPT_AWAY[::3]:
        for words in sentences(split(one.text), looking):
            pairs = [known[name] for name in of_sentence(words, Look(looking)) if name in known]
            whole = (sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs), len(pairs))
            assert sums.sentence(words, Look(looking)) == whole, words


def test_weights_are_read_as_they_were_written() -> None:
    written = Weights(
        {"b:^ mes": (1, -2), "w:mes": (3, 4)},
        (5, -6),
        "abc",
        {"fire": {}, "weapon": {"w:mes": 7}},
        {"fire": -9, "weapon": 8},
        {"nl": ("mes", "het")},
    )

    assert parse_weights("\n".join(written.lines()).encode(), "weights.txt") == written


def test_a_fault_in_the_listening_file_has_its_line() -> None:
    faults: list[Fault] = []
    more = b"window_at: 1\ntogether_at: 1\nsignal_at: 1\nmore: 2\n"
    raw = b"language: any\nacute_at: 9\nurgent_at: soon\n" + more
    read_listening(Section(parse_yaml(raw, "listening.yml"), "listening.yml", faults))

    first, second = sorted(map(str, faults))
    assert first == "listening.yml:3: `urgent_at` must be a whole number"
    assert second.startswith("listening.yml:7: `more` is not known here")
