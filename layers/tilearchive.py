"""The archive of a version's tiles: one PMTiles file beside the version, where somebody made it.

It is made of the version's rows, may be deleted at any time, and is in no backup.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.durable import sync
from geo.errors import HuituError, ProblemKind
from geo.types import Text
from layers.store import Store

#: The file of a version that holds all of its tiles.
ARCHIVE = "tiles.pmtiles"
_PART = f".{ARCHIVE}.part"
_LOCK = f".{ARCHIVE}.lock"

NO_ARCHIVE = ProblemKind(
    "tiles-not-archived",
    "error",
    Text(
        zh="图层“{layer}”的这个版本没有瓦片存档（PMTiles）",
        en="No archive of tiles (PMTiles) is kept of this version of the layer “{layer}”",
    ),
    Text(
        zh="在服务器上运行 huitu tiles {layer} --keep，即为当前版本生成",
        en="Run huitu tiles {layer} --keep on the server: it keeps one of the current version",
    ),
)


class NotArchived(HuituError):  # noqa: N818 - the name says it
    """Nobody has made an archive of a version's tiles."""


def kept(store: Store, layer_id: str, version: str) -> Path:
    """The archive of a version.

    Raises
    ------
    NotFound
        There is no such version.
    NotArchived
        It has no archive.
    """
    path = _path(store, layer_id, version)
    if not path.is_file():
        raise NotArchived(NO_ARCHIVE.at(layer=layer_id))
    return path


@contextmanager
def keeping(store: Store, layer_id: str, version: str) -> Iterator[Path]:
    """Give a place for a new archive, which becomes the version's when it is whole and durable.

    One maker at a time; what a killed one left is removed. When anything is raised, the archive
    that was there before stays.

    Raises
    ------
    NotFound
        There is no such version.
    OSError
        The folder cannot be written, or the disk is full.
    """
    path = _path(store, layer_id, version)
    part = path.with_name(_PART)
    with path.with_name(_LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        part.unlink(missing_ok=True)
        try:
            yield part
            sync(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    sync(path.parent)


def _path(store: Store, layer_id: str, version: str) -> Path:
    return store.geojson_path(layer_id, version).with_name(ARCHIVE)
