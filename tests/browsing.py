"""Visits to pages in the shared browser: whatever goes wrong on any of them fails the test."""

import base64
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

#: Chromium speaks to the pages of the tests and to nobody else.
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
READY = 'body[data-ready="true"]'
#: Waiting ends as soon as what is waited for is there; a busy machine may take this long.
PATIENCE_MS = 15_000

_TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error("policy violation", event.violatedDirective, event.blockedURI, event.sourceFile));
"""
#: Where on the line of a feature, or just within its area, a click meets it and no other. What is
#: drawn from tiles has a line that nobody sees, and to which the browser itself does not point.
_PLACE_ON_LINE = """([id, ofLine, ofEdge]) => {
  const marks = [...document.querySelectorAll("[data-id][data-pick]")];
  const path = marks.find((node) => node.dataset.id === id);
  const free = (x, y) => {
    const top = document.elementFromPoint(x, y);
    return top && top.closest(".leaflet-container") && !top.closest(".leaflet-control");
  };
  const inFrame = ({ left, right, top, bottom }, x, y, by) =>
    x >= left - by && x <= right + by && y >= top - by && y <= bottom + by;
  const meets = (node, x, y) => {
    const frame = node.getBoundingClientRect();
    if (!node.getPointAtLength) return inFrame(frame, x, y, 0);
    const area = node.getAttribute("fill") !== "none";
    const reach = area ? ofEdge : ofLine;
    if (!inFrame(frame, x, y, reach)) return false;
    const at = new DOMPoint(x, y).matrixTransform(node.getScreenCTM().inverse());
    if (area && node.isPointInFill(at)) return true;
    for (let way = 0; way <= node.getTotalLength(); way += reach / 2) {
      const { x: left, y: top } = node.getPointAtLength(way);
      if (Math.hypot(left - at.x, top - at.y) <= reach) return true;
    }
    return false;
  };
  const area = path.getAttribute("fill") !== "none";
  const inward = area ? [[3, 0], [-3, 0], [0, 3], [0, -3]] : [[0, 0]];
  for (let share = 0.02; share < 1; share += 0.02) {
    const along = path.getPointAtLength(path.getTotalLength() * share);
    for (const [dx, dy] of inward) {
      const at = new DOMPoint(along.x + dx, along.y + dy);
      const { x, y } = at.matrixTransform(path.getScreenCTM());
      if (area && !path.isPointInFill(at)) continue;
      if (free(x, y) && !marks.some((node) => node !== path && meets(node, x, y))) return [x, y];
    }
  }
  return null;
}"""
#: Farther from a line, and from the edge of an area, nothing is meant; in pixels of the window.
_REACH_PX = [10, 2]
_DRAWN = """() => {
  const found = {};
  for (const node of document.querySelectorAll("[data-layer][data-id]")) {
    (found[node.dataset.layer] = found[node.dataset.layer] || new Set()).add(node.dataset.id);
  }
  return Object.entries(found).map(([layer, ids]) => [layer, [...ids].sort()]);
}"""
#: As they were set: what is computed from it may lag by a frame.
_PANES = """(layers) => layers.map((layer) => {
  const { zIndex, opacity } = huitu.map.getPane(`huitu-${layer}`).style;
  return { layer, level: Number(zIndex), opacity: Number(opacity) };
})"""


class Visitor:
    """One reader with a browser context of their own, watched while they read."""

    def __init__(self, context, home):
        self.context = context
        self.home = home
        self.complaints = []
        self.requests = []
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self._complain("script", error.error))
        context.on("dialog", self._asked)
        context.on("request", self._requested)

    def open(self, address="/"):
        """Open an address of the site in a new page; wait until it stands."""
        page = self.context.new_page()
        page.goto(f"{self.home}{address}")
        return page

    def map(self, query="", path="/"):
        """Open the map; wait until everything is drawn."""
        return MapPage(self.open(f"{path}{query}"))

    def json(self, address):
        """What the site answers to a program."""
        answer = self.context.request.get(f"{self.home}{address}")
        assert answer.ok, address
        return answer.json()

    def wanted_complaints(self):
        """Close all pages; give what went wrong on them, which the test wanted to go wrong."""
        self.context.close()
        wanted, self.complaints = self.complaints, []
        return wanted

    def _complain(self, kind, words):
        self.complaints.append(f"{kind}: {words}")

    def _heard(self, message):
        if message.type in {"error", "warning", "assert"}:
            self._complain(f"console {message.type}", message.text)

    def _asked(self, dialog):
        self._complain("dialog", dialog.message)
        dialog.dismiss()

    def _requested(self, request):
        self.requests.append(request.url)
        if request.url.startswith("data:"):
            return
        if not request.url.startswith(f"{self.home}/"):
            self._complain("foreign request", request.url)


class MapPage:
    """The map page as the tests speak of it."""

    def __init__(self, page):
        self.page = page
        page.wait_for_selector(READY)

    # ---- what is seen

    def drawn(self):
        """Ids of the drawn features by layer; of tiled layers when those in sight are known."""
        wait_until_seen(self.page)
        return dict(self.page.evaluate(_DRAWN))

    def drawn_projects(self, layers):
        """Ids of the drawn features of these layers together."""
        drawn = self.drawn()
        return {project for layer in layers for project in drawn.get(layer, [])}

    def panes(self, layers):
        """How high and how opaque each layer is drawn."""
        return self.page.evaluate(_PANES, layers)

    def counted(self):
        """The line of counts: located, not located, all."""
        words = self.words("#tally").replace(",", "")
        return tuple(int(number) for number in re.findall(r"\d+", words))

    def wait_for_counts(self, *wanted):
        """Wait until the line of counts says so: located, not located, all."""
        numbers = [f"{number:,}" for number in wanted]
        self.page.wait_for_function(
            "(wanted) => String(document.getElementById('tally').textContent.match(/[\\d,]+/g))"
            " === String(wanted)",
            arg=numbers,
        )

    def listed(self):
        """Ids of the list in the panel, in their order."""
        return self.page.locator("#pane-list td.list__id").all_text_contents()

    def words(self, selector):
        """The text of an element."""
        return self.page.locator(selector).text_content().strip()

    def address(self):
        """The parameters of the address."""
        parts = urlsplit(self.page.url)
        given = parse_qs(parts.query or parts.fragment, keep_blank_values=True)
        return {name: values[0] for name, values in given.items()}

    def place(self):
        """Centre and zoom of the map."""
        return self.page.evaluate(
            "() => { const { lat, lng } = huitu.map.getCenter(); "
            "return { lat, lng, zoom: huitu.map.getZoom() }; }"
        )

    # ---- what is done

    def tab(self, name):
        """Open a tab of the panel."""
        self.page.locator(f"#tab-{name}").click()
        self.page.wait_for_selector(f"#pane-{name}:not([hidden])")

    def wait_for_address(self, **wanted):
        """Wait until the address has these parameters; None for a parameter that must be gone."""
        self.page.wait_for_url(
            lambda _: all(self.address().get(name) == value for name, value in wanted.items())
        )

    def click_on(self, feature):
        """Click on the drawn line of a feature where it alone is met."""
        self.page.mouse.click(*place_on_line(self.page, feature))

    def wait_for_card(self, title=None):
        """Wait for a whole card; give its title."""
        self.page.wait_for_selector("#card .card__section")
        heading = self.page.locator("#card-title")
        if title is not None:
            self.page.wait_for_function(
                "title => document.getElementById('card-title').textContent === title", arg=title
            )
        return heading.text_content()

    def focused(self):
        """The element that has the focus, by id, data-open or tag."""
        return self.page.evaluate(
            "() => { const node = document.activeElement; "
            "return node.id || node.dataset.open || node.dataset.id || node.tagName; }"
        )


def wait_until_seen(frame):
    """Wait until the features of tiled layers that are in sight are known, of a page or a frame."""
    frame.wait_for_selector("body:not([data-near=looking])")


def place_on_line(frame, feature):
    """Where in a page or frame with a map the line of a feature alone is met."""
    wait_until_seen(frame)
    place = frame.evaluate(_PLACE_ON_LINE, [feature, *_REACH_PX])
    assert place, f"no place of {feature} is free"
    return place


def launch(playwright, *more_options):
    """Start headless Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "headless Chromium is missing; .ci/need browser says how to get it"
    options = [*CHROMIUM_OPTIONS, *more_options]
    return playwright.chromium.launch(executable_path=path, args=options)


