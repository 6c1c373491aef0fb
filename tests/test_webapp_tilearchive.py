"""An archive of tiles beside its version: kept whole, served whole or in parts."""

import gzip
import threading

import pytest
from pmtiles.reader import Reader
from pmtiles.tile import deserialize_header

from geo.tiles import Archive, Tile
from geo.tiles.packing import unpacked
from layers import tilearchive
from layers.plan import Plan
from tests.conftest import ROOT, copy_sources
from tests.tiling import decoded
from webapp import answers, create_app
from webapp.backup.making import _versions
from webapp.cli import main
from webapp.settings import Settings

LAYER = "streets"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, published):
    town = copy_sources(ROOT / "tests" / "town", tmp_path_factory.mktemp("archive") / "town")
    return published(town)


@pytest.fixture(scope="module")
def version(folder):
    return Plan.open(folder).version(LAYER).id


@pytest.fixture(scope="module")
def path(folder, version):
    """The archive, made by the command as one would."""
    assert run("tiles", LAYER, "--keep", "--max-zoom", "12", "--data", str(folder)) == 0
    return folder / "published" / LAYER / version / "tiles.pmtiles"


@pytest.fixture
def client(folder):
    return create_app(Settings(data=folder)).test_client()


@pytest.fixture
def ask(client, version, path):
    """Ask for the archive, with headers by their names in Python."""
    assert path.is_file()

    def get(method="GET", **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with client.open(address(version), method=method, headers=named) as answer:
            answer.get_data()
        return answer

    return get


def address(version, layer=LAYER):
    return f"/layers/{layer}/{version}/tiles.pmtiles"


def run(*words):
    with pytest.raises(SystemExit) as left:
        main(words)
    return left.value.code


# ---------------------------------------------------------------- by HTTP


def test_the_whole_of_it(ask, path):
    answer = ask()
    assert (answer.status_code, answer.data) == (200, path.read_bytes())
    assert answer.mimetype == "application/vnd.pmtiles"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("0-126", 0, 127), ("127-127", 127, 128), ("500-", 500, None), ("-10", -10, None)],
)
def test_a_part_of_it(ask, path, asked, start, stop):
    content = path.read_bytes()
    answer = ask(Range=f"bytes={asked}")
    assert (answer.status_code, answer.data) == (206, content[start:stop])
    first = start % len(content)
    last = first + len(answer.data) - 1
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(content)}"
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_a_part_that_reaches_beyond_the_end_is_cut(ask, path):
    answer = ask(Range="bytes=100-999999999")
    assert (answer.status_code, answer.data) == (206, path.read_bytes()[100:])


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=0-9,20-29"])
def test_a_part_that_is_not_there_or_several_at_once(ask, path, asked):
    answer = ask(Range=asked, Accept="application/json")
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{path.stat().st_size}"
    assert answer.json["error"]["code"] == "range"


@pytest.mark.parametrize("asked", ["items=0-9", "bytes=9-0", "bytes=a-b"])
def test_what_is_no_range_is_not_looked_at_or_refused(ask, path, asked):
    answer = ask(Range=asked)
    assert answer.status_code in {200, 416}
    assert answer.status_code == 416 or answer.data == path.read_bytes()


def test_a_reader_who_holds_parts_is_told_when_it_is_another(ask, path):
    etag = ask(Range="bytes=0-126").headers["ETag"]
    assert ask(Range="bytes=0-126", If_Range=etag).status_code == 206
    other = ask(Range="bytes=0-126", If_Range='"other"')
    assert (other.status_code, other.data) == (200, path.read_bytes())
    assert (ask(If_None_Match=etag).status_code, ask(If_None_Match=etag).data) == (304, b"")


def test_its_head_alone(ask, path):
    answer = ask("HEAD")
    assert (answer.status_code, answer.data) == (200, b"")
    assert int(answer.headers["Content-Length"]) == path.stat().st_size
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_a_viewer_reads_a_tile_by_parts(ask):
    """The stock reader, over the site: every read is a request for a part."""

    def part(offset, length):
        answer = ask(Range=f"bytes={offset}-{offset + length - 1}")
        assert answer.status_code == 206
        return answer.data

    header = deserialize_header(part(0, 127))
    assert header["max_zoom"] == 12
    assert decoded(unpacked(Reader(part).get(0, 0, 0)))


def test_no_other_parameter_is_taken(client, version, path):
    assert client.get(f"{address(version)}?x=1").status_code == 400


# ---------------------------------------------------------------- where there is none


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_version_without_one_says_how(client, folder, lang):
    other = Plan.open(folder).version("gardens").id
    answer = client.get(f"{address(other, 'gardens')}?lang={lang}")
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "tiles-not-archived"
    assert "huitu tiles gardens --keep" in answer.json["error"]["hint"]


