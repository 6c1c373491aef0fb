"""A large layer has arrays beside its version: built with it, checked at start, built anew."""

import logging
import shutil
from pathlib import Path

import pytest

from geo import tiles
from geo.errors import NotFound
from geo.tiles import Tile, covering
from geo.types import BBox
from layers import tiling
from layers.catalog import Catalog
from layers.plan import Plan
from layers.publishing import own_source, publish
from layers.query import Criteria
from layers.store import Store
from tests.tiling import decoded

TOWN = Path(__file__).parent / "town"


@pytest.fixture
def town(tmp_path):
    return Path(shutil.copytree(TOWN, tmp_path / "town"))


@pytest.fixture
def catalog(town):
    return Catalog.read(town)


def put(catalog, store, layer="streets"):
    spec = catalog.layer(layer)
    outcome = publish(catalog, store, spec, own_source(catalog, spec), by="tester", reason="test")
    return outcome.version


def store_of(town, tile_features):
    return Store(town, software="huitu test", tile_features=tile_features)


@pytest.fixture
def large(town):
    """A store in which the streets (three of four are located) are a large layer."""
    return store_of(town, 2)


@pytest.fixture
def version(catalog, large):
    return put(catalog, large)


def arrays_folder(town, version):
    return town / "published" / "streets" / version.id / tiling.ARRAYS


def a_tile(store, spec, version):
    """A tile with something in it."""
    frame = store.frame(spec.id, version.id)
    return covering(BBox(*frame.total_bounds.tolist()), 8)[0]


def test_only_a_layer_above_the_threshold_has_arrays(town, catalog, large, version):
    assert large.is_large(version)
    assert large.has_arrays("streets", version.id)
    tiles.verify(arrays_folder(town, version))
    small = store_of(town, 3)
    assert not small.is_large(version)
    gardens = put(catalog, store_of(town, 1000), "gardens")
    assert not large.has_arrays("gardens", gardens.id)


def test_a_tile_carries_what_styles_and_filters_look_at(catalog, large, version):
    spec = catalog.layer("streets")
    found = decoded(large.tile(spec, version.id, a_tile(large, spec, version)))
    assert {row: attributes["id"] for row, (_, attributes) in found.items()} == {
        1: "T01",
        2: "T02",
        3: "T03",
    }
    frame = large.frame("streets", version.id).set_index("id")
    for _, attributes in found.values():
        assert set(attributes) <= set(tiling.fields(spec))
        assert attributes["name_zh"] == frame.loc[attributes["id"], "name_zh"]


def test_the_arrays_hold_the_features_without_a_place_too(catalog, large, version):
    arrays = large.arrays(catalog.layer("streets"), version.id)
    assert arrays.having("id", lambda value: value == "T04").tolist() == [3]
    assert arrays.kinds[3] == 0


def test_a_small_layer_has_the_same_tiles(town, catalog, large, version):
    spec = catalog.layer("streets")
    tile = a_tile(large, spec, version)
    content = large.tile(spec, version.id, tile)
    shutil.rmtree(arrays_folder(town, version))
    assert store_of(town, 1000).tile(spec, version.id, tile) == content


def test_an_empty_tile_is_none_and_a_version_that_is_not_there_is_not_found(
    catalog, large, version
):
    spec = catalog.layer("streets")
    assert large.tile(spec, version.id, Tile(14, 0, 0)) is None
    for name in ("0" * 12, "../streets"):
        with pytest.raises(NotFound):
            large.tile(spec, name, Tile(0, 0, 0))


def test_arrays_are_mapped_once(catalog, large, version):
    spec = catalog.layer("streets")
    assert large.arrays(spec, version.id) is large.arrays(spec, version.id)


# ---------------------------------------------------------------- damage


