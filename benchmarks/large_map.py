"""A large layer in headless Chromium: when it is first drawn, and how many frames a pan has.

    python benchmarks/large_map.py http://127.0.0.1:8000/ [--zooms 12 14 16]

asks a running server, such as that of ``make demo-large``. The frames are counted by Chromium's own
trace (events ``DrawFrame``) while the map is dragged about for some seconds.
"""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
import statistics
import time
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page, sync_playwright

DRAG_SECONDS = 4.0
REACH_PX = 320
FRAME_MS = 1000 / 60
_CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline.frame"]
#: Notes when the first square with features is drawn.
_WATCH = """
new MutationObserver((changes, watcher) => {
  if (!changes.some(({ target }) => Number(target.dataset.features) > 0)) return;
  window.firstDraw = performance.now();
  watcher.disconnect();
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-features"] });
"""
_SETTLED = """() => window.firstDraw && [...document.querySelectorAll(".leaflet-tile")]
  .every((tile) => tile.dataset.features !== undefined)"""
_SHELL = "() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


def measure(browser: Any, home: str, zoom: int) -> dict[str, float]:
    """Open the map in the middle of its view at a zoom level and drag it about."""
    page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page.add_init_script(_WATCH)
    west, south, east, north = page.request.get(f"{home}layers").json()["zone"]["view"]
    page.goto(f"{home}?view={(south + north) / 2:.5f},{(west + east) / 2:.5f},{zoom}&panel=none")
    page.wait_for_function(_SETTLED, timeout=120_000)
    shell, first = page.evaluate(_SHELL), page.evaluate("() => window.firstDraw")
    browser.start_tracing(page=page, categories=_CATEGORIES)
    _drag(page)
    frames = sorted(_frames(json.loads(browser.stop_tracing())))
    page.close()
    gaps = [after - before for before, after in itertools.pairwise(frames)]
    return {
        "zoom": zoom,
        "shell (ms)": shell,
        "first draw after the shell (ms)": first - shell,
        "frames a second": len(frames) / DRAG_SECONDS,
        "median gap (ms)": statistics.median(gaps),
        "95 % of gaps below (ms)": statistics.quantiles(gaps, n=20)[-1],
        "longest gap (ms)": max(gaps),
    }


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


def main() -> None:
    """Print one line of a table for each zoom level."""
    reader = argparse.ArgumentParser(description="Measure the map of a large layer.")
    reader.add_argument("home")
    reader.add_argument("--zooms", type=int, nargs="+", default=[11, 13, 15, 17])
    asked = reader.parse_args()
    with sync_playwright() as driver:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for place, zoom in enumerate(asked.zooms):
            line = measure(browser, asked.home, zoom)
            if place == 0:
                print("| " + " | ".join(line) + " |\n|" + "---|" * len(line))
            print("| " + " | ".join(f"{value:.0f}" for value in line.values()) + " |")
        browser.close()


if __name__ == "__main__":
    main()
