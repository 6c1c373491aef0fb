"""All tiles of a layer in one file that any PMTiles viewer opens (PMTiles, version 3)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from geo.durable import sync
from geo.errors import InputError, ProblemKind
from geo.tiles.address import BUFFER, Tile
from geo.tiles.arrays import LayerArrays
from geo.tiles.cutting import Thinning, cut
from geo.tiles.packing import packed, unpacked
from geo.types import BBox, Text, Told, nobody

#: Tiles that are encoded at once, by several threads; so many are held in memory.
_AT_ONCE = 256

NO_TILES = ProblemKind(
    "tiles-none",
    "error",
    Text(
        zh="图层“{name}”没有图形，做不成瓦片", en="The layer “{name}” has no shape to make tiles of"
    ),
    Text(zh="先为要素定位", en="Locate its features first"),
)
NOT_AN_ARCHIVE = ProblemKind(
    "tiles-archive",
    "error",
    Text(zh="{file} 不是 PMTiles 第 3 版文件", en="{file} is not a PMTiles file of version 3"),
    Text(zh="用 huitu tiles 重新生成", en="Make it again with huitu tiles"),
)


def occupied(arrays: LayerArrays, zooms: range) -> Iterator[list[Tile]]:
    """For each zoom, the tiles that a feature touches, buffer included.

    A tile holds nothing unless the one above it does, so that empty ground is never looked at.
    """
    from geo.tiles.searching import query

    found = [Tile(0, 0, 0)]
    for zoom in range(zooms.stop):
        if zoom > 0:
            found = [child for tile in found for child in tile.children()]
        found = [
            tile
            for tile in found
            if len(query(arrays.boxes, arrays.nodes, arrays.levels, *tile.box(BUFFER)))
        ]
        if zoom in zooms:
            yield found


def write_archive(
    arrays: LayerArrays,
    path: Path,
    *,
    zooms: range,
    metadata: Mapping[str, Any],
    thinning: Thinning | None = None,
    told: Told = nobody,
) -> int:
    """Write every tile of a layer into a new file and tell how many there are.

    Parameters
    ----------
    arrays
        The layer; at least one feature has a shape.
    path
        A file that is not there yet. What was written is on the disk.
    zooms
        One after another, from the lowest.
    metadata
        What viewers read of the layer: ``name``, ``vector_layers``, ``attribution``.
    thinning
        As in :func:`geo.tiles.cutting.cut`; None for the usual.
    told
        Hears how many tiles of how many are written.

    Raises
    ------
    InputError
        No feature has a shape.
    OSError
        The file could not be written whole.
    """
    from pmtiles.tile import zxy_to_tileid
    from pmtiles.writer import Writer

    bounds = arrays.bounds
    if bounds is None:
        raise InputError(NO_TILES.at(name=arrays.name))
    levels = list(occupied(arrays, zooms))
    total, done = sum(len(level) for level in levels), 0
    with path.open("xb") as handle:
        writer = Writer(handle)
        with closing(writer.tile_f):
            for level in levels:
                numbers = {zxy_to_tileid(tile.zoom, tile.column, tile.row): tile for tile in level}
                for number, content in _encoded(arrays, numbers, thinning or Thinning()):
                    if content:
                        writer.write_tile(number, content)
                    told(done := done + 1, total)
            writer.finalize(_header(bounds, zooms), dict(metadata))
    sync(path)
    return writer.addressed_tiles


def _encoded(
    arrays: LayerArrays, numbers: Mapping[int, Tile], thinning: Thinning
) -> Iterator[tuple[int, bytes]]:
    """Each tile of a zoom, compressed, in the order of the archive; several threads make them."""

    def made(number: int) -> bytes:
        tile = cut(arrays, numbers[number], thinning)
        return packed(tile) if tile else b""

    order = sorted(numbers)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for start in range(0, len(order), _AT_ONCE):
            some = order[start : start + _AT_ONCE]
            yield from zip(some, pool.map(made, some), strict=True)


def _header(bounds: BBox, zooms: range) -> dict[str, Any]:
    from pmtiles.tile import Compression, TileType

    edges = bounds.as_tuple()
    middle = ((bounds.west + bounds.east) / 2, (bounds.south + bounds.north) / 2)
    names = [f"{place}_{axis}_e7" for place in ("min", "max", "center") for axis in ("lon", "lat")]
    places = [round(edge * 1e7) for edge in (*edges, *middle)]
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "center_zoom": zooms[len(zooms) // 2],
        **dict(zip(names, places, strict=True)),
    }


class Archive:
    """A PMTiles file that is read: its directories are parsed once, its tiles are mapped.

    Raises
    ------
    InputError
        The file is no PMTiles of version 3.
    """

    def __init__(self, path: Path) -> None:
        from pmtiles.reader import MmapSource
        from pmtiles.tile import MagicNumberNotFound, SpecVersionUnsupported, deserialize_header

        with path.open("rb") as handle:
            try:
                self._bytes = MmapSource(handle)
                self._header = deserialize_header(self._bytes(0, 127))
            except (ValueError, IndexError, MagicNumberNotFound, SpecVersionUnsupported):
                raise InputError(NOT_AN_ARCHIVE.at(file=path.name)) from None
        self._directories: dict[int, Any] = {}
        self._path = path

    def __repr__(self) -> str:
        return f"Archive({str(self._path)!r})"

    @property
    def zooms(self) -> range:
        """The zooms that it has tiles of."""
        return range(self._header["min_zoom"], self._header["max_zoom"] + 1)

    def packed(self, tile: Tile) -> bytes | None:
        """A tile as it is kept, compressed with gzip; None where nothing is."""
        from pmtiles.tile import find_tile, zxy_to_tileid

        number = zxy_to_tileid(tile.zoom, tile.column, tile.row)
        offset, length = self._header["root_offset"], self._header["root_length"]
        for _ in range(4):
            entry = find_tile(self._directory(offset, length), number)
            if entry is None:
                return None
            if entry.run_length > 0:
                start = self._header["tile_data_offset"] + entry.offset
                content: bytes = self._bytes(start, entry.length)
                return content
            offset = self._header["leaf_directory_offset"] + entry.offset
            length = entry.length
        return None

    def tile(self, tile: Tile) -> bytes | None:
        """A tile, no longer compressed; None where nothing is."""
        content = self.packed(tile)
        return None if content is None else unpacked(content)

    def _directory(self, offset: int, length: int) -> Any:
        from pmtiles.tile import deserialize_directory

        if offset not in self._directories:
            self._directories[offset] = deserialize_directory(self._bytes(offset, length))
        return self._directories[offset]
