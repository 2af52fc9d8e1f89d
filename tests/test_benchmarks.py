"""The bench runs, and its table says what was measured."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from data.danger_examples import load_examples
from tests import shipped
from tests.benchmarks import __main__ as bench
from tests.benchmarks import drawing, figures, hearing
from tests.benchmarks.figures import Aim, Figure
from tests.benchmarks.load import Echo
from tests.benchmarks.measuring import QUICK
from tests.benchmarks.processes import free_port, start
from tests.benchmarks.rounds import Rounds
from tests.benchmarks.wire import Wires, framed, unframed
from tests.danger import EARS
from tests.support.hostile import LONGEST, hostile

TINY = replace(QUICK, rounds=1, echo_s=0.1, visitors=5, sockets=5, many_chats=3)


def figure(judged: float, *, least: bool = True, aim: float = 0.5) -> Figure:
    return Figure("x", "a figure", "12 a second", judged, "echo", judged, Aim(aim, least=least))


@pytest.fixture
def rough(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The bench as a test runs it: tiny, and the signals of pytest stay."""
    monkeypatch.setattr(bench.signal, "signal", lambda number, handler: None)
    monkeypatch.setattr(bench.signal, "alarm", lambda seconds: None)
    # hundreds of key files for the days to come take time, and are not what is tested
    monkeypatch.setenv("VOORDEUR_DAYS_AHEAD", "1")
    yield


