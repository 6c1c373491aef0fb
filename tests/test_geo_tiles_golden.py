"""Tiles of the sample hold the shapes that PostGIS puts into them.

``golden/postgis_tiles.json`` is written by ``golden/make_postgis_tiles.py``, which knows nothing of
Huitu. PostGIS makes each clipped shape valid, we leave seams of no width beyond the tile's buffer:
so ground and length are compared, not vertices.
"""

import json
from collections import defaultdict
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.tiles import Tile, build, cut
from tests.golden.make_postgis import digest
from tests.tiling import decoded, ground

GOLDEN = Path(__file__).parent / "golden"
DATA = GOLDEN.parent.parent / "data"
TOLD = json.loads((GOLDEN / "postgis_tiles.json").read_text("utf-8"))
LAYERS = tuple(TOLD["sources"])


def theirs(layer):
    """The shapes of PostGIS by tile and id."""
    found = defaultdict(dict)
    for one in TOLD["shapes"]:
        if one["layer"] == layer:
            found[Tile(one["z"], one["x"], one["y"])][one["id"]] = one
    return found


def test_the_golden_file_is_of_this_sample():
    made = {layer: digest(DATA, layer) for layer in LAYERS}
    assert made == TOLD["sources"], "run tests/golden/make_postgis_tiles.py again"


@pytest.mark.parametrize("layer", LAYERS)
def test_each_tile_has_the_shapes_of_postgis(layer):
    frame = gpd.read_file(DATA / f"{layer}.geojson")
    arrays = build(frame, name=layer, fields=["id"])
    wanted = theirs(layer)
    assert wanted
    for tile, shapes in wanted.items():
        content = cut(arrays, tile, None)
        found = {attributes["id"]: shape for shape, attributes in decoded(content).values()}
        assert found.keys() == shapes.keys(), tile
        for id_, shape in found.items():
            assert_like(shape, shapes[id_], (tile, id_))


def assert_like(shape, told, where):
    """The same dimension, and ground or length to a rounding of every vertex."""
    assert shapely.get_dimensions(shape) == told["dimension"], where
    if told["dimension"] == 2:
        allowed = 0.5 * told["perimeter"] + 4
        assert ground(shape).area == pytest.approx(told["area"], abs=allowed), where
    elif told["dimension"] == 1:
        allowed = 0.002 * told["length"] + 2 * told["parts"]
        assert shape.length == pytest.approx(told["length"], abs=allowed), where
    else:
        assert shapely.get_num_geometries(shape) == told["parts"], where
