"""Gross and net area by district: Huitu against ``geopandas.overlay`` and ``dissolve``.

Run from the checkout::

    .venv/bin/python benchmarks/statistics_areas.py                 # 1,000 and 100,000 polygons
    .venv/bin/python benchmarks/statistics_areas.py 1000 1000000    # only these

Both sides get the same shapes in EPSG:4549, in 3 and in 300 districts, of two kinds: ``parcels``
share their edges and do not overlap, ``sites`` lie anywhere and overlap. Each side runs in a
process of its own, one after the other, so that its peak of memory is its own. Huitu's time has
the ellipsoidal area in it, which the other side does not work out. The sides take turns, three
times up to 100,000 polygons, and the medians are printed; a side is broken off after ten minutes.
Ratios are what to quote: by the clock, and of the time of all processors, which other work on the
machine stretches less and in which threads are no help.
"""

from __future__ import annotations

import itertools
import math
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import known_crs
from geo.splitting import split_shapes
from layers.statistics import figures

METRIC = "EPSG:4549"
X, Y, WIDE, HIGH = 510_000, 3_492_000, 36_000, 26_000
#: What the sites cover together, were none over another.
COVER = 0.4
#: A side is broken off after so long.
LIMIT_S = 600
#: As many polygons are measured more than once.
FEW = 100_000
Areas = dict[int, tuple[float, float]]


def parcels(number: int, rng: np.random.Generator) -> np.ndarray:
    """Four-sided parcels on a bent grid, each edge shared with its neighbour."""
    across = math.ceil(math.sqrt(number * WIDE / HIGH))
    down = math.ceil(number / across)
    east, north = np.meshgrid(np.linspace(0, 1, across + 1), np.linspace(0, 1, down + 1))
    corner = np.stack([X + east * WIDE, Y + north * HIGH], axis=-1)
    size = np.array([WIDE / across, HIGH / down])
    corner[1:-1, 1:-1] += rng.uniform(-0.2, 0.2, corner[1:-1, 1:-1].shape) * size
    rings = np.stack([corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]], axis=2)
    return shapely.polygons(rings.reshape(-1, 4, 2))[:number]


def sites(number: int, rng: np.random.Generator) -> np.ndarray:
    """Twelve-sided sites anywhere."""
    radius = math.sqrt(COVER * WIDE * HIGH / number / math.pi)
    middle = np.column_stack([X + rng.random(number) * WIDE, Y + rng.random(number) * HIGH])
    turn = np.linspace(0, 2 * math.pi, 12, endpoint=False)
    reach = radius * rng.uniform(0.7, 1.3, (number, 12))
    rings = middle[:, None] + reach[..., None] * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    return shapely.polygons(rings)


def districts(number: int, rng: np.random.Generator) -> np.ndarray:
    """Districts that cover the ground, their shared lines drawn with a corner every 50 m."""
    frame = shapely.box(X - 10, Y - 10, X + WIDE + 10, Y + HIGH + 10)
    seeds = np.column_stack([X + rng.random(number) * WIDE, Y + rng.random(number) * HIGH])
    cells = shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=frame)
    return shapely.segmentize(shapely.intersection(shapely.get_parts(cells), frame), 50)


def ours(shapes: np.ndarray, zones: np.ndarray) -> Areas:
    """Split at the lines, find what overlaps, measure each district."""
    crs = known_crs(METRIC)
    parts = split_shapes(shapes, zones)
    wholes = figures.meeting(shapes)
    meeting = figures.meeting_of_parts(wholes, parts.shapes, parts.owner, parts.zone)
    order = np.argsort(parts.zone, kind="stable")
    starts = np.searchsorted(parts.zone[order], np.arange(len(zones) + 1)).tolist()
    members = [order[start:end] for start, end in itertools.pairwise(starts)]
    measured = figures.measure_each(meeting, members, crs)
    return {
        zone: (found.gross_m2 or 0.0, found.net_m2 or 0.0) for zone, found in enumerate(measured)
    }


def our_split(shapes: np.ndarray, zones: np.ndarray) -> Areas:
    """Only split at the lines and add up: gross area."""
    parts = split_shapes(shapes, zones)
    inside = parts.where(parts.zone >= 0)
    gross = np.bincount(inside.zone, weights=shapely.area(inside.shapes), minlength=len(zones))
    return {zone: (area, area) for zone, area in enumerate(gross.tolist())}


