"""A backup brings back the very same state, from a deployment that is being worked on."""

import json
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count

import pytest

from geo.errors import InputError
from layers.catalog import Catalog
from layers.ingest import Answers
from layers.publishing import Source, publish
from layers.store import Store
from webapp import accounts, backup, journal
from webapp.backup.archive import MANIFEST
from webapp.database import Schema, of
from webapp.security import ROUTES
from webapp.settings import Settings


def nobody(_size):
    """Nobody looks at the bar."""


@pytest.fixture
def worked_at(desk, town, published, database_url):
    """A deployment with versions, accounts, a log and something private, on each database."""
    made = desk(published(town), database_url)
    catalog, store = Catalog.read(town), Store(town, software="test")
    journal.catch_up(made.database, catalog, store)
    (town / "private" / "imports").mkdir(parents=True)
    (town / "private" / "imports" / "1.bin").write_bytes(bytes(range(256)))
    made.client("admin")
    return made


@contextmanager
def opened(settings):
    """The database of a deployment, closed in the end."""
    database = of(settings)
    try:
        yield database
    finally:
        database.dispose()


def taken(made, tmp_path, name="b.zip"):
    output = tmp_path / name
    backup.make(made.settings, made.database, output, nobody)
    return output


def test_what_is_in_it_and_what_is_not(worked_at, tmp_path):
    output = taken(worked_at, tmp_path)
    names = zipfile.ZipFile(output).namelist()
    assert names[-2:] == ["catalog.toml", MANIFEST]
    assert {"streets.geojson", "palette.toml", "private/imports/1.bin"} <= set(names)
    assert not [name for name in names if "session.key" in name or "sqlite" in name]
    assert output.stat().st_mode & 0o777 == 0o600
    assert zipfile.ZipFile(output).read("database/sign_in.jsonl") == b""


def test_the_same_state_gives_the_same_members(worked_at, tmp_path):
    told = []
    for name in ("1.zip", "2.zip"):
        manifest = json.loads(zipfile.ZipFile(taken(worked_at, tmp_path, name)).read(MANIFEST))
        told.append(manifest["members"])
    assert told[0] == told[1]
    worked_at.database.dispose()


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_restored_every_page_is_the_same(worked_at, desk, tmp_path, target, request):
    output = taken(worked_at, tmp_path)
    url = ""
    if target == "postgresql":
        postgresql = request.getfixturevalue("postgresql")
        url = postgresql.url(postgresql.make())
    settings = Settings(data=tmp_path / "new", database_url=url)
    backup.restore(output, settings, "test", nobody)
    with opened(settings) as database, database.reading() as session:
        verdict = journal.verify(session)
        assert verdict.broken is None
        assert journal.contradicted(session, journal.noted(settings.data)) is None
        newest, _, _ = journal.entries(session, journal.Wanted())
        assert newest[0].action == "restore"
        assert len(accounts.accounts(session)) == 4
    assert (settings.data / "private" / "imports" / "1.bin").read_bytes() == bytes(range(256))
    again = desk(settings.data, url, add=False)
    before, after = worked_at.app.test_client(), again.app.test_client()
    walked = list(public_addresses(worked_at.app))
    assert len(walked) > 20
    for address in walked:
        was, is_now = before.get(address), after.get(address)
        assert (is_now.status_code, is_now.data) == (was.status_code, was.data), address
        assert was.status_code == 200, address
    for address in ("/desk", "/desk/accounts"):
        was = without_tokens(worked_at.client("admin").get(address).text)
        assert without_tokens(again.client("admin").get(address).text) == was


def without_tokens(html):
    return [line for line in html.splitlines() if "csrf_token" not in line]


def public_addresses(app):
    """An address of every public endpoint that can be asked for, in each layer and language."""
    catalog = Catalog.read(app_data(app))
    store = Store(catalog.folder, software="test")
    project = json.loads(app.test_client().get("/projects.json").data)["features"][0]["id"]
    for rule in app.url_map.iter_rules():
        if ROUTES[rule.endpoint].role != "public" or rule.endpoint in _NOT_WALKED:
            continue
        for layer in catalog.layers:
            known = {
                "layer_id": layer.id,
                "version": store.current(layer.id).id,
                "project_id": project,
            }
            values = {name: known[name] for name in rule.arguments if name in known}
            if values.keys() != rule.arguments:
                break
            with app.test_request_context():
                yield app.url_for(rule.endpoint, **values)


#: Jobs are made by each deployment anew; forms carry a token of their own.
_NOT_WALKED = {
    # Restoring is an entry of the log, and notes its head.
    "register.page",
    "register.heads_json",
    # It is in no backup.
    "tiles.archive",
    "jobs.ask",
    "jobs.page",
    "jobs.cancel",
    "jobs.file",
    "static.file",
    "accounts.sign_in",
    "accounts.to_provider",
    "accounts.from_provider",
    "accounts.welcome",
}


def app_data(app):
    from webapp.plans import current_plan

    with app.app_context():
        return current_plan().catalog.folder


