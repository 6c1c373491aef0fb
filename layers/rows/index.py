"""What rows of a large version are found by: where each stands in its file, and its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from geo import arrayfolder, files
from layers.rows.words import WordIndex, spoken

#: The folder of a version that holds the index of its rows.
ROWS = "rows"
FORMAT = arrayfolder.Format("huitu-rows", 1, ("lines", "text", "starts", "grams"))

_GEOJSON = "geojson"
_NAMES = ("name_zh", "name_en")
_ALIASES = "aliases"


@dataclass(frozen=True, eq=False)
class RowIndex:
    """Where the rows of a version are found.

    Attributes
    ----------
    lines
        Where the line of each row begins in the version's GeoJSON, and the end of the last.
    words
        By which words.
    """

    lines: np.ndarray
    words: WordIndex

    @classmethod
    def of(cls, frame: gpd.GeoDataFrame, geojson: Path) -> RowIndex:
        """Index rows, which stand in a GeoJSON file of ours in this order."""
        lines = files.line_starts(geojson, len(frame))
        return cls(lines, WordIndex.of(_words(frame)))


def write(frame: gpd.GeoDataFrame, geojson: Path, version: Path) -> None:
    """Keep the index of a version's rows in its folder, with the checksum of its GeoJSON."""
    made = RowIndex.of(frame, geojson)
    words = made.words
    arrays = {"lines": made.lines, "text": words.text, "starts": words.starts, "grams": words.grams}
    about = {"features": len(frame), _GEOJSON: arrayfolder.file_entry(geojson)}
    arrayfolder.write(version / ROWS, FORMAT, arrays, about)


def read(version: Path) -> RowIndex:
    """Map the index that is kept beside a version.

    Raises
    ------
    Damaged
        There is none, or it is not what was written.
    """
    _, arrays = arrayfolder.read(version / ROWS, FORMAT)
    return RowIndex(arrays["lines"], WordIndex(arrays["text"], arrays["starts"], arrays["grams"]))


def verify(version: Path, geojson: Path) -> None:
    """Compare the index, and the GeoJSON whose lines it names, with their checksums.

    Raises
    ------
    Damaged
        One of them is not what was written.
    """
    about = arrayfolder.verify(version / ROWS, FORMAT)
    arrayfolder.verify_file(geojson, about[_GEOJSON])


def _words(frame: gpd.GeoDataFrame) -> Iterator[Sequence[str]]:
    """The words of each row: its id first, its names and aliases as they are spoken."""
    ids = map(str, frame["id"].tolist())
    if not {*_NAMES, _ALIASES} & set(frame.columns):
        return zip(ids)
    names = [_column(frame, name) for name in _NAMES]
    aliases = _column(frame, _ALIASES)
    return map(_words_of_row, ids, zip(*names, strict=True), aliases)


def _words_of_row(row_id: str, called: Sequence[Any], also: Any) -> list[str]:
    others = also if isinstance(also, list | tuple) else ()
    known = (str(name) for name in (*called, *others) if name)
    return [row_id, *(word for name in known for word in spoken(name))]


def _column(frame: gpd.GeoDataFrame, name: str) -> list[Any]:
    """The values of a field; None where there is none."""
    if name not in frame:
        return [None] * len(frame)
    column: list[Any] = frame[name].astype(object).where(frame[name].notna(), None).tolist()
    return column
