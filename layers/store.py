"""Where layers are kept: immutable versions in a folder, and one pointer a layer.

    <data>/published/<layer>/publications.json      who published which version when; the pointer
    <data>/published/<layer>/<version>/version.json what it was made from, its counts and report
                                      /features.geojson, .gz   as served
                                      /features.gpkg           the exact working copy
                                      /arrays/, /rows/         of a large layer, for its tiles
                                                               and what is asked of its rows

A version is built beside the others under a name that starts with a dot, made durable, renamed,
and only then the small file of publications is replaced, so that a reader, a crash or a full disk
sees the old version or the new one and never half of one.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import logging
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import geopandas as gpd
import numpy as np
from isal import igzip

from geo import files, tiles
from geo.durable import sync
from geo.errors import NotFound
from geo.tiles import LayerArrays, Tile
from layers import large, nouns, rows, tiling
from layers.ingest import CLEANING_VERSION, Told, nobody
from layers.report import Report
from layers.rows import RowIndex, Rows
from layers.spec import LayerSpec
from layers.style import Style
from layers.versions import Publication, Version, version_id

PUBLISHED = "published"
_POINTER = "publications.json"
_RECORD = "version.json"
_GEOJSON = "features.geojson"
_EXACT = "features.gpkg"
_BUILDING = ".building-"
#: Where the machine code that cuts tiles is kept.
_COMPILED = Path("cache") / "compiled"
#: Layers whose arrays one process holds open; most of them are mapped files.
_OPEN = 64

_log = logging.getLogger(__name__)


class Store:
    """The versions of every layer of a deployment, as files in its data folder."""

    def __init__(
        self, data: Path, *, software: str, tile_features: int = tiling.TILE_FEATURES
    ) -> None:
        self._root = data / PUBLISHED
        self._code = data / _COMPILED
        self._software = software
        self._tile_features = tile_features
        self._opened: dict[tuple[str, str], LayerArrays] = {}

    def __repr__(self) -> str:
        return f"Store({str(self._root)!r})"

    def publish(
        self,
        spec: LayerSpec,
        frame: gpd.GeoDataFrame,
        report: Report,
        *,
        by: str,
        reason: str,
        options: Mapping[str, object] | None = None,
        own: bool = False,
        told: Told = nobody,
    ) -> Version:
        """Keep the frame as a version and make it the current one; a large one with its arrays.

        The same source, entry and options give the same version: then only the pointer moves, and
        not even that when it is current already.
        """
        version = self._describe(spec, frame, report, options or {})
        folder = self._root / spec.id
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            _sweep(folder)
            if not (folder / version.id).is_dir():
                self._build(folder, version, frame, spec, told)
            self._point(folder, version.id, by=by, reason=reason, own=own)
        return version

    def republish(self, layer_id: str, version: str, *, by: str, reason: str) -> Version:
        """Make an older version the current one again: only the pointer moves.

        Nothing is built, overwritten or deleted, and the version that was current stays among the
        publications. For the current version nothing happens.

        Raises
        ------
        NotFound
            The layer was never published in that version.
        """
        if version not in {entry.version for entry in self.publications(layer_id)}:
            raise NotFound(nouns.VERSION, f"{layer_id}/{version}")
        found, folder = self.version(layer_id, version), self._root / layer_id
        with _locked(folder):
            self._point(folder, version, by=by, reason=reason, back=True)
        return found

    def publications(self, layer_id: str) -> tuple[Publication, ...]:
        """Every publication of a layer, the newest first; empty when there was none."""
        try:
            rows = json.loads((self._root / layer_id / _POINTER).read_bytes())
        except FileNotFoundError:
            return ()
        return tuple(Publication(**row) for row in reversed(rows))

    def current(self, layer_id: str) -> Version:
        """The version that readers see; :class:`NotFound` when none was published."""
        publications = self.publications(layer_id)
        if not publications:
            raise NotFound(nouns.VERSION, layer_id)
        return self.version(layer_id, publications[0].version)

    def version(self, layer_id: str, version: str) -> Version:
        """One version of a layer; :class:`NotFound` when there is none of that name."""
        try:
            record = json.loads((self._folder(layer_id, version) / _RECORD).read_bytes())
        except FileNotFoundError:
            raise NotFound(nouns.VERSION, f"{layer_id}/{version}") from None
        return Version(**record)

    def versions(self, layer_id: str) -> tuple[Version, ...]:
        """Each version of a layer once, in the order of its last publication, newest first."""
        names = dict.fromkeys(entry.version for entry in self.publications(layer_id))
        return tuple(self.version(layer_id, name) for name in names)

    def geojson_path(self, layer_id: str, version: str) -> Path:
        """The file served for a version; the same compressed lies beside it as ``.gz``."""
        path = self._folder(layer_id, version) / _GEOJSON
        if not path.is_file():
            raise NotFound(nouns.VERSION, f"{layer_id}/{version}")
        return path

    def frame(
        self, layer_id: str, version: str, rows: np.ndarray | None = None
    ) -> gpd.GeoDataFrame:
        """The exact rows of a version, all or those of some numbers from 0, in EPSG:4326."""
        path = self._folder(layer_id, version) / _EXACT
        if not path.is_file():
            raise NotFound(nouns.VERSION, f"{layer_id}/{version}")
        frame: gpd.GeoDataFrame = files.load(path, rows)
        return frame

    def rows(self, spec: LayerSpec, version: str, style: Style) -> Rows:
        """The rows of a version as they are counted, searched and paged."""
        path = self.geojson_path(spec.id, version)
        arrays, index = self.arrays(spec, version), self.row_index(spec, version)
        return Rows(arrays, index.words, files.Lines(path, index.lines), style)

    # ---------------------------------------------------------------- tiles

    def is_large(self, version: Version) -> bool:
        """Whether a version has so many features with a geometry that it goes out as tiles."""
        return version.located > self._tile_features

    def tile(self, spec: LayerSpec, version: str, tile: Tile) -> bytes | None:
        """A vector tile of a version (MVT 2.1), not compressed; None where it shows nothing."""
        return tiles.cut(self.arrays(spec, version), tile) or None

    def arrays(self, spec: LayerSpec, version: str) -> LayerArrays:
        """The arrays of a version; of a small one, or where they are damaged, made of its rows."""
        key = (spec.id, version)
        if key not in self._opened:
            while len(self._opened) >= _OPEN:
                self._opened.pop(next(iter(self._opened)), None)
            self._opened[key] = self._open_arrays(spec, version)
        return self._opened[key]

    def refuse_unknown(self, layer_id: str, version: str) -> None:
        """Raise :class:`NotFound` for a version that is not there; one look at a name."""
        if not self.holds(layer_id, version):
            raise NotFound(nouns.VERSION, f"{layer_id}/{version}")

    def holds(self, layer_id: str, version: str) -> bool:
        """Whether a version is there; one look at a name."""
        return self._folder(layer_id, version).is_dir()

    def has_arrays(self, layer_id: str, version: str) -> bool:
        """Whether arrays are kept beside a version."""
        return (self._folder(layer_id, version) / tiling.ARRAYS).is_dir()

    def mend_large(self, spec: LayerSpec, version: str) -> bool:
        """Build anew what a large version has besides its rows, where it is absent or damaged.

        Its GeoJSON is written again too where it is not what was published.

        Returns
        -------
        bool
            Whether that had to be done.
        """
        folder = self._folder(spec.id, version)
        found = self.version(spec.id, version)
        if not self.is_large(found):
            return False
        with _locked(self._root / spec.id):
            _sweep(self._root / spec.id)
            try:
                large.verify(folder, folder / _GEOJSON)
            except tiles.Damaged as damage:
                _log.warning("what %s/%s needs is built anew: %s", spec.id, version, damage)
                self._replace_large(folder, found, spec)
                return True
        return False

    def prepare_tiles(self) -> float:
        """Have the machine code that cuts tiles ready, and tell how many seconds that took.

        It is compiled once for a data folder and a version of the program: some ten seconds.
        """
        tiles.keep_in(self._code)
        return tiles.prepare()

    def _replace_large(self, folder: Path, version: Version, spec: LayerSpec) -> None:
        """Put new files in the place of damaged ones; who has the old ones open keeps them."""
        building = folder.parent / f"{_BUILDING}{secrets.token_hex(8)}"
        building.mkdir()
        try:
            frame = self.frame(spec.id, folder.name)
            write_rows = partial(self._write_geojson, building, version, frame)
            large.write(frame, spec, building, write_rows)
            _make_durable(building)
            large.replace(building, folder)
        finally:
            shutil.rmtree(building, ignore_errors=True)
        self._opened.pop((spec.id, folder.name), None)

    def _open_arrays(self, spec: LayerSpec, version: str) -> LayerArrays:
        tiles.keep_in(self._code)
        rows = partial(self.frame, spec.id, version)
        try:
            return tiling.opened(self._folder(spec.id, version), spec, rows)
        except tiles.Damaged as damage:
            _log.error("tiles of %s/%s are cut from its rows: %s", spec.id, version, damage)
            return tiling.build(rows(), spec)

    def row_index(self, spec: LayerSpec, version: str) -> RowIndex:
        """Where the rows of a version stand in its file, and their words; of a small one made."""
        folder = self._folder(spec.id, version)
        try:
            return rows.read(folder)
        except tiles.Damaged as damage:
            if self.has_arrays(spec.id, version):
                _log.error("rows of %s/%s are found by reading them: %s", spec.id, version, damage)
            return RowIndex.of(self.frame(spec.id, version), folder / _GEOJSON)

    def pointers(self) -> tuple[tuple[str, int, int], ...]:
        """Name, time and size of each pointer file: a cheap look whether anything was published."""
        found = []
        for path in sorted(self._root.glob(f"*/{_POINTER}")):
            stat = path.stat()
            found.append((path.parent.name, stat.st_mtime_ns, stat.st_size))
        return tuple(found)

    def _folder(self, layer_id: str, version: str) -> Path:
        """The folder of a version; a name that is none of ours finds nothing, whatever it holds."""
        if not (layer_id.isidentifier() and version.isalnum()):
            raise NotFound(nouns.VERSION, f"{layer_id}/{version}")
        return self._root / layer_id / version

    def _describe(
        self,
        spec: LayerSpec,
        frame: gpd.GeoDataFrame,
        report: Report,
        options: Mapping[str, object],
    ) -> Version:
        return Version(
            layer=spec.id,
            id=version_id(spec, report.sha256, options),
            file=report.file,
            sha256=report.sha256,
            size_bytes=report.size_bytes,
            rows_in=report.rows_in,
            features=len(frame),
            located=int(frame.geometry.notna().sum()),
            cleaning=CLEANING_VERSION,
            software=self._software,
            problems={lang: report.to_dict(lang)["problems"] for lang in ("zh", "en")},
        )

    def _build(
        self,
        folder: Path,
        version: Version,
        frame: gpd.GeoDataFrame,
        spec: LayerSpec,
        told: Told,
    ) -> None:
        building = folder / f"{_BUILDING}{secrets.token_hex(8)}"
        building.mkdir()

        def write_rows() -> Path:
            geojson = self._write_geojson(building, version, frame)
            files.save(frame, building / _EXACT)
            told("tile")
            return geojson

        try:
            if self.is_large(version):
                tiles.keep_in(self._code)
                large.write(frame, spec, building, write_rows)
                self.prepare_tiles()
            else:
                write_rows()
            (building / _RECORD).write_bytes(_json(asdict(version)))
            _make_durable(building)
            building.rename(folder / version.id)
            sync(folder)
        except BaseException:
            shutil.rmtree(building, ignore_errors=True)
            raise

    def _write_geojson(self, building: Path, version: Version, frame: gpd.GeoDataFrame) -> Path:
        """Write what is served, plain and compressed, piece by piece; where the plain one lies."""
        parts = files.geojson_parts(frame, extra={"huitu": {"version": version.id}})
        with ExitStack() as open_files:
            plain = open_files.enter_context((building / _GEOJSON).open("wb"))
            packed = open_files.enter_context((building / f"{_GEOJSON}.gz").open("wb"))
            zipped = open_files.enter_context(self._packing(version, packed))
            for part in parts:
                plain.write(part)
                zipped.write(part)
        return building / _GEOJSON

    def _packing(self, version: Version, into: BinaryIO) -> Any:
        """Compress a file: well, or quickly where there is much."""
        if self.is_large(version):
            return igzip.IGzipFile("", "wb", fileobj=into, compresslevel=2, mtime=0)
        return gzip.GzipFile("", "wb", fileobj=into, mtime=0)

    def _point(
        self,
        folder: Path,
        version: str,
        *,
        by: str,
        reason: str,
        back: bool = False,
        own: bool = False,
    ) -> None:
        rows = [asdict(entry) for entry in reversed(self.publications(folder.name))]
        if rows and rows[-1]["version"] == version:
            return
        at = datetime.now(UTC).isoformat(timespec="seconds")
        rows.append(asdict(Publication(version, at, by, reason, back, own)))
        beside = folder / f".{_POINTER}"
        beside.write_bytes(_json(rows))
        sync(beside)
        beside.replace(folder / _POINTER)
        sync(folder)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One publisher a layer; the lock goes with its process, also when that is killed."""
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _sweep(folder: Path) -> None:
    """Remove what a killed publisher left; its lock is ours, so nobody is building."""
    for leftover in folder.glob(f"{_BUILDING}*"):
        shutil.rmtree(leftover)


def _make_durable(folder: Path) -> None:
    for path in folder.iterdir():
        sync(path)
    sync(folder)
