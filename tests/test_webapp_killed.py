"""Kill -9 at every step of an import: then the old version is there or the new one, never half."""

import io
import json
import os
import subprocess
import sys

import pytest

from geo import files
from geo.files import confined
from geo.placement import Placement
from layers.mapping import FieldMapping
from layers.plan import Plan
from tests.conftest import ROOT
from webapp import accounts, journal, opening
from webapp.database import of
from webapp.desk import Folder, Task, imports, worker
from webapp.journal import Wanted
from webapp.publishing import Deployment
from webapp.settings import Settings

ID, NAME = "a" * 32, "新园"


@pytest.fixture
def brought(town, published, desk, monkeypatch):
    """The town, published, with an import in it that is brought as far as a test wants."""
    monkeypatch.setattr(confined, "read", files.read)
    monkeypatch.setattr(confined, "look", files.look)
    published(town)
    desk(town).close()
    started_again(town)

    def bring(work):
        if work == "receive":
            return town
        received(town)
        for one in ("look", "prepare"):
            if one == work:
                break
            started_again(town)
            answered(town)
        Folder(town, ID).tell(Task(work, {"by": "planner", "reason": "来文"}))
        return town

    return bring


def gardens(town):
    """The gardens as somebody sends them: one has another name."""
    words = (ROOT / "tests" / "town" / "gardens.geojson").read_text("utf-8")
    first = json.loads(words)["features"][0]["properties"]["name_zh"]
    return words.replace(first, NAME).encode()


def received(town):
    folder, database = Folder(town, ID), of(Settings(data=town), pooled=False)
    kept = folder.receive(io.BytesIO(gardens(town)), "园地.geojson", 10_000_000)
    with database.writing() as session:
        imports.begin(session, ID, "gardens", "planner", kept)
    folder.tell(Task("look"))


def answered(town):
    """Say what the file does not say, once it was looked at."""
    folder, database = Folder(town, ID), of(Settings(data=town), pooled=False)
    mapping = FieldMapping.from_dict(folder.found("mapping"))
    with database.writing() as session:
        imports.answer(session, ID, placement=Placement("EPSG:4326"), mapping=mapping)
    folder.tell(Task("prepare"))


def killed_at_each_step(base, out, *file):
    """Data folders in which the work was killed at each of its steps; it was done in the last."""
    run("tests.killing", base, out, ID, *file)
    return sorted(out.iterdir())


def run(*module):
    """Run a module of the tests in a process of its own, which has no threads and a short life."""
    command = [sys.executable, "-m", *module]
    alone = {**os.environ, "HUITU_DATABASE_URL": ""}
    done = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def started_again(data):
    """The next start of the server, and the next look at the page of the import."""
    settings, folder = Settings(data=data), Folder(data, ID)
    opening.log_publications(settings, Deployment.open(data))
    if folder.path.is_dir() and folder.unfinished:
        worker.do(settings, folder, ID)


def shown(data):
    """The garden's name that readers see; both files of the version must be whole and agree."""
    store, version = Plan.open(data).store, Plan.open(data).store.current("gardens").id
    [one, *_] = json.loads(store.geojson_path("gardens", version).read_bytes())["features"]
    assert one["properties"]["name_zh"] == store.frame("gardens", version)["name_zh"].iloc[0]
    return one["properties"]["name_zh"]


def told(data):
    """State of the import, and what the log says of it and of the layer; the log must verify."""
    database = of(Settings(data=data), pooled=False)
    with database.reading() as session:
        assert journal.verify(session).broken is None
        found, _, _ = journal.entries(session, Wanted(subject=ID))
        logged = journal.entries(session, Wanted(action="publish", subject="gardens"))[1]
        one = session.get(imports.Import, ID)
    assert logged == len(Plan.open(data).store.publications("gardens"))
    return one and one.state, [entry.action for entry in reversed(found)]


def test_a_file_that_is_received_is_there_as_a_whole_or_not_at_all(brought, tmp_path):
    base = brought("receive")
    file = tmp_path / "园地.geojson"
    file.write_bytes(gardens(base))
    places = killed_at_each_step(base, tmp_path / "killed", file)
    assert len(places) > 5
    found = [told(data) for data in places]
    assert {one[0] for one in found[:-1]} <= {None, "received"}
    assert all(actions == [] for state, actions in found if state is None)
    assert found[-1] == ("received", ["import-received"])
    assert Folder(places[-1], ID).original.read_bytes() == file.read_bytes()


@pytest.mark.parametrize(("work", "state"), [("look", "answering"), ("prepare", "ready")])
def test_what_was_killed_before_the_publication_publishes_nothing(brought, tmp_path, work, state):
    base = brought(work)
    before = shown(base)
    places = killed_at_each_step(base, tmp_path / "killed")
    assert len(places) > 5
    for data in places:
        assert shown(data) == before
        started_again(data)
        assert told(data) == (state, ["import-received"])
        assert shown(data) == before
        assert Folder(data, ID).found("look" if work == "look" else "difference")


def test_a_publication_that_is_killed_ends_as_the_old_version_or_the_new_one(brought, tmp_path):
    base = brought("publish")
    before = shown(base)
    places = killed_at_each_step(base, tmp_path / "killed")
    assert len(places) > 15
    seen = [shown(data) for data in places]
    assert seen == sorted(seen, key=lambda name: name == NAME)
    assert {*seen} == {before, NAME}
    for data in places:
        started_again(data)
        assert shown(data) == NAME
        assert told(data) == ("published", ["import-received", "import-published"])
        assert len(Plan.open(data).store.publications("gardens")) == 2
        assert not list((data / "published" / "gardens").glob(".building-*"))


# ---------------------------------------------------------------- full disks


def test_a_full_disk_is_told_and_nothing_that_was_done_is_lost(brought):
    data = brought("publish")
    old = Plan.open(data).store.current("gardens").id
    run("tests.filling", data, ID)
    found = json.loads((data / "found.json").read_bytes())
    assert (found["status"], found["looked"]) == (507, 200)
    assert "磁盘已满" in found["text"]
    assert "磁盘已满，这次操作没有执行" in found["files"]["told"]["message"]
    assert found["files"]["version"] == old
    new = found["entry"]["version"]
    assert new != old
    assert f"版本 {new} 已经发布，但数据库没有写下来" in found["entry"]["told"]["message"]
    database = of(Settings(data=data), pooled=False)
    with database.reading() as session:
        assert journal.verify(session).broken is None
        names = {one.name for one in accounts.accounts(session) if one.name[0] == "w"}
    assert names == {f"w{number}" for number in range(found["added"])}
    # With room again the planner presses the button once more; nothing is published twice.
    Folder(data, ID).tell(Task("publish", {"by": "planner", "reason": "有了空间"}))
    started_again(data)
    assert shown(data) == NAME
    assert told(data) == ("published", ["import-received", "import-published"])
    assert len(Plan.open(data).store.publications("gardens")) == 2
