"""Tiles by HTTP: immutable, compressed once, kept within bounds, and never half of one."""

import gzip
import logging
import os
import shutil

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from geo.tiles import Archive, Tile, covering, packed
from geo.types import BBox
from layers.catalog import Catalog
from layers.publishing import own_source, publish
from layers.store import Store
from tests.conftest import copy_sources
from tests.tiling import decoded
from webapp import create_app, opening
from webapp.cli import main
from webapp.publishing import Deployment
from webapp.settings import Settings
from webapp.tiles import MVT, TileShelf
from webapp.tiles import install as install_tiles


@pytest.fixture(scope="module")
def large(sample, tmp_path_factory):
    """The sample, published so that every layer with more than ten features is large."""
    folder = copy_sources(sample, tmp_path_factory.mktemp("large") / "data")
    catalog = Catalog.read(folder)
    store = Store(folder, software="test", tile_features=10)
    for spec in catalog.layers:
        assert publish(
            catalog, store, spec, own_source(catalog, spec), by="test", reason="test"
        ).version
    return folder


@pytest.fixture
def site(large):
    return create_app(Settings(data=large, tile_features=10))


@pytest.fixture
def client(site):
    return site.test_client()


@pytest.fixture
def roads(client):
    return next(one for one in client.get("/layers").json["layers"] if one["id"] == "roads")


def filled(layer, z, x, y):
    template = layer["links"]["tiles"]
    return template.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y))


def a_tile(client, layer, zoom=11):
    """The address of a tile with something in it."""
    west, south, east, north = client.get(layer["links"]["tilejson"]).json["bounds"]
    middle = BBox((west + east) / 2, (south + north) / 2, (west + east) / 2, (south + north) / 2)
    [tile] = covering(middle, zoom)
    return filled(layer, tile.zoom, tile.column, tile.row)


def test_the_catalog_says_which_layers_are_tiled(client):
    tiled = {one["id"]: one["tiled"] for one in client.get("/layers").json["layers"]}
    assert tiled["roads"]
    assert not tiled["outline"]


def test_a_tile_is_immutable_and_holds_the_features(client, roads):
    answer = client.get(a_tile(client, roads))
    assert answer.status_code == 200
    assert answer.mimetype == MVT
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    collection = client.get(roads["links"]["features"]).json
    names = {one["id"]: one["properties"]["name_zh"] for one in collection["features"]}
    found = decoded(answer.data)
    assert found
    for row, (_, attributes) in found.items():
        assert names[attributes["id"]] == attributes["name_zh"]
        assert collection["features"][row - 1]["id"] == attributes["id"]


def test_a_tile_leaves_compressed_for_who_takes_that(client, roads):
    address = a_tile(client, roads)
    plain = client.get(address)
    packed_answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed_answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed_answer.data) == plain.data
    assert packed_answer.headers["ETag"] != plain.headers["ETag"]
    for answer in (plain, packed_answer):
        again = client.get(
            address,
            headers={
                "If-None-Match": answer.headers["ETag"],
                "Accept-Encoding": answer.headers.get("Content-Encoding", "identity"),
            },
        )
        assert (again.status_code, again.data) == (304, b"")


def test_an_empty_tile_is_204_and_immutable_too(client, roads):
    for _ in range(2):
        answer = client.get(filled(roads, 14, 0, 0))
        assert (answer.status_code, answer.data) == (204, b"")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "address",
    [
        "3/8/0",
        "3/0/8",
        "17/0/0",
        "23/0/0",
        "99999999999999999999/0/0",
        "-1/0/0",
        "a/0/0",
        "1.5/0/0",
    ],
)
def test_an_address_outside_the_world_or_the_zooms_is_not_there(client, roads, address):
    answer = client.get(filled(roads, *address.split("/")))
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "not-found"


@pytest.mark.parametrize(
    "address",
    [
        "/layers/roads/000000000000",
        "/layers/sewers/000000000000",
        "/layers/roads/..",
        "/layers/x/y",
    ],
)
def test_a_version_or_a_layer_that_is_not_there_is_not_found(client, address):
    assert client.get(f"{address}/tiles/0/0/0.mvt").status_code == 404
    assert client.get(f"{address}/tiles.json").status_code == 404


def test_no_other_parameter_is_taken(client, roads):
    assert client.get(a_tile(client, roads) + "?x=1").status_code == 400
    assert client.get(roads["links"]["tilejson"] + "?x=1").status_code == 400


def test_a_tile_asks_no_database(client, roads):
    address, asked = a_tile(client, roads, 12), []

    def note(_conn, _cursor, statement, *_more):
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert asked == []


def test_tilejson_describes_the_layer(client, roads):
    told = client.get(roads["links"]["tilejson"] + "?lang=en").json
    assert told["tilejson"] == "3.0.0"
    [address] = told["tiles"]
    assert address == "http://localhost" + roads["links"]["tiles"]
    assert (told["minzoom"], told["maxzoom"]) == (0, 16)
    west, south, east, north = told["bounds"]
    assert 120 < west < east < 121
    assert 31 < south < north < 32
    [layer] = told["vector_layers"]
    assert layer["id"] == "roads"
    assert layer["fields"]["id"] == "String"
    assert layer["fields"]["year_from"] == "Number"
    assert client.get(filled(roads, 0, 0, 0)).status_code == 200


def test_every_layer_has_tiles_whatever_its_size(client):
    for layer in client.get("/layers").json["layers"]:
        assert client.get(layer["links"]["tilejson"]).status_code == 200
        if layer["counts"]["located"]:
            found = decoded(client.get(filled(layer, 0, 0, 0)).data)
            assert found, layer["id"]


