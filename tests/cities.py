"""A city whose layers are all large, and how a test looks at squares of tiles in the browser."""

import shutil
from pathlib import Path

import pytest

from benchmarks import city
from layers.catalog import Catalog
from layers.publishing import own_source, publish
from layers.store import Store
from tests.conftest import copy_sources

#: A layer with more features than LARGE is large.
PARCELS, LARGE = 3_000, 100
SETTLED = """() => [...document.querySelectorAll(".leaflet-tile")]
  .every((tile) => tile.dataset.features !== undefined)"""
#: Where a place of the earth lies in the window.
TO_WINDOW = """([lon, lat]) => {
  const { x, y } = huitu.map.latLngToContainerPoint([lat, lon]);
  const { left, top } = huitu.map.getContainer().getBoundingClientRect();
  return [x + left, y + top];
}"""
#: How many features the squares of a layer show; one on a border counts in each.
COUNTED = """(layer) => [...document.querySelectorAll(`canvas[data-layer="${layer}"]`)]
  .reduce((sum, { dataset }) => sum + Number(dataset.features), 0)"""


def publish_large(folder: Path) -> Path:
    """Publish every layer of a data folder as a large one."""
    catalog = Catalog.read(folder)
    store = Store(folder, software="test", tile_features=LARGE)
    for spec in catalog.layers:
        source = own_source(catalog, spec)
        assert publish(catalog, store, spec, source, by="test", reason="test").version
    return folder


@pytest.fixture(scope="session")
def large_city(tmp_path_factory):
    """A city of some thousand parcels whose layers are all large, published; nobody changes it."""
    folder = tmp_path_factory.mktemp("city") / "data"
    city.write(folder, PARCELS)
    return publish_large(folder)


@pytest.fixture(scope="session")
def tiled_server(serve, sample, large_city, tmp_path_factory):
    """A server of the sample that calls every layer large."""
    folder = copy_sources(sample, tmp_path_factory.mktemp("tiled") / "data")
    shutil.copytree(sample / "published", folder / "published")
    compiled = large_city / "cache" / "compiled"
    if compiled.is_dir():
        shutil.copytree(compiled, folder / "cache" / "compiled")
    return serve(folder, HUITU_TILE_FEATURES="0")


def settle(opened):
    """Wait until every square in sight is drawn."""
    opened.page.wait_for_function(SETTLED)
    return opened


def at(opened, shape):
    """A place in the window within a shape."""
    point = shape.representative_point()
    return opened.page.evaluate(TO_WINDOW, [point.x, point.y])


def click(opened, shape):
    """Click on the middle of a shape."""
    opened.page.mouse.click(*at(opened, shape))
