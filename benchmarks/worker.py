"""A worker of a zone with a large layer: its start, its memory and its map page.

    .venv/bin/python benchmarks/worker.py 1000000

Three zones: one without layers, one with 50 parcels and one with as many as asked for, in the same
place. They take turns, each in a process of its own, and the least of the times is printed. *start*
is all that a worker does from its fork with everything imported to its first answer, the map page;
*more* is by the time of processors, which other work on the machine does not lengthen.
*private* is memory of this process alone (dirty pages), *mapped* are pages of files, shared with
the other workers and given back when wanted. Cities are published on first use, which takes
minutes for a million. Tiles that were kept are removed, so that each is cut.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cities import keep_compiled, published
from one_tile import say

FEW = 50
REPEATS = 200


def main() -> None:
    """Print the tables, or be one of the workers."""
    reader = argparse.ArgumentParser(description="Measure a worker with a large layer.")
    reader.add_argument("parcels", type=int, nargs="?", default=100_000)
    reader.add_argument("--be", type=Path, help="a data folder: be its worker and tell in JSON")
    reader.add_argument("--rounds", type=int, default=7)
    asked = reader.parse_args()
    if asked.be:
        sys.stdout.write(json.dumps(dict(_worker(asked.be))))
        return
    keep_compiled()
    number = asked.parcels
    zones = {
        "no layer": published(0),
        f"{FEW} parcels": published(FEW, number),
        f"{number:,} parcels": published(number),
    }
    found = _asked(zones, asked.rounds)
    _tell_starts(found)
    _tell_memory(found)


# ---------------------------------------------------------------- the worker


def _worker(data: Path) -> Iterator[tuple[str, Any]]:
    """Start as a worker does and tell what that took and holds."""
    from webapp import create_app
    from webapp.serve import application
    from webapp.settings import Settings

    # What a first page needs is imported once, before the workers are forked.
    create_app(Settings.read(data=published(0))).test_client().get("/")
    yield "all imported", _held()
    shutil.rmtree(data / "cache" / "tiles", ignore_errors=True)
    started, worked = time.perf_counter(), time.process_time()
    client = application(Settings.read(data=data)).test_client()
    page = client.get("/")
    yield "start_ms", (time.perf_counter() - started) * 1000
    yield "work_ms", (time.process_time() - worked) * 1000
    yield "first page", _held()
    body = page.get_data()
    script = re.search(rb'src="(/map/[^"]+)"', body)
    body += client.get(script.group(1).decode()).get_data() if script else b""
    yield "bytes", len(body)
    yield "gzip", len(gzip.compress(body, 6, mtime=0))
    yield "page_ms", min(_milliseconds(lambda: client.get("/")) for _ in range(REPEATS))
    yield from _tiles(client)


def _tiles(client: Any) -> Iterator[tuple[str, Any]]:
    """Ask for tiles of the largest layer, as far as it has any, and for its features."""
    from geo import tiles
    from geo.types import BBox

    zone = client.get("/layers").json
    layers = {layer["id"]: layer for layer in zone["layers"]}
    if "parcels" not in layers:
        return
    address = f"/layers/parcels/{layers['parcels']['version']}"
    west, south, east, north = zone["zone"]["view"]
    middle = BBox((west + east) / 2, (south + north) / 2, (west + east) / 2, (south + north) / 2)
    [tile] = tiles.covering(middle, 16)
    if client.get(f"{address}/tiles/{tile}.mvt").status_code not in (200, 204):
        return
    yield "first tile (z16)", _held()
    for zoom in range(14):
        for tile in tiles.covering(BBox(west, south, east, north), zoom):
            client.get(f"{address}/tiles/{tile}.mvt")
    yield "every tile to z13", _held()
    if client.get(f"{address}/rows.json").status_code == 200:
        yield "rows of the list", _held()
    near = f"{middle.west},{middle.south},{middle.west + 0.01},{middle.south + 0.01}"
    if client.get(f"{address}/features.json?bbox={near}&limit=100").status_code == 200:
        yield "features of a box", _held()


def _held() -> tuple[float, float]:
    """Private and mapped megabytes of this process."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
    held = {line.split(":")[0]: int(line.split()[1]) / 1000 for line in lines}
    private = held["Private_Dirty"] + held.get("Swap", 0)
    return private, held["Rss"] - held["Private_Dirty"]


def _milliseconds(work: Any) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


# ---------------------------------------------------------------- the tables


def _asked(zones: dict[str, Path], rounds: int) -> dict[str, dict[str, Any]]:
    """What the workers told: least times, and memory of the last."""
    found: dict[str, dict[str, Any]] = {name: {} for name in zones}
    for _ in range(rounds):
        for name, data in zones.items():
            command = [sys.executable, __file__, "--be", data]
            done = subprocess.run(command, check=True, capture_output=True)
            told = json.loads(done.stdout)
            for key in ("start_ms", "work_ms", "page_ms"):
                told[key] = min(told[key], found[name].get(key, told[key]))
            found[name] = told
    return found


def _tell_starts(found: dict[str, dict[str, Any]]) -> None:
    first = next(iter(found.values()))
    say("\n| zone | start (ms) | of processors (ms) | more (ms) | map page (ms) | bytes | gzip |")
    say("|---|--:|--:|--:|--:|--:|--:|")
    for name, told in found.items():
        more = told["work_ms"] - first["work_ms"]
        say(
            f"| {name} | {told['start_ms']:.0f} | {told['work_ms']:.0f} | {more:+.0f} "
            f"| {told['page_ms']:.2f} | {told['bytes']:,} | {told['gzip']:,} |"
        )


def _tell_memory(found: dict[str, dict[str, Any]]) -> None:
    stages = dict.fromkeys(stage for told in found.values() for stage in told if " " in stage)
    heads = "".join(f" {name}: private (MB) | mapped (MB) |" for name in found)
    say(f"\n| |{heads}\n|---|{'--:|--:|' * len(found)}")
    for stage in stages:
        held = [told.get(stage) for told in found.values()]
        cells = [f"{one[0]:.0f} | {one[1]:.0f}" if one else "– | –" for one in held]
        say(f"| {stage} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