@pytest.mark.parametrize(
    "where", ["sewers/000000000000", "streets/000000000000", "streets/..", "x/y"]
)
def test_a_layer_or_a_version_that_is_not_there(client, where):
    answer = client.get(f"/layers/{where}/tiles.pmtiles")
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "not-found"


# ---------------------------------------------------------------- keeping it


def test_it_is_in_no_backup(folder, version, path):
    names = {one.name for one in _versions(folder)}
    assert "version.json" in names
    assert path.name not in names


def test_it_is_kept_or_written_elsewhere(folder, tmp_path, capsys):
    wanted = tmp_path / "x.pmtiles"
    code = run("tiles", LAYER, "--keep", "-o", str(wanted), "--lang", "en", "--data", str(folder))
    assert code == 2
    assert "Only one of --keep and --output" in capsys.readouterr().err
    assert not wanted.exists()


def keep(folder, version, content, fail=None):
    with tilearchive.keeping(Plan.open(folder).store, LAYER, version) as part:
        part.write_bytes(content)
        if fail:
            raise fail


def test_what_fails_leaves_the_one_before_and_nothing_else(folder, version, path):
    there, before = set(path.parent.iterdir()), path.read_bytes()
    with pytest.raises(OSError, match="No space"):
        keep(folder, version, b"half", OSError(28, "No space left on device"))
    assert path.read_bytes() == before
    assert set(path.parent.iterdir()) == there


def test_what_a_killed_maker_left_goes(folder, version, path):
    store, before = Plan.open(folder).store, path.read_bytes()
    left = path.with_name(".tiles.pmtiles.part")
    left.write_bytes(b"half")
    with tilearchive.keeping(store, LAYER, version) as part:
        assert not part.exists()
        part.write_bytes(before)
    assert not left.exists()
    assert path.read_bytes() == before


def test_one_maker_at_a_time(folder, version, path):
    store, content, order = Plan.open(folder).store, path.read_bytes(), []

    def second():
        with tilearchive.keeping(store, LAYER, version) as part:
            order.append("second")
            part.write_bytes(content)

    thread = threading.Thread(target=second)
    with tilearchive.keeping(store, LAYER, version) as part:
        thread.start()
        part.write_bytes(content)
        thread.join(0.1)
        order.append("first")
    thread.join(20)
    assert order == ["first", "second"]


def test_readers_of_the_one_before_are_not_disturbed(folder, version, path, client):
    content = path.read_bytes()
    with client.get(address(version)) as answer:
        keep(folder, version, content[:200])
        assert answer.data == content
    with client.get(address(version)) as newer:
        assert newer.data == content[:200]
        assert newer.headers["ETag"] != answer.headers["ETag"]
    path.write_bytes(content)


def test_its_tiles_are_those_of_the_site(client, version, path):
    kept = Archive(path)
    answer = client.get(f"/layers/{LAYER}/{version}/tiles/0/0/0.mvt")
    assert decoded(kept.tile(Tile(0, 0, 0))) == decoded(answer.data)


# ---------------------------------------------------------------- readers who take their time


@pytest.fixture
def small_parts(monkeypatch):
    """Everything above 100 bytes counts as large."""
    monkeypatch.setattr(answers, "AT_ONCE_BYTES", 100)


def test_two_read_a_large_file_at_a_time_and_others_are_told(client, version, path, small_parts):
    with client.get(address(version)) as first, client.get(address(version)) as second:
        refused = client.get(f"{address(version)}?lang=en")
        assert refused.status_code == 503
        assert refused.headers["Retry-After"]
        assert refused.json["error"]["code"] == "occupied"
        with client.get(address(version), headers={"Range": "bytes=0-99"}) as part:
            assert (part.status_code, part.data) == (206, path.read_bytes()[:100])
        assert first.data == second.data == path.read_bytes()
    with client.get(address(version), headers={"Range": "bytes=0-100"}) as after:
        assert (after.status_code, after.data) == (206, path.read_bytes()[:101])


def test_the_features_in_one_file_are_such_a_file_too(client, version, small_parts):
    whole = f"/layers/{LAYER}/{version}/features.geojson"
    with client.get(whole) as first, client.get(whole) as second:
        assert client.get(whole).status_code == 503
        with client.head(whole) as looked:
            assert looked.status_code == 200
        assert first.data == second.data
        assert int(looked.headers["Content-Length"]) == len(first.data) > 100
    with client.get(whole, headers={"Accept-Encoding": "gzip"}) as packed:
        assert gzip.decompress(packed.data) == first.data


def test_who_only_looks_takes_no_place(client, version, path, small_parts):
    with client.head(address(version)) as looked:
        etag = looked.headers["ETag"]
        with client.get(address(version), headers={"If-None-Match": etag}) as same:
            assert same.status_code == 304
            with client.get(address(version)) as whole:
                assert whole.data == path.read_bytes()
