"""Takes the README's screenshots from a running Huitu, with the system's Chromium.

Run from the checkout, with the sample served (``make serve``)::

    .venv/bin/python docs/screenshots.py http://127.0.0.1:8000
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
#: File name, address, width and height in CSS pixels.
SHOTS = (
    ("map.png", "/?selected=P01&view=31.6800,120.2990,13", 1440, 900),
    ("map-phone.png", "/?selected=R08", 375, 812),
    ("projects.png", "/projects", 1440, 900),
    ("statistics.png", "/statistics?group=district,class&schematic=1", 1440, 1100),
)


def main(address: str) -> None:
    """Write every screenshot."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, path, width, height in SHOTS:
            page = browser.new_page(viewport={"width": width, "height": height})
            _settled(page, address + path)
            page.screenshot(path=IMAGES / name)
            page.close()
        browser.close()


def _settled(page: Page, url: str) -> None:
    """Open a page and wait until nothing is fetched and every animation has ended."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(url, wait_until="networkidle")
    page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished))")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
