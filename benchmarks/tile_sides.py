"""The other sides of ``one_tile.py``: each encodes one tile of the same layer in its own way."""

from __future__ import annotations

import os
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import shapely
from shapes import FIELDS

from geo import tiles
from geo.tiles import encoding
from geo.tiles.address import BUFFER, EXTENT, to_world

#: Half the width of the world in metres of EPSG:3857.
HALF_M = 20037508.342789244


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


class DuckDB:
    """ST_AsMVT of a table with an R-tree index, one thread."""

    def __init__(self, frame: gpd.GeoDataFrame) -> None:
        import duckdb
        import duckdb_extension_spatial as spatial

        [extension] = Path(spatial.__file__).parent.rglob("*.duckdb_extension")
        self._database = duckdb.connect(config={"allow_unsigned_extensions": "true"})
        run = self._database.execute
        run(f"load '{extension}'")
        run("set threads = 1")
        shapes = shapely.transform(
            frame.geometry.to_numpy(), lambda xy: (to_world(xy) - 0.5) * [1, -1] * 2 * HALF_M
        )
        rows = frame[list(FIELDS)].assign(n=range(1, len(frame) + 1), w=shapely.to_wkb(shapes))
        self._database.register("given", rows)
        run(
            "create table layer as select n::int n, id, class, year::int as year, "
            "st_geomfromwkb(w) g from given"
        )
        run("create index places on layer using rtree (g)")

    def __call__(self, tile: tiles.Tile) -> bytes:
        """Encode a tile."""
        around = ", ".join(str(edge) for edge in _metres(tile, BUFFER))
        exact = ", ".join(str(edge) for edge in _metres(tile, 0))
        query = f"""
            select st_asmvt(t, 'layer', 4096, 'geom', 'n') from (
              select st_asmvtgeom(g, st_extent(st_makeenvelope({exact})), 4096, 64, true) geom,
                     n, id, class, year
              from layer where st_intersects(g, st_makeenvelope({around}))) t"""
        row = self._database.execute(query).fetchone()
        return bytes(row[0]) if row else b""


def _metres(tile: tiles.Tile, buffer: int) -> list[float]:
    """West, south, east and north edge of a tile in EPSG:3857."""
    west, north, east, south = tile.box(buffer)
    return [(2 * edge - 1) * HALF_M for edge in (west, 1 - south, east, 1 - north)]


class PostGIS:
    """ST_AsMVT of a table with a GiST index, one process.

    ``kept`` is the system that the table is in: in 3857 a tile needs no transformation, in 4326,
    where servers such as tipg find their layers, each shape is transformed by the query.
    """

    QUERY = """
        select st_asmvt(t, 'layer', 4096, 'geom', 'n') from (
          select st_asmvtgeom({shape}, st_tileenvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) geom,
                 n, id, class, year
          from layer where g{kept} && {around}) t"""
    AROUND = "st_tileenvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096)"

    def __init__(self, database: Any, kept: int) -> None:
        same = kept == 3857
        self._database = database
        self._query = self.QUERY.format(
            kept=kept,
            shape=f"g{kept}" if same else f"st_transform(g{kept}, 3857)",
            around=self.AROUND if same else f"st_transform({self.AROUND}, {kept})",
        )

    def __call__(self, tile: tiles.Tile) -> bytes:
        """Encode a tile."""
        where = {"z": tile.zoom, "x": tile.column, "y": tile.row}
        row = self._database.execute(self._query, where, binary=True).fetchone()
        return bytes(row[0]) if row else b""


def loaded(frame: gpd.GeoDataFrame) -> Any:
    """A database whose table ``layer`` has the shapes in both systems."""
    import psycopg

    database = psycopg.connect(autocommit=True)
    run = database.execute
    run("create extension if not exists postgis; drop table if exists layer")
    run("set max_parallel_workers_per_gather = 0; set jit = off")
    run("create table layer (n int, id text, class text, year int, w bytea)")
    columns = (range(1, len(frame) + 1), *(frame[name].tolist() for name in FIELDS))
    with database.cursor().copy("copy layer from stdin (format binary)") as copy:
        copy.set_types(["int4", "text", "text", "int4", "bytea"])
        for row in zip(*columns, shapely.to_wkb(frame.geometry.to_numpy()), strict=True):
            copy.write_row(row)
    run(
        "create table made as select n, id, class, year, st_geomfromwkb(w, 4326) g4326, "
        "st_transform(st_geomfromwkb(w, 4326), 3857) g3857 from layer"
    )
    run("drop table layer; alter table made rename to layer")
    run("create index on layer using gist (g3857); create index on layer using gist (g4326)")
    run("vacuum analyze layer")
    return database


def others(frame: gpd.GeoDataFrame, arrays: tiles.LayerArrays, names: list[str]) -> dict[str, Any]:
    """The sides of these names that can be had here, ready to encode."""
    found: dict[str, Any] = {}
    if "numpy" in names:
        found["numpy"] = Vectorised(arrays, frame)
    if "shapely" in names:
        found["shapely + mvt"] = Plain(frame)
    if "duckdb" in names and has_duckdb():
        found["DuckDB"] = DuckDB(frame)
    if "postgis" in names and has_postgis():
        database = loaded(frame)
        found["PostGIS 3857"] = PostGIS(database, 3857)
        found["PostGIS 4326"] = PostGIS(database, 4326)
    return found


def has_duckdb() -> bool:
    """Whether DuckDB and its extension are installed."""
    return all(find_spec(name) for name in ("duckdb", "duckdb_extension_spatial"))


def has_postgis() -> bool:
    """Whether a database was started for this program."""
    return "PGPORT" in os.environ


def versions(sides: list[str]) -> str:
    """What the sides are, for the head of a table."""
    told = [f"mapbox-vector-tile {version('mapbox-vector-tile')}, shapely {shapely.__version__}"]
    if "DuckDB" in sides:
        told.append(f"DuckDB {version('duckdb')}, 1 thread, R-tree")
    if "PostGIS 3857" in sides:
        told.append(f"{_postgis_version()}, GiST, no parallel workers, no JIT")
    return "; ".join(told)


def _postgis_version() -> str:
    import psycopg

    with psycopg.connect() as database:
        row = database.execute("select postgis_full_version(), version()").fetchone()
    assert row is not None
    library, server = row
    return f"{library.split('[')[0].strip()} on {' '.join(server.split()[:2])}"
