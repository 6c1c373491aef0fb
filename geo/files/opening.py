"""The one door for foreign files: told apart by their content, each given to one reader."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from geo import limits
from geo.errors import InputError
from geo.files import geojson, kinds
from geo.files.reading import Content, Reading, refused
from geo.types import Text


@dataclass(frozen=True)
class Source:
    """A file as it lay there, and what a person said about it."""

    path: Path
    content: bytes
    crs: str | None
    encoding: str | None


_GEOJSON = "GeoJSON"
_SHAPEFILE = "ESRI Shapefile"
_GEOPACKAGE = "GPKG"

#: First bytes of the types that are read.
_SIGNATURES: Mapping[bytes, str] = MappingProxyType(
    {
        b"SQLite format 3\x00": _GEOPACKAGE,
        b"\x00\x00\x27\x0a": _SHAPEFILE,
        b"PK\x03\x04": _SHAPEFILE,
        b"PK\x05\x06": _SHAPEFILE,
    }
)
#: What other files are called, by their beginning.
_OTHERS: Mapping[re.Pattern[bytes], Text] = MappingProxyType(
    {
        re.compile(rb"<\?xml|<kml|<"): Text(zh=" KML、GML 等 XML ", en="An XML file (KML, GML, …)"),
        re.compile(rb"0\s+SECTION"): Text(zh=" DXF ", en="A DXF drawing"),
        re.compile(rb"AC10"): Text(zh=" DWG ", en="A DWG drawing"),
        re.compile(rb"fgb"): Text(zh=" FlatGeobuf ", en="A FlatGeobuf file"),
        re.compile(rb"PAR1"): Text(zh=" Parquet ", en="A Parquet file"),
        re.compile(rb"%PDF"): Text(zh=" PDF ", en="A PDF file"),
        re.compile(rb"[^\n]{1,2000}[,;\t]"): Text(zh=" CSV 等表格", en="A table (CSV, …)"),
    }
)
_UNKNOWN = Text(zh="这种", en="A file of this kind")
_JSON_START = re.compile(rb"(\xef\xbb\xbf)?\s*[\[{]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read(path: Path, *, crs: str | None = None, encoding: str | None = None) -> Reading:
    """Read a GeoJSON, Shapefile (.shp or .zip) or GeoPackage.

    The type is told by the content, never by the name, and only these readers see the file.

    Parameters
    ----------
    path
        The file. Of a Shapefile the ``.shp``, the other parts beside it.
    crs
        EPSG code where the file does not say its CRS.
    encoding
        Encoding of its texts where the file does not say it, e.g. ``gbk``.

    Returns
    -------
    Reading
        What is wrong with the content stands in its problems; it is not raised.

    Raises
    ------
    InputError
        There is no such file, or it cannot be opened.
    CrsError
        ``crs`` is not a known code.
    """
    content = _bytes_of(path)
    source = Source(path, content, crs, encoding)
    driver = driver_of(content)
    found = _too_large_or_empty(content)
    if found is None:
        found = _READERS[driver](source) if driver else _refuse_type(content)
    return Reading(
        frame=found.frame,
        problems=tuple(found.problems),
        name=path.name,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        rows=found.rows,
        driver=driver,
    )


def driver_of(content: bytes) -> str:
    """Name the type of a file by its first bytes; empty when it is not read."""
    for signature, driver in _SIGNATURES.items():
        if content.startswith(signature):
            return driver
    is_json = _JSON_START.match(content) or content.startswith(_UTF16)
    return _GEOJSON if is_json else ""


def _bytes_of(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise InputError(kinds.NO_FILE.at(name=path.name))
        with path.open("rb") as file:
            return file.read(limits.FILE_BYTES + 1)
    except OSError:
        raise InputError(kinds.UNREADABLE.at(name=path.name)) from None


def _too_large_or_empty(content: bytes) -> Content | None:
    if not content:
        return refused(kinds.NOTHING_IN_IT.at())
    if len(content) > limits.FILE_BYTES:
        limit = limits.FILE_BYTES // 1_000_000
        return refused(kinds.TOO_LARGE.at(size=f">{limit}", limit=limit))
    return None


def _refuse_type(content: bytes) -> Content:
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    found = next((name for start_of, name in _OTHERS.items() if start_of.match(start)), _UNKNOWN)
    return refused(kinds.NOT_READ.at(found=found))


def _read_geojson(source: Source) -> Content:
    return geojson.read(source.content, crs=source.crs, encoding=source.encoding)


_READERS: Mapping[str, Callable[[Source], Content]] = MappingProxyType({_GEOJSON: _read_geojson})
