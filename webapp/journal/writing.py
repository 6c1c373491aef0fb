"""The log as CSV, for those who check it elsewhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from geo.types import Text
from layers.export.neutral import neutral
from webapp.journal.actions import title_of
from webapp.journal.tables import Entry

_HEADERS = (
    Text(zh="序号", en="number"),
    Text(zh="时间（UTC）", en="time (UTC)"),
    Text(zh="操作人", en="actor"),
    Text(zh="操作", en="action"),
    Text(zh="操作代码", en="action code"),
    Text(zh="对象", en="subject"),
    Text(zh="内容", en="detail"),
    Text(zh="前一条哈希", en="hash of the one before"),
    Text(zh="哈希", en="hash"),
)
_COUNT = Text(zh="# 行数", en="# rows")


def csv_lines(found: Iterable[Entry], lang: str) -> Iterator[bytes]:
    """UTF-8 with its mark, CRLF; the last line counts the rows, so that a cut file is known."""
    yield "\ufeff".encode() + _line([header.in_(lang) for header in _HEADERS])
    count = 0
    for count, entry in enumerate(found, start=1):  # noqa: B007 - counted beyond the loop
        yield _line(_cells(entry, lang))
    yield _line([_COUNT.in_(lang), str(count)])


def _cells(entry: Entry, lang: str) -> list[str]:
    return [
        str(entry.number),
        entry.at.isoformat(timespec="microseconds"),
        neutral(entry.actor),
        title_of(entry.action).in_(lang),
        entry.action,
        neutral(entry.subject),
        neutral(entry.detail),
        entry.previous,
        entry.hash,
    ]


def _line(cells: list[str]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue().encode()