@pytest.fixture(scope="session")
def playwright():
    """What drives browsers."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright):
    """One headless Chromium for all tests; each takes a context of its own."""
    browser = launch(playwright)
    yield browser
    browser.close()


@contextmanager
def watched(chromium):
    """Send readers to a site; at the end nothing may have gone wrong on any of their pages."""
    sent = []

    def send(home, width=1440, height=900, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN",
            reduced_motion="reduce",
            **options,
        )
        sent.append(Visitor(context, home))
        return sent[-1]

    yield send
    for visitor in sent:
        visitor.context.close()
    assert [complaint for visitor in sent for complaint in visitor.complaints] == []


@pytest.fixture
def visitors(chromium):
    """Send readers to a site, for one test."""
    with watched(chromium) as send:
        yield send


@pytest.fixture(scope="module")
def resident(chromium, server):
    """A reader of the sample who stays for all tests of a module, to look and change nothing."""
    with watched(chromium) as send:
        yield send(server.url)


@pytest.fixture
def visit(visitors, server):
    """Send a reader to the server of the sample."""
    return lambda **options: visitors(server.url, **options)


@pytest.fixture
def reader(visit):
    """A reader of the sample at a desk."""
    return visit()


@pytest.fixture
def opened(reader):
    """The map page of the sample at a desk."""
    return reader.map()


# ---------------------------------------------------------------- the map as one file


@dataclass(frozen=True)
class Export:
    """A map written as one file, and what the command said."""

    path: Path
    said: str

    @property
    def document(self):
        """The text of the file."""
        return self.path.read_text("utf-8")


def export(data, path, lang="zh", options=(), **environment):
    """Write the map of a data folder as a person does."""
    command = [Path(sys.executable).with_name("huitu"), "map", "-o", path]
    done = subprocess.run(
        [*command, "--data", data, "--lang", lang, *options],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return Export(Path(path), done.stdout)


@pytest.fixture(scope="session")
def one_file(sample, tmp_path_factory):
    """The map of the sample as one file, in a language; written once."""
    kept = {}

    def write(lang="zh"):
        if lang not in kept:
            kept[lang] = export(sample, tmp_path_factory.mktemp("stick") / "plan.html", lang)
        return kept[lang]

    return write


def data_in(block):
    """What a block of data of the file holds; the features of a large layer are packed."""
    if not block.get("data-packed"):
        return json.loads(block.text)
    return json.loads(gzip.decompress(base64.b64decode(block.text)))


def told_problems(result):
    """What axe found that keeps people from using a page, in words."""
    found = [one for one in result["violations"] if one["impact"] in {"serious", "critical"}]
    return [
        f"{one['id']} ({one['impact']}): {json.dumps(node['target'])} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]
