"""The configuration of nginx that we ship, run by nginx in front of a server of ours."""

import gzip
import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import urllib3

from layers.plan import Plan
from tests.conftest import ROOT, copy_sources, free_port, stop
from webapp.cli import main

LAYER = "streets"
SHIPPED = ROOT / "docs" / "nginx.conf"
GZIP = {"Accept-Encoding": "gzip"}
AROUND = """
user {user};
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/huitu.conf;
}}
"""


def _nginx():
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None and os.environ.get("CI"):
        raise AssertionError("nginx is missing; .ci/need readers installs it")
    if found is None:
        pytest.skip("nginx is not installed; .ci/need readers says how")
    return found


class Proxy:
    """An nginx with our configuration, but for the two ports and the folder of what it keeps."""

    def __init__(self, folder, upstream):
        self.port, program = free_port(), _nginx()
        text = SHIPPED.read_text("utf-8")
        for ours, here in {
            "listen 80;": f"listen 127.0.0.1:{self.port};",
            "server 127.0.0.1:8000;": f"server 127.0.0.1:{upstream};",
            "/var/cache/nginx/huitu ": f"{folder}/kept ",
        }.items():
            assert text.count(ours) == 1, ours
            text = text.replace(ours, here)
        (folder / "huitu.conf").write_text(text, "utf-8")
        user = pwd.getpwuid(os.getuid()).pw_name
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user), "utf-8")
        self.process = subprocess.Popen(
            [program, "-c", folder / "nginx.conf", "-e", folder / "error.log"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.url = f"http://127.0.0.1:{self.port}"
        self._wait()

    def _wait(self):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            assert self.process.poll() is None, "nginx has ended"
            try:
                ask(self.url, "/nothing")
            except urllib3.exceptions.HTTPError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError("nginx does not answer")


def ask(base, path, method="GET", **headers):
    """An answer with its bytes as they came, not unpacked."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with urllib3.PoolManager(retries=False, timeout=20) as pool:
        return pool.request(method, base + path, headers=named, decode_content=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, published):
    town = published(
        copy_sources(ROOT / "tests" / "town", tmp_path_factory.mktemp("nginx") / "town")
    )
    with pytest.raises(SystemExit) as left:
        main(["tiles", LAYER, "--keep", "--max-zoom", "10", "--data", str(town)])
    assert left.value.code == 0
    return town


@pytest.fixture(scope="module")
def tiles(folder):
    """Where the tiles of a version are."""
    return f"/layers/{LAYER}/{Plan.open(folder).version(LAYER).id}/tiles"


@pytest.fixture(scope="module")
def huitu(folder, serve):
    _nginx()
    return serve(folder, HUITU_TRUSTED_PROXIES="1").url


@pytest.fixture
def place(tmp_path):
    """What nginx writes; a path without blanks."""
    assert " " not in str(tmp_path)
    return tmp_path


@pytest.fixture
def proxy(place, huitu):
    made = Proxy(place, huitu.rpartition(":")[2])
    yield made.url
    stop(made.process)


def told(answer, *but):
    """Headers by their names, but the date, what the connection is and what nginx adds."""
    left_out = {"date", "connection", "x-cache", *but}
    return {n.lower(): v for n, v in answer.headers.items() if n.lower() not in left_out}


def test_a_tile_passes_unchanged_and_is_kept(proxy, huitu, tiles):
    own = ask(huitu, f"{tiles}/0/0/0.mvt", **GZIP)
    assert own.headers["Content-Encoding"] == "gzip"
    found = [ask(proxy, f"{tiles}/0/0/0.mvt", **GZIP) for _ in range(3)]
    assert [one.headers["X-Cache"] for one in found] == ["MISS", "HIT", "HIT"]
    for one in found:
        assert (one.status, one.data) == (200, own.data)
        assert told(one) == told(own)
        assert one.headers["Date"]


def test_an_empty_tile_is_kept_too(proxy, huitu, tiles):
    own = ask(huitu, f"{tiles}/10/0/0.mvt", **GZIP)
    found = [ask(proxy, f"{tiles}/10/0/0.mvt", **GZIP) for _ in range(2)]
    assert [one.headers["X-Cache"] for one in found] == ["MISS", "HIT"]
    for one in found:
        assert (one.status, one.data, told(one)) == (204, b"", told(own))


def test_readers_who_word_it_differently_share_a_tile(proxy, tiles):
    words = [
        "gzip",
        "gzip, deflate, br, zstd",
        "br;q=1.0, gzip;q=0.5",
        "identity",
        "gzip;q=0",
        "br",
    ]
    found = [ask(proxy, f"{tiles}/0/0/0.mvt", Accept_Encoding=word) for word in words]
    assert [one.headers["X-Cache"] for one in found] == ["MISS", "HIT", "HIT", "MISS", "HIT", "HIT"]
    plain = {one.data for one in found[3:]}
    assert {gzip.decompress(one.data) for one in found[:3]} == plain
    assert len({one.headers["ETag"] for one in found}) == 2


def test_who_has_a_tile_is_told_so(proxy, tiles):
    for _ in range(2):
        etag = ask(proxy, f"{tiles}/0/0/0.mvt", **GZIP).headers["ETag"]
        answer = ask(proxy, f"{tiles}/0/0/0.mvt", **GZIP, If_None_Match=etag)
        assert (answer.status, answer.data) == (304, b"")


@pytest.mark.parametrize("path", ["17/0/0.mvt", "3/8/0.mvt", "0/0/0.mvt?x=1"])
def test_what_is_refused_is_not_kept(proxy, huitu, tiles, path):
    for _ in range(2):
        answer, own = ask(proxy, f"{tiles}/{path}"), ask(huitu, f"{tiles}/{path}")
        assert answer.status == own.status >= 400
        assert answer.headers["X-Cache"] == "MISS"
        assert answer.data == own.data


def test_an_archive_is_served_in_parts(proxy, huitu, tiles):
    whole = ask(huitu, f"{tiles}.pmtiles")
    assert whole.status == 200
    part = ask(proxy, f"{tiles}.pmtiles", Range="bytes=0-126")
    assert (part.status, part.data) == (206, whole.data[:127])
    assert part.headers["Content-Range"] == f"bytes 0-126/{len(whole.data)}"
    assert part.headers["ETag"] == whole.headers["ETag"]
    assert ask(proxy, f"{tiles}.pmtiles", Range="bytes=999999999-").status == 416
    other = ask(proxy, f"{tiles}.pmtiles", Range="bytes=0-126", If_Range='"x"')
    assert (other.status, other.data) == (200, whole.data)


def test_pages_are_huitus_own_and_name_the_readers_address(proxy, huitu, tiles):
    page = ask(proxy, "/projects")
    assert page.status == 200
    assert "X-Cache" not in page.headers
    assert told(page) == told(ask(huitu, "/projects"))
    [address] = ask(proxy, f"{tiles}.json").json()["tiles"]
    assert address.startswith(f"{proxy}/layers/")


def test_what_a_reader_says_of_his_own_address_is_not_believed(proxy, tiles):
    [address] = ask(proxy, f"{tiles}.json", X_Forwarded_Proto="https").json()["tiles"]
    assert address.startswith("http://")


def test_static_files_are_kept(proxy):
    html = ask(proxy, "/projects").data.decode()
    path = html[html.index("/static/") :].partition('"')[0]
    found = [ask(proxy, path, **GZIP) for _ in range(2)]
    assert [one.headers["X-Cache"] for one in found] == ["MISS", "HIT"]
    assert found[0].status == 200
    assert told(found[0]) == told(found[1])


def test_kept_tiles_are_served_while_huitu_is_down(place, huitu, tiles):
    path = f"{tiles}/0/0/0.mvt"
    before = Proxy(place, huitu.rpartition(":")[2])
    kept = ask(before.url, path, **GZIP)
    stop(before.process)
    after = Proxy(place, free_port())
    again, other = ask(after.url, path, **GZIP), ask(after.url, f"{tiles}/1/0/0.mvt", **GZIP)
    stop(after.process)
    assert (again.status, again.data, told(again)) == (200, kept.data, told(kept))
    assert again.headers["X-Cache"] == "HIT"
    assert other.status == 502


def test_what_is_kept_lies_in_its_folder(place, proxy, tiles):
    ask(proxy, f"{tiles}/0/0/0.mvt", **GZIP)
    assert len([path for path in Path(place / "kept").rglob("*") if path.is_file()]) == 1
