"""Finished tiles, kept on disk within bounds, and what describes a layer's tiles to programs."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from isal import isal_zlib

from geo.errors import NotFound
from geo.tiles import LayerArrays, Tile, packed
from geo.tiles.address import TILE
from layers.plan import Plan
from layers.spec import LayerSpec, Zone
from layers.tiling import ZOOMS
from layers.versions import Version
from webapp.settings import Settings

#: What a tile is to a browser.
MVT = "application/vnd.mapbox-vector-tile"
#: What an archive of tiles is.
PMTILES = "application/vnd.pmtiles"
#: The folder of the data folder that may be deleted at any time.
CACHE = "cache"

_KEY = "huitu.tiles"
#: In front of a tile on disk: CRC-32 and length of what follows.
_HEAD_BYTES = 8
#: The folder is measured again after a process has written this part of what it may hold, and is
#: emptied to this part of it.
_MEASURED, _EMPTIED = 0.05, 0.8

_log = logging.getLogger(__name__)


def install(app: Flask, settings: Settings) -> None:
    """Give the application its shelf of finished tiles."""
    most_bytes = settings.tile_cache_mb * 1_000_000
    app.extensions[_KEY] = TileShelf(settings.data / CACHE / "tiles", most_bytes)


def shelf() -> TileShelf:
    """The shelf of this application."""
    return shelf_of(current_app)


def shelf_of(app: Flask) -> TileShelf:
    """The shelf of an application."""
    found: TileShelf = app.extensions[_KEY]
    return found


def etag(version: str, tile: str) -> str:
    """What names the content of a tile (``zoom/column/row``), and never another."""
    return f"{version}-{tile}"


class TileShelf:
    """Tiles of versions in files, compressed; the oldest go first where they become too many.

    A file is written beside and renamed, and bears its own checksum: after a power cut it is whole
    or is made again. Where nothing can be written, tiles are made each time.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._unmeasured = float("inf")

    def get(
        self, layer_id: str, version: str, tile: Tile, make: Callable[[], bytes | None]
    ) -> bytes:
        """A tile as gzip, empty where it shows nothing; made now when it is not kept."""
        kept = self.kept(layer_id, version, str(tile))
        if kept is not None:
            return kept
        made = make()
        content = packed(made) if made else b""
        self._keep(self._folder / layer_id / version / str(tile), content)
        return content

    def made(self, plan: Plan, layer_id: str, version: str, tile: Tile) -> bytes:
        """A tile of a version of a plan's layer, as :meth:`get` gives it.

        Raises
        ------
        NotFound
            There is no such layer or version, or the zoom is none that tiles are made for.
        """
        if tile.zoom not in ZOOMS:
            raise NotFound(TILE, str(tile))
        spec, store = plan.catalog.layer(layer_id), plan.store
        store.refuse_unknown(layer_id, version)
        return self.get(layer_id, version, tile, lambda: store.tile(spec, version, tile))

    def kept(self, layer_id: str, version: str, tile: str) -> bytes | None:
        """A tile (``zoom/column/row``) as gzip, empty where it shows nothing; None if not kept."""
        return _read(f"{self._folder}/{layer_id}/{version}/{tile}")

    def _keep(self, path: Path, content: bytes) -> None:
        if not self._most_bytes:
            return
        try:
            _write(path, content)
            self._unmeasured += len(content) + _HEAD_BYTES
            if self._unmeasured > self._most_bytes * _MEASURED:
                self._make_room()
        except OSError as error:
            _log.warning("a tile is not kept: %s", error)

    def _make_room(self) -> None:
        """Remove the oldest tiles where all together are more than may be."""
        files = sorted(_measured(self._folder))
        held = sum(size for _, size, _ in files)
        wanted = self._most_bytes * _EMPTIED if held > self._most_bytes else held
        for _, size, path in files:
            if held <= wanted:
                break
            Path(path).unlink(missing_ok=True)
            held -= size
        self._unmeasured = 0.0


def _read(path: str) -> bytes | None:
    """What is kept; None where nothing is, or not what was written.

    By the system's own calls: a third of the time of :class:`Path`, for thousands a second.
    """
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        kept = os.read(file, os.fstat(file).st_size)
    except OSError:
        return None
    finally:
        os.close(file)
    head, content = kept[:_HEAD_BYTES], kept[_HEAD_BYTES:]
    return content if head == _head(content) else None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        beside.write_bytes(_head(content) + content)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _head(content: bytes) -> bytes:
    return isal_zlib.crc32(content).to_bytes(4, "little") + len(content).to_bytes(4, "little")


def _measured(folder: Path) -> Iterator[tuple[float, int, str]]:
    """Time, size and path of every file below a folder; what goes meanwhile is passed over."""
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                stat = os.stat(f"{where}/{name}")  # noqa: PTH116 - one of a hundred thousand
            except FileNotFoundError:
                continue
            yield stat.st_mtime, stat.st_size, f"{where}/{name}"


def tilejson(
    spec: LayerSpec, version: Version, arrays: LayerArrays, zone: Zone, address: str, lang: str
) -> dict[str, Any]:
    """What QGIS, MapLibre and others read of a layer (TileJSON 3.0.0)."""
    bounds = list((arrays.bounds or zone.bounds).as_tuple())
    return {
        "tilejson": "3.0.0",
        "name": spec.title.in_(lang),
        "attribution": f"{spec.source.in_(lang)} · {spec.licence}",
        "version": "1.0.0",
        "scheme": "xyz",
        "tiles": [address],
        "minzoom": ZOOMS[0],
        "maxzoom": ZOOMS[-1],
        "bounds": bounds,
        "vector_layers": vector_layers(spec, arrays, lang),
        "huitu": {"layer": spec.id, "version": version.id, "features": version.features},
    }


def archive_metadata(
    spec: LayerSpec, version: Version, arrays: LayerArrays, lang: str
) -> dict[str, Any]:
    """What an archive of a layer's tiles says of itself."""
    return {
        "name": spec.title.in_(lang),
        "type": "overlay",
        "attribution": f"{spec.source.in_(lang)} · {spec.licence}",
        "vector_layers": vector_layers(spec, arrays, lang),
        "huitu": {"layer": spec.id, "version": version.id, "features": version.features},
    }


def vector_layers(spec: LayerSpec, arrays: LayerArrays, lang: str) -> list[dict[str, Any]]:
    """The one layer of the tiles, with the type of each attribute."""
    return [
        {
            "id": arrays.name,
            "description": spec.title.in_(lang),
            "minzoom": ZOOMS[0],
            "maxzoom": ZOOMS[-1],
            "fields": {name: _type(spec, name) for name in arrays.fields},
        }
    ]


def _type(spec: LayerSpec, name: str) -> str:
    field = spec.fields.get(name)
    return "Number" if field and field.type in {"integer", "number", "year"} else "String"
