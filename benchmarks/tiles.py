"""Vector tiles of a city of parcels: Huitu against PostGIS, mapbox-vector-tile and numpy.

Run from the checkout, with PostGIS where Debian's package is installed::

    pg_virtualenv .venv/bin/python benchmarks/tiles.py tile 100000 1000000
    .venv/bin/python benchmarks/tiles.py tile 100000      # without PostGIS
    .venv/bin/python benchmarks/tiles.py memory 1000000   # what a worker holds
    .venv/bin/python benchmarks/tiles.py archive 100000   # all tiles, zooms 0 to 16
    .venv/bin/python benchmarks/tiles.py publish 100000   # against bare pyogrio, read and write

Parcels have eight corners, a class, a year and an id, and are as dense at each size. ``tile``
encodes the tile in the middle, the same features on each side (nothing is thinned; *thinned* is
what Huitu serves), one core, PostGIS without parallel workers and with a GiST index in EPSG:3857.
The sides take turns and the least of the times is printed: other work on the machine makes times
longer, never shorter. Ratios are what to quote.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import shapely

from geo import tiles
from geo.tiles import encoding
from geo.tiles.address import BUFFER, EXTENT, to_world
from geo.types import BBox

ZOOMS = range(10, 17)
MIDDLE = (120.30, 31.68)
#: Metres of one parcel's cell and, of them, of the parcel.
CELL_M, PARCEL = 26.0, 0.8
CLASSES = ("residential", "industrial", "green", "road", "public", "commercial")
FIELDS = ("id", "class", "year")
SLOW_S = 2.0


def parcels(number: int) -> gpd.GeoDataFrame:
    """Eight-cornered parcels around the middle."""
    rng = np.random.default_rng(20)
    side = int(np.ceil(np.sqrt(number)))
    column, row = np.arange(number) % side, np.arange(number) // side
    lon, lat = CELL_M / 94_900, CELL_M / 110_900
    angles = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    radius = rng.uniform(0.7, 1, (number, 8)) * PARCEL / 2
    x = MIDDLE[0] + (column[:, None] - side / 2 + radius * np.cos(angles)) * lon
    y = MIDDLE[1] + (row[:, None] - side / 2 + radius * np.sin(angles)) * lat
    return gpd.GeoDataFrame(
        {
            "id": [f"P{n:07d}" for n in range(number)],
            "class": rng.choice(CLASSES, number),
            "year": rng.integers(1990, 2031, number),
        },
        geometry=shapely.polygons(np.stack([x, y], axis=-1)),
        crs="EPSG:4326",
    )


# ---------------------------------------------------------------- the sides


class Plain:
    """shapely's clip and mapbox-vector-tile."""

    def __init__(self, frame: gpd.GeoDataFrame) -> None:
        self._shapes = shapely.transform(frame.geometry.to_numpy(), to_world)
        self._tree = shapely.STRtree(self._shapes)
        self._rows = [frame[name].tolist() for name in FIELDS]

    def __call__(self, tile: tiles.Tile) -> bytes:
        """Encode a tile."""
        west, north, east, south = tile.box(BUFFER)
        hits = self._tree.query(shapely.box(west, north, east, south))
        corner = np.array([tile.column, tile.row]) * EXTENT
        clipped = shapely.clip_by_rect(self._shapes[hits], west, north, east, south)
        moved = shapely.transform(clipped, lambda xy: xy * tile.scale - corner)
        features = [
            {
                "geometry": shape,
                "id": int(hit) + 1,
                "properties": {
                    name: column[hit] for name, column in zip(FIELDS, self._rows, strict=True)
                },
            }
            for hit, shape in zip(hits.tolist(), moved, strict=True)
            if not shape.is_empty
        ]
        layer = {"name": "parcels", "features": features}
        content: bytes = mapbox_vector_tile.encode(
            [layer], default_options={"y_coord_down": True, "extents": EXTENT}
        )
        return content


