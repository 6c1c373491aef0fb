"""A large layer in headless Chromium, against the page that plain Folium makes.

    python benchmarks/large_map.py 1000 100000 1000000          # open to first draw, frames
    python benchmarks/large_map.py --home http://127.0.0.1:8000/ --zooms 12 14 16

The first publishes cities of so many parcels (kept in ``.venv/bench``), serves each and opens its
map; of Folium's side the same parcels go into ``folium.GeoJson``, whose page is opened from a local
server too, up to ``--folium`` parcels: more it does not open in a minute. *first draw* counts from
the start of the navigation to the first parcel on the screen (Huitu: the first square of a canvas
that has features; Folium: the first path). The second asks a server that runs.

Frames are counted by Chromium's own trace (events ``DrawFrame``) while the map is dragged about.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import city
from cities import keep_compiled, published, serving
from one_tile import say
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as TooSlow

DRAG_SECONDS = 4.0
REACH_PX = 320
FRAME_MS = 1000 / 60
_CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline.frame"]
#: Notes when something of a layer is first drawn: a square with features, or a path.
_WATCH = """
new MutationObserver((changes, watcher) => {
  const drawn = document.querySelector(
    "[data-features]:not([data-features='0']), path.leaflet-interactive");
  if (!drawn) return;
  window.firstDraw = performance.now();
  watcher.disconnect();
}).observe(document,
  { subtree: true, childList: true, attributes: true, attributeFilter: ["data-features"] });
"""
_SETTLED = """() => window.firstDraw && [...document.querySelectorAll("canvas.leaflet-tile")]
  .every((tile) => tile.dataset.features !== undefined)"""
_SHELL = "() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
#: Longer than this nobody waits.
PATIENCE_MS = 60_000
CITY_ZOOM = 15
Line = dict[str, float]


def measure(browser: Browser, address: str, zoom: int) -> Line:
    """Open a map at an address and drag it about."""
    page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page.add_init_script(_WATCH)
    try:
        page.goto(address, timeout=PATIENCE_MS)
        page.wait_for_function(_SETTLED, timeout=PATIENCE_MS)
        shell, first = page.evaluate(_SHELL), page.evaluate("() => window.firstDraw")
        browser.start_tracing(page=page, categories=_CATEGORIES)
        _drag(page)
        frames = sorted(_frames(json.loads(browser.stop_tracing())))
    finally:
        page.close()
    gaps = [after - before for before, after in itertools.pairwise(frames)]
    return {
        "zoom": zoom,
        "shell (ms)": shell,
        "first draw (ms)": first,
        "after the shell (ms)": first - shell,
        "frames a second": len(frames) / DRAG_SECONDS,
        "median gap (ms)": statistics.median(gaps),
        "95 % of gaps below (ms)": statistics.quantiles(gaps, n=20)[-1],
        "longest gap (ms)": max(gaps),
    }


def of_server(browser: Browser, home: str, zoom: int) -> Line:
    """Open Huitu's map in the middle of its view, each file asked for anew."""
    context = browser.new_context()
    west, south, east, north = context.request.get(f"{home}layers").json()["zone"]["view"]
    context.close()
    middle = f"{(south + north) / 2:.5f},{(west + east) / 2:.5f}"
    return measure(browser, f"{home}?view={middle},{zoom}&panel=none", zoom)


def of_folium(browser: Browser, number: int, zoom: int) -> Line:
    """Open the page that one would write with Folium alone."""
    import folium

    frame = city.parcels(number).dropna(subset=["geometry"])
    west, south, east, north = frame.total_bounds
    page = folium.Map([(south + north) / 2, (west + east) / 2], zoom_start=zoom, tiles=None)
    folium.GeoJson(frame, tooltip=folium.GeoJsonTooltip(["id", "name_zh"])).add_to(page)
    with tempfile.TemporaryDirectory() as folder:
        _write_local(page, Path(folder))
        with _files_of(Path(folder)) as home:
            return measure(browser, f"{home}map.html", zoom)


