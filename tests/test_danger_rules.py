"""The reader of the danger words: what editors write, and what they are told when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.danger_phrases import Phrase, parse_phrase
from data.danger_rules import DangerRules, Rule, load_danger, parse_danger
from data.files import Unreadable
from tests import shipped

SIGNALS = ("weapon", "child")
LISTS = {"wapen": (("mes",), ("gebroken", "fles")), "hij": (("hij",),)}

SMALL = """\
language: nl
skip: de, het
lists:
  wapen: |
    mes, gebroken fles   # een opmerking
    bijl
  alles: <wapen>, stok
rules:
  wapen bij de hand:
    level: acute
    signals: [weapon]
    phrases: |
      # nog een opmerking
      hij heeft ..3 <wapen>

      mes pakken | bijl pakken
  slaat:
    level: urgent
    now: acute
    phrases: (slaat|schopt) mij
together:
  allebei:
    of: slaat + wapen bij de hand | slaat
    level: acute
"""


def read(text: str, name: str = "nl.yml") -> DangerRules:
    return parse_danger({name: text.encode()}, SIGNALS)


def rules(text: str) -> dict[str, Rule]:
    return {rule.name: rule for tongue in read(text).tongues for rule in tongue.rules}


def faults(text: str) -> list[str]:
    with pytest.raises(Unreadable) as caught:
        read(text)
    return [str(fault) for fault in caught.value.faults]


def with_phrase(phrase: str) -> str:
    return SMALL.replace("(slaat|schopt) mij", phrase)


def phrase(text: str) -> Phrase:
    return parse_phrase(text, 1, LISTS)


def test_the_shipped_files_can_be_read() -> None:
    signals = shipped.knowledge().triage.signals
    found = load_danger(shipped.DATA_FOLDER / "danger", signals)

    assert {tongue.language for tongue in found.tongues} >= {"nl", "en", "tr", "pl", "ar", "uk"}


def test_every_shipped_file_tells_an_editor_how_to_add_something() -> None:
    for file in sorted((shipped.DATA_FOLDER / "danger").glob("*.yml")):
        head = file.read_text().partition("language:")[0]
        assert all(line.startswith("#") for line in head.splitlines()), file
        assert len(head.splitlines()) >= 2, file


def test_a_folder_without_files_is_not_an_empty_list(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="holds no"):
        load_danger(tmp_path, SIGNALS)


def test_remarks_and_empty_lines_do_not_count() -> None:
    assert [one.text for one in rules(SMALL)["wapen bij de hand"].phrases] == [
        "hij heeft ..3 <wapen>",
        "mes pakken",
        "bijl pakken",
    ]


def test_a_phrase_knows_its_line() -> None:
    lines = [one.line for one in rules(SMALL)["wapen bij de hand"].phrases]

    assert [SMALL.splitlines()[line - 1].strip() for line in lines] == [
        "hij heeft ..3 <wapen>",
        "mes pakken | bijl pakken",
        "mes pakken | bijl pakken",
    ]


def test_a_list_can_take_over_a_list_above_it() -> None:
    lists = read(SMALL).tongues[0].lists

    assert lists["alles"] == (("mes",), ("gebroken", "fles"), ("bijl",), ("stok",))


def test_files_of_one_language_share_their_lists() -> None:
    words = "language: nl\nlists:\n  wapen: zwaard\n"
    rule = "language: nl\nrules:\n  r:\n    level: acute\n    phrases: hij heeft <wapen>\n"
    found = parse_danger({"a.yml": rule.encode(), "b.yml": words.encode()}, SIGNALS)

    assert len(found.tongues) == 1
    assert found.tongues[0].lists["wapen"] == (("zwaard",),)


def test_what_is_left_out_is_milder_when_it_is_not_now() -> None:
    found = rules(SMALL)

    assert found["wapen bij de hand"].at == {
        "now": "acute",
        "recent": "urgent",
        "habit": "urgent",
        "later": "urgent",
        "old": "normal",
        "if": "urgent",
    }
    assert found["slaat"].at["now"] == "acute"
    assert found["slaat"].at["habit"] == "urgent"


def test_whenever_means_that_time_makes_no_difference() -> None:
    found = rules(SMALL.replace("    now: acute\n", "    whenever: true\n"))

    assert set(found["slaat"].at.values()) == {"urgent"}


def test_other_spellings_stand_for_a_word() -> None:
    text = SMALL.replace("lists:", "spellings: |\n  niet: nie, nait\n  deur: duer\nlists:")

    assert read(text).tongues[0].spellings == {"nie": "niet", "nait": "niet", "duer": "deur"}


def test_a_spelling_without_its_word_is_told() -> None:
    (found,) = faults(SMALL.replace("lists:", "spellings: nie, nait\nlists:"))

    assert found.startswith("nl.yml:3: write `word: other, spellings`")


def test_the_signs_of_a_phrase_are_understood() -> None:
    found = phrase("hij .. (pakt|haalt weg) grote? ..5 <wapen> bij*")
    (steps,) = found.parts

    assert [step.words for step in steps] == [
        (("hij",),),
        (("pakt",), ("haalt", "weg")),
        (("grote",),),
        (),
        (("bij*",),),
    ]
    assert [step.gap for step in steps] == [0, 3, 0, 5, 0]
    assert [step.optional for step in steps] == [False, False, True, False, False]
    assert steps[3].lists == ("wapen",)


def test_a_plus_parts_a_phrase_in_any_order() -> None:
    found = phrase("mes +12 mijn keel")

    assert len(found.parts) == 2
    assert found.within == 12
    assert phrase("mes + keel").within == 8


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hij heeft <wapn>", "did you mean `wapen`"),
        ("hij heeft ..", "stand between two words"),
        ("+ mes", "stand between two words"),
        ("mes + + keel", "stand between two words"),
        ("hij ..40 mes", "no more than 14"),
        ("(mes|bijl", "misses its partner"),
        ("mes(bijl)", "misses its partner"),
        ("mes|bijl", "between brackets"),
        ("(mes||bijl)", "between two words"),
        ("ve* mes", "at least 3 letters"),
        ("m[ei]s", "no meaning here"),
        ("^mes$", "no meaning here"),
        ("hij mes?", "does nothing"),
        ("grote? mes", "does nothing"),
    ],
)
def test_a_phrase_that_means_nothing_is_told_with_its_line(text: str, told: str) -> None:
    line = SMALL.splitlines().index("    phrases: (slaat|schopt) mij") + 1
    (found,) = faults(with_phrase(text))

    assert found.startswith(f"nl.yml:{line}: `{text}`: ")
    assert told in found


def test_a_phrase_may_not_end_in_a_word_that_counts_for_nothing() -> None:
    (found,) = faults(with_phrase("(slaat het|schopt mij)"))

    assert "`het` counts for nothing" in found


def test_a_fault_in_a_block_names_the_line_of_the_phrase() -> None:
    text = SMALL.replace("mes pakken | bijl pakken", "mes pakken\n      bijl <pakken>")
    (found,) = faults(text)

    assert found.startswith(f"nl.yml:{text.splitlines().index('      bijl <pakken>') + 1}: ")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("level: urgent", "level: ugent", "`ugent` is not a level; did you mean `urgent`"),
        ("[weapon]", "[wapon]", "`wapon` is not a signal; did you mean `weapon`"),
        ("    now: acute", "    nu: acute", "`nu` is not known here"),
        ("of: slaat +", "of: slat +", "`slat` is not a rule; did you mean `slaat`"),
        ("rules:", "rule:", "`rule` is not known here"),
        ("  alles: <wapen>", "  alles: <wapens>", "`<wapens>` is not a list above this one"),
        ("skip: de, het", "skip: de het", "only single words"),
        ("level: urgent", "words_at_most: none\n    level: urgent", "must be a whole number"),
    ],
)
def test_what_is_misspelt_is_told_with_its_line(old: str, new: str, told: str) -> None:
    text = SMALL.replace(old, new)
    line = next(i for i, one in enumerate(text.splitlines(), 1) if new.splitlines()[0] in one)
    found = faults(text)

    assert any(one.startswith(f"nl.yml:{line}: ") and told in one for one in found), found


def test_a_phrase_that_stands_there_twice_is_told() -> None:
    (found,) = faults(SMALL.replace("mes pakken | bijl", "mes pakken | mes"))

    assert "stands here twice" in found


def test_a_rule_without_phrases_is_told() -> None:
    assert any("has no phrases" in one for one in faults(with_phrase('""')))


def test_one_name_cannot_mean_two_things() -> None:
    other = "language: nl\nrules:\n  slaat:\n    level: acute\n    phrases: stompt\n"
    with pytest.raises(Unreadable, match="stands in two places"):
        parse_danger({"a.yml": SMALL.encode(), "b.yml": other.encode()}, SIGNALS)


def test_the_faults_of_all_files_come_together() -> None:
    broken = SMALL.replace("[weapon]", "[wapon]").encode()
    with pytest.raises(Unreadable) as caught:
        parse_danger({"a.yml": broken, "b.yml": b"language: [", "c.yml": b"rules: {}"}, SIGNALS)

    assert {fault.file for fault in caught.value.faults} == {"a.yml", "b.yml", "c.yml"}