def test_while_two_write_every_backup_is_whole(worked_at, tmp_path):
    """One writes rows, one publishes; ten backups are taken meanwhile."""
    ended = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        works = (writer_of(worked_at), publisher_of(worked_at))
        running = [pool.submit(until, ended, work) for work in works]
        try:
            outputs = [taken(worked_at, tmp_path, f"{number}.zip") for number in range(10)]
        finally:
            ended.set()
    assert min(one.result() for one in running) > 0
    for number, output in enumerate(outputs):
        check_whole(output, Settings(data=tmp_path / f"r{number}"))


def until(ended, work):
    count = 0
    while not ended.is_set():
        work()
        count += 1
    return count


def writer_of(made):
    def write():
        with made.database.writing() as session:
            journal.append(session, "sign-in", actor="writer")

    return write


def publisher_of(made):
    """Publishes a new version each time: the same features, other bytes."""
    data, numbers = made.settings.data, count()
    catalog, store = Catalog.read(data), Store(data, software="test")
    spec = catalog.layers[0]
    original = json.loads((data / spec.file).read_bytes())

    def bring():
        changed = data.parent / "changed.geojson"
        changed.write_text(json.dumps({**original, "name": str(next(numbers))}), "utf-8")
        source = Source(changed, Answers(crs=spec.crs))
        outcome = publish(catalog, store, spec, source, by="writer", reason="test")
        assert outcome.version, list(outcome.report.lines("en"))
        journal.catch_up(made.database, catalog, store)

    return bring


def check_whole(output, settings):
    """Restored, every publication has its version, and the log holds and tells of each."""
    backup.restore(output, settings, "test", nobody)
    catalog, store = Catalog.read(settings.data), Store(settings.data, software="test")
    named = [
        (layer.id, one.version) for layer in catalog.layers for one in store.publications(layer.id)
    ]
    for layer, version in named:
        assert len(store.frame(layer, version)) > 0
    with opened(settings) as database:
        journal.catch_up(database, catalog, store)
    with opened(settings) as database, database.reading() as session:
        assert journal.verify(session).broken is None
        assert journal.entries(session, journal.Wanted(action="publish"))[1] == len(named)


def test_a_damaged_member_is_named_and_nothing_is_restored(worked_at, tmp_path):
    output = taken(worked_at, tmp_path)
    content = bytearray(output.read_bytes())
    with zipfile.ZipFile(output) as archive:
        info = archive.getinfo("streets.geojson")
    place = info.header_offset + 30 + len(info.filename) + 40
    content[place] ^= 0xFF
    output.write_bytes(content)
    settings = Settings(data=tmp_path / "new")
    with pytest.raises(InputError) as told:
        backup.restore(output, settings, "test", nobody)
    assert [problem.kind.code for problem in told.value.problems] == ["backup-damaged"]
    assert "streets.geojson" in told.value.message("zh")
    assert not settings.data.exists()


@pytest.mark.parametrize("cut", [0, 10, 0.5, 0.99])
def test_a_cut_archive_is_none(worked_at, tmp_path, cut):
    output = taken(worked_at, tmp_path)
    whole = output.read_bytes()
    output.write_bytes(whole[: int(cut * len(whole)) if cut < 1 else cut])
    with pytest.raises(InputError) as told:
        backup.restore(output, Settings(data=tmp_path / "new"), "test", nobody)
    assert told.value.code == "backup-unreadable"


@pytest.mark.parametrize("name", ["../evil", "/evil", "added.txt"])
def test_a_member_that_is_not_listed_is_refused(worked_at, tmp_path, name):
    output = taken(worked_at, tmp_path)
    with zipfile.ZipFile(output, "a") as archive:
        archive.writestr(name, "x")
    with pytest.raises(InputError) as told:
        backup.restore(output, Settings(data=tmp_path / "new"), "test", nobody)
    assert name in told.value.message("en")


def test_neither_a_full_folder_nor_a_full_database_is_written_to(worked_at, tmp_path):
    output = taken(worked_at, tmp_path)
    full = tmp_path / "full"
    full.mkdir()
    (full / "x").write_text("x")
    with pytest.raises(InputError) as told:
        backup.restore(output, Settings(data=full), "test", nobody)
    assert told.value.code == "restore-not-empty"
    url = worked_at.settings.database_url
    with pytest.raises(InputError) as told:
        backup.restore(output, Settings(data=tmp_path / "new", database_url=url), "test", nobody)
    assert told.value.code == "restore-not-empty"
    assert not (tmp_path / "new").exists()
    assert [path.name for path in full.iterdir()] == ["x"]


def test_tables_without_a_row_are_empty(worked_at, tmp_path):
    output, url = taken(worked_at, tmp_path), f"sqlite:///{tmp_path / 'empty.sqlite'}"
    settings = Settings(data=tmp_path / "new", database_url=url)
    with opened(settings) as database:
        Schema(database).ready()
    assert backup.restore(output, settings, "test", nobody).log_count > 0


def test_a_backup_is_not_written_into_what_it_is_of(worked_at):
    with pytest.raises(InputError) as told:
        taken(worked_at, worked_at.settings.data)
    assert told.value.code == "backup-inside"


def test_new_rows_follow_the_restored_ones(worked_at, tmp_path, postgresql):
    output, url = taken(worked_at, tmp_path), postgresql.url(postgresql.make())
    settings = Settings(data=tmp_path / "new", database_url=url)
    backup.restore(output, settings, "test", nobody)
    with opened(settings) as database, database.writing() as session:
        accounts.add(session, "new", "reader", by="test")
