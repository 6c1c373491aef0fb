"""What all tests share: deployments, the application, the gate of every page, a real server.

The browser is in :mod:`tests.browsing`.
"""

from __future__ import annotations

import gc
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import html5lib
import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from geo import tiles
from layers.catalog import Catalog
from layers.publishing import own_source, publish
from layers.store import Store
from webapp import create_app
from webapp.settings import Settings

ROOT = Path(__file__).parent.parent
HERE = "http://localhost"
#: What a data folder has besides its sources.
MADE_WHILE_SERVED = (
    "published",
    "cache",
    "jobs",
    "private",
    "*.sqlite*",
    "log-heads.txt",
    ".*.lock",
)
#: Attributes whose address the browser asks for by itself.
FETCHED = ("src", "srcset", "poster", "data", "action", "formaction")
#: What is compiled is compiled once, not once a data folder.
tiles.keep_in(Path(sys.prefix) / "compiled")
pytest_plugins = ["tests.browsing", "tests.cities", "tests.databases", "tests.desk"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--tiled``: the servers call every layer large, so that all maps are drawn from tiles."""
    parser.addoption("--tiled", action="store_true", help="serve every layer as vector tiles")


def pytest_configure(config: pytest.Config) -> None:
    """Servers and commands take their settings from here."""
    if config.getoption("--tiled"):
        os.environ["HUITU_TILE_FEATURES"] = "0"


@pytest.fixture(scope="session")
def tiled(pytestconfig: pytest.Config) -> bool:
    """Whether every layer is served as a large one."""
    return bool(pytestconfig.getoption("--tiled"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the fast tests first, those in the browser last; the order is else left as it is."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    for item in items if config.getoption("--tiled") else []:
        small = item.get_closest_marker("small_layers")
        if small is not None:
            item.add_marker(pytest.mark.skip(reason=f"small layers: {small.args[0]}"))


def pytest_collection_finish(session: pytest.Session) -> None:
    """The thousands of tests that are known by now stay: no collection of garbage goes by them."""
    gc.collect()
    gc.freeze()


# ---------------------------------------------------------------- deployments


def publish_everything(folder: Path) -> Path:
    """Publish the own file of every layer of a data folder."""
    catalog, store = Catalog.read(folder), Store(folder, software="test")
    for spec in catalog.layers:
        source = own_source(catalog, spec)
        outcome = publish(catalog, store, spec, source, by="test", reason="test")
        assert outcome.version, list(outcome.report.lines("en"))
    return folder


def copy_sources(source: Path, target: Path) -> Path:
    """Copy a data folder without what was published from it."""
    made = shutil.ignore_patterns(*MADE_WHILE_SERVED)
    return Path(shutil.copytree(source, target, ignore=made))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Huishan sample, published once; nobody changes it."""
    return publish_everything(copy_sources(ROOT / "data", tmp_path_factory.mktemp("d") / "data"))


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """The tiny fictitious town, not published, for a test to change as it likes."""
    return copy_sources(ROOT / "tests" / "town", tmp_path / "town")


@pytest.fixture(scope="session")
def published() -> Callable[[Path], Path]:
    """The function that publishes a data folder."""
    return publish_everything


# ---------------------------------------------------------------- the application and the gate


class CompiledTemplates(BytecodeCache):
    """Templates that one application has compiled serve the hundreds of others of a process."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled of this template as it is written now."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        assert bucket.code is not None
        self._code[bucket.key, bucket.checksum] = bucket.code


@pytest.fixture(scope="session", autouse=True)
def compiled_templates() -> Iterator[None]:
    """All applications of a process share what they compile; their settings of Jinja are alike."""
    shared = {**Flask.jinja_options, "bytecode_cache": CompiledTemplates()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", shared)
        yield


@pytest.fixture(scope="session")
def app(sample: Path) -> Flask:
    """The application of the sample."""
    return create_app(Settings(data=sample))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application."""
    return app.test_client()


@pytest.fixture
def get_page(app: Flask) -> Callable[..., Page]:
    """Ask for a page by its endpoint; every page of every test goes through the gate."""
    return Gate(app).get


@pytest.fixture(scope="session")
def gate() -> type[Gate]:
    """The gate for an application of a test's own."""
    return Gate


@dataclass(frozen=True)
class Page:
    """A page that has passed the gate, with its parsed HTML."""

    status: int
    html: str
    root: ElementTree.Element
    headers: Any

    def all(self, tag: str = "*", **attributes: str) -> list[ElementTree.Element]:
        """Elements of a tag whose attributes are these (``class_`` has one of the classes)."""
        wanted = attributes.pop("class_", None)
        return [
            element
            for element in self.root.iter(None if tag == "*" else tag)
            if isinstance(element.tag, str)
            and all(element.get(name.replace("_", "-")) == v for name, v in attributes.items())
            and (wanted is None or wanted in (element.get("class") or "").split())
        ]

    def one(self, tag: str = "*", **attributes: str) -> ElementTree.Element:
        """The only such element."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of {tag} {attributes}"
        return found[0]

    def texts(self, tag: str = "*", **attributes: str) -> list[str]:
        """The words of each such element."""
        return [words(element) for element in self.all(tag, **attributes)]

    @property
    def text(self) -> str:
        """All words of the main part."""
        return words(self.one("main"))


def words(element: ElementTree.Element) -> str:
    """The text of an element, blanks folded."""
    return " ".join("".join(element.itertext()).split())


class Gate:
    """Gets pages of an application and lets none pass that breaks a rule of the house."""

    def __init__(self, app: Flask, client: FlaskClient | None = None) -> None:
        self._app = app
        self._client = client or app.test_client()

    def get(self, endpoint: str, *, status: int = 200, **values: Any) -> Page:
        """Ask for an endpoint with its values; what is no part of the address is a parameter."""
        with self._app.test_request_context():
            address = url_for(endpoint, **values)
        return self.open(address, status=status, lang=values.get("lang", "zh"))

    def open(self, address: str, *, status: int = 200, lang: str = "zh") -> Page:
        """Ask for an address."""
        response = self._client.get(address)
        assert response.status_code == status, response.get_data(as_text=True)[:2000]
        assert response.mimetype == "text/html"
        html = response.get_data(as_text=True)
        root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
        page = Page(status, html, root, response.headers)
        _check_headers(page)
        _check_document(page, lang)
        _check_elements(page)
        _check_forms(page)
        self._check_own_files(page)
        return page

    def _check_own_files(self, page: Page) -> None:
        """Every style sheet, script and image that a page names is there."""
        for name in ("src", "href"):
            for element in page.all():
                if element.tag in {"link", "script", "img"} and element.get(name):
                    answer = self._client.get(element.get(name))
                    assert answer.status_code == 200, element.get(name)
                    answer.close()


def _check_headers(page: Page) -> None:
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def _check_document(page: Page, lang: str) -> None:
    assert page.html.lower().startswith("<!doctype html>")
    assert page.one("html").get("lang") == {"zh": "zh-CN", "en": "en"}[lang]
    titles = page.one("head").findall("title")
    assert len(titles) == 1
    assert words(titles[0])
    assert len(page.all("h1")) == 1
    ids = [element.get("id") for element in page.all() if element.get("id")]
    assert len(ids) == len(set(ids)), "an id stands there twice"


def _check_forms(page: Page) -> None:
    """At the desk every form that writes carries the token of its session."""
    for form in page.all("form", method="post"):
        names = {element.get("name") for element in form.iter("input")}
        if (form.get("action") or "/desk").startswith("/desk"):
            assert "csrf_token" in names, form.get("action")


def _check_elements(page: Page) -> None:
    for element in page.all():
        assert element.tag != "style"
        assert element.tag != "script" or (element.get("src") and not words(element))
        for name, value in element.attrib.items():
            assert name != "style", element.attrib
            assert not name.lower().startswith("on"), element.attrib
            if name in FETCHED or (name == "href" and element.tag != "a"):
                _check_own_address(value)
            elif name == "href":
                assert urlsplit(value).scheme in {"", "http", "https", "mailto"}, value


def _check_own_address(address: str) -> None:
    parts = urlsplit(address)
    own = (parts.scheme, parts.netloc) in {("", ""), ("data", ""), tuple(urlsplit(HERE)[:2])}
    assert own, f"foreign: {address}"


# ---------------------------------------------------------------- a real server


@dataclass(frozen=True)
class Server:
    """A ``huitu serve`` of its own."""

    url: str
    process: subprocess.Popen[str]


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., Server]]:
    """Start ``huitu serve`` on a data folder; each is stopped at the end."""
    running: list[subprocess.Popen[str]] = []

    def start(folder: Path, *options: str, **environment: str) -> Server:
        port = free_port()
        command = [Path(sys.executable).with_name("huitu"), "serve", "--data", folder]
        process = subprocess.Popen(
            [*command, "--port", str(port), "--workers", "1", *options],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        url = f"http://127.0.0.1:{port}"
        wait_until_answering(url, process)
        return Server(url, process)

    yield start
    # All are told before any is waited for: each takes a second or two.
    for process in running:
        process.terminate()
    for process in running:
        ended(process)


def wait_until_answering(url: str, process: subprocess.Popen[str], seconds: float = 60) -> None:
    """Return as soon as the server answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the server has ended"
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:  # noqa: S310
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server does not answer")


def stop(process: subprocess.Popen[str]) -> int:
    """End a server as a person would; give its exit code."""
    if process.poll() is None:
        process.terminate()
    return ended(process)


def ended(process: subprocess.Popen[str]) -> int:
    """Wait until a server that was told to end has ended; give its exit code."""
    try:
        code = process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        code = process.wait()
    if process.stdout is not None:
        process.stdout.close()
    return code


@pytest.fixture(scope="session")
def server(serve: Callable[..., Server], sample: Path) -> Server:
    """A server of the sample."""
    return serve(sample)
