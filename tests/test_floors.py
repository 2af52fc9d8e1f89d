"""Nothing is released that hears less danger in the stored examples than the floors ask."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data.danger_examples import Example
from data.danger_floors import FILE, Floors, read_floors
from data.danger_rules import WEIGHTS
from data.files import Fault, Section, Unreadable, read_yaml
from flows import content
from flows.floors import MOST_MISSES, Judged, broken, judged
from handoff.cli import floors as commands
from handoff.cli import main
from handoff.cli.common import Stop
from handoff.storage import examples as stored
from handoff.storage.tables import DangerExample
from tests import shipped
from tests.danger import easy_floors, few_examples
from tests.support.storing import NOW, note, opened

DEAF = "normal"
RULES = "rules"


def example(level: str, line: int = 2, language: str = "nl") -> Example:
    """An example; its text is its level and line."""
    return Example(language, level, (), "victim", f"{level} {line}", "", f"{language}.csv", line)


#: Ten acute ones of which two are not in the first language, and ten of each other level.
SOME = [
    *(example("acute", line, "nl" if line < 10 else "tr") for line in range(2, 12)),
    *(example(level, line) for level in ("urgent", "normal") for line in range(20, 30)),
]


def heard(**called: str) -> Callable[[str], str]:
    """Ears that hear all as it is meant, but for the texts named `acute_3`."""

    def hear(text: str) -> str:
        return called.get(text.replace(" ", "_"), text.partition(" ")[0])

    return hear


def asked(folder: Path, **more: int) -> Floors:
    """Floors that are easily reached but for those named."""
    easy_floors(folder, **more)
    return floors_in(folder)


def floors_in(folder: Path) -> Floors:
    """The floors of a folder. Raises `Unreadable`."""
    faults: list[Fault] = []
    found = read_floors(Section(read_yaml(folder / FILE), str(folder / FILE), faults))
    if faults:
        raise Unreadable(faults)
    return found


def faults(floors: Floors, found: Judged, acute: int = 10) -> list[str]:
    return [str(fault) for fault in broken(floors, [found], acute, "nl")]


# ---- the rule --------------------------------------------------------------------------------


def test_a_floor_that_is_just_reached_is_no_fault(tmp_path: Path) -> None:
    found = judged(RULES, SOME, "nl", heard(acute_3=DEAF))

    assert faults(asked(tmp_path, acute_heard=90, acute_as_normal=10), found) == []


@pytest.mark.parametrize(
    ("floor", "called", "told"),
    [
        ({"acute_heard": 91}, {"acute_11": "urgent"}, "acute heard as acute 90.0% (9 of 10)"),
        ({"acute_heard_main": 88}, {"acute_3": "urgent"}, "the same in nl 87.5% (7 of 8)"),
        ({"acute_as_normal": 9}, {"acute_3": DEAF}, "acute taken for normal 10.0% (1 of 10)"),
        ({"normal_as_acute": 9}, {"normal_20": "acute"}, "normal called acute 10.0% (1 of 10)"),
    ],
)
def test_a_figure_below_its_floor_is_told_with_the_line_of_the_floor(
    tmp_path: Path, floor: dict[str, int], called: dict[str, str], told: str
) -> None:
    floors = asked(tmp_path, **floor)
    (name,) = floor
    found = judged(RULES, SOME, "nl", heard(**called))

    (fault,) = faults(floors, found)

    lines = (tmp_path / FILE).read_text().splitlines()
    where, _, message = fault.partition(": ")
    line = int(where.rpartition(":")[2])
    assert lines[line - 1] == f"  {name}: {floor[name]}"
    assert lines.index("rules:") < line
    assert message.startswith(f"`rules`: {told}, and at ")
    assert f"{floor[name]}% is asked" in message


def test_what_one_language_hears_does_not_make_up_for_another(tmp_path: Path) -> None:
    """The floor of the first language is of its own."""
    found = judged(RULES, SOME, "nl", heard(acute_10=DEAF, acute_11=DEAF))

    assert faults(asked(tmp_path, acute_heard_main=100), found) == []
    assert len(faults(asked(tmp_path, acute_heard=81), found)) == 1


def test_a_file_that_lost_its_examples_does_not_look_like_good_ears(tmp_path: Path) -> None:
    found = judged(RULES, SOME, "nl", heard())

    (fault,) = faults(asked(tmp_path, examples=11), found)

    assert f"{FILE}:1: there are 10 acute examples, and the floor is 11" in fault


def test_the_worst_misses_come_first_and_are_few() -> None:
    called = {f"normal_{line}": "acute" for line in range(20, 30)}
    found = judged(
        RULES,
        [*reversed(SOME)],
        "nl",
        heard(acute_3="urgent", acute_5=DEAF, acute_11=DEAF, urgent_20=DEAF, **called),
    )

    told = [str(missed) for missed in found.missed]
    assert told[:4] == [
        "nl.csv:5: acute, heard as normal",
        "tr.csv:11: acute, heard as normal",
        "nl.csv:3: acute, heard as urgent",
        "nl.csv:20: urgent, heard as normal",
    ]
    assert len(told) == MOST_MISSES


# ---- the file --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("acute_heard: 0", "acute_herd: 0", "`acute_heard` is missing"),
        ("acute_as_normal: 100", "acute_as_normal: 101", "is in percent, 100 at most"),
        ("rules:", "rulez:", "`rules` is missing"),
    ],
)
def test_a_fault_in_the_floors_names_its_line(
    tmp_path: Path, before: str, after: str, told: str
) -> None:
    asked(tmp_path)
    file = tmp_path / FILE
    file.write_text(file.read_text().replace(before, after))

    with pytest.raises(Unreadable, match=told):
        floors_in(tmp_path)


# ---- the commands ----------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return few_examples(tmp_path)


def raised(data: Path, way: str, floor: str, percent: int) -> None:
    """Asks for more in one floor of one way of listening."""
    before, head, after = (data / FILE).read_text().partition(f"\n{way}:\n")
    name, _, rest = after.partition(f"{floor}: ")
    rest = rest.partition("\n")[2]
    (data / FILE).write_text(f"{before}{head}{name}{floor}: {percent}\n{rest}")


def test_check_tells_how_well_it_hears(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--data", str(data)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert next(line for line in lines if line.startswith("danger: hearing "))
    assert next(line for line in lines if line.startswith("rules: acute heard as acute "))
    missed = next(line for line in lines if line.startswith("missed by rules: "))
    assert f"{data / 'danger' / 'examples'}" in missed
    assert lines[-1] == "no faults"


def test_check_refuses_what_hears_less_than_a_floor(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raised(data, "rules", "acute_heard", 100)

    assert main(["check", "--data", str(data)]) == 1

    lines = capsys.readouterr().out.splitlines()
    (fault,) = [line for line in lines if line.startswith(str(data / FILE))]
    assert "and at least 100% is asked; look at what is missed" in fault
    assert lines[-1] == "1 fault"


def test_check_names_the_line_of_an_example_that_cannot_be_read(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = data / "danger" / "examples" / "nl.csv"
    file.write_text(file.read_text("utf-8") + "acut,none,victim,hij komt,\n", "utf-8")
    last = len(file.read_text("utf-8").splitlines())

    assert main(["check", "--data", str(data)]) == 1
    assert f"{file}:{last}: `acut` is no level" in capsys.readouterr().out


def test_learning_refuses_to_write_what_hears_too_little(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = data / "danger" / WEIGHTS
    for way, floor in (("rules", "acute_heard"), ("rules+model", "normal_as_acute")):
        raised(data, way, floor, 100)
    assert main(["learn", "--data", str(data)]) == 0
    before = weights.read_bytes()
    (data / "danger" / "examples" / "nl.csv").write_text(
        "level,signals,perspective,text,note\n"
        + "".join(
            f"{level},none,victim,zwerkbaldorf {number},\n"
            for number, level in enumerate(["acute", *["normal"] * 4] * 16)
        ),
        "utf-8",
    )
    raised(data, "rules+model", "acute_heard", 100)
    capsys.readouterr()

    assert main(["learn", "--data", str(data)]) == 1

    told = capsys.readouterr()
    assert "`rules+model`: acute heard as acute " in told.out
    assert "missed by rules+model: " in told.out
    assert "nothing was written" in told.err
    assert weights.read_bytes() == before


async def test_a_server_does_not_start_with_ears_below_a_floor(
    data: Path, sqlite_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    raised(data, "rules", "acute_heard", 100)
    found = content.load(shipped.SCRIPT_FOLDER, data)

    async with opened(sqlite_database) as db:
        with pytest.raises(Stop, match="less well than the floors ask"):
            await commands.refuse_deaf(db, found, "rules")
        assert f"{data / FILE}:" in capsys.readouterr().err

        # mended, judged once, and remembered
        raised(data, "rules", "acute_heard", 0)
        found = content.load(shipped.SCRIPT_FOLDER, data)
        await commands.refuse_deaf(db, found, "rules")
        assert await db.read(stored.is_accepted, f"{commands.digest_of(found.knowledge)}/rules")


async def test_only_what_visitors_get_is_judged_before_a_start(
    data: Path, sqlite_database: str
) -> None:
    shutil.copy(shipped.DATA_FOLDER / "danger" / "weights.txt", data / "danger")
    raised(data, "rules", "acute_heard", 100)
    found = content.load(shipped.SCRIPT_FOLDER, data)

    async with opened(sqlite_database) as db:
        await commands.refuse_deaf(db, found, "rules+model")
        with pytest.raises(Stop, match="less well than the floors ask"):
            await commands.refuse_deaf(db, found, "rules")


async def test_a_server_without_weights_says_that_it_hears_by_rules_alone(
    data: Path, sqlite_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    found = content.load(shipped.SCRIPT_FOLDER, data)

    async with opened(sqlite_database) as db:
        await commands.refuse_deaf(db, found, "rules+model")

    assert "weights.txt is not there" in caplog.text


async def test_what_was_accepted_is_not_judged_again_at_every_start(
    data: Path, sqlite_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = content.load(shipped.SCRIPT_FOLDER, data)
    asked_for: list[Any] = []
    judge = commands.verdict
    monkeypatch.setattr(
        commands, "verdict", lambda *given: asked_for.append(given) or judge(*given)
    )

    async with opened(sqlite_database) as db:
        for _ in range(2):
            await commands.refuse_deaf(db, found, "rules+model")
        assert len(asked_for) == 1

        file = data / "danger" / "any.yml"
        file.write_text(file.read_text("utf-8") + "# another\n", "utf-8")
        await commands.refuse_deaf(db, found, "rules+model")
        assert len(asked_for) == 2


@pytest.mark.parametrize("file", [FILE, "danger/nl.yml", "danger/examples/en.csv"])
def test_every_file_that_counts_makes_another_release(data: Path, file: str) -> None:
    knowledge = content.load(shipped.SCRIPT_FOLDER, data).knowledge
    before = commands.digest_of(knowledge)

    with (data / file).open("ab") as written:
        written.write(b"\n")

    assert commands.digest_of(knowledge) != before


# ---- learning what editors approved ----------------------------------------------------------


async def added(db: Any, id: str, text: str, *, by: str | None) -> None:
    """An example in the table, approved by somebody or not."""
    row = DangerExample(
        id=id,
        language="nl",
        level="acute",
        signals="weapon;child",
        perspective="child",
        text=text,
        plain=text.lower(),
        note="",
        added_by="editor",
        added_at=NOW,
    )
    await db.run(stored.add, row, note(f"{id}-1"))
    if by:
        await db.run(stored.approve, id, by, NOW, note(f"{id}-2"))


def test_what_two_editors_agreed_on_is_learnt_with_the_files(
    data: Path, sqlite_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    knowledge = content.load(shipped.SCRIPT_FOLDER, data).knowledge
    in_file = next(one for one in commands.examples_in(knowledge) if one.language == "nl")

    async def fill() -> None:
        async with opened(sqlite_database) as db:
            for number in range(4):
                await added(db, f"e{number}", f"zwerkbaldorf nummer {number}", by="editor-2")
            await added(db, "proposed", "knorrepot van niemand", by=None)
            await added(db, "there", in_file.text.upper(), by="editor-2")

    asyncio.run(fill())
    learning = ["learn", "--data", str(data)]

    assert main([*learning, "--database", sqlite_database]) == 0
    assert "4 more in the database" in capsys.readouterr().out
    text = (data / "danger" / WEIGHTS).read_text("utf-8")
    assert "w:zwerkbaldorf\t" in text
    assert "knorrepot" not in text
    assert main([*learning, "--check", "--database", sqlite_database]) == 0
    assert main([*learning, "--check"]) == 1
