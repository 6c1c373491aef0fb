"""What goes wrong around the desk: full disks, stopped databases, second servers, many at once."""

import errno
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from sqlalchemy import event

from layers.catalog import Catalog
from layers.publishing import own_source, publish
from layers.store import Store
from tests.desk import PASSWORD
from webapp import accounts, journal, opening
from webapp.database import Busy, Database, Full, Schema
from webapp.publishing import Deployment

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


# ---------------------------------------------------------------- full disks


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_told(at_desk, number):
    def write():
        raise OSError(number, os.strerror(number))

    client = at_desk.client("planner")
    at_desk.app.view_functions["desk.home"] = write
    answer = client.get("/desk")
    assert answer.status_code == 507
    assert "磁盘已满" in answer.text


def test_a_full_database_is_told_and_keeps_what_it_has(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'small.sqlite'}")
    Schema(database).ready()
    with database.writing() as session:
        journal.append(session, "sign-in", actor="li")
    event.listen(database.engine, "connect", _room_for_pages(80))
    database.dispose()

    def fill():
        with database.writing() as session:
            journal.append(session, "sign-in", actor="x" * 1_000_000)

    with pytest.raises(Full):
        fill()
    with database.reading() as session:
        assert journal.verify(session).count == 1
    with database.writing() as session:
        journal.append(session, "sign-in", actor="wu")
    database.dispose()


def _room_for_pages(number):
    def limit(connection, _record):
        connection.execute(f"PRAGMA max_page_count={number}")

    return limit


# ---------------------------------------------------------------- power cuts and kills


def test_whatever_points_to_a_file_is_written_after_it(town, monkeypatch):
    """On the disk stand: the files, their folder, its name, and only then the pointer."""
    calls, sync, rename, replace = [], os.fsync, Path.rename, Path.replace

    def note(what, done):
        def noted(place, *more):
            path = place if what != "sync" else Path(f"/proc/self/fd/{place}").readlink()
            calls.append((what, path.name))
            return done(place, *more)

        return noted

    monkeypatch.setattr(os, "fsync", note("sync", sync))
    monkeypatch.setattr(Path, "rename", note("rename", rename))
    monkeypatch.setattr(Path, "replace", note("replace", replace))
    catalog, store = Catalog.read(town), Store(town, software="test")
    spec = catalog.layers[0]
    publish(catalog, store, spec, own_source(catalog, spec), by="test", reason="test")
    (renamed,) = [place for place, call in enumerate(calls) if call[0] == "rename"]
    files = {path.name for path in (town / "published" / spec.id).glob("*/*")}
    synced = {name for what, name in calls[:renamed] if what == "sync"}
    assert len(files) > 3
    assert files <= synced
    building = calls[renamed][1]
    assert calls[renamed - 1] == ("sync", building)
    assert calls[renamed + 1 :] == [
        ("sync", spec.id),
        ("sync", ".publications.json"),
        ("replace", ".publications.json"),
        ("sync", spec.id),
    ]


def test_what_was_published_before_a_kill_is_logged_at_the_next_start(at_desk, town, published):
    published(town)
    settings = at_desk.settings.model_copy(update={"data": town})
    for _ in range(2):
        opening.log_publications(settings, Deployment.open(town))
    with at_desk.database.reading() as session:
        found, count, _ = journal.entries(session, journal.Wanted(action="publish"))
        assert count == len(Catalog.read(town).layers)
        assert {one.actor for one in found} == {"test"}
        assert journal.verify(session).broken is None


# ---------------------------------------------------------------- real servers


class Browser:
    """Somebody who is signed in at a real server."""

    def __init__(self, url):
        self.url = url
        self.session = requests.Session()
        self.send("/desk/sign-in", name="admin", password=PASSWORD)

    def get(self, address):
        return self.session.get(f"{self.url}{address}", timeout=60)

    def send(self, address, page=None, **fields):
        token = _TOKEN.search(self.get(page or address).text)[1]
        fields = {"csrf_token": token, **fields}
        return self.session.post(f"{self.url}{address}", data=fields, timeout=60)


@pytest.fixture
def open_server(serve, desk, town, monkeypatch):
    """Start a server on a database with an account of each role."""

    def start(database_url):
        if not getattr(start, "made", None):
            start.made = desk(town, database_url)
        monkeypatch.setenv("HUITU_DATABASE_URL", database_url)
        return serve(town, "--workers", "2")

    return start


def test_eight_at_once_lose_nothing_and_are_never_told_of_a_lock(open_server, database_url):
    server = open_server(database_url)

    def work(number):
        browser = Browser(server.url)
        told = []
        for turn in range(4):
            fields = {"name": f"w{number}-{turn}", "role": "reader"}
            told.append(browser.send("/desk/accounts", **fields).status_code)
            told += [browser.get(page).status_code for page in ("/desk", "/projects", "/desk/log")]
        browser.session.close()
        return told

    with ThreadPoolExecutor(8) as pool:
        told = [status for each in pool.map(work, range(8)) for status in each]
    assert told == [200] * (8 * 16)
    database = Database(database_url)
    with database.reading() as session:
        names = {one.name for one in accounts.accounts(session)}
        assert {f"w{number}-{turn}" for number in range(8) for turn in range(4)} <= names
        assert journal.verify(session).broken is None
        assert journal.entries(session, journal.Wanted(action="account-add"))[1] == 4 + 32
    database.dispose()


def test_a_database_that_is_restarted_is_back_within_seconds(open_server, postgresql):
    server = open_server(postgresql.with_tables())
    browser = Browser(server.url)
    assert browser.get("/desk").status_code == 200
    postgresql.stop()
    try:
        stopped = browser.get("/desk")
        assert (stopped.status_code, stopped.headers["Retry-After"]) == (503, "5")
        assert browser.get("/projects").status_code == 200
    finally:
        postgresql.start()
    began = time.monotonic()
    while browser.get("/desk").status_code != 200:
        assert time.monotonic() - began < 10
        time.sleep(0.1)
    browser.session.close()


def test_a_second_server_on_the_same_folder(open_server, town, tmp_path):
    url = f"sqlite:///{tmp_path / 'shared.sqlite'}"
    servers = [open_server(url), open_server(url)]
    street = town / "streets.geojson"
    street.write_text(street.read_text("utf-8").replace("静溪大街改造", "静溪大街新名"), "utf-8")
    program = Path(sys.executable).with_name("huitu")
    subprocess.run([program, "publish", "--data", town], check=True, capture_output=True)
    for server in servers:
        assert "静溪大街新名" in requests.get(f"{server.url}/projects", timeout=20).text
        assert "静溪大街新名" in requests.get(f"{server.url}/projects.json", timeout=20).text
    database = Database(url)
    with database.reading() as session:
        catalog, store = Catalog.read(town), Store(town, software="test")
        logged = journal.entries(session, journal.Wanted(action="publish"))[1]
        assert logged == sum(len(store.publications(layer.id)) for layer in catalog.layers)
        assert journal.verify(session).broken is None
        assert journal.contradicted(session, journal.noted(town)) is None
    database.dispose()


def test_a_database_that_nobody_answers_for_is_told(postgresql):
    database = Database(postgresql.url("there_is_none"))
    with pytest.raises(Busy), database.reading() as session:
        journal.head(session)
    database.dispose()
