"""Export of many features against the bare ``pyogrio.write_dataframe`` of the same columns.

Run from the checkout::

    .venv/bin/python benchmarks/exports.py                  # 100,000 rows
    .venv/bin/python benchmarks/exports.py 1000000 gpkg     # one size, one format

Huitu's side has all that an export has: typing by the catalog, version, licence and mark of each
row, the check that every row arrived, the durable rename. The bare side writes the same frame, for
XLSX the same cells by XlsxWriter. Each runs in a process of its own. The ratios are what to quote:
by the clock, and of the time of all processors.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
import xlsxwriter

from geo.types import Text
from layers.export import FORMATS, write
from layers.export.content import Cell, FeatureLayer, Features, Provenance
from layers.export.features import as_tables, own_columns
from layers.spec import FieldSpec, LayerSpec
from layers.style import Style, Symbol

DRIVERS = {
    "gpkg": "GPKG",
    "fgb": "FlatGeobuf",
    "geojson": "GeoJSON",
    "csv": "",
    "xlsx": "XlsxWriter",
}
WORDS = Text("地块", "Parcels")
SYMBOL = Symbol(stroke="#2c6b34")


def parcels(rows: int) -> gpd.GeoDataFrame:
    """Squares on a grid with the columns that a project has."""
    side = int(np.ceil(np.sqrt(rows)))
    x, y = 120.0 + np.arange(rows) % side * 1e-4, 31.5 + np.arange(rows) // side * 1e-4
    ids = np.arange(rows).astype(str).astype(object)
    columns = {
        "id": ids,
        "name_zh": np.char.add("地块", ids.astype(str)).astype(object),
        "class": np.array(["parcel", "site"], dtype=object)[np.arange(rows) % 2],
        "geometry_quality": np.full(rows, "surveyed", dtype=object),
        "year_from": pd.array(2021 + np.arange(rows) % 5, dtype="Int64"),
        "accuracy_m": np.full(rows, 2.5),
    }
    return gpd.GeoDataFrame(columns, geometry=shapely.box(x, y, x + 9e-5, y + 9e-5), crs=4326)


def content_of(frame: gpd.GeoDataFrame) -> Features:
    """The frame as an export has it."""
    kinds = {"year_from": "year", "accuracy_m": "number"}
    spec = LayerSpec(
        id="parcels",
        theme="parcels",
        role="projects",
        title=WORDS,
        file="parcels.gpkg",
        geometry=("Polygon",),
        crs="EPSG:4326",
        licence="CC0-1.0",
        source=WORDS,
        style="parcels",
        fields={"id": FieldSpec(title=WORDS)},
    )
    frame = frame.assign(**own_columns(spec, "0" * 12, frame, "zh"))
    fields = {
        str(name): FieldSpec(title=WORDS, type=kinds.get(str(name), "text"))
        for name in frame.columns
        if name != "geometry"
    }
    style = Style(symbols={"default": SYMBOL})
    told = Provenance(WORDS, WORDS, WORDS, WORDS, "EPSG:4326", (), (), "huitu", "", ())
    layer = FeatureLayer(spec, style, fields, frame)
    return Features("parcels", (layer,), told, "EPSG:4326", SYMBOL, "7 6")


def huitu(frame: gpd.GeoDataFrame, name: str, folder: Path) -> None:
    """The whole export."""
    write(name, content_of(frame), folder / f"huitu{FORMATS[name].suffix}")


def bare(frame: gpd.GeoDataFrame, name: str, folder: Path) -> None:
    """The same columns by pyogrio alone, already typed."""
    path = folder / f"bare{FORMATS[name].suffix}"
    if name == "xlsx":
        bare_xlsx(as_tables(content_of(frame)).main.rows, path)
        return
    (layer,) = content_of(frame).layers
    pyogrio.write_dataframe(layer.frame, path, driver=DRIVERS[name])


def bare_xlsx(rows: Sequence[Sequence[Cell]], path: Path) -> None:
    """The same cells by XlsxWriter alone, without a format."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    page.write_string(number, place, cell)
                elif cell is not None:
                    page.write_number(number, place, cell)


def measured(run: Callable[..., None], rows: int, name: str) -> tuple[float, float, float]:
    """Seconds by the clock and of all processors, and the peak of memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        frame = parcels(rows)
        start, cpu = time.perf_counter(), time.process_time()
        run(frame, name, Path(folder))
        seconds, cpu_s = time.perf_counter() - start, time.process_time() - cpu
    return seconds, cpu_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def apart(run: Callable[..., None], rows: int, name: str) -> tuple[float, float, float]:
    """The same in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measured, (run, rows, name))


def main(rows: int, names: list[str]) -> None:
    """Print one line for each format."""
    print("| format | rows | huitu (s) | bare (s) | ratio | CPU | huitu (MB) | bare (MB) |")
    print("|---|---|---|---|---|---|---|---|")
    for name in names:
        seconds, cpu_s, peak = apart(huitu, rows, name)
        line = f"| {name} | {rows:,} | {seconds:.1f} |"
        if DRIVERS[name]:
            other, other_cpu_s, least = apart(bare, rows, name)
            line += f" {other:.1f} | {seconds / other:.2f} | {cpu_s / other_cpu_s:.2f}"
            line += f" | {peak:.0f} | {least:.0f} |"
        else:
            line += f" – | – | – | {peak:.0f} | – |"
        print(line, flush=True)


if __name__ == "__main__":
    chosen = sys.argv[2:] or list(DRIVERS)
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, chosen)
