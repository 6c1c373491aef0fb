"""The side that asks: start a child, wait for it no longer than agreed, take its answer apart."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import orjson

from geo.crs import known_crs
from geo.errors import CrsError, HuituError, InputError, shown
from geo.files import looking, opening
from geo.files.confined import crossing, dying
from geo.files.confined.crossing import AnswerError
from geo.files.confined.rooms import Room
from geo.files.looking import Look
from geo.files.reading import Asked, Content, Reading, refused

_log = logging.getLogger(__name__)
_MOST_OF_ERRORS = 20_000
#: Every driver of GDAL but that of the Shapefile, so that no content reaches it.
_SKIPPED = (
    "ADBC,AIVector,AVCBin,AVCE00,AmigoCloud,CSV,CSW,Carto,DGN,DXF,EDIGEO,EEDA,ESRIJSON,"
    "Elasticsearch,FlatGeobuf,GDALG,GML,GPKG,GPSBabel,GPX,GTFS,GeoJSON,GeoJSONSeq,GeoRSS,HTTP,"
    "Idrisi,JML,JSONFG,KML,LIBKML,LVBAG,MBTiles,MEM,MVT,MapInfo File,MapML,MiraMonVector,NGW,OAPIF,"
    "ODS,OGCAPI,OGR_GMT,OGR_PDS,OGR_VRT,OSM,OpenFileGDB,PCIDSK,PDF,PDS4,PGDUMP,PLSCENES,PMTiles,"
    "S57,SQLite,SXF,Selafin,TopoJSON,VDV,VFK,VICAR,WAsP,WFS,XLSX"
)
#: No threads for each processor (they reserve memory), no network, no helper files for GDAL.
_ENVIRONMENT: Mapping[str, str] = {
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "GDAL_NUM_THREADS": "1",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_DRIVER_PATH": "disable",
    "GDAL_SKIP": _SKIPPED,
    "PROJ_NETWORK": "OFF",
}
_RAISED: Mapping[str, type[HuituError]] = MappingProxyType(
    {"InputError": InputError, "CrsError": CrsError}
)


@dataclass(frozen=True)
class Confinement:
    """How a reading process is started, and what it may take.

    Attributes
    ----------
    room
        Memory, time and files.
    command
        Our own interpreter and module; another one only in tests.
    """

    room: Room = field(default_factory=Room)
    # Safe path: the current folder may hold anybody's ``geo``.
    command: tuple[str, ...] = (sys.executable, "-P", "-m", "geo.files.confined")


STANDARD = Confinement()


def read(
    path: Path,
    *,
    crs: str | None = None,
    encoding: str | None = None,
    layer: str | None = None,
    swapped: bool = False,
    columns: Sequence[str] | None = None,
    confinement: Confinement = STANDARD,
) -> Reading:
    """Read a file as :func:`geo.files.read` does, in a process that can do nothing else.

    Parameters
    ----------
    path, crs, encoding, layer, swapped, columns
        As there.
    confinement
        What the process may take.

    Raises
    ------
    InputError
        There is no such file, or it cannot be opened.
    CrsError
        ``crs`` is not a known code.
    """
    if crs is not None:
        known_crs(crs)
    asked = Asked(crs, encoding, layer, swapped, tuple(columns or ()))
    content, known = _asked(path, asked, confinement)
    return Reading(
        frame=None if content.table is None else content.table.frame(),
        problems=tuple(content.problems),
        rows=content.rows,
        **known,
    )


def look(
    path: Path,
    *,
    encoding: str | None = None,
    layer: str | None = None,
    confinement: Confinement = STANDARD,
) -> Look:
    """Look at a file as :func:`geo.files.look` does, in a process that can do nothing else."""
    asked = Asked(encoding=encoding, layer=layer, looking=True)
    content, known = _asked(path, asked, confinement)
    return looking.seen(content, **known)


def _asked(path: Path, asked: Asked, confinement: Confinement) -> tuple[Content, Mapping[str, Any]]:
    """Let a child read; return what it found, and the name, size, hash and type of the file."""
    with tempfile.TemporaryDirectory(prefix="huitu-read-") as scratch:
        request = orjson.dumps(
            {
                "path": str(path.absolute()),
                "scratch": scratch,
                "asked": asdict(asked),
                "room": asdict(confinement.room),
            }
        )
        end = _run(confinement, request, scratch)
    if isinstance(end, Content):
        return end, _known(path)
    try:
        return _taken_apart(end, path)
    except AnswerError:
        _log.exception("the answer of a reading process is not in order")
        return refused(dying.DIED.at(how=dying.BAD_ANSWER)), _known(path)


def _run(confinement: Confinement, request: bytes, scratch: str) -> bytes | Content:
    """Return the bytes that a child answered, or what it died of."""
    room = confinement.room
    # Files, not pipes: the limit on the size of a file holds for the answer too.
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            confinement.command,
            stdin=subprocess.PIPE,
            stdout=answer,
            stderr=errors,
            cwd=scratch,
            env=_environment(),
        )
        try:
            process.communicate(request, timeout=room.wall_seconds)
        except subprocess.TimeoutExpired:
            return refused(dying.too_long(room.wall_seconds))
        finally:
            process.kill()
            process.wait()
        said = _all_of(errors, _MOST_OF_ERRORS)
        if process.returncode != 0:
            _log.warning("reading process: %s %s", process.returncode, shown_end(said))
            return refused(dying.told(process.returncode, said, room))
        return _all_of(answer, room.written_bytes)


def _environment() -> Mapping[str, str]:
    """What the child may know: nothing of the server's settings and passwords."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return {**kept, **_ENVIRONMENT}


def _all_of(file: IO[bytes], most: int) -> bytes:
    file.seek(0)
    return file.read(most)


def shown_end(said: bytes) -> str:
    """Write the end of what a child said for the log, as one line that nobody can forge."""
    return ascii(said[-_MOST_OF_ERRORS:].decode("utf-8", "replace"))


def _known(path: Path) -> Mapping[str, Any]:
    """Name, size, hash and type of a file that no child could read; none of it is parsed."""
    source = opening.source_of(path)
    return {
        "name": source.name,
        "size_bytes": source.size_bytes,
        "sha256": source.sha256,
        "driver": opening.driver_of(source.content),
    }


def _taken_apart(answer: bytes, path: Path) -> tuple[Content, Mapping[str, Any]]:
    told, blobs = crossing.unpacked(answer)
    if "raised" in told:
        raised = _RAISED.get(str(told["raised"]), InputError)
        raise raised(crossing.problems_of(told))
    content, known = crossing.content_of(told, blobs), crossing.known_of(told)
    _say_what_watched(told.get("watching"))
    return content, {"name": shown(path.name), **known}


def _say_what_watched(watching: object) -> None:
    missing = {"landlock", "seccomp"} - set(watching if isinstance(watching, list) else ())
    if missing:
        _log.warning(
            "this kernel has no %s: reading foreign files is confined less",
            " and no ".join(missing),
        )