def flip(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def test_whole_arrays_are_left_alone(catalog, large, version):
    assert not large.mend_large(catalog.layer("streets"), version.id)


def test_damage_is_told_at_start_and_mended(town, catalog, large, version, caplog):
    spec, folder = catalog.layer("streets"), arrays_folder(town, version)
    tile = a_tile(large, spec, version)
    before = large.tile(spec, version.id, tile)
    flip(folder / "xy.npy")
    with caplog.at_level(logging.WARNING):
        assert large.mend_large(spec, version.id)
    assert "streets" in caplog.text
    assert "xy.npy" in caplog.text
    tiles.verify(folder)
    assert store_of(town, 2).tile(spec, version.id, tile) == before
    assert not list(folder.parent.parent.glob(".building-*"))


@pytest.mark.parametrize("name", ["rows/text.npy", "rows/grams.npy", "features.geojson"])
def test_damage_of_what_rows_are_found_by_is_mended(town, catalog, large, version, caplog, name):
    spec, path = catalog.layer("streets"), arrays_folder(town, version).parent / name
    before = path.read_bytes()
    flip(path)
    with caplog.at_level(logging.WARNING):
        assert large.mend_large(spec, version.id)
    assert path.name in caplog.text
    assert path.read_bytes() == before
    assert not large.mend_large(spec, version.id)


def test_a_cut_index_is_told_and_rows_are_found_without_it(town, catalog, large, version, caplog):
    spec, folder = catalog.layer("streets"), arrays_folder(town, version).parent
    whole = large.rows(spec, version.id, catalog.style(spec))
    # Beside and renamed: who has the old file mapped keeps it.
    (folder / "cut").write_bytes(b"")
    (folder / "cut").rename(folder / "rows" / "text.npy")
    with caplog.at_level(logging.ERROR):
        found = store_of(town, 2).rows(spec, version.id, catalog.style(spec))
    assert "text.npy" in caplog.text
    assert list(found.passing(Criteria(q="书院"))) == list(whole.passing(Criteria(q="书院")))
    assert len(list(found.passing(Criteria()))) == version.features


def test_a_cut_file_is_told_and_the_tile_comes_from_the_rows(town, catalog, large, version, caplog):
    spec, folder = catalog.layer("streets"), arrays_folder(town, version)
    tile = a_tile(large, spec, version)
    before = large.tile(spec, version.id, tile)
    (folder / "xy.npy").write_bytes((folder / "xy.npy").read_bytes()[:-8])
    with caplog.at_level(logging.ERROR):
        assert store_of(town, 2).tile(spec, version.id, tile) == before
    assert "xy.npy" in caplog.text


def test_a_version_of_earlier_days_gets_its_arrays_at_start(town, catalog):
    version = put(catalog, store_of(town, 1000))
    store = store_of(town, 2)
    assert not store.has_arrays("streets", version.id)
    assert store.mend_large(catalog.layer("streets"), version.id)
    tiles.verify(arrays_folder(town, version))


def test_a_small_version_gets_none(town, catalog):
    store = store_of(town, 1000)
    assert not store.mend_large(catalog.layer("streets"), put(catalog, store).id)


def test_a_full_disk_while_mending_leaves_what_was_there(
    town, catalog, large, version, monkeypatch
):
    folder = arrays_folder(town, version)
    flip(folder / "xy.npy")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        large.mend_large(catalog.layer("streets"), version.id)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert not list(folder.parent.parent.glob(".building-*"))


# ---------------------------------------------------------------- the plan


def test_unclassified_features_of_a_large_layer_are_found_in_the_arrays(town):
    path = town / "streets.geojson"
    for tile_features in (1000, 0):
        store = store_of(town, tile_features)
        catalog = Catalog.read(town)
        for layer in catalog.layers:
            put(catalog, store, layer.id)
        told = {one.spec.id: one.unclassified for one in Plan(catalog, store).summaries()}
        shutil.rmtree(town / "published")
        if tile_features:
            small = told
    assert path.exists()
    assert told == small
    assert any(told.values())
