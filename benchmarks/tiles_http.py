"""Tiles and features over HTTP, two workers a side: Huitu against nginx, tipg and pygeoapi.

Run from the checkout (Debian: wrk, nginx-light, postgresql-15-postgis-3, libsqlite3-mod-spatialite;
tipg with uvicorn, pygeoapi with gunicorn, psycopg2-binary and geoalchemy2 each in an environment of
its own, whose Python is named; pygeoapi's must be one whose sqlite3 loads extensions, as Debian's
does; a side that is not named is left out)::

    .venv/bin/python benchmarks/tiles_http.py kept --parcels 1000000
    pg_virtualenv .venv/bin/python benchmarks/tiles_http.py cold features --parcels 1000000 \\
        --tipg /tmp/tipg/bin/python --pygeoapi /tmp/pygeoapi/bin/python

``kept``: finished tiles. ``cold``: tiles of zoom 16 that are cut at each request, for nothing is
kept. ``features``: 100 features of a box of 300 m, another at each request. The city is that of
``make demo-large``; it is made and published into ``--city`` when it is not there.

The load tool shares the machine with what it asks: ratios are what to quote.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import shapely
from httpsides import ROOT, Rate, get, huitu, load, pygeoapi, shipped, static, tipg

from geo.tiles import Tile, covering
from geo.tiles.packing import unpacked
from geo.types import BBox
from layers.plan import Plan

LAYER, ZOOM, MOST = "parcels", 16, 2000
#: A box of 300 m in degrees; it holds more than the 100 features that are asked for.
BOX = (0.00316, 0.00271)
LIMIT = 100
#: Connections of the load tool, and those to a side of which each answer takes seconds.
CONNECTIONS, FEW = 32, 4


@dataclass(frozen=True)
class Asked:
    """What the command line asks for, and the city that it is asked of."""

    city: Path
    work: Path
    seconds: int
    rounds: int
    tipg: str
    pygeoapi: str
    plan: Plan

    @property
    def version(self) -> str:
        return self.plan.version(LAYER).id

    @property
    def bounds(self) -> BBox:
        bounds = self.plan.store.arrays(self.plan.catalog.layer(LAYER), self.version).bounds
        assert bounds is not None
        return bounds

    def address(self, tile: Tile) -> str:
        """Where a tile is."""
        return f"/layers/{LAYER}/{self.version}/tiles/{tile}.mvt"

    def tiles(self) -> list[Tile]:
        """Tiles of the zoom all over the city, in no order, the same each time."""
        found = covering(self.bounds, ZOOM)
        chosen = np.random.default_rng(3).permutation(len(found))[:MOST]
        return [found[number] for number in chosen]

    def rate(self, base: str, paths: list[str], connections: int = CONNECTIONS) -> Rate:
        """How fast a side answers."""
        seconds = self.seconds if connections == CONNECTIONS else 4 * self.seconds
        return load(base, paths, self.work, seconds, connections)


# ---------------------------------------------------------------- kept tiles


def kept(asked: Asked) -> None:
    """Finished tiles: by the door, by Flask, by nginx from files, and by nginx in front.

    The sides take turns, and the best of each side's rounds counts.
    """
    paths, files = [asked.address(tile) for tile in asked.tiles()[:500]], asked.work / "files"
    with ExitStack() as ends:
        base = ends.enter_context(huitu(asked.city))
        paths = _with_something(base, paths, files)
        front = ends.enter_context(shipped(asked.work / "shipped", base, paths[0]))
        plain = ends.enter_context(static(asked.work / "static", files, paths[0]))
        by_flask = [f"{path}?lang=zh" for path in paths]
        sides = {
            "Huitu": (base, paths),
            "Huitu, Flask alone": (base, by_flask),
            "nginx with docs/nginx.conf before Huitu": (front, paths),
            "nginx, the same bytes as files": (plain, paths),
        }
        turns = [
            {name: asked.rate(*side) for name, side in sides.items()} for _ in range(asked.rounds)
        ]
    rates = {name: max((turn[name] for turn in turns), key=_speed) for name in sides}
    say(f"\nKept tiles of zoom {ZOOM}, {len(paths)} addresses\n")
    table(rates)


def _speed(rate: Rate) -> float:
    return rate.each_second


def _with_something(base: str, paths: list[str], files: Path) -> list[str]:
    """The addresses of tiles that are not empty; their bytes as files; each is kept from now on."""
    found = []
    for path in paths:
        content = get(base + path)
        if content:
            file = files / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            found.append(path)
    return found


# ---------------------------------------------------------------- tiles that are cut


def cold(asked: Asked) -> None:
    """Tiles that are cut at each request, against PostGIS by tipg."""
    tiles, rates = asked.tiles(), {}
    shutil.rmtree(asked.city / "cache" / "tiles", ignore_errors=True)
    with huitu(asked.city, HUITU_TILE_CACHE_MB="0") as base:
        ours = _counts(base, [asked.address(tile) for tile in tiles[:20]])
        rates["Huitu"] = asked.rate(base, [asked.address(tile) for tile in tiles])
    if asked.tipg:
        fill_postgis(asked.city)
        where = "/collections/public.mercator/tiles/WebMercatorQuad"
        with tipg(asked.tipg) as base:
            theirs = _counts(base, [f"{where}/{tile}" for tile in tiles[:20]])
            # It leaves out what lies in a tile's buffer alone.
            assert 0.85 * sum(ours) <= sum(theirs) <= sum(ours), (ours, theirs)
            rates["tipg on PostGIS"] = asked.rate(base, [f"{where}/{tile}" for tile in tiles])
    say(
        f"\nTiles of zoom {ZOOM} cut at each request, {len(tiles)} addresses, "
        f"{sum(ours) / len(ours):.0f} features each\n"
    )
    table(rates)


def _counts(base: str, paths: list[str]) -> list[int]:
    """How many features each tile has, by an independent reader."""
    found = []
    for path in paths:
        content = get(base + path)
        plain = unpacked(content) if content[:2] == b"\x1f\x8b" else content
        layers = mapbox_vector_tile.decode(plain) if plain else {}
        found.append(sum(len(layer["features"]) for layer in layers.values()))
    return found


# ---------------------------------------------------------------- features of a box


def features(asked: Asked) -> None:
    """Features of a box, a hundred at most."""
    rates: dict[str, Rate] = {}
    boxes = list(_boxes(asked.bounds))
    told = f"/layers/{LAYER}/{asked.version}/features.geojson?limit={LIMIT}"
    with huitu(asked.city) as base:
        rates["Huitu"] = _asked_boxes(asked, base, told, boxes, CONNECTIONS)
    if asked.tipg:
        fill_postgis(asked.city)
        told = f"/collections/public.{LAYER}/items?limit={LIMIT}"
        with tipg(asked.tipg) as base:
            rates["tipg on PostGIS"] = _asked_boxes(asked, base, told, boxes, CONNECTIONS)
    if asked.pygeoapi:
        collections = {
            "gpkg": _geopackage(asked),
            **({"postgis": _postgis()} if asked.tipg else {}),
        }
        with pygeoapi(asked.pygeoapi, asked.work, collections) as base:
            for name in collections:
                told = f"/collections/{name}/items?f=json&limit={LIMIT}"
                rates[f"pygeoapi, {name}"] = _asked_boxes(asked, base, told, boxes, FEW)
    say(
        f"\nFeatures of a box of 300 m, {LIMIT} at most, {len(boxes)} boxes; "
        f"{CONNECTIONS} connections, {FEW} to pygeoapi\n"
    )
    table(rates)


def _boxes(bounds: BBox) -> Iterator[str]:
    """Boxes within the city, the same each time."""
    wide, high = BOX
    for east, north in np.random.default_rng(5).random((MOST, 2)):
        west = bounds.west + east * (bounds.east - bounds.west - wide)
        south = bounds.south + north * (bounds.north - bounds.south - high)
        yield f"{west:.6f},{south:.6f},{west + wide:.6f},{south + high:.6f}"


def _asked_boxes(asked: Asked, base: str, told: str, boxes: list[str], connections: int) -> Rate:
    """The rate of a side, once it has given the hundred features that it was asked for."""
    content = get(f"{base}{told}&bbox={boxes[0]}")
    plain = unpacked(content) if content[:2] == b"\x1f\x8b" else content
    assert len(json.loads(plain)["features"]) == LIMIT, plain[:500]
    return asked.rate(base, [f"{told}&bbox={box}" for box in boxes], connections)


def _geopackage(asked: Asked) -> dict[str, Any]:
    """A copy of the source: pygeoapi writes tables of its own into it."""
    path = str(shutil.copy(asked.city / f"{LAYER}.gpkg", asked.work))
    return {
        "type": "feature",
        "name": "SQLiteGPKG",
        "data": path,
        "id_field": "fid",
        "table": LAYER,
    }


def _postgis() -> dict[str, Any]:
    where = {name: os.environ[f"PG{name.upper()}"] for name in ("host", "port", "user", "password")}
    data = {**where, "dbname": os.environ["PGDATABASE"], "search_path": ["public"]}
    return {
        "type": "feature",
        "name": "PostgreSQL",
        "data": data,
        "id_field": "n",
        "table": LAYER,
        "geom_field": "geom",
    }


def fill_postgis(city: Path) -> None:
    """The city's parcels in PostGIS, once: in degrees for features, in Web Mercator for tiles."""
    import psycopg

    with psycopg.connect(autocommit=True) as database:
        if database.execute("select to_regclass('mercator')").fetchone() != (None,):
            return
        frame = gpd.read_file(city / f"{LAYER}.gpkg", engine="pyogrio")
        names = [name for name in frame.columns if name != "geometry"]
        columns = ", ".join(f"{name} text" for name in names)
        database.execute("create extension if not exists postgis")
        database.execute(
            f"create table {LAYER} (n int primary key, {columns}, geom geometry(geometry, 4326))"
        )
        shapes = shapely.to_wkb(
            shapely.set_srid(frame.geometry.to_numpy(), 4326), hex=True, include_srid=True
        )
        values = frame[names].astype(object).where(frame[names].notna(), None)
        rows = zip(range(1, len(frame) + 1), *(values[name] for name in names), shapes, strict=True)
        with database.cursor().copy(f"copy {LAYER} from stdin") as copy:
            for row in rows:
                copy.write_row([None if value is None else str(value) for value in row])
        database.execute(
            f"create table mercator as select n, {', '.join(names)}, "
            f"st_transform(geom, 3857)::geometry(geometry, 3857) geom from {LAYER}"
        )
        database.execute("alter table mercator add primary key (n)")
        for table_name in (LAYER, "mercator"):
            database.execute(f"create index on {table_name} using gist (geom)")
            database.execute(f"vacuum analyze {table_name}")


