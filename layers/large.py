"""What a large version has besides its rows: arrays for its tiles, and an index of its rows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd

from geo import tiles
from geo.durable import sync
from layers import rows, tiling
from layers.spec import LayerSpec

#: Their folders within that of the version. They can be built again, and are in no backup.
BESIDE = (tiling.ARRAYS, rows.ROWS)


def write(
    frame: gpd.GeoDataFrame, spec: LayerSpec, version: Path, write_rows: Callable[[], Path]
) -> None:
    """Keep them in the folder of a version.

    ``write_rows`` writes its GeoJSON, the arrays being made meanwhile, and tells where that lies.
    """
    with ThreadPoolExecutor(1) as beside:
        arrays = beside.submit(tiling.write, frame, spec, version)
        rows.write(frame, write_rows(), version)
        arrays.result()


def verify(version: Path, geojson: Path) -> None:
    """Compare them, and the GeoJSON, with their checksums.

    Raises
    ------
    Damaged
        Something is absent or not what was written.
    """
    tiles.verify(version / tiling.ARRAYS)
    rows.verify(version, geojson)


def replace(building: Path, version: Path) -> None:
    """Put everything that was built into the folder of a version, in the place of the old.

    Between two of the names a killed program leaves one new and one old: the checksums tell, and
    all is built again.
    """
    for path in sorted(building.iterdir()):
        if path.is_dir() and (version / path.name).exists():
            (version / path.name).rename(building / f"damaged-{path.name}")
        path.rename(version / path.name)
    sync(version)
