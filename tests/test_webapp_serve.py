"""A real server: one command from source files to an answer, and a clean end."""

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from geo.errors import InputError
from tests.conftest import free_port
from webapp.serve import address, answers, refuse_taken
from webapp.settings import Settings


def get(url):
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - our own loopback
        return answer.read().decode()


def test_one_command_publishes_and_serves_and_stops(serve, town):
    server = serve(town)
    assert json.loads(get(f"{server.url}/healthz"))["status"] == "ok"
    assert "静溪大街改造" in get(f"{server.url}/projects")
    assert "window.huitu" in get(f"{server.url}{script_of(get(server.url))}")
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(timeout=20) == 0
    assert server.process.stdout.readline() == f"惠图 {server.url}/\n"


def test_what_is_printed_as_ready_answers_at_once(town, published):
    """Not one refused connection after the line that names the address."""
    published(town)
    port = free_port()
    command = [Path(sys.executable).with_name("huitu"), "serve", "--data", town]
    with subprocess.Popen(
        [*command, "--port", str(port), "--workers", "1"], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            url = process.stdout.readline().split()[1]
            assert json.loads(get(f"{url}healthz"))["status"] == "ok"
        finally:
            process.terminate()
    assert process.returncode == 0


def test_nobody_answers_where_nobody_listens():
    assert not answers(Settings(port=free_port()))


def test_the_first_start_prints_a_link_that_makes_the_administrator(serve, town):
    server = serve(town)
    lines = [server.process.stdout.readline().strip() for _ in range(3)]
    assert "系统管理员" in lines[1]
    assert lines[2].startswith(f"{server.url}/desk/welcome/")
    assert "建立系统管理员" in get(lines[2])


def script_of(html):
    start = html.index("/map/")
    return html[start : html.index('"', start)]


def test_no_banner_and_no_version_of_the_server(serve, town):
    server = serve(town, "--lang", "en")
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=20)
    connection.request("GET", "/healthz")
    answer = connection.getresponse()
    assert answer.getheader("Server") == "huitu"
    assert b"ok" in answer.read()
    connection.close()


def test_packages_of_the_current_folder_are_not_ours(serve, town, tmp_path, monkeypatch):
    for name in ("geo", "layers", "webapp"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('a decoy')")
    monkeypatch.chdir(tmp_path)
    server = serve(town)
    assert "静溪大街改造" in get(f"{server.url}/projects")
    assert "静溪大街改造" in get(f"{server.url}/projects.json")


def test_a_port_that_is_taken_is_told_before_anything_is_done(town):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [Path(sys.executable).with_name("huitu"), "serve", "--data", town, "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr.startswith(
        f"端口 {port} 已被别的程序占用（127.0.0.1）。用 --port 换一个端口"
    )
    assert re.search(r"huitu serve --port \d+ 或 make serve PORT=\d+$", done.stderr.strip())
    assert not (town / "published").exists()


def test_an_address_that_is_not_ours():
    with pytest.raises(InputError) as caught:
        refuse_taken(Settings(host="192.0.2.1", port=8000))
    assert caught.value.code == "address-unusable"


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        (Settings(port=8791), "http://127.0.0.1:8791/"),
        (Settings(host="0.0.0.0"), "http://127.0.0.1:8000/"),  # noqa: S104
        (Settings(host="::1", url_prefix="/huitu"), "http://[::1]:8000/huitu/"),
    ],
)
def test_the_address_that_is_printed(settings, shown):
    assert address(settings) == shown
