"""Files that other programs open: GeoPackage, FlatGeobuf, Shapefile.

Nothing here is clever about content: names, types and lengths are settled by the caller. A file is
written where it is told; writing it beside the old one and renaming it is the caller's business.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geo.crs import require_crs
from geo.types import Told, nobody

#: Kinds of single geometries by the dimension of what they draw.
KINDS_OF_SHAPE = ("Point", "LineString", "Polygon")
#: A day for every time stamp that a driver would take from the clock: same content, same bytes.
_EPOCH = "2000-01-01T00:00:00.000Z"
_STYLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)
"""


@dataclass(frozen=True)
class Table:
    """One table of features to be written.

    Attributes
    ----------
    name
        Of the table, plain ASCII.
    title
        For people.
    frame
        With a CRS; a geometry may be missing.
    kind
        One of :data:`KINDS_OF_SHAPE`, or ``Unknown`` for several kinds together.
    description
        Where the rows come from, in words.
    style
        A QGIS style (QML), or nothing.
    """

    name: str
    title: str
    frame: gpd.GeoDataFrame
    kind: str
    description: str = ""
    style: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


def by_kind(frame: gpd.GeoDataFrame) -> Iterator[tuple[str, np.ndarray]]:
    """Tell each kind of geometry that a frame has, with a mask of its rows.

    Multi-part shapes count as their single kind. Rows without a shape are in no mask.
    """
    shapes = np.asarray(frame.geometry.values, dtype=object)
    dimensions = shapely.get_dimensions(shapes)
    for dimension, kind in enumerate(KINDS_OF_SHAPE):
        mask = dimensions == dimension
        if mask.any():
            yield kind, mask


def counted(tables: Sequence[Table], told: Told) -> Iterator[Table]:
    """Give tables one by one, and tell before each how many rows are behind."""
    total = sum(len(table.frame) for table in tables)
    done = 0
    for table in tables:
        told(done, total)
        yield table
        done += len(table.frame)
    told(done, total)


def write_geopackage(
    tables: Sequence[Table], path: Path, notes: pd.DataFrame, told: Told = nobody
) -> None:
    """Write feature tables, their styles for QGIS, and a table ``provenance`` without shapes.

    Parameters
    ----------
    tables
        At least one. Rows without geometry are kept.
    path
        A file that is not there yet.
    told
        Hears how many rows of how many are written, table by table.
    notes
        Texts, one row each.

    Raises
    ------
    OSError
        The file could not be written whole.
    """
    for table in counted(tables, told):
        _write(
            table,
            path,
            "GPKG",
            layer_metadata=dict(table.metadata) or None,
            layer_options={
                "IDENTIFIER": table.title,
                "DESCRIPTION": table.description,
                "GEOMETRY_NAME": "geometry",
                "FID": "fid",
            },
        )
    with _told_as_oserror(path):
        pyogrio.write_dataframe(notes, path, driver="GPKG", layer="provenance")
        with closing(sqlite3.connect(path)) as database, database:
            _add_styles(database, tables)
            _fix_times(database)


def write_flatgeobuf(table: Table, path: Path) -> None:
    """Write one table. It has a spatial index unless a row has no geometry, which forbids one.

    Raises
    ------
    OSError
        The file could not be written whole.
    """
    indexed = "NO" if table.frame.geometry.isna().any() else "YES"
    options = {"SPATIAL_INDEX": indexed, "TITLE": table.title, "DESCRIPTION": table.description}
    _write(table, path, "FlatGeobuf", layer_options=options)


def write_shapefile(table: Table, folder: Path) -> tuple[Path, ...]:
    """Write one table of one kind of geometry as a Shapefile in UTF-8 and name its files.

    Field names must fit 10 bytes, texts 254 and numbers what dBase holds.

    Raises
    ------
    OSError
        The files could not be written whole.
    """
    _write(table, folder / f"{table.name}.shp", "ESRI Shapefile", encoding="UTF-8")
    return tuple(sorted(folder.glob(f"{table.name}.*")))


def _write(table: Table, path: Path, driver: str, **options: Any) -> None:
    require_crs(table.frame)
    parted = bool(shapely.get_num_geometries(table.frame.geometry.values).max(initial=0) > 1)
    multi = parted and table.kind in KINDS_OF_SHAPE and driver != "ESRI Shapefile"
    with _told_as_oserror(path):
        pyogrio.write_dataframe(
            table.frame,
            path,
            driver=driver,
            layer=table.name,
            geometry_type=f"Multi{table.kind}" if multi else table.kind,
            promote_to_multi=multi,
            **options,
        )
        _check_count(table, path)


def _check_count(table: Table, path: Path) -> None:
    """A driver that ran out of disk may say nothing: count what stands in the file."""
    info = pyogrio.read_info(path, layer=table.name, force_feature_count=True)
    if info["features"] != len(table.frame):
        raise RuntimeError("rows are missing")


@contextmanager
def _told_as_oserror(path: Path) -> Iterator[None]:
    """What goes wrong while writing is the disk's: tell it as such, without a library's words."""
    try:
        yield
    except (RuntimeError, sqlite3.Error) as error:
        raise OSError(errno.EIO, "the file could not be written whole", path.name) from error


def _add_styles(database: sqlite3.Connection, tables: Iterable[Table]) -> None:
    """Keep styles where QGIS looks for them, each the default of its table."""
    database.execute(_STYLES)
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change)"
        " VALUES ('layer_styles', 'attributes', 'layer_styles', ?)",
        (_EPOCH,),
    )
    database.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
        " f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner,"
        " update_time) VALUES ('', '', ?, 'geometry', ?, ?, '', 1, ?, '', ?)",
        [(one.name, one.name[:30], one.style, one.title, _EPOCH) for one in tables if one.style],
    )


def _fix_times(database: sqlite3.Connection) -> None:
    database.execute("UPDATE gpkg_contents SET last_change = ?", (_EPOCH,))
    noted = "SELECT 1 FROM sqlite_master WHERE name = 'gpkg_metadata_reference'"
    if database.execute(noted).fetchone():
        database.execute("UPDATE gpkg_metadata_reference SET timestamp = ?", (_EPOCH,))
