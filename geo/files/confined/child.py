"""The reading process: take up the file, give up everything else, read, answer, end."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from geo.errors import HuituError
from geo.files import opening
from geo.files.confined import cage, crossing, dying
from geo.files.confined.rooms import Room
from geo.files.opening import Source
from geo.files.reading import Asked, Content

Reader = Callable[[Source, Asked], Content]

#: Never needed where rows stay plain values; without them GDAL's reader starts in a third of the
#: time.
_SPARED = ("geopandas", "pandas", "pyarrow")


def main(reader: Reader = opening.content_of) -> None:
    """Answer the one request that stands on the standard input.

    Parameters
    ----------
    reader
        What makes content of a source; another one only in tests.
    """
    request = orjson.loads(sys.stdin.buffer.read())
    gc.disable()  # it lives for one file, and throws next to nothing away
    answer = os.dup(sys.stdout.fileno())
    # Whatever a library prints goes to the log and not into the answer.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for name in _SPARED:
        # None in this place makes an import fail.
        sys.modules[name] = None  # type: ignore[assignment]
    cage.narrow(Room(**request["room"]))
    try:
        pieces = _answer(request, reader)
        with os.fdopen(answer, "wb") as file:
            file.writelines(pieces)
    except MemoryError:
        os._exit(dying.OUT_OF_MEMORY)


def _answer(request: Mapping[str, Any], reader: Reader) -> list[bytes]:
    """Read; what is raised for people crosses as problems too."""
    scratch = Path(request["scratch"])
    tempfile.tempdir = str(scratch)
    asked = {**request["asked"], "columns": tuple(request["asked"]["columns"])}
    try:
        source = opening.source_of(Path(request["path"]))
        watching = cage.close(scratch, also=source.read_in_place)
        content = reader(source, Asked(**asked))
    except HuituError as error:
        return crossing.raised(error)
    return crossing.packed(
        content,
        size_bytes=source.size_bytes,
        sha256=source.sha256,
        driver=opening.driver_of(source.content),
        watching=watching,
    )
