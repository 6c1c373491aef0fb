"""The map page of Huitu against a plain ``folium.GeoJson`` page, on the same data.

Run from the checkout::

    .venv/bin/python benchmarks/map_page.py            # 50, 1,000, 10,000 and 100,000 features
    .venv/bin/python benchmarks/map_page.py 50 1000    # only these

Both sides run in this one process, in turn, on synthetic parcels inside the bounds of the sample.
Times are the median of several renders on a warm process; ratios are what to quote.
"""

from __future__ import annotations

import gzip
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import folium
import geopandas as gpd
import numpy as np
import shapely

from layers.catalog import Catalog
from layers.plan import Plan
from layers.publishing import own_source, publish
from layers.store import Store
from webapp import create_app
from webapp.settings import Settings

SAMPLE = Path(__file__).parent.parent / "data"
SIZES = (50, 1_000, 10_000, 100_000)
CELL_DEG = 0.0008
HEADER = (
    "| features | page, first (ms) | page, kept (ms) | page gzip (kB) | folium.GeoJson (ms) "
    "| folium (kB) | folium gzip (kB) | folium / first |\n|---|---|---|---|---|---|---|---|"
)


def parcels(count: int) -> gpd.GeoDataFrame:
    """``count`` small squares on a grid, with the attributes a project layer asks for."""
    side = int(np.ceil(np.sqrt(count)))
    column, row = np.arange(count) % side, np.arange(count) // side
    step = min(CELL_DEG, 0.3 / side)
    west, south = 120.06 + column * step, 31.56 + row * min(step, 0.2 / side)
    boxes = shapely.box(west, south, west + step * 0.8, south + min(step, 0.2 / side) * 0.8)
    return gpd.GeoDataFrame(
        {"id": [f"B{n:06d}" for n in range(count)], "name_zh": [f"地块{n}" for n in range(count)]},
        geometry=boxes,
        crs="EPSG:4326",
    )


def deployment(folder: Path, frame: gpd.GeoDataFrame) -> Plan:
    """The sample with one more layer that holds the parcels."""
    data = Path(
        shutil.copytree(SAMPLE, folder / "data", ignore=shutil.ignore_patterns("published"))
    )
    with (data / "catalog.toml").open("a", encoding="utf-8") as catalog:
        catalog.write(ENTRY)
    with (data / "palette.toml").open("a", encoding="utf-8") as palette:
        palette.write(SYMBOL)
    (data / "parcels.geojson").write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"id": row.id, "name_zh": row.name_zh},
                        "geometry": shapely.geometry.mapping(row.geometry),
                    }
                    for row in frame.itertuples()
                ],
            },
            ensure_ascii=False,
        ),
        encoding="utf-8",
    )
    catalog, store = Catalog.read(data), Store(data, software="benchmark")
    for spec in catalog.layers:
        outcome = publish(
            catalog, store, spec, own_source(catalog, spec), by="benchmark", reason="benchmark"
        )
        assert outcome.version is not None, list(outcome.report.lines("en"))
    return Plan(catalog, store)


ENTRY = """
[[layers]]
id = "parcels"
theme = "context"
role = "context"
title = { zh = "地块", en = "Parcels" }
file = "parcels.geojson"
geometry = ["Polygon"]
crs = "EPSG:4326"
licence = "CC0-1.0"
source = { zh = "合成数据", en = "synthetic" }
style = "parcels"
[layers.fields.id]
title = { zh = "编号", en = "Id" }
required = true
[layers.fields.name_zh]
title = { zh = "名称", en = "Name" }
"""

SYMBOL = """
[parcels.symbols.default]
stroke = "#777777"
"""


def naive(frame: gpd.GeoDataFrame) -> bytes:
    """The page that one would write with Folium alone."""
    page = folium.Map(location=[31.68, 120.3], zoom_start=12)
    folium.GeoJson(frame, tooltip=folium.GeoJsonTooltip(["id", "name_zh"])).add_to(page)
    return page.get_root().render().encode()


def timed(work: Callable[[], object], repeat: int) -> float:
    """Median time of a call in milliseconds."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def measure(count: int) -> str:
    """One row of the table."""
    frame = parcels(count)
    with tempfile.TemporaryDirectory() as folder:
        plan = deployment(Path(folder), frame)
        page = {}

        def first() -> None:
            app = create_app(Settings(data=plan.catalog.folder))
            client = app.test_client()
            client.get("/healthz")
            start = time.perf_counter()
            body = client.get("/").data + client.get(_script_url(client)).data
            page["first"] = (time.perf_counter() - start) * 1000
            page["client"], page["body"] = client, body

        firsts = []
        for _ in range(5):
            first()
            firsts.append(page["first"])
        kept = timed(lambda: page["client"].get("/"), 50)
        ours = len(gzip.compress(page["body"]))
    repeat = 5 if count <= 1_000 else 1
    theirs_ms = timed(lambda: page.update(naive=naive(frame)), repeat)
    theirs = page["naive"]
    first_ms = statistics.median(firsts)
    return (
        f"| {count:,} | {first_ms:.1f} | {kept:.2f} | {ours / 1000:.1f} | {theirs_ms:,.0f} "
        f"| {len(theirs) / 1000:,.0f} | {len(gzip.compress(theirs)) / 1000:,.0f} "
        f"| {theirs_ms / first_ms:,.0f} |"
    )


def _script_url(client: object) -> str:
    html = client.get("/").get_data(as_text=True)  # type: ignore[attr-defined]
    start = html.index('src="/map/') + len('src="')
    return html[start : html.index('"', start)]


def main() -> None:
    """Print the table."""
    sizes = [int(text) for text in sys.argv[1:]] or SIZES
    sys.stdout.write(HEADER + "\n")
    for count in sizes:
        sys.stdout.write(measure(count) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
