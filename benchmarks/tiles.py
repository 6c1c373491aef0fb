"""Publishing a large layer: ``huitu publish`` against bare pyogrio, read and write.

    .venv/bin/python benchmarks/tiles.py publish 100000

Tiles themselves are measured by ``one_tile.py`` and ``all_tiles.py``, workers by ``worker.py``.
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
import numpy as np
import shapely
from shapes import CLASSES, parcels

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

    began = time.perf_counter()
    Store(data, software="benchmark").prepare_tiles()
    from geo.files import shapetext

    shapetext.texts(np.array([shapely.box(0, 0, 1, 1)]), 7)
    return {"compile": time.perf_counter() - began}


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
    _, *sizes = sys.argv[1:] or ["publish"]
    for size in sizes or ["100000"]:
        publish(int(size))


if __name__ == "__main__":
    main()
