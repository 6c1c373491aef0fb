"""One vector tile: Huitu against PostGIS, DuckDB, mapbox-vector-tile and numpy.

Run from the checkout, with PostGIS where Debian's package is installed::

    pg_virtualenv .venv/bin/python benchmarks/one_tile.py 100000 1000000
    .venv/bin/python benchmarks/one_tile.py 100000        # without PostGIS
    ... one_tile.py 1000000 --kinds courtyards estates pipes trees --zooms 14 16 --sides postgis

Each side encodes the tile in the middle, the same features (nothing is thinned; *thinned* is what
Huitu serves), on one core. The sides take turns and the least of the times is printed: other work
on the machine makes times longer, never shorter. Ratios, in bold, are what to quote. DuckDB takes
part where it is installed (``make bench`` does that).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from cities import keep_compiled
from shapes import FIELDS, KINDS, MIDDLE
from tile_sides import has_duckdb, has_postgis, others, versions

from geo import tiles
from geo.types import BBox

SIDES = ("numpy", "shapely", "duckdb", "postgis")
#: A side that takes longer than this is asked once.
SLOW_MS = 2000.0
ROUNDS = 12
#: Rounds of what takes less than a millisecond: chance weighs more there.
MANY = 60


def least(sides: dict[str, Callable[[], bytes]]) -> dict[str, tuple[float, bytes]]:
    """The least time of each side in milliseconds, and what it made; the sides take turns."""
    found: dict[str, tuple[float, bytes]] = {}
    for turn in range(MANY):
        for name, work in sides.items():
            known = found.get(name, (0.0, b""))[0]
            if turn and (known > SLOW_MS or (turn >= ROUNDS and known > 1)):
                continue
            start = time.perf_counter()
            made = work()
            took = (time.perf_counter() - start) * 1000
            found[name] = (min(took, known or took), made)
    return found


def count(tile: bytes) -> int:
    """How many features a tile of one layer has: its fields are passed over one by one."""
    _, at = _varint(tile, 1)
    features = 0
    while at < len(tile):
        key = tile[at]
        number, at = _varint(tile, at + 1)
        features += key == 0x12
        at += number if key & 7 == 2 else 0
    return features


def _varint(written: bytes, at: int) -> tuple[int, int]:
    number, shift = 0, 0
    while written[at] > 127:
        number |= (written[at] & 127) << shift
        at, shift = at + 1, shift + 7
    return number | written[at] << shift, at + 1


def table(kind: str, number: int, zooms: list[int], names: list[str]) -> None:
    """Print a row for each zoom."""
    frame = KINDS[kind](number)
    arrays = tiles.build(frame, name="layer", fields=FIELDS, group_by=["class"])
    keep_compiled()
    say(f"\n**{number:,} {kind}**, {arrays.nbytes / 1e6:.0f} MB of arrays\n")
    with tempfile.TemporaryDirectory() as folder:
        tiles.write(arrays, Path(folder) / "arrays")
        mapped = tiles.read(Path(folder) / "arrays")
        rivals = others(
            frame, mapped, [one for one in names if one != "numpy" or kind == "parcels"]
        )
        say(f"{versions(list(rivals))}\n")
        heads = "".join(f" {name} (ms) | ratio |" for name in rivals)
        say(f"| zoom | features | thinned (ms) | Huitu (ms) |{heads} bytes |")
        say("|--:" * (5 + 2 * len(rivals)) + "|")
        for zoom in zooms:
            say(row(mapped, rivals, zoom))


def row(
    arrays: tiles.LayerArrays, rivals: dict[str, Callable[[tiles.Tile], bytes]], zoom: int
) -> str:
    """Encode the tile in the middle by each side."""
    [tile] = tiles.covering(BBox(*MIDDLE, *MIDDLE), zoom)
    sides: dict[str, Callable[[], bytes]] = {
        "thinned": lambda: tiles.cut(arrays, tile),
        "Huitu": lambda: tiles.cut(arrays, tile, None),
    }
    sides |= {name: partial(side, tile) for name, side in rivals.items()}
    found = least(sides)
    ours, content = found["Huitu"]
    cells = [f"{zoom}", f"{count(content):,}", f"{found['thinned'][0]:.3f}", f"{ours:.3f}"]
    for name in rivals:
        took, made = found[name]
        assert count(made) >= 0.98 * count(content), (name, count(made), count(content))
        cells += [f"{took:,.1f}", f"**{took / ours:.0f}**"]
    return f"| {' | '.join([*cells, f'{len(content):,}'])} |"


def say(words: str) -> None:
    """Print at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> None:
    """Print a table for each kind and size."""
    reader = argparse.ArgumentParser(description="Measure one vector tile.")
    reader.add_argument("sizes", type=int, nargs="+")
    reader.add_argument("--kinds", nargs="+", choices=KINDS, default=["parcels"])
    reader.add_argument("--zooms", type=int, nargs="+", default=list(range(10, 17)))
    reader.add_argument("--sides", nargs="+", choices=SIDES, default=list(SIDES))
    asked = reader.parse_args()
    if "postgis" in asked.sides and not has_postgis():
        say("PostGIS is left out: run this below pg_virtualenv (Debian: postgresql-15-postgis-3).")
    if "duckdb" in asked.sides and not has_duckdb():
        say("DuckDB is left out: pip install duckdb==1.5.5 duckdb-extension-spatial==1.5.5.")
    for number in asked.sizes:
        for kind in asked.kinds:
            table(kind, number, asked.zooms, asked.sides)


if __name__ == "__main__":
    main()
