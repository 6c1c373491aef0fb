"""The door in front of Flask says of a kept tile just what Flask says, and nothing of its own."""

import itertools
import shutil

import pytest
from werkzeug.test import Client

from geo.tiles import Tile, covering
from layers.catalog import CATALOG_FILE
from layers.plan import Plan
from tests.conftest import ROOT, copy_sources
from webapp import create_app
from webapp.settings import Settings

TOWN = ROOT / "tests" / "town"
LAYER = "streets"
GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, published):
    town = copy_sources(TOWN, tmp_path_factory.mktemp("door") / "town")
    return published(town)


@pytest.fixture(scope="module")
def version(folder):
    return Plan.open(folder).version(LAYER).id


@pytest.fixture(scope="module")
def tiles(folder, version):
    """A tile with something in it, and one that is empty; both are on the shelf afterwards."""
    arrays = Plan.open(folder).store.arrays(Plan.open(folder).catalog.layer(LAYER), version)
    full = covering(arrays.bounds, 12)[0]
    empty = Tile(12, 0, 0)
    client = Client(create_app(Settings(data=folder)))
    sizes = [len(client.get(address(version, tile)).data) for tile in (full, empty)]
    assert sizes[0] > 0 == sizes[1]
    return full, empty


class Site:
    """An application with a count of how often Flask was asked behind the door."""

    def __init__(self, folder, **settings):
        self.app = create_app(Settings(data=folder, **settings))
        self.door = self.app.wsgi_app
        while not hasattr(self.door, "inner"):
            self.door = self.door._inner
        self.flask, self.asked = self.door.inner, 0
        self.door.inner = self.count
        self.client = Client(self.app)

    def count(self, environ, start_response):
        self.asked += 1
        return self.flask(environ, start_response)

    def get(self, path, method="GET", **headers):
        """Status, headers without the date, and body; and whether Flask was asked."""
        before = self.asked
        answer = self.client.open(path, method=method, headers=headers)
        told = sorted((n.lower(), v) for n, v in answer.headers if n.lower() != "date")
        return (answer.status, told, answer.data), self.asked > before


@pytest.fixture
def site(folder):
    return Site(folder)


@pytest.fixture
def taught(folder, version, tiles):
    """A site whose door has seen each kind of answer once."""
    site = Site(folder)
    teach(site, version, *tiles)
    return site


def teach(site, version, full, empty):
    site.get(address(version, full), **GZIP)
    site.get(address(version, empty), **GZIP)
    site.get(address(version, full), **GZIP, **{"If-None-Match": etag(version, full)})


def address(version, tile, layer=LAYER):
    return f"/layers/{layer}/{version}/tiles/{tile}.mvt"


def etag(version, tile):
    return f'"{version}-{tile}-gz"'


# ---------------------------------------------------------------- the same answers


def ways(version, full, empty):
    """Addresses and headers: plain ones, odd ones and wrong ones."""
    odd = [
        address(version, f"0{full}"),
        address(version, "3/8/0"),
        address(version, "17/0/0"),
        address(version, "99999999999/0/0"),
        address(version, full) + "?",
        address(version, full) + "?x=1",
        address(version, full) + "?lang=en",
        address(version, full) + "/",
        address(version, full, "sewers"),
        address(version, full, "stréets"),
        address("0" * 12, full),
        address("..", full),
        f"/layers/{LAYER}/{version}/tiles.json",
    ]
    accepted = [None, "gzip", "gzip, deflate, br, zstd", "gzip;q=0", "*", "identity", "GZIP"]
    mine = etag(version, full)
    known = [None, mine, f"W/{mine}", f'"x", {mine}', "*", '"other"', mine.strip('"'), ""]
    each = [
        *itertools.product([address(version, full)], accepted, known),
        *itertools.product([address(version, empty), *odd], [None, "gzip"], [None, mine]),
    ]
    for path, accepts, has in each:
        headers = {"Accept-Encoding": accepts, "If-None-Match": has}
        yield path, {name: value for name, value in headers.items() if value is not None}


def test_the_door_and_flask_say_the_same(site, folder, version, tiles):
    flask, by_the_door = Site(folder), set()
    flask.app.wsgi_app = flask.count
    for path, headers in list(ways(version, *tiles)) * 2:
        found, asked = site.get(path, **headers)
        assert found == flask.get(path, **headers)[0], (path, headers)
        if not asked:
            by_the_door.add(found[0])
    assert by_the_door == {"200 OK", "204 NO CONTENT", "304 NOT MODIFIED"}


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS", "PUT", "DELETE"])
def test_other_methods_are_for_flask(taught, version, tiles, method):
    _, asked = taught.get(address(version, tiles[0]), method, **GZIP)
    assert asked


def test_other_headers_change_nothing(taught, version, tiles):
    usual, _ = taught.get(address(version, tiles[0]), **GZIP)
    for name, value in {
        "Range": "bytes=0-3",
        "If-Modified-Since": "Sat, 01 Jan 2050 00:00:00 GMT",
        "If-Match": '"x"',
        "Cookie": "huitu_desk=x",
        "Authorization": "Bearer x",
        "Origin": "https://other.example",
        "X-Forwarded-Proto": "https",
    }.items():
        found, _ = taught.get(address(version, tiles[0]), **GZIP, **{name: value})
        assert found == usual, name