def test_tiles_lie_below_the_prefix_of_the_site(large):
    client = create_app(Settings(data=large, tile_features=10, url_prefix="/huitu")).test_client()
    layer = next(one for one in client.get("/huitu/layers").json["layers"] if one["tiled"])
    told = client.get(f"/huitu/layers/{layer['id']}/{layer['version']}/tiles.json").json
    assert told["tiles"][0].startswith("http://localhost/huitu/layers/")


# ---------------------------------------------------------------- the shelf


@pytest.fixture
def made():
    """A shelf's maker, which counts how often it was asked."""

    class Maker:
        asked = 0

        def __call__(self):
            self.asked += 1
            return os.urandom(1000)

    return Maker()


def test_a_tile_is_made_once(tmp_path, made):
    shelf = TileShelf(tmp_path, 10_000_000)
    tile = Tile(3, 1, 2)
    first = shelf.get("roads", "a", tile, made)
    assert shelf.get("roads", "a", tile, made) == first
    assert TileShelf(tmp_path, 10_000_000).get("roads", "a", tile, made) == first
    assert made.asked == 1
    assert shelf.get("roads", "b", tile, made) != first


def test_that_a_tile_is_empty_is_kept_too(tmp_path):
    shelf, asked = TileShelf(tmp_path, 10_000_000), []
    for _ in range(3):
        assert shelf.get("roads", "a", Tile(0, 0, 0), lambda: asked.append(1)) == b""
    assert asked == [1]


@pytest.mark.parametrize("damage", [lambda c: c[:-1], lambda c: b"", lambda c: c[:-1] + b"\0"])
def test_half_a_tile_is_never_given(tmp_path, damage):
    shelf = TileShelf(tmp_path, 10_000_000)
    content = shelf.get("roads", "a", Tile(0, 0, 0), lambda: b"x" * 900 + b"y")
    [path] = [one for one in tmp_path.rglob("*") if one.is_file()]
    path.write_bytes(damage(path.read_bytes()))
    assert shelf.get("roads", "a", Tile(0, 0, 0), lambda: b"x" * 900 + b"y") == content
    assert content == packed(b"x" * 900 + b"y")


def held(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_the_shelf_stays_within_its_bounds(tmp_path, made):
    shelf = TileShelf(tmp_path, 100_000)
    for row in range(1000):
        shelf.get("roads", "a", Tile(12, 0, row), made)
        assert held(tmp_path) < 110_000
    assert held(tmp_path) > 70_000


def test_another_processes_tiles_are_counted(tmp_path, made):
    for _ in range(4):
        shelf = TileShelf(tmp_path, 100_000)
        for row in range(60):
            shelf.get("roads", str(id(shelf)), Tile(12, 0, row), made)
    assert held(tmp_path) < 110_000


def test_nothing_is_kept_where_nothing_may_be(tmp_path, made):
    shelf = TileShelf(tmp_path / "none", 0)
    assert shelf.get("roads", "a", Tile(0, 0, 0), made)
    assert not (tmp_path / "none").exists()


def test_a_full_disk_costs_no_tile(tmp_path, made, monkeypatch, caplog):
    shelf = TileShelf(tmp_path, 10_000_000)

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with caplog.at_level(logging.WARNING):
        assert shelf.get("roads", "a", Tile(0, 0, 0), made)
    assert "No space" in caplog.text
    assert held(tmp_path) == 0


def test_the_shelf_stands_in_the_data_folder(large, site, client, roads):
    install_tiles(site, Settings(data=large, tile_features=10))
    address = a_tile(client, roads, 13)
    assert client.get(address).status_code == 200
    kept = large / "cache" / "tiles" / "roads" / roads["version"]
    assert (kept / address.partition("/tiles/")[2].removesuffix(".mvt")).is_file()


# ---------------------------------------------------------------- start


def test_a_damaged_version_is_told_and_mended_at_start(large, tmp_path, caplog):
    folder = shutil.copytree(large, tmp_path / "data")
    deployment = Deployment.open(folder, 10)
    version = deployment.store.current("roads").id
    path = folder / "published" / "roads" / version / "arrays" / "xy.npy"
    content = bytearray(path.read_bytes())
    content[-3] ^= 16
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert opening.ready_tiles(deployment) > 0
    assert "xy.npy" in caplog.text
    content[-3] ^= 16
    assert path.read_bytes() == content


def test_without_a_large_layer_nothing_is_compiled(sample):
    assert opening.ready_tiles(Deployment.open(sample)) == 0


# ---------------------------------------------------------------- the command


def test_all_tiles_of_a_layer_in_one_file(large, tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("HUITU_LANG", raising=False)
    path = tmp_path / "roads.pmtiles"
    with pytest.raises(SystemExit) as left:
        main(["tiles", "roads", "-o", str(path), "--max-zoom", "12", "--data", str(large)])
    assert left.value.code == 0
    assert "roads.pmtiles" in capsys.readouterr().out
    archive = Archive(path)
    assert archive.zooms == range(13)
    assert decoded(archive.tile(Tile(0, 0, 0)))
    assert [one.name for one in tmp_path.iterdir()] == ["roads.pmtiles"]


def test_a_layer_that_is_not_there_has_no_file(large, tmp_path, capsys):
    path = tmp_path / "x.pmtiles"
    with pytest.raises(SystemExit) as left:
        main(["tiles", "sewers", "-o", str(path), "--data", str(large)])
    assert left.value.code == 1
    assert "sewers" in capsys.readouterr().err
    assert not path.exists()