@pytest.mark.skipif(sys.platform != "linux", reason="the bench reads /proc")
def test_the_bench_measures_script_turns_of_a_real_server(
    rough: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"

    bench.main(["--only", "turns", "--json", str(file)], TINY)

    found = json.loads(file.read_text())["figures"]
    assert [one["name"] for one in found] == ["turns"]
    assert found[0]["ratio"] > 0
    assert found[0]["p99_ms"] >= found[0]["p50_ms"] > 0
    assert "script turns" in capsys.readouterr().out


def test_an_aim_is_met_from_its_own_side() -> None:
    assert figure(0.5).ok
    assert not figure(0.49).ok
    assert figure(0.5, least=False).ok
    assert not figure(0.51, least=False).ok


def test_a_score_of_one_is_the_aim_and_more_is_better() -> None:
    assert figure(1.0).score == 2
    assert figure(1.0, least=False).score == 0.5


def test_the_table_names_what_misses_its_aim() -> None:
    lines = figures.table([figure(0.6), figure(0.1)]).splitlines()

    assert lines[2].endswith("ok")
    assert lines[3].endswith("NOT YET")
    assert lines[0].index("aim") == lines[2].index(">= 0.5 x")


def test_the_99th_percentile_is_what_one_in_a_hundred_exceeds() -> None:
    assert figures.share([*range(1, 100), 1_000], 0.99) == 1_000
    assert figures.share([*range(1, 200), 1_000], 0.99) == 199
    assert figures.share(range(1, 102), 0.5) == 51
    assert figures.share([], 0.99) == 0


def test_one_disturbed_round_does_not_move_a_ratio() -> None:
    rounds = Rounds(bare=[100, 100, 10], ours=[20, 20, 9], bare_us=[1] * 3, ours_us=[5, 5, 50])

    assert rounds.ratio == pytest.approx(0.2)
    assert rounds.by_processor == pytest.approx(0.2)


def test_the_document_keeps_what_stands_around_the_figures() -> None:
    document = f"before\n{figures.BEGIN}old\n{figures.END}after\n"

    assert figures.between_marks(document, "new\n") == document.replace("old", "new")
    with pytest.raises(ValueError, match="no place"):
        figures.between_marks("nothing", "new\n")


def test_the_pictures_hold_every_figure() -> None:
    assert drawing.aims([figure(0.6), figure(0.1)]).count("<rect") == 2
    assert "1.50ms / 4.00ms" in drawing.waits({"a turn": (1.5, 4.0)})


def test_a_picture_of_what_was_measured_is_drawn_and_none_of_what_was_not(tmp_path: Path) -> None:
    pictures = {"bench-hearing.svg": "<svg/>"}
    only_heard = SimpleNamespace(waits={}, once=lambda name, make: pictures)

    bench.draw(tmp_path / "new", [figure(0.6)], only_heard)  # type: ignore[arg-type]

    assert {file.name for file in (tmp_path / "new").iterdir()} == {
        "bench-aims.svg",
        "bench-hearing.svg",
    }


def test_messages_of_one_length_are_made_of_the_examples_of_a_language() -> None:
    known = shipped.knowledge()
    examples = load_examples(known.folder / "danger" / "examples", known.triage.signals)

    found = hearing.messages(examples)

    assert set(found) == {"nl", "en", "tr", "pl", "ar", "uk"}
    for language, texts in found.items():
        assert len(texts) > 100, language
        assert {len(text) for text in texts} == {hearing.LONG}
        assert len(set(texts)) == len(texts)


def test_ways_of_hearing_are_timed_in_turns_and_the_quickest_round_counts() -> None:
    asked: list[tuple[str, str]] = []
    ways = [lambda text, way=way: asked.append((way, text)) for way in ("bare", "rules", "both")]

    times = hearing.timed(ways, ["a", "b"])  # type: ignore[arg-type]

    once = [(way, text) for text in "ab" for way in ("bare", "rules", "both")]
    assert asked == once * hearing.ROUNDS
    assert len(times.bare) == len(times.both) == 2
    assert 0 < min(times.rules) < 1_000


def test_a_figure_of_hearing_is_a_ratio_of_the_least_work_with_the_same_texts() -> None:
    times = hearing.Times(bare=[0.01] * 3, rules=[0.1] * 3, both=[0.2, 0.2, 0.7])

    found = times.figure("hearing_nl", "hearing, nl", hearing.MOST)

    assert found.ratio == pytest.approx(20)
    assert found.judged == 0.2
    assert found.ok
    assert found.measured == "p50/p99 0.200/0.700 ms; rules alone p50/p99 0.100/0.100 ms"
    assert found.more["both_p99_ms"] == 0.7


def test_each_language_and_each_hostile_text_is_drawn() -> None:
    times = hearing.Times(bare=[0.01], rules=[0.25], both=[0.75])

    drawn = hearing.pictures({"nl": times, "uk": times}, {"one letter": times})

    assert drawn.keys() == {"bench-hearing.svg", "bench-hostile.svg"}
    for name in ("nl", "nl, rules alone", "uk", "uk, rules alone"):
        assert f">{name}</text>" in drawn["bench-hearing.svg"]
    assert "0.250ms / 0.750ms" in drawn["bench-hostile.svg"]


def test_every_hostile_text_is_as_long_as_a_visitor_can_send_and_what_is_shown_is_there() -> None:
    found = hostile(EARS)

    assert max(map(len, found.values())) == LONGEST
    assert min(map(len, found.values())) > 0.9 * LONGEST
    assert set(hearing.SHOWN) <= found.keys()


def test_frames_that_come_in_pieces_are_put_together() -> None:
    short, long = b"x" * 100, b"y" * 300
    data = bytes((0x81, 100)) + short + bytes((0x81, 126)) + (300).to_bytes(2, "big") + long

    assert unframed(data) == ([(1, short), (1, long)], b"")
    for cut in (1, 50, 103, 105, 200):
        first, rest = unframed(data[:cut])
        second, left = unframed(rest + data[cut:])
        assert (first + second, left) == ([(1, short), (1, long)], b"")


def test_the_bare_server_understands_what_we_send(tmp_path: Path) -> None:
    port = free_port()
    log = tmp_path / "log"
    server = start(["-m", "tests.benchmarks.echo", str(port)], port, {}, log)
    try:
        with closing(Wires()) as wires:
            heard: list[bytes] = []
            wire = wires.add(port, "/ws")
            wire.hear = lambda wire, payload: heard.append(payload)
            for payload in (b"short", b"long" * 100):
                wire.send(framed(payload))
            wires.until(lambda: len(heard) == 2, 5, "the echoes")
            assert heard == [b"short", b"long" * 100]
            assert Echo(wires, port, 3).round(0.1).count > 3
    finally:
        server.stop()
    assert server.process.poll() is not None
