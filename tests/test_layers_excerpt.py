"""As much of a large layer as there is room for."""

import gzip
import json
from collections import Counter

import pytest

from benchmarks import city
from geo.errors import InputError
from layers.excerpt import excerpt, need
from layers.plan import Plan
from tests.conftest import publish_everything


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """A city of 3,000 parcels whose layers are small as well as large."""
    folder = tmp_path_factory.mktemp("city") / "data"
    city.write(folder, 3_000)
    return Plan.open(publish_everything(folder), tile_features=100)


def taken(plan, room, layer="parcels"):
    spec, version = plan.catalog.layer(layer), plan.version(layer)
    return excerpt(plan.store, spec, version, room)


def whole(plan, layer="parcels"):
    path = plan.store.geojson_path(layer, plan.version(layer).id)
    return json.loads(path.read_bytes())["features"]


@pytest.mark.parametrize("room", [3_000, 20_000, 50_000])
def test_it_fills_its_room_with_whole_features(plan, room):
    part = taken(plan, room)
    assert 0.85 * room < len(part.packed) <= room
    features = json.loads(gzip.decompress(part.packed))["features"]
    assert len(features) == part.features < part.of == 3_000
    assert sum(feature["geometry"] is not None for feature in features) == part.located
    ids = {feature["id"] for feature in features}
    assert features == [feature for feature in whole(plan) if feature["id"] in ids]


def test_the_words_by_which_they_are_found_are_there_too(plan):
    collection = json.loads(gzip.decompress(taken(plan, 20_000).packed))
    assert len(collection["words"]) == len(collection["features"])
    name = collection["features"][0]["properties"]["name_zh"]
    initials = name.replace("第", "d").replace("街坊", "jf").replace("号地", "hd")
    assert initials in collection["words"][0].split(" ")


def test_every_class_keeps_its_share(plan):
    features = json.loads(gzip.decompress(taken(plan, 20_000).packed))["features"]
    here = Counter(feature["properties"]["class"] for feature in features)
    there = Counter(feature["properties"]["class"] for feature in whole(plan))
    assert set(here) == set(there)
    for name, count in there.items():
        assert here[name] / len(features) == pytest.approx(count / 3_000, abs=0.02)


def test_where_all_has_room_all_is_there(plan):
    part = taken(plan, need(plan.store, plan.version("parcels")))
    assert part.is_whole
    assert json.loads(gzip.decompress(part.packed))["features"] == whole(plan)


def test_the_same_version_gives_the_same_bytes(plan):
    assert taken(plan, 20_000) == taken(plan, 20_000)


def test_without_room_for_one_it_is_told(plan):
    with pytest.raises(InputError, match="Parcels"):
        taken(plan, 100)
