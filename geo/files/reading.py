"""What reading a file gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from geo.errors import Problem
from geo.files.kinds import RENAMED


@dataclass(frozen=True)
class Reading:
    """The rows of a file and everything that is wrong with it.

    Attributes
    ----------
    frame
        The rows that became features, their row numbers (from 1) as index, attributes as plain
        Python values in columns of dtype object, None where there is none. None when the file as
        a whole cannot be used.
    problems
        All of them; every row that is not in the frame is named by an error.
    name
        File name without its folder.
    size_bytes, sha256
        Of the original bytes; of a Shapefile, of all its parts.
    rows
        Rows in the file, those that were refused included.
    driver
        ``GeoJSON``, ``ESRI Shapefile`` or ``GPKG``; empty when the type is not read.
    """

    frame: gpd.GeoDataFrame | None
    problems: tuple[Problem, ...]
    name: str
    size_bytes: int
    sha256: str
    rows: int
    driver: str


@dataclass(frozen=True)
class Content:
    """What a reader of one type of file makes of it."""

    frame: gpd.GeoDataFrame | None
    problems: Sequence[Problem]
    rows: int = 0


def refused(*problems: Problem, rows: int = 0) -> Content:
    """Return the content of a file that cannot be used at all."""
    return Content(None, problems, rows)


def frame_of(
    numbers: Sequence[int],
    columns: Mapping[str, Sequence[Any]],
    shapes: Sequence[Any] | np.ndarray,
    crs: pyproj.CRS,
) -> gpd.GeoDataFrame:
    """Build a frame whose attributes stay the Python values that they are."""
    index = pd.Index(np.asarray(numbers, dtype=np.int64))
    data = {
        name: pd.Series(list(values), index=index, dtype=object) for name, values in columns.items()
    }
    geometry = np.empty(len(index), dtype=object)
    geometry[:] = shapes
    return gpd.GeoDataFrame(data, geometry=geometry, crs=crs, index=index)


def safe_names(names: Iterable[str]) -> tuple[list[str], list[Problem]]:
    """Give every field a name that no frame and no GeoPackage stumbles over.

    Returns
    -------
    names
        The new names in the order of the old ones.
    problems
        A note for each that was changed: ``geometry``, ``fid``, and names that stand there twice
        or differ only in case.
    """
    taken = {"geometry", "fid"}
    old = list(names)
    wanted = {name.lower() for name in old}
    new: list[str] = []
    for name in old:
        new.append(_free(name, taken | (wanted - {name.lower()})))
        taken.add(new[-1].lower())
    pairs = zip(old, new, strict=True)
    return new, [RENAMED.at(field=a, old=a, new=b) for a, b in pairs if a != b]


def _free(name: str, taken: set[str]) -> str:
    new, number = name, 1
    while new.lower() in taken:
        number += 1
        new = f"{name}_{number}"
    return new
