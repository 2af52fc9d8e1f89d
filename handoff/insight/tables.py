"""The figures of a simulation as tables for a spreadsheet: numbers with a point, columns named in
English as in the log."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from handoff.insight.outcome import PERCENTILES, Figures, Spread, Summary

#: A figure with its range over 95 of 100 runs, and the error of its mean.
PARTS = ("", "_low", "_high", "_error")


def regions(summary: Summary) -> str:
    """A row for all together (`*`) and for each region."""
    names = [name for name, _ in _figures(summary.all)]
    rows = ([row.region, *_parts(found for _, found in _figures(row))] for row in summary.regions)
    return _table(["region", *_heads(names)], rows)


def hours(summary: Summary) -> str:
    """A row for each hour of the day."""
    heads = _heads(["visitors_per_week", "minutes_in_line"])
    rows = ([str(one.hour), *_parts((one.visitors, one.wait_min))] for one in summary.hours)
    return _table(["hour", *heads], rows)


def overflow(summary: Summary) -> str:
    """A row for each pair of regions of which one answered for the other."""
    rows = ([*pair, *_parts([found])] for pair, found in summary.overflow.items())
    return _table(["region", "answered_by", *_heads(["chats_per_week"])], rows)


def _figures(row: Figures) -> Iterator[tuple[str, Spread | None]]:
    yield "visitors_per_week", row.visitors
    yield "answered_per_week", row.answered
    yield "left_per_week", row.left
    yield "offline_at_once_per_week", row.at_once
    yield "found_closed_per_week", row.closed
    yield "never_answered_per_week", row.waiting
    yield "answered_elsewhere_per_week", row.overflowed
    yield "share_answered_in_time", row.within
    yield "share_left", row.left_share
    yield "wait_mean_minutes", row.mean_wait_min
    for part in PERCENTILES:
        yield f"wait_p{part}_minutes", row.wait_min[part]


def _heads(names: Iterable[str]) -> list[str]:
    return [name + part for name in names for part in PARTS]


def _parts(spreads: Iterable[Spread | None]) -> Iterator[str]:
    for found in spreads:
        if found is None:
            yield from [""] * len(PARTS)
        else:
            values = (found.mean, found.low, found.high, found.error)
            yield from (f"{value:.4f}".rstrip("0").rstrip(".") for value in values)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return text.getvalue()
