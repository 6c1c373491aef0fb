"""A city that does not exist, as large as one likes: for `make demo-large` and tests of layers.

    python benchmarks/city.py FOLDER --parcels 1000000

writes a data folder (catalog, palette, sources) that ``huitu publish`` and ``huitu serve`` take.
The same number of parcels gives the same city. Its blocks have two rows of parcels back to back; a
few parcels have a courtyard, no class that anybody knows, no year, no exact border or no place.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

#: South-west corner in degrees, and metres of a degree there.
WEST, SOUTH = 119.80, 31.50
METRES_EAST, METRES_NORTH = 94_900.0, 110_870.0
#: A block with its streets, in metres, and its parcels.
BLOCK_M = (150.0, 84.0)
STREET_M = 12.0
IN_ROW, IN_BLOCK = 8, 16
CLASSES = ("residential", "commercial", "industrial", "green", "public")
STAGES = ("planned", "building", "complete")
YEARS = (2021, 2030)


def parcels(count: int) -> gpd.GeoDataFrame:
    """The parcels in EPSG:4326, block by block."""
    chance = np.random.default_rng(6)
    shapes = _shapes(count, chance)
    quality = np.where(chance.random(count) < 0.05, "schematic", "surveyed").astype(object)
    lost = np.arange(count) % 997 == 500
    shapes[lost], quality[lost] = None, "none"
    first = chance.integers(YEARS[0], YEARS[1] + 1, count).astype(float)
    first[chance.random(count) < 0.1] = np.nan
    last = np.minimum(first + chance.integers(0, 4, count), YEARS[1])
    numbers = [f"P{number:07d}" for number in range(1, count + 1)]
    columns = {
        "id": numbers,
        "name_zh": [f"第{number[1:5]}街坊{number[5:]}号地" for number in numbers],
        "class": _classes(count, chance),
        "stage": np.array(STAGES, object)[chance.integers(0, len(STAGES), count)],
        "year_from": _whole(first),
        "year_to": _whole(last),
        "geometry_quality": quality,
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def streets(count: int) -> gpd.GeoDataFrame:
    """The middle of every street between blocks of so many parcels, one line a crossing."""
    across, down = _blocks(count)
    lines = [
        *(([column, 0], [column, down]) for column in range(across + 1)),
        *(([0, row], [across, row]) for row in range(down + 1)),
    ]
    pieces = [_pieces(np.array(start, float), np.array(end, float)) for start, end in lines]
    shapes = shapely.linestrings(_degrees(np.concatenate(pieces) * BLOCK_M))
    return _named("S", shapes, "街")


def lamps(count: int) -> gpd.GeoDataFrame:
    """A lamp at every crossing."""
    across, down = _blocks(count)
    columns, rows = np.meshgrid(np.arange(across + 1.0), np.arange(down + 1.0))
    places = np.stack([columns.ravel(), rows.ravel()], axis=1) * BLOCK_M
    return _named("L", shapely.points(_degrees(places)), "灯")


def _blocks(count: int) -> tuple[int, int]:
    """How many blocks lie beside and above each other; the city is about as high as wide."""
    blocks = math.ceil(count / IN_BLOCK)
    across = max(1, round(math.sqrt(blocks * BLOCK_M[1] / BLOCK_M[0])))
    return across, math.ceil(blocks / across)


def _shapes(count: int, chance: np.random.Generator) -> np.ndarray:
    """One rectangle a parcel, of uneven width; one of 211 with a courtyard."""
    across, _ = _blocks(count)
    block, place = np.divmod(np.arange(count), IN_BLOCK)
    row, column = np.divmod(place, IN_ROW)
    corner = np.stack([block % across, block // across], axis=1) * np.array(BLOCK_M)
    cuts = np.cumsum(chance.uniform(0.6, 1.4, (count // IN_ROW + 1, IN_ROW)), axis=1)
    cuts = np.hstack([np.zeros((len(cuts), 1)), cuts / cuts[:, -1:]])
    line = np.arange(count) // IN_ROW
    wide, deep = BLOCK_M[0] - STREET_M, (BLOCK_M[1] - STREET_M) / 2
    left = corner[:, 0] + STREET_M / 2 + wide * cuts[line, column]
    right = corner[:, 0] + STREET_M / 2 + wide * cuts[line, column + 1]
    low = corner[:, 1] + STREET_M / 2 + deep * row
    rings = _rings(left, low, right, low + deep)
    found = np.array(shapely.polygons(_degrees(rings)), dtype=object)
    for number in range(105, count, 211):
        yard = rings[number].mean(axis=0) * 0.5 + rings[number] * 0.5
        found[number] = shapely.Polygon(_degrees(rings[number]), [_degrees(yard[::-1])])
    return found


def _rings(left: np.ndarray, low: np.ndarray, right: np.ndarray, high: np.ndarray) -> np.ndarray:
    corners = [(left, low), (right, low), (right, high), (left, high), (left, low)]
    return np.stack([np.stack(corner, axis=1) for corner in corners], axis=1)


def _pieces(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """A line in steps of one block."""
    steps = int(np.abs(end - start).sum())
    at = start + (end - start) * np.arange(steps + 1)[:, None] / steps
    return np.stack([at[:-1], at[1:]], axis=1)


def _degrees(metres: np.ndarray) -> np.ndarray:
    degrees: np.ndarray = metres / [METRES_EAST, METRES_NORTH] + [WEST, SOUTH]
    return degrees


def _classes(count: int, chance: np.random.Generator) -> np.ndarray:
    """Neighbouring blocks are mostly of one class; one parcel of 200 has a class of its own."""
    block = np.arange(count) // (IN_BLOCK * 3)
    usual = (block * 7 + block // 11) % len(CLASSES)
    other = chance.integers(0, len(CLASSES), count)
    chosen = np.array(CLASSES, object)[np.where(chance.random(count) < 0.2, other, usual)]
    chosen[np.arange(count) % 200 == 77] = "unheard"
    return chosen


def _whole(values: np.ndarray) -> list[int | None]:
    return [None if math.isnan(value) else int(value) for value in values]


def _named(letter: str, shapes: np.ndarray, word: str) -> gpd.GeoDataFrame:
    ids = [f"{letter}{number:06d}" for number in range(1, len(shapes) + 1)]
    names = [f"{word}{one[1:]}" for one in ids]
    return gpd.GeoDataFrame({"id": ids, "name_zh": names}, geometry=shapes, crs="EPSG:4326")


def write(folder: Path, count: int, room: int | None = None) -> None:
    """Write the data folder of a city of so many parcels, in a zone with room for more."""
    folder.mkdir(parents=True, exist_ok=True)
    across, down = _blocks(room or count)
    [east, north] = _degrees(np.array([[across * BLOCK_M[0], down * BLOCK_M[1]]]))[0]
    box = f"[{WEST - 0.02:.4f}, {SOUTH - 0.02:.4f}, {east + 0.02:.4f}, {north + 0.02:.4f}]"
    view = f"[{WEST:.4f}, {SOUTH:.4f}, {east:.4f}, {north:.4f}]"
    text = (
        _CATALOG.replace("@box", box).replace("@view", view).replace("@count", str(room or count))
    )
    (folder / "catalog.toml").write_text(text, "utf-8")
    (folder / "palette.toml").write_text(_PALETTE, "utf-8")
    for name, frame in {
        "parcels": parcels(count),
        "streets": streets(count),
        "lamps": lamps(count),
    }.items():
        frame.to_file(folder / f"{name}.gpkg", driver="GPKG", layer=name, engine="pyogrio")


_CATALOG = """\
# A city that does not exist, of @count parcels, made by benchmarks/city.py.

