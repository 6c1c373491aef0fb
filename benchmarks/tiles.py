"""Publishing a large layer: ``huitu publish`` against bare pyogrio, read and write.

    .venv/bin/python benchmarks/tiles.py publish 100000

Tiles themselves are measured by ``one_tile.py`` and ``all_tiles.py``, workers by ``worker.py``.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

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
    """Publish a GeoPackage, against reading and writing it."""
    sample = Path(__file__).parent.parent / "data"
    with tempfile.TemporaryDirectory() as folder:
        made = shutil.ignore_patterns("published", "cache", "private", "*.sqlite*")
        data = Path(shutil.copytree(sample, Path(folder) / "data", ignore=made))
        for name, more in (("catalog.toml", ENTRY), ("palette.toml", SYMBOL)):
            with (data / name).open("a", encoding="utf-8") as handle:
                handle.write(more)
        parcels(number).to_file(data / "parcels.gpkg", driver="GPKG", engine="pyogrio")
        size = (data / "parcels.gpkg").stat().st_size / 1e6
        say(f"{number:,} parcels, GeoPackage of {size:.0f} MB")
        say("| | seconds | peak (MB) |\n|---|--:|--:|")
        for name, work in (("pyogrio, read and write", _bare), ("publish", _publish)):
            context = multiprocessing.get_context("spawn")
            child = context.Process(target=_measured, args=(name, work, data))
            child.start()
            child.join()


def _measured(name: str, work: Callable[[Path], None], data: Path) -> None:
    started = time.perf_counter()
    work(data)
    took = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    say(f"| {name} | {took:.1f} | {peak:,.0f} |")


def _bare(data: Path) -> None:
    import pyogrio

    frame = pyogrio.read_dataframe(data / "parcels.gpkg")
    pyogrio.write_dataframe(frame, data.parent / "copy.gpkg", driver="GPKG")


def _publish(data: Path) -> None:
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
        told=lambda stage: began.append((stage, time.perf_counter())),
    )
    assert outcome.version, list(outcome.report.lines("en"))
    began.append(("end", time.perf_counter()))
    stages = {one: round(until - at, 1) for (one, at), (_, until) in pairwise(began[1:])}
    say(f"| publish, by stage: {json.dumps(stages)} | | |")


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
