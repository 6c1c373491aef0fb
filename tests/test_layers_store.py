"""A version is whole or absent, is never overwritten, and is named by what it was made of."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from geo.errors import InputError, NotFound
from layers.catalog import Catalog
from layers.ingest import STAGES, Answers
from layers.publishing import Source, is_current, is_settled, own_source, publish, republish
from layers.store import Store

TOWN = Path(__file__).parent / "town"


@pytest.fixture
def town(tmp_path):
    return Path(shutil.copytree(TOWN, tmp_path / "town"))


@pytest.fixture
def store(town):
    return Store(town, software="huitu test")


@pytest.fixture
def catalog(town):
    return Catalog.read(town)


def put(catalog, store, layer="streets", reason="test"):
    spec = catalog.layer(layer)
    return publish(catalog, store, spec, own_source(catalog, spec), by="tester", reason=reason)


def rename_first_street(town, name):
    path = town / "streets.geojson"
    path.write_text(path.read_text("utf-8").replace("静溪大街改造", name), "utf-8")


def test_a_published_version_is_current(catalog, store):
    outcome = put(catalog, store)
    assert outcome.report.ok
    assert store.current("streets") == outcome.version
    assert (outcome.version.features, outcome.version.located) == (4, 3)
    assert outcome.version.unlocated == 1


def test_the_served_file_is_strict_geojson_with_its_version(catalog, store):
    version = put(catalog, store).version
    path = store.geojson_path("streets", version.id)
    collection = json.loads(path.read_bytes())
    assert collection["huitu"]["version"] == version.id
    assert [feature["id"] for feature in collection["features"]] == ["T01", "T02", "T03", "T04"]
    assert collection["features"][3]["geometry"] is None
    assert gzip.decompress(path.with_name(path.name + ".gz").read_bytes()) == path.read_bytes()


def test_the_frame_keeps_rows_and_types(catalog, store):
    version = put(catalog, store).version
    frame = store.frame("streets", version.id)
    assert list(frame["id"]) == ["T01", "T02", "T03", "T04"]
    assert frame["year_from"].dtype == "Int64"
    assert frame.crs == "EPSG:4326"


def test_the_same_source_is_the_same_version_and_no_second_publication(catalog, store):
    first, second = put(catalog, store), put(catalog, store)
    assert first.version.id == second.version.id
    assert len(store.publications("streets")) == 1


def test_each_stage_is_told_as_it_begins(catalog, store):
    stages = []
    spec = catalog.layer("streets")
    source = own_source(catalog, spec)
    publish(catalog, store, spec, source, by="tester", reason="test", told=stages.append)
    assert tuple(stages) == STAGES


def test_an_old_version_stays_and_can_be_published_again(town, catalog, store):
    first = put(catalog, store).version
    rename_first_street(town, "静溪南街改造")
    second = put(catalog, store, reason="renamed").version
    assert first.id != second.id
    assert [version.id for version in store.versions("streets")] == [second.id, first.id]
    rename_first_street(town, "静溪大街改造")
    assert json.loads(store.geojson_path("streets", first.id).read_bytes())
    town.joinpath("streets.geojson").write_text(
        town.joinpath("streets.geojson").read_text("utf-8").replace("静溪南街改造", "静溪大街改造"),
        "utf-8",
    )
    again = put(catalog, store, reason="back").version
    assert again.id == first.id
    assert store.current("streets").id == first.id
    assert [entry.reason for entry in store.publications("streets")] == ["back", "renamed", "test"]


def test_the_entry_is_part_of_the_name(town, catalog, store):
    before = put(catalog, store).version.id
    path = town / "catalog.toml"
    path.write_text(path.read_text("utf-8").replace("街道工程", "街巷工程"), "utf-8")
    assert put(Catalog.read(town), store).version.id != before


def test_a_file_with_an_error_publishes_nothing(town, catalog, store):
    first = put(catalog, store).version
    town.joinpath("streets.geojson").write_text('{"type": "FeatureCollection", ', "utf-8")
    outcome = put(catalog, store)
    assert outcome.version is None
    assert not outcome.report.ok
    assert outcome.report.rows_out == 0
    assert store.current("streets") == first


def test_an_id_of_another_layer_is_refused(town, catalog, store):
    put(catalog, store)
    path = town / "gardens.geojson"
    path.write_text(path.read_text("utf-8").replace('"G01"', '"T01"'), "utf-8")
    outcome = put(catalog, store, "gardens")
    assert outcome.version is None
    assert "id-in-other-layer" in {problem.kind.code for problem in outcome.report.problems}


def test_a_store_knows_whether_a_source_is_current(town, catalog, store):
    spec = catalog.layer("streets")
    assert not is_current(store, spec, own_source(catalog, spec))
    put(catalog, store)
    assert is_current(store, spec, own_source(catalog, spec))
    rename_first_street(town, "静溪南街改造")
    assert not is_current(store, spec, own_source(catalog, spec))
    assert not is_current(store, spec, Source(town / "streets.geojson", Answers(repair=True)))


@pytest.mark.parametrize(
    ("layer", "version"),
    [("streets", "000000000000"), ("streets", "../streets"), ("../town", "x"), ("sewers", "a")],
)
def test_what_is_not_there_is_not_found(catalog, store, layer, version):
    put(catalog, store)
    for verb in (store.version, store.geojson_path, store.frame):
        with pytest.raises(NotFound):
            verb(layer, version)


def test_nothing_published_is_not_found(store):
    with pytest.raises(NotFound):
        store.current("streets")
    assert store.versions("streets") == ()


KILLED_AT = ["mkdir", "write_bytes", "rename", "replace"]


@pytest.mark.parametrize("verb", KILLED_AT)
def test_a_kill_while_publishing_leaves_the_old_version(town, catalog, store, verb):
    first = put(catalog, store).version
    rename_first_street(town, "静溪南街改造")
    killed = subprocess.run(
        [sys.executable, "-c", _killed_when(verb), str(town)], capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert Store(town, software="x").current("streets") == first
    assert json.loads(store.geojson_path("streets", first.id).read_bytes())
    second = put(catalog, store).version
    assert store.current("streets") == second != first
    assert not list((town / "published" / "streets").glob(".building-*"))


def _killed_when(verb):
    """A publisher that kills itself when the store first calls ``Path.<verb>``."""
    return textwrap.dedent(
        f"""
        import os, pathlib, signal, sys
        from layers.catalog import Catalog
        from layers.publishing import own_source, publish
        from layers.store import Store

        usual = pathlib.Path.{verb}

        def deadly(self, *args, **kwargs):
            if "published" in self.parts and not (self.name == "streets"):
                os.kill(os.getpid(), signal.SIGKILL)
            return usual(self, *args, **kwargs)

        catalog = Catalog.read(pathlib.Path(sys.argv[1]))
        store = Store(pathlib.Path(sys.argv[1]), software="huitu test")
        spec = catalog.layer("streets")
        pathlib.Path.{verb} = deadly
        publish(catalog, store, spec, own_source(catalog, spec), by="x", reason="killed")
        """
    )


def test_a_full_disk_leaves_the_old_version_and_no_leftover(town, catalog, store, monkeypatch):
    first = put(catalog, store).version
    rename_first_street(town, "静溪南街改造")

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        put(catalog, store)
    monkeypatch.undo()
    assert store.current("streets") == first
    assert not list((town / "published" / "streets").glob(".building-*"))


# ---------------------------------------------------------------- going back


@pytest.fixture
def twice(town, catalog, store):
    """Both versions of the streets: the first, and the one after it."""
    first = put(catalog, store).version
    rename_first_street(town, "静溪南街改造")
    return first, put(catalog, store, reason="renamed").version


def go_back(catalog, store, version, layer="streets"):
    spec = catalog.layer(layer)
    return republish(catalog, store, spec, version.id, by="tester", reason="too early")


def test_going_back_moves_the_pointer_and_nothing_else(town, catalog, store, twice):
    first, second = twice
    folder = town / "published" / "streets"
    before = {path: path.read_bytes() for path in folder.glob("*/*")}
    assert go_back(catalog, store, first) == first
    assert store.current("streets") == first
    assert {path: path.read_bytes() for path in folder.glob("*/*")} == before
    entries = store.publications("streets")
    assert [entry.version for entry in entries] == [first.id, second.id, first.id]
    assert (entries[0].by, entries[0].reason, entries[0].back) == ("tester", "too early", True)
    assert not any(entry.back for entry in entries[1:])
    assert store.versions("streets") == (first, second)


def test_going_back_to_where_one_is_says_nothing(catalog, store, twice):
    go_back(catalog, store, twice[1])
    assert len(store.publications("streets")) == 2


@pytest.mark.parametrize("version", ["0" * 12, "../gardens", ""])
def test_one_cannot_go_back_to_what_was_never_published(town, catalog, store, twice, version):
    with pytest.raises(NotFound):
        store.republish("streets", version, by="x", reason="x")
    unseen = town / "published" / "streets" / "aaaaaaaaaaaa"
    shutil.copytree(town / "published" / "streets" / twice[0].id, unseen)
    with pytest.raises(NotFound):
        store.republish("streets", unseen.name, by="x", reason="x")
    assert store.current("streets") == twice[1]


def test_an_own_file_that_somebody_went_back_from_does_not_come_again_by_itself(
    town, catalog, store, twice
):
    spec = catalog.layer("streets")
    source = own_source(catalog, spec)
    assert is_settled(store, spec, source)
    go_back(catalog, store, twice[0])
    assert not is_current(store, spec, source)
    assert is_settled(store, spec, source)
    path = town / "streets.geojson"
    path.write_text(path.read_text("utf-8").replace("静溪南街改造", "静溪北街改造"), "utf-8")
    assert not is_settled(store, spec, source)


def test_a_file_that_was_put_back_as_it_was_still_waits(town, catalog, store, twice):
    path = town / "streets.geojson"
    path.write_text(path.read_text("utf-8").replace("静溪南街改造", "静溪大街改造"), "utf-8")
    spec = catalog.layer("streets")
    assert not is_settled(store, spec, own_source(catalog, spec))


def test_what_was_published_at_the_desk_stays_at_the_next_start(town, tmp_path):
    catalog, store = Catalog.read(town), Store(town, software="test")
    spec = catalog.layers[0]
    own = own_source(catalog, spec)
    publish(catalog, store, spec, own, by="start", reason="first")
    imported = tmp_path / "imported.geojson"
    changed = own.path.read_text("utf-8").replace('"id": "', '"id": "N', 1)
    imported.write_text(changed, "utf-8")
    assert publish(catalog, store, spec, Source(imported), by="planner", reason="newer").version
    assert store.current(spec.id).file == "imported.geojson"
    assert is_settled(store, spec, own)


def test_one_cannot_go_back_to_an_id_that_is_another_layers_now(town, catalog, store, twice):
    path = town / "streets.geojson"
    path.write_text(path.read_text("utf-8").replace('"T01"', '"T91"'), "utf-8")
    third = put(catalog, store).version
    garden = town / "gardens.geojson"
    garden.write_text(garden.read_text("utf-8").replace('"G01"', '"T01"'), "utf-8")
    assert put(catalog, store, "gardens").version
    with pytest.raises(InputError) as refused:
        go_back(catalog, store, twice[0])
    assert refused.value.code == "id-in-other-layer"
    assert store.current("streets") == third


def test_one_cannot_go_back_to_what_the_catalog_no_longer_takes(town, catalog, store, twice):
    path = town / "catalog.toml"
    words = path.read_text("utf-8").replace(
        'title = { zh = "起始年"', 'required = true\ntitle = { zh = "起始年"'
    )
    path.write_text(words, "utf-8")
    with pytest.raises(InputError) as refused:
        go_back(Catalog.read(town), store, twice[0])
    assert {problem.feature for problem in refused.value.problems} == {"T03", "T04"}


def test_publications_of_earlier_days_are_read(town, catalog, store):
    put(catalog, store)
    path = town / "published" / "streets" / "publications.json"
    rows = json.loads(path.read_bytes())
    del rows[0]["back"]
    path.write_text(json.dumps(rows), "utf-8")
    assert not store.publications("streets")[0].back