[zone]
id = "datong"
title = { zh = "大同城（虚构）", en = "Datong City (fictitious)" }
plan = { zh = "地块开发计划", en = "Parcel plan" }
source = { zh = "程序生成的虚构数据", en = "fictitious data, made by a program" }
metric_crs = "EPSG:4549"
bounds = @box
view = @view
years = [2021, 2030]
near_m = 500
catchments_m = [500]

[[themes]]
id = "land"
title = { zh = "用地", en = "Land" }

[[themes]]
id = "base"
title = { zh = "底图", en = "Base map" }

[[layers]]
id = "lamps"
theme = "base"
role = "context"
title = { zh = "路灯", en = "Lamps" }
file = "lamps.gpkg"
geometry = ["Point"]
crs = "EPSG:4326"
licence = "CC0-1.0"
source = { zh = "虚构", en = "fictitious" }
style = "lamps"
zoom = [15, 22]

[layers.fields.id]
title = { zh = "编号", en = "Id" }
required = true

[layers.fields.name_zh]
title = { zh = "名称", en = "Name" }

[[layers]]
id = "streets"
theme = "base"
role = "context"
title = { zh = "街道", en = "Streets" }
file = "streets.gpkg"
geometry = ["LineString"]
crs = "EPSG:4326"
licence = "CC0-1.0"
source = { zh = "虚构", en = "fictitious" }
style = "streets"
zoom = [13, 22]