# ---------------------------------------------------------------- what is printed


def table(rates: dict[str, Rate]) -> None:
    """A row for each side; the ratio is of its rate to Huitu's."""
    say("| | requests/s | of Huitu | 99 % within (ms) | bytes each | failed |")
    say("|---|--:|--:|--:|--:|--:|")
    ours = rates["Huitu"].each_second
    for name, rate in rates.items():
        ratio = rate.each_second / ours
        cells = [f"{rate.each_second:,.1f}", f"{ratio:.3f}", f"{rate.p99_ms:,.0f}"]
        say(f"| {' | '.join([name, *cells, f'{rate.mean_bytes:,.0f}', str(rate.bad)])} |")


def say(words: str) -> None:
    """Print at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def versions(asked: Asked) -> None:
    """What ran, in which edition."""
    found = []
    for command in (
        ["nginx", "-v"],
        ["wrk", "-v"],
        [asked.tipg, "-c", "import tipg; print('tipg', tipg.__version__)"],
        [asked.pygeoapi, "-c", "import pygeoapi; print('pygeoapi', pygeoapi.__version__)"],
    ):
        if command[0]:
            environment = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin"}
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, env=environment
            )
            found.append((done.stdout + done.stderr).strip().splitlines()[0])
    if asked.tipg:
        import psycopg

        with psycopg.connect() as database:
            row = database.execute("select version()").fetchone()
            found.append(str(row[0]).partition(" on ")[0] if row else "")
    count, load_now = asked.plan.version(LAYER).features, os.getloadavg()[0]
    say(f"{count:,} parcels; {'; '.join(found)}; load {load_now:.1f} at the start")


def main() -> None:
    """Run what was asked for."""
    reader = argparse.ArgumentParser(description="Measure tiles and features over HTTP.")
    sections = {"kept": kept, "cold": cold, "features": features}
    reader.add_argument("sections", nargs="+", choices=sections)
    reader.add_argument("--parcels", type=int, default=100_000)
    reader.add_argument("--city", type=Path)
    reader.add_argument("--seconds", type=int, default=6)
    reader.add_argument("--rounds", type=int, default=2)
    reader.add_argument("--tipg", default="")
    reader.add_argument("--pygeoapi", default="")
    given = reader.parse_args()
    city = given.city or Path(tempfile.gettempdir()) / f"huitu-city-{given.parcels}"
    make_city(city, given.parcels)
    with ExitStack() as ends:
        work = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="huitu-bench-")))
        work.chmod(0o755)
        asked = Asked(
            city,
            work,
            given.seconds,
            given.rounds,
            given.tipg,
            given.pygeoapi,
            Plan.open(city),
        )
        versions(asked)
        for name in given.sections:
            sections[name](asked)


def make_city(city: Path, parcels: int) -> None:
    """Make and publish the city where it is not there."""
    if not (city / "catalog.toml").is_file():
        script = ROOT / "benchmarks" / "city.py"
        subprocess.run([sys.executable, script, city, "--parcels", str(parcels)], check=True)
    program = Path(sys.executable).with_name("huitu")
    subprocess.run([program, "publish", "--data", city], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