class Vectorised:
    """numpy alone, over the same arrays: rings without holes, clipped by shapely at the edge."""

    def __init__(self, arrays: tiles.LayerArrays, frame: gpd.GeoDataFrame) -> None:
        self._arrays = arrays
        shapes = shapely.transform(frame.geometry.to_numpy(), to_world)
        self._shapes = shapes[arrays.rows - 1]
        self._tree = shapely.STRtree(self._shapes)

    def __call__(self, tile: tiles.Tile) -> bytes:
        """Encode a tile."""
        arrays, (west, north, east, south) = self._arrays, tile.box(BUFFER)
        hits = np.sort(self._tree.query(shapely.box(west, north, east, south)))
        boxes = arrays.boxes[hits]
        inside = (boxes[:, :2] >= [west, north]).all(1) & (boxes[:, 2:] <= [east, south]).all(1)
        whole, cut = hits[inside], hits[~inside]
        starts, ends = arrays.vertices[whole], arrays.vertices[whole + 1]
        clipped = shapely.clip_by_rect(self._shapes[cut], west, north, east, south)
        single = shapely.get_type_id(clipped) == 3
        edge, of_edge = shapely.get_coordinates(clipped[single], return_index=True)
        edge_counts = np.bincount(of_edge, minlength=int(single.sum())) - 1
        edge = np.delete(edge, np.cumsum(edge_counts + 1) - 1, axis=0)
        xy = np.concatenate([arrays.xy[_runs(starts, ends - starts)], edge])
        counts = np.concatenate([ends - starts, edge_counts])
        features = np.concatenate([whole, cut[single]])
        corner = np.array([tile.column, tile.row]) * EXTENT
        return self._encoded(np.rint(xy * tile.scale - corner).astype(np.int64), counts, features)

    def _encoded(self, xy: np.ndarray, counts: np.ndarray, features: np.ndarray) -> bytes:
        """Tokens of all features in one array, their varints in one pass."""
        arrays, first = self._arrays, np.cumsum(counts) - counts
        steps = np.diff(xy, axis=0, prepend=0)
        steps[first] = xy[first]
        zigzag = (steps << 1) ^ (steps >> 63)
        local, codes = np.unique(arrays.codes[features], return_inverse=True)
        codes = codes.reshape(len(features), -1)
        fields = codes.shape[1]
        head = 10 + 2 * fields
        sizes = head + 2 * counts + 3
        start = np.cumsum(sizes) - sizes
        end, tags = start + sizes, start + 6 + 2 * fields
        token = np.zeros(int(sizes.sum()), np.int64)
        token[start], token[start + 2], token[start + 3] = 0x12, 0x08, arrays.rows[features]
        token[start + 4] = 0x12
        for field in range(fields):
            token[start + 6 + 2 * field] = field
            token[start + 7 + 2 * field] = codes[:, field]
        token[tags], token[tags + 1], token[tags + 2] = 0x18, 3, 0x22
        # The command to draw lines stands after the first vertex of a ring.
        place = np.repeat(start + head + 2, counts) + 2 * _counting(counts)
        place[first] -= 1
        token[place], token[place + 1] = zigzag[:, 0], zigzag[:, 1]
        token[start + head], token[end - 1] = 9, 15
        token[start + head + 3] = ((counts - 1) << 3) | 2
        # Lengths of what is inside come first, then of what is around it.
        total = np.concatenate([[0], np.cumsum(_widths(token))])
        token[tags + 3] = total[end] - total[tags + 4]
        token[start + 5] = total[tags] - total[start + 6]
        more = _widths(token[tags + 3]) + _widths(token[start + 5]) - 2
        token[start + 1] = total[end] - total[start + 2] + more
        lengths = arrays.value_starts[local + 1] - arrays.value_starts[local]
        values = arrays.values[_runs(arrays.value_starts[local], lengths)]
        return encoding.tile("parcels", arrays.fields, _varints(token), values.tobytes())


def _widths(token: np.ndarray) -> np.ndarray:
    return 1 + (token >= 128) + (token >= 1 << 14) + (token >= 1 << 21)


def _varints(token: np.ndarray) -> bytes:
    width = _widths(token)
    place = np.cumsum(width) - width
    out = np.zeros(int(width.sum()), np.uint8)
    for byte in range(4):
        some = np.flatnonzero(width > byte)
        more = (width[some] > byte + 1) * 128
        out[place[some] + byte] = ((token[some] >> 7 * byte) & 127) | more
    return out.tobytes()


def _counting(counts: np.ndarray) -> np.ndarray:
    return np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)


