"""Write ``postgis_tiles.json``: what PostGIS puts into vector tiles of the sample, and not we.

Run it where PostgreSQL with PostGIS is installed; it starts a database of its own and drops it::

    pg_virtualenv python3 tests/golden/make_postgis_tiles.py

It knows nothing of Huitu: it reads the sample's GeoJSON with the standard library and lets
``ST_AsMVTGeom`` clip and quantise each shape (4096 units, buffer 64).
"""

from __future__ import annotations

import json
import math
from pathlib import Path

from make_postgis import DATA, HERE, _psql, _rows, _text, digest

LAYERS = ("roads", "parks", "stations", "districts", "rivers")
ZOOMS = (11, 13, 15)

TABLE = """
create extension postgis;
create table features (layer text, id text, g geometry(geometry, 3857));
create table tiles (z int, x int, y int);
"""
TILED = """
select layer, z, x, y, id, st_dimension(m) dimension, round(st_area(m)::numeric, 1) area,
       round(st_length(m)::numeric, 2) length, round(st_perimeter(m)::numeric, 2) perimeter,
       st_numgeometries(m) parts
from (select f.layer, t.z, t.x, t.y, f.id,
             st_asmvtgeom(f.g, st_tileenvelope(t.z, t.x, t.y), 4096, 64, true) m
      from features f, tiles t
      where f.g && st_expand(st_tileenvelope(t.z, t.x, t.y),
                             64.0 / 4096 * 40075016.6856 / 2 ^ t.z)) made
where m is not null order by layer, z, x, y, id"""


def main() -> None:
    """Load, cut, write."""
    shapes = [(layer, *row) for layer in LAYERS for row in _shapes(layer)]
    inserts = [_insert(*shape) for shape in shapes]
    tiles = sorted({tile for *_, shape in shapes for zoom in ZOOMS for tile in _tiles(shape, zoom)})
    inserts += [f"insert into tiles values {tile};\n" for tile in tiles]  # noqa: S608 - our own
    _psql(TABLE + "".join(inserts))
    [versions] = _rows("select postgis_full_version() postgis, version() postgresql")
    made_by = "pg_virtualenv python3 tests/golden/make_postgis_tiles.py"
    sources = {layer: digest(DATA, layer) for layer in LAYERS}
    told = {"versions": {"made_by": made_by, **versions}, "sources": sources}
    lines = ",\n".join(json.dumps(shape) for shape in _rows(TILED))
    head = json.dumps(told, ensure_ascii=False, indent=1)[:-2]
    (HERE / "postgis_tiles.json").write_text(f'{head},\n "shapes": [\n{lines}\n]}}\n', "utf-8")


def _shapes(layer: str) -> list[tuple[str, dict]]:
    path = Path(DATA / f"{layer}.geojson")
    features = json.loads(path.read_text("utf-8"))["features"]
    return [(one["properties"]["id"], one["geometry"]) for one in features if one["geometry"]]


def _insert(layer: str, id_: str, shape: dict) -> str:
    made = f"st_transform(st_geomfromgeojson({_text(json.dumps(shape))}), 3857)"
    return f"insert into features values ({_text(layer)}, {_text(id_)}, {made});\n"  # noqa: S608


def _tiles(shape: dict, zoom: int) -> set[tuple[int, int, int]]:
    """The tiles that the vertices of a shape lie in."""
    return {(zoom, *_tile(lon, lat, zoom)) for lon, lat in _positions(shape["coordinates"])}


def _positions(coordinates: list) -> list[tuple[float, float]]:
    if isinstance(coordinates[0], float | int):
        return [(coordinates[0], coordinates[1])]
    return [position for inner in coordinates for position in _positions(inner)]


def _tile(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    across = 1 << zoom
    north = math.asinh(math.tan(math.radians(lat)))
    return int((lon / 360 + 0.5) * across), int((0.5 - north / (2 * math.pi)) * across)


if __name__ == "__main__":
    main()
