"""What a reader is asked, and what reading a file gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import NO_CRS
from geo.errors import CrsError, Problem
from geo.files.kinds import RENAMED

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True)
class Reading:
    """The rows of a file and everything that is wrong with it.

    Attributes
    ----------
    frame
        The rows that became features, their row numbers (from 1) as index, attributes as plain
        Python values in columns of dtype object, None where there is none. None when the file as
        a whole cannot be used. The row of a table is the number that a spreadsheet shows.
    problems
        All of them; every row that is not in the frame is named by an error.
    name
        File name without its folder.
    size_bytes, sha256
        Of the original bytes; of a Shapefile, of all its parts.
    rows
        Rows in the file, those that were refused included.
    driver
        One of :data:`geo.files.opening.DRIVERS`; empty when the type is not read.
    """

    frame: gpd.GeoDataFrame | None
    problems: tuple[Problem, ...]
    name: str
    size_bytes: int
    sha256: str
    rows: int
    driver: str


@dataclass(frozen=True)
class Asked:
    """What a person said about a file, and whether it is read or only looked at.

    Attributes
    ----------
    crs
        EPSG code where the file does not say its CRS.
    encoding
        Encoding of its texts where the file does not say it.
    layer
        Which layer of a file of several.
    swapped
        Whether the two numbers of each position are exchanged, before any other thought.
    columns
        Of a table: the columns of x and y, or the one of the geometry.
    looking
        Nothing is judged: no CRS is needed, no range checked, and where a person would be asked,
        the likeliest answer is taken.
    """

    crs: str | None = None
    encoding: str | None = None
    layer: str | None = None
    swapped: bool = False
    columns: tuple[str, ...] = ()
    looking: bool = False

    def turned(self, shapes: np.ndarray) -> np.ndarray:
        """Exchange the numbers of each position, where a person said so."""
        if not self.swapped:
            return shapes
        turned = shapely.transform(shapes, lambda where: where[:, ::-1])
        return np.asarray(turned, dtype=object)


@dataclass(frozen=True)
class Table:
    """Rows as plain values: what may cross from one process to another.

    Attributes
    ----------
    numbers
        Number of each row in its file, from 1.
    columns
        Values by name.
    shapes
        One a row, None where there is none.
    crs
        None only where the file is looked at.
    """

    numbers: Sequence[int] | np.ndarray
    columns: Mapping[str, Sequence[Any]]
    shapes: Sequence[BaseGeometry | None] | np.ndarray
    crs: pyproj.CRS | None

    def frame(self) -> gpd.GeoDataFrame:
        """Build a frame whose attributes stay the Python values that they are."""
        import geopandas as gpd
        import pandas as pd

        if self.crs is None:
            raise CrsError(NO_CRS.at())
        index = pd.Index(np.asarray(self.numbers, dtype=np.int64))
        data = {
            name: pd.Series(_objects(values), index=index, dtype=object)
            for name, values in self.columns.items()
        }
        return gpd.GeoDataFrame(data, geometry=self.geometry(), crs=self.crs, index=index)

    def geometry(self) -> np.ndarray:
        """Return the shapes as an array of dtype object."""
        found = np.empty(len(self.numbers), dtype=object)
        found[:] = self.shapes
        return found


def _objects(values: Sequence[Any]) -> np.ndarray:
    """An array of the values as they are, each list as one value."""
    return np.fromiter(values, dtype=object, count=len(values))


@dataclass(frozen=True)
class Layer:
    """One layer of a file: its name, and its rows where they are known without reading them."""

    name: str
    rows: int | None = None


@dataclass(frozen=True)
class Preview:
    """How the texts of a file read in one encoding.

    Attributes
    ----------
    encoding
        Its name, as ``encoding=`` takes it.
    reads
        Whether every text reads in it without a fault.
    names
        The names of the fields, and the first texts that show a difference.
    """

    encoding: str
    reads: bool
    names: tuple[str, ...]


@dataclass(frozen=True)
class Content:
    """What a reader of one type of file makes of it.

    Attributes
    ----------
    table
        None when the file as a whole cannot be used.
    layers, layer
        Where a type of file may hold several: all of them, and the one that was read.
    previews, encoding
        Where the encoding may be doubted: how it reads in each, and the one that was taken.
    columns
        Of a table: the columns of the positions.
    """

    table: Table | None
    problems: Sequence[Problem]
    rows: int = 0
    layers: tuple[Layer, ...] = ()
    layer: str | None = None
    previews: tuple[Preview, ...] = ()
    encoding: str | None = None
    columns: tuple[str, ...] = ()


def refused(*problems: Problem, rows: int = 0, **known: Any) -> Content:
    """Return the content of a file that cannot be used at all."""
    return Content(None, problems, rows, **known)


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