def _runs(starts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    return np.repeat(starts, counts) + _counting(counts)


class PostGIS:
    """ST_AsMVT of a table with a GiST index, one process."""

    QUERY = """
        select st_asmvt(t, 'parcels', 4096, 'geom', 'n') from (
          select st_asmvtgeom(g, st_tileenvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) geom,
                 n, id, class, year
          from parcels where g && st_tileenvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096)) t"""

    def __init__(self, frame: gpd.GeoDataFrame) -> None:
        import psycopg

        self._database = psycopg.connect(autocommit=True)
        run = self._database.execute
        run("create extension if not exists postgis; drop table if exists parcels")
        run("set max_parallel_workers_per_gather = 0; set jit = off")
        run("create table parcels (n int, id text, class text, year int, w bytea)")
        columns = (range(1, len(frame) + 1), *(frame[name] for name in FIELDS))
        with self._database.cursor().copy("copy parcels from stdin (format binary)") as copy:
            copy.set_types(["int4", "text", "text", "int4", "bytea"])
            shapes = shapely.to_wkb(frame.geometry.to_numpy())
            for row in zip(*columns, shapes, strict=True):
                copy.write_row([value.item() if hasattr(value, "item") else value for value in row])
        run(
            "alter table parcels add g geometry(geometry, 3857); "
            "update parcels set g = st_transform(st_geomfromwkb(w, 4326), 3857); "
            "alter table parcels drop w; create index on parcels using gist (g)"
        )
        run("vacuum full analyze parcels")

    def __call__(self, tile: tiles.Tile) -> bytes:
        """Encode a tile."""
        where = {"z": tile.zoom, "x": tile.column, "y": tile.row}
        row = self._database.execute(self.QUERY, where, binary=True).fetchone()
        return bytes(row[0]) if row else b""


# ---------------------------------------------------------------- one tile


def least(sides: dict[str, Callable[[], bytes]], rounds: int) -> dict[str, tuple[float, bytes]]:
    """The least time of each side in milliseconds, and what it made; the sides take turns."""
    found: dict[str, tuple[float, bytes]] = {}
    for turn in range(rounds):
        for name, work in sides.items():
            if turn and found[name][0] > SLOW_S * 1000:
                continue
            start = time.perf_counter()
            made = work()
            took = (time.perf_counter() - start) * 1000
            found[name] = (min(took, found.get(name, (took, b""))[0]), made)
    return found


def count(content: bytes) -> int:
    """How many features a tile has, told by the independent reader."""
    return len(mapbox_vector_tile.decode(content)["parcels"]["features"])


def tile_table(number: int) -> None:
    """Print a row for each zoom."""
    frame = parcels(number)
    started = time.perf_counter()
    arrays = tiles.build(frame, name="parcels", fields=FIELDS, group_by=["class"])
    took = time.perf_counter() - started
    say(f"{number:,} parcels: arrays in {took:.1f} s, {arrays.nbytes / 1e6:.0f} MB")
    ready = tiles.prepare()
    say(f"compiled code ready in {ready:.1f} s\n")
    with tempfile.TemporaryDirectory() as folder:
        tiles.write(arrays, Path(folder) / "arrays")
        mapped = tiles.read(Path(folder) / "arrays")
        others: dict[str, Callable[[tiles.Tile], bytes]] = {
            "numpy": Vectorised(mapped, frame),
            "shapely + mvt": Plain(frame),
        }
        if "PGPORT" in os.environ:
            others["PostGIS"] = PostGIS(frame)
        heads = " | ".join(f"{name} (ms) | ratio" for name in others)
        say(f"| zoom | features | thinned (ms) | Huitu (ms) | {heads} | bytes |")
        say("|---" * (5 + 2 * len(others)) + "|")
        for zoom in ZOOMS:
            say(tile_row(mapped, others, zoom))


def tile_row(
    arrays: tiles.LayerArrays, others: dict[str, Callable[[tiles.Tile], bytes]], zoom: int
) -> str:
    [tile] = tiles.covering(BBox(*MIDDLE, *MIDDLE), zoom)
    sides: dict[str, Callable[[], bytes]] = {
        "thinned": lambda: tiles.cut(arrays, tile),
        "Huitu": lambda: tiles.cut(arrays, tile, None),
    }
    sides |= {name: lambda side=side: side(tile) for name, side in others.items()}  # type: ignore[misc]
    found = least(sides, 12)
    ours, content = found["Huitu"]
    cells = [f"{zoom}", f"{count(content):,}", f"{found['thinned'][0]:.2f}", f"{ours:.2f}"]
    for name in others:
        took, made = found[name]
        assert count(made) >= 0.98 * count(content), (name, count(made))
        cells += [f"{took:,.1f}", f"**{took / ours:.0f}**"]
    return f"| {' | '.join([*cells, f'{len(content):,}'])} |"


# ---------------------------------------------------------------- memory


def memory(number: int) -> None:
    """What a process holds that serves tiles, before and after."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "arrays"
        arrays = tiles.build(parcels(number), name="parcels", fields=FIELDS, group_by=["class"])
        tiles.write(arrays, path)
        size = sum(one.stat().st_size for one in path.iterdir()) / 1e6
        say(f"{number:,} parcels, {size:.0f} MB of files")
        say("| | private (MB) | mapped and shared (MB) | since start (s) |\n|---|--:|--:|--:|")
        child = multiprocessing.get_context("spawn").Process(target=_serve, args=(path,))
        child.start()
        child.join()


def _serve(path: Path) -> None:
    started = time.perf_counter()

    def told(what: str) -> None:
        private, shared = _held()
        say(f"| {what} | {private:.0f} | {shared:.0f} | {time.perf_counter() - started:.2f} |")

    told("geopandas imported")
    arrays = tiles.read(path)
    told("arrays opened")
    box = BBox(*MIDDLE, *MIDDLE)
    tiles.cut(arrays, tiles.covering(box, 16)[0])
    told("first tile (z16)")
    for zoom in range(17):
        for tile in tiles.covering(arrays.bounds or box, min(zoom, 13)):
            tiles.cut(arrays, tile)
    told("every tile to z13")


def _held() -> tuple[float, float]:
    """Private and mapped megabytes of this process."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
    held = {line.split(":")[0]: int(line.split()[1]) / 1000 for line in lines}
    private = held["Private_Dirty"] + held.get("Swap", 0)
    return private, held["Rss"] - held["Private_Dirty"]


# ---------------------------------------------------------------- all tiles


def archive(number: int) -> None:
    """Every tile of a layer."""
    arrays = tiles.build(parcels(number), name="parcels", fields=FIELDS, group_by=["class"])
    tiles.prepare()
    with tempfile.TemporaryDirectory() as folder:
        path, started, cpu = Path(folder) / "x.pmtiles", time.perf_counter(), time.process_time()
        made = tiles.write_archive(arrays, path, zooms=range(17), metadata={})
        took, worked = time.perf_counter() - started, time.process_time() - cpu
        size = path.stat().st_size / 1e6
        told = f"{made:,} tiles, {size:.0f} MB in {took:.1f} s ({worked:.1f} s of processors)"
        say(f"{number:,} parcels: {told}")


# ---------------------------------------------------------------- publishing


VALUES = ", ".join(f'{name} = {{ zh = "{name}", en = "{name}" }}' for name in CLASSES)
ENTRY = """
[[layers]]
id = "parcels"
theme = "context"
role = "context"
title = { zh = "地块", en = "Parcels" }
file = "parcels.gpkg"
geometry = ["Polygon"]
crs = "EPSG:4326"
licence = "CC0-1.0"
source = { zh = "合成数据", en = "synthetic" }
style = "parcels"
[layers.fields.id]
title = { zh = "编号", en = "Id" }
required = true
[layers.fields.class]
title = { zh = "类别", en = "Class" }
values = { VALUES }
[layers.fields.year]
type = "year"
title = { zh = "年份", en = "Year" }
""".replace("VALUES", VALUES)
SYMBOL = '\n[parcels.symbols.default]\nstroke = "#777777"\n'


def publish(number: int) -> None:
    """Publish a GeoPackage, against reading and writing it; the code for tiles is compiled."""
    sample = Path(__file__).parent.parent / "data"
    with tempfile.TemporaryDirectory() as folder:
        made = shutil.ignore_patterns("published", "cache", "private", "*.sqlite*")
        data = Path(shutil.copytree(sample, Path(folder) / "data", ignore=made))
        frame = parcels(number)
        _enter(data, frame)
        frame.to_file(data / "parcels.gpkg", driver="GPKG", engine="pyogrio")
        del frame
        size = (data / "parcels.gpkg").stat().st_size / 1e6
        say(f"{number:,} parcels, GeoPackage of {size:.0f} MB")
        _apart(_compile, data)
        say("| | seconds | ratio | of processors | ratio | peak (MB) | of the input |")
        say("|---|--:|--:|--:|--:|--:|--:|")
        first = None
        for name, work in PUBLISHING.items():
            found = _apart(work, data)
            first = first or found
            times = (
                f"{of(found):.1f} | {of(found) / of(first):.1f}" for of in (_Run.wall, _Run.work)
            )
            say(f"| {name} | {' | '.join(times)} | {found.peak:,.0f} | {found.peak / size:.1f} |")
            if found.stages:
                say(f"| by stage: {json.dumps(found.stages)} | | | | | | |")


def _enter(data: Path, frame: gpd.GeoDataFrame) -> None:
    """Enter the parcels in the sample's catalog, and widen its bounds to hold them."""
    catalog, palette = data / "catalog.toml", data / "palette.toml"
    west, south, east, north = shapely.box(*frame.total_bounds).buffer(0.1).bounds
    box = f"bounds = [{west:.2f}, {south:.2f}, {east:.2f}, {north:.2f}]"
    text = re.sub(r"(?m)^bounds = \[.*?\]", box, catalog.read_text("utf-8"), count=1)
    catalog.write_text(text + ENTRY, "utf-8")
    palette.write_text(palette.read_text("utf-8") + SYMBOL, "utf-8")


@dataclass
class _Run:
    """What a piece of work took: seconds, of processors too, and megabytes of all its processes."""

    seconds: float
    processors: float
    stages: dict[str, float]
    peak: float = 0.0

    def wall(self) -> float:
        return self.seconds

    def work(self) -> float:
        return self.processors


def _apart(work: Callable[[Path], dict[str, float]], data: Path) -> _Run:
    """Do work in a process of its own, and watch the memory of it and of what it starts."""
    context = multiprocessing.get_context("spawn")
    answer, given = context.Pipe(duplex=False)
    child = context.Process(target=_timed, args=(work, data, given))
    child.start()
    given.close()
    peak = 0.0
    while not answer.poll(0.02):
        peak = max(peak, _resident(child.pid or 0))
    found: _Run = answer.recv()
    child.join()
    found.peak = peak
    return found


def _timed(work: Callable[[Path], dict[str, float]], data: Path, given: Connection) -> None:
    import pyogrio  # noqa: F401 - what both sides import is not measured

    from layers import publishing  # noqa: F401

    started, before = time.perf_counter(), sum(os.times()[:4])
    stages = work(data)
    given.send(_Run(time.perf_counter() - started, sum(os.times()[:4]) - before, stages))


def _resident(process: int) -> float:
    """Megabytes in memory of a process and all below it; 0 of one that ended meanwhile."""
    try:
        below = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * resource.getpagesize() / 1e6 + sum(map(_resident, map(int, below)))


def _compile(data: Path) -> dict[str, float]:
    from layers.store import Store

    return {"compile": Store(data, software="benchmark").prepare_tiles()}


def _bare(data: Path) -> dict[str, float]:
    import pyogrio

    frame = pyogrio.read_dataframe(data / "parcels.gpkg")
    pyogrio.write_dataframe(frame, data.parent / "copy.gpkg", driver="GPKG")
    return {}


def _publish(data: Path) -> dict[str, float]:
    from geo import files

    return _published(data, files.read)


def _publish_foreign(data: Path) -> dict[str, float]:
    from geo.files import confined

    shutil.rmtree(data / "published", ignore_errors=True)
    return _published(data, confined.read)


def _published(data: Path, read: Callable[..., Any]) -> dict[str, float]:
    from layers.catalog import Catalog
    from layers.publishing import own_source
    from layers.publishing import publish as published
    from layers.store import Store

    catalog, store = Catalog.read(data), Store(data, software="benchmark")
    spec, began = catalog.layer("parcels"), [("", time.perf_counter())]
    outcome = published(
        catalog,
        store,
        spec,
        own_source(catalog, spec),
        by="benchmark",
        reason="benchmark",
        read=read,
        told=lambda stage, *_: began.append((stage, time.perf_counter())),
    )
    assert outcome.version, list(outcome.report.lines("en"))[-1]
    began.append(("end", time.perf_counter()))
    return {one: round(until - at, 1) for (one, at), (_, until) in pairwise(began[1:])}


PUBLISHING: dict[str, Callable[[Path], dict[str, float]]] = {
    "pyogrio, read and write": _bare,
    "publish, its own file": _publish,
    "publish, a file from elsewhere": _publish_foreign,
}


def say(words: str) -> None:
    """Print at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run what was asked for."""
    what, *sizes = sys.argv[1:] or ["tile"]
    work = {"tile": tile_table, "memory": memory, "archive": archive, "publish": publish}[what]
    for size in sizes or ["100000"]:
        work(int(size))


if __name__ == "__main__":
    main()