def test_below_a_prefix_too(folder, version, tiles):
    site = Site(folder, url_prefix="/huitu", trusted_proxies=1)
    for prefix in ("/huitu", ""):
        first, _ = site.get(prefix + address(version, tiles[0]), **GZIP)
        again, asked = site.get(prefix + address(version, tiles[0]), **GZIP)
        assert (again, asked) == (first, False)


# ---------------------------------------------------------------- what the door never gives


def test_a_door_that_has_seen_nothing_gives_nothing(site, version, tiles):
    assert site.get(address(version, tiles[0]), **GZIP)[1]
    assert not site.get(address(version, tiles[0]), **GZIP)[1]
    assert site.get(address(version, tiles[1]), **GZIP)[1]


def test_an_answer_that_no_cache_may_keep_is_never_learned(folder, version, tiles):
    for header in (("Cache-Control", "no-store"), ("Set-Cookie", "who=me")):
        site = Site(folder)
        site.app.after_request_funcs[None].insert(0, lambda a, h=header: put(a, *h))
        for _ in range(2):
            assert site.get(address(version, tiles[0]), **GZIP)[1]


def put(answer, name, value):
    answer.headers[name] = value
    return answer


def test_a_layer_that_left_the_catalog_is_no_longer_given(folder, version, tiles, tmp_path):
    changed = shutil.copytree(folder, tmp_path / "town")
    site = Site(changed)
    teach(site, version, *tiles)
    catalog = changed / CATALOG_FILE
    text = catalog.read_text("utf-8")
    before, _, after = text.rpartition('id = "streets"')
    catalog.write_text(f'{before}id = "lanes"{after}', "utf-8")
    (answer, _, _), asked = site.get(address(version, tiles[0]), **GZIP)
    assert (answer, asked) == ("404 NOT FOUND", True)
    catalog.write_text(text, "utf-8")
    assert site.get(address(version, tiles[0]), **GZIP)[0][0] == "200 OK"


def test_a_version_that_is_gone_is_not_found(folder, version, tiles, tmp_path):
    changed = shutil.copytree(folder, tmp_path / "town")
    site = Site(changed)
    teach(site, version, *tiles)
    shutil.rmtree(changed / "published" / LAYER / version)
    assert site.get(address(version, tiles[0]), **GZIP)[0][0] == "404 NOT FOUND"


def test_a_disk_that_keeps_nothing_costs_no_tile(folder, version, tiles, tmp_path):
    """Where the shelf should be stands a file: nothing can be written there, as on a full disk."""
    changed = shutil.copytree(folder, tmp_path / "town")
    whole, _ = Site(folder).get(address(version, tiles[0]), **GZIP)
    shutil.rmtree(changed / "cache" / "tiles")
    (changed / "cache" / "tiles").write_bytes(b"")
    site = Site(changed)
    for _ in range(2):
        assert site.get(address(version, tiles[0]), **GZIP)[0] == whole


@pytest.mark.parametrize("how", [lambda c: c[:-100], lambda c: c[:100], lambda c: b""])
def test_from_a_cut_array_file_come_the_same_tiles_of_the_rows(
    folder, version, tiles, tmp_path, how
):
    changed = shutil.copytree(folder, tmp_path / "town")
    whole, _ = Site(folder).get(address(version, tiles[0]), **GZIP)
    shutil.rmtree(changed / "cache" / "tiles")
    store = Plan.open(changed, 1).store
    spec = Plan.open(changed).catalog.layer(LAYER)
    assert store.mend_large(spec, version)
    xy = changed / "published" / LAYER / version / "arrays" / "xy.npy"
    xy.write_bytes(how(xy.read_bytes()))
    assert Site(changed).get(address(version, tiles[0]), **GZIP)[0] == whole


@pytest.mark.parametrize(
    "damage", [lambda c: c[:-1], lambda c: b"", lambda c: c[:9] + b"\0" + c[10:]]
)
def test_half_a_tile_is_never_given(folder, version, tiles, tmp_path, damage):
    changed = shutil.copytree(folder, tmp_path / "town")
    site = Site(changed)
    teach(site, version, *tiles)
    whole, _ = site.get(address(version, tiles[0]), **GZIP)
    kept = changed / "cache" / "tiles" / LAYER / version / str(tiles[0])
    kept.write_bytes(damage(kept.read_bytes()))
    for _ in range(2):
        assert site.get(address(version, tiles[0]), **GZIP) == (whole, False)
    assert kept.stat().st_size > 100


def test_a_tile_that_is_not_kept_is_cut_at_the_door_as_flask_cuts_it(
    folder, version, tiles, tmp_path
):
    changed = shutil.copytree(folder, tmp_path / "town")
    bounds = Plan.open(folder).store.arrays(Plan.open(folder).catalog.layer(LAYER), version).bounds
    shutil.rmtree(changed / "cache" / "tiles")
    site = Site(changed)
    teach(site, version, *tiles)
    for tile in [*covering(bounds, 13), *covering(bounds, 11), Tile(5, 0, 0)]:
        fresh = Site(changed)
        by_flask, was_asked = fresh.get(address(version, tile), **GZIP)
        assert was_asked
        shutil.rmtree(changed / "cache" / "tiles")
        found, asked = site.get(address(version, tile), **GZIP)
        assert (found, asked) == (by_flask, False)


@pytest.mark.parametrize("tile", ["17/0/0", "3/8/0", "99/0/0"])
def test_an_address_outside_is_refused_by_flask(taught, version, tile):
    (status, _, _), asked = taught.get(f"/layers/{LAYER}/{version}/tiles/{tile}.mvt", **GZIP)
    assert (status, asked) == ("404 NOT FOUND", True)