def their_overlay(shapes: np.ndarray, zones: np.ndarray) -> Areas:
    """Only overlay and add up."""
    left = gpd.GeoDataFrame(geometry=shapes, crs=METRIC)
    right = gpd.GeoDataFrame({"zone": range(len(zones))}, geometry=zones, crs=METRIC)
    cut = gpd.overlay(left, right, how="intersection")
    gross = cut.area.groupby(cut["zone"]).sum()
    return {zone: (float(area), float(area)) for zone, area in gross.items()}


def theirs(shapes: np.ndarray, zones: np.ndarray) -> Areas:
    """What one writes with geopandas."""
    left = gpd.GeoDataFrame(geometry=shapes, crs=METRIC)
    right = gpd.GeoDataFrame({"zone": range(len(zones))}, geometry=zones, crs=METRIC)
    cut = gpd.overlay(left, right, how="intersection")
    gross = cut.area.groupby(cut["zone"]).sum()
    net = cut.dissolve("zone").area
    return {zone: (float(gross[zone]), float(net[zone])) for zone in gross.index}


@dataclass(frozen=True)
class Run:
    """One run of one side, or the median of several.

    Seconds by the clock and of all processors together, peak of memory above the shapes in MB, and
    the areas.
    """

    seconds: float
    cpu_s: float
    peak_mb: float
    areas: Areas | None


#: A run that was broken off.
BROKEN_OFF = Run(LIMIT_S, math.nan, math.nan, None)


def measured(side: Callable[..., Areas], *given: np.ndarray) -> Run:
    """Run a side in a process of its own."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()

    def run() -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start, cpu = time.perf_counter(), time.process_time()
        areas = side(*given)
        took, cpu_s = time.perf_counter() - start, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        there.send(Run(took, cpu_s, peak / 1000, areas))

    process = context.Process(target=run)
    process.start()
    answer: Run = here.recv() if here.poll(LIMIT_S) else BROKEN_OFF
    process.kill()
    process.join()
    return answer


def median(runs: Sequence[Run]) -> Run:
    """The medians of several runs, which all found the same areas."""
    figures = ([getattr(run, name) for run in runs] for name in ("seconds", "cpu_s", "peak_mb"))
    return Run(*map(statistics.median, figures), runs[0].areas)


def difference(one: Areas | None, two: Areas | None) -> float:
    """The largest difference of any area of any district, as a share."""
    if one is None or two is None:
        return math.nan
    return max(
        abs(a - b) / max(b, 1.0) for zone in two for a, b in zip(one[zone], two[zone], strict=True)
    )


def main() -> None:
    """Print one row of a Markdown table for each case."""
    sizes = [int(word) for word in sys.argv[1:]] or [1_000, 100_000]
    print(
        "| shapes | polygons | districts | split | overlay | ratio | CPU | split, gross, net "
        "| overlay, dissolve | ratio | CPU | memory, MB | differ by |"
    )
    print("|---|--:|--:" + "|--:" * 10 + "|")
    for number in sizes:
        for make in (parcels, sites):
            for zones in (3, 300):
                row(make, number, zones)


def row(make: Callable[..., np.ndarray], number: int, zones: int) -> None:
    """Measure one case."""
    rng = np.random.default_rng(number + zones)
    given = make(number, rng), districts(zones, rng)
    sides = our_split, their_overlay, ours, theirs
    turns = [[measured(side, *given) for side in sides] for _ in range(3 if number <= FEW else 1)]
    split, overlay, one, two = (median(runs) for runs in zip(*turns, strict=True))
    apart = np.fmax(difference(split.areas, overlay.areas), difference(one.areas, two.areas))
    print(
        f"| {make.__name__} | {number:,} | {zones} | {_pair(split, overlay)} | {_pair(one, two)} "
        f"| {one.peak_mb:,.0f} : {two.peak_mb:,.0f} | {apart:.0e} |",
        flush=True,
    )


def _pair(one: Run, two: Run) -> str:
    more = ">" if two.areas is None else ""
    ratio = f"**{more}{two.seconds / one.seconds:.1f}** | {two.cpu_s / one.cpu_s:.1f}"
    return f"{one.seconds:.2f} s | {more}{two.seconds:.2f} s | {ratio}"


if __name__ == "__main__":
    main()