[layers.fields.id]
title = { zh = "编号", en = "Id" }
required = true

[layers.fields.name_zh]
title = { zh = "名称", en = "Name" }

[[layers]]
id = "parcels"
theme = "land"
role = "projects"
title = { zh = "地块", en = "Parcels" }
file = "parcels.gpkg"
geometry = ["Polygon"]
crs = "EPSG:4326"
licence = "CC0-1.0"
source = { zh = "虚构", en = "fictitious" }
style = "parcels"

[layers.fields.id]
title = { zh = "编号", en = "Id" }
required = true

[layers.fields.name_zh]
title = { zh = "名称", en = "Name" }
required = true

[layers.fields.class]
title = { zh = "用地", en = "Use" }
open = true
[layers.fields.class.values]
residential = { zh = "居住", en = "Residential" }
commercial = { zh = "商业", en = "Commercial" }
industrial = { zh = "工业", en = "Industrial" }
green = { zh = "绿地", en = "Green" }
public = { zh = "公共", en = "Public" }

[layers.fields.stage]
title = { zh = "阶段", en = "Stage" }
[layers.fields.stage.values]
planned = { zh = "计划", en = "Planned" }
building = { zh = "在建", en = "Under construction" }
complete = { zh = "完成", en = "Complete" }

[layers.fields.year_from]
type = "year"
title = { zh = "起始年", en = "First year" }

[layers.fields.year_to]
type = "year"
title = { zh = "结束年", en = "Last year" }

[layers.fields.geometry_quality]
title = { zh = "定位精度", en = "Geometry quality" }
required = true
[layers.fields.geometry_quality.values]
surveyed = { zh = "实测", en = "Surveyed" }
schematic = { zh = "示意", en = "Schematic" }
none = { zh = "未定位", en = "Not located" }
"""

_PALETTE = """\
[parcels]
by = "class"

[parcels.symbols.residential]
stroke = "#8a6d1f"
width = 1
fill = "#f2d675"
fill_opacity = 0.75

[parcels.symbols.commercial]
stroke = "#9a2f3c"
width = 1
fill = "#e88a94"
fill_opacity = 0.75

[parcels.symbols.industrial]
stroke = "#5d4a78"
width = 1
fill = "#b7a4d3"
fill_opacity = 0.75

[parcels.symbols.green]
stroke = "#2f7d4f"
width = 1
fill = "#8fcf9f"
fill_opacity = 0.75

[parcels.symbols.public]
stroke = "#2b5f8f"
width = 1
fill = "#8fbfe8"
fill_opacity = 0.75

[streets.symbols.default]
stroke = "#8d8d8d"
width = 2

[lamps.symbols.default]
stroke = "#704c00"
width = 1.5
fill = "#ffd54a"
fill_opacity = 1
radius = 4
shape = "circle"

[unclassified]
stroke = "#ff00ff"
width = 2
fill = "#ff00ff"
fill_opacity = 0.25
radius = 7
shape = "circle"

[schematic]
dash = "5 4"
"""


def write_empty(folder: Path) -> None:
    """Write the data folder of a zone that has no layer yet."""
    write(folder, IN_BLOCK)
    catalog = folder / "catalog.toml"
    catalog.write_text(catalog.read_text("utf-8").partition("[[themes]]")[0], "utf-8")


def main() -> None:
    """Write a city as the command line asks for it."""
    reader = argparse.ArgumentParser(description="Write a synthetic city as a data folder.")
    reader.add_argument("folder", type=Path)
    reader.add_argument("--parcels", type=int, default=1_000_000)
    asked = reader.parse_args()
    write(asked.folder, asked.parcels)


if __name__ == "__main__":
    main()
