"""The difference of two versions of a layer of 100,000 polygons, by how much has changed.

Run from the checkout::

    .venv/bin/python benchmarks/versions_diff.py            # 100,000 polygons
    .venv/bin/python benchmarks/versions_diff.py 20000

Polygons of 24 corners on a grid, with eight attributes, in EPSG:4326 as they are stored. The time
is that of the processor for :func:`layers.diff.difference` alone, without reading the versions.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from layers.catalog import Catalog
from layers.diff import Difference, difference

METRIC = "EPSG:4549"
X, Y, STEP, CORNERS = 510_000, 3_492_000, 60.0, 24
CATALOG = Catalog.read(Path(__file__).parent.parent / "data")


def polygons(reach: np.ndarray, east: float = 0.0, corners: int = CORNERS) -> np.ndarray:
    """One polygon in each cell of a grid, of the given reach in metres."""
    across = int(np.ceil(np.sqrt(len(reach))))
    row, column = np.divmod(np.arange(len(reach)), across)
    middle = np.column_stack([X + east + column * STEP, Y + row * STEP])
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    outline = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    return shapely.polygons(middle[:, None] + reach[:, None, None] * outline)


def version(shapes: np.ndarray, prefix: str = "P", names: str = "地块") -> gpd.GeoDataFrame:
    """The rows of a version in EPSG:4326."""
    number = len(shapes)
    words = {
        "id": [f"{prefix}{n}" for n in range(number)],
        "name_zh": [f"{names} {n}" for n in range(number)],
        "name_en": [f"Plot {n}" for n in range(number)],
        "class": "pocket_park",
        "stage": "start",
        "lead": "zone",
        "year_from": 2021,
        "geometry_quality": "surveyed",
    }
    return gpd.GeoDataFrame(words, geometry=shapes, crs=METRIC).to_crs("EPSG:4326")


def cases(number: int) -> Iterator[tuple[str, gpd.GeoDataFrame, gpd.GeoDataFrame]]:
    """What has changed, with the older and the newer version."""
    rng = np.random.default_rng(1)
    reach = rng.uniform(10, 28, number)
    before = version(polygons(reach))
    yield "nothing", before, before.copy()
    few = reach.copy()
    few[rng.choice(number, number // 100, replace=False)] *= 1.1
    yield "1 % reshaped", before, version(polygons(few))
    yield "all attributes", before, version(polygons(reach), names="新地块")
    yield "all reshaped", before, version(polygons(reach * 1.05, east=2))
    yield "all moved", before, version(polygons(reach, east=2))
    yield "all drawn anew", before, version(shapely.segmentize(polygons(reach), 2))
    yield "all ids new", before, version(polygons(reach, east=2), prefix="Q")


def main() -> None:
    """Print a line for each case."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    spec = CATALOG.layer("parks")
    for what, before, after in cases(number):
        start = time.process_time()
        found: Difference = difference(before, after, spec, METRIC)
        seconds = time.process_time() - start
        counts = {name: count for name, count in found.counts.items() if count}
        sys.stdout.write(f"| {what} | {number:,} | {seconds:.1f} | {counts} {found.unchanged} |\n")


if __name__ == "__main__":
    main()