def _write_local(page: Any, folder: Path) -> None:
    """Write the page with Leaflet beside it: no foreign host can be reached, nor is its speed."""
    html = page.get_root().render()
    vendor = Path(__file__).parent.parent / "webapp" / "static" / "vendor"
    for name, ending in (("leaflet.js", ".js"), ("leaflet.css", ".css")):
        shutil.copy(next(vendor.glob(f"leaflet-[0-9]*/**/{name}")), folder / name)
        html = _relinked(html, f"leaflet{ending}", name)
    (folder / "map.html").write_text(_without_hosts(html), "utf-8")


def _relinked(html: str, file: str, name: str) -> str:
    return re.sub(rf'"https://[^"]*/{re.escape(file)}"', f'"{name}"', html)


def _without_hosts(html: str) -> str:
    """Without the scripts and styles of other libraries, which a map of shapes does not need."""
    html = re.sub(r'<script src="https://[^"]*"></script>', "", html)
    return re.sub(r'<link rel="stylesheet" href="https://[^"]*"/?>', "", html)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


@contextmanager
def _files_of(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def _drag(page: Page) -> None:
    """Go to and fro with the button held, as far as one does by hand."""
    end, step = time.monotonic() + DRAG_SECONDS, 0
    page.mouse.move(720, 450)
    page.mouse.down()
    while time.monotonic() < end:
        step += 1
        way = step * 8 % (4 * REACH_PX)
        across = way if way < 2 * REACH_PX else 4 * REACH_PX - way
        page.mouse.move(720 - REACH_PX + across, 450 + across / 3)
    page.mouse.up()


def _frames(trace: dict[str, Any]) -> Iterator[float]:
    """Times of drawn frames in milliseconds."""
    for event in trace["traceEvents"]:
        if event["name"] == "DrawFrame":
            yield event["ts"] / 1000


class Table:
    """Lines that are printed as they come, the head before the first."""

    def __init__(self, *heads: str) -> None:
        self._heads, self._told = heads, False

    def say(self, cells: tuple[str, ...], line: Line) -> None:
        """Print a line."""
        if not self._told:
            say("| " + " | ".join([*self._heads, *line]) + " |")
            say("|" + "---|" * len(self._heads) + "--:|" * len(line))
            self._told = True
        say("| " + " | ".join([*cells, *(f"{value:,.0f}" for value in line.values())]) + " |")


def cities(browser: Browser, sizes: list[int], most: int) -> None:
    """Open the map of each size twice, kept tiles the second time, and Folium's page."""
    table = Table("parcels", "page")
    for number in sizes:
        data = published(number)
        shutil.rmtree(data / "cache" / "tiles", ignore_errors=True)
        with serving(data) as home:
            for page in ("Huitu, no tile kept", "Huitu, tiles kept"):
                table.say((f"{number:,}", page), of_server(browser, home, CITY_ZOOM))
        if number > most:
            continue
        try:
            table.say((f"{number:,}", "folium.GeoJson"), of_folium(browser, number, CITY_ZOOM))
        except TooSlow:
            say(f"| {number:,} | folium.GeoJson, not drawn in {PATIENCE_MS / 1000:.0f} s |")


def main() -> None:
    """Print one line of a table for each page or zoom level."""
    reader = argparse.ArgumentParser(description="Measure the map of a large layer.")
    reader.add_argument("sizes", type=int, nargs="*")
    reader.add_argument("--home")
    reader.add_argument("--zooms", type=int, nargs="+", default=[11, 13, 15, 17])
    reader.add_argument("--folium", type=int, default=100_000)
    asked = reader.parse_args()
    if asked.sizes:
        keep_compiled()
    with sync_playwright() as driver:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        say(f"Chromium {browser.version}, headless, 1440 × 900 px\n")
        if asked.home:
            table = Table()
            for zoom in asked.zooms:
                table.say((), of_server(browser, asked.home, zoom))
        cities(browser, asked.sizes, asked.folium)
        browser.close()


if __name__ == "__main__":
    main()
