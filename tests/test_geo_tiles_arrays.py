"""Arrays of a layer: what is refused, how they are kept, and how damage is told."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, Point

import geo
from geo.arrayfolder import MANIFEST
from geo.errors import CrsError, InputError
from geo.tiles import Damaged, build, cut, read, verify, write
from geo.tiles.index import hilbert_order, pack
from geo.tiles.searching import query
from tests.tiling import HERE, arrays_of, frame_of, in_tile, square


@pytest.fixture
def arrays():
    shapes = [in_tile(square(40 * n, 7 * n, 30)) for n in range(90)]
    return arrays_of([*shapes, None], name=[f"地块{n}" for n in range(91)])


@pytest.fixture
def folder(arrays, tmp_path):
    write(arrays, tmp_path / "arrays")
    return tmp_path / "arrays"


# ---------------------------------------------------------------- building


def test_a_shape_over_the_antimeridian_is_refused_with_its_row():
    shapes = [Point(0, 0), LineString([(-179, 10), (179, 10)]), LineString([(179, 0), (181, 0)])]
    with pytest.raises(InputError, match="antimeridian") as refused:
        arrays_of(shapes)
    assert [problem.row for problem in refused.value.problems] == [2, 3]


def test_what_web_mercator_cannot_show_is_refused():
    with pytest.raises(InputError, match="latitudes"):
        arrays_of([Point(120, 86)])
    with pytest.raises(InputError, match="mixture"):
        arrays_of([GeometryCollection([Point(120, 31), LineString([(0, 0), (1, 1)])])])


def test_other_systems_than_degrees_are_refused():
    frame = frame_of([Point(120, 31)])
    with pytest.raises(CrsError):
        build(frame.to_crs("EPSG:4549"), name="parcels", fields=["id"])
    with pytest.raises(CrsError):
        build(frame.set_crs(None, allow_override=True), name="parcels", fields=["id"])


def test_arrays_are_told_and_cannot_be_written_to(arrays):
    assert repr(arrays).startswith("LayerArrays('parcels', 91 features, ")
    with pytest.raises(ValueError, match="read-only"):
        arrays.xy[0] = 0


def test_progress_is_told_to_the_end():
    heard = []
    frame = frame_of([in_tile(square(0, 0, 9))] * 3)
    build(
        frame, name="parcels", fields=["id"], told=lambda done, total: heard.append((done, total))
    )
    assert (heard[0], heard[-1]) == ((0, 3), (3, 3))


def test_sizes_keep_their_digits_far_from_the_corner_of_the_world():
    shape = in_tile(square(1000, 1000, 3).difference(square(1001, 1001, 1)))
    arrays = arrays_of([shape, in_tile(LineString([(0, 0), (3, 4)])), in_tile(Point(0, 0))])
    sizes = dict(zip(arrays.rows.tolist(), arrays.sizes.tolist(), strict=True))
    assert sizes[1] * HERE.scale**2 == pytest.approx(8, rel=1e-4)
    assert sizes[2] * HERE.scale == pytest.approx(5, rel=1e-4)
    assert sizes[3] == 0


# ---------------------------------------------------------------- the index


BOXES = st.lists(
    st.tuples(*[st.floats(0, 1)] * 2, *[st.floats(0, 0.1)] * 2),
    max_size=400,
)


@settings(max_examples=60, deadline=None)
@given(BOXES, st.tuples(*[st.floats(0, 1)] * 4))
def test_the_index_finds_what_a_look_at_each_box_finds(corners, asked):
    boxes = np.array([(x, y, x + w, y + h) for x, y, w, h in corners]).reshape(-1, 4)
    boxes = np.vstack([boxes, [[np.inf, np.inf, -np.inf, -np.inf]]])
    boxes = boxes[hilbert_order(boxes)]
    nodes, levels = pack(boxes)
    west, east = sorted(asked[:2])
    north, south = sorted(asked[2:])
    found = query(boxes, nodes, levels, west, north, east, south)
    wanted = (
        (boxes[:, 0] <= east)
        & (boxes[:, 2] >= west)
        & (boxes[:, 1] <= south)
        & (boxes[:, 3] >= north)
    )
    assert found.tolist() == np.flatnonzero(wanted).tolist()


def test_neighbours_on_the_curve_are_neighbours_on_the_ground():
    columns, rows = np.meshgrid(np.arange(32), np.arange(32))
    middles = np.column_stack([columns.ravel(), rows.ravel()]).astype(float)
    order = hilbert_order(np.hstack([middles, middles]))
    steps = np.abs(np.diff(middles[order], axis=0)).sum(axis=1)
    assert (steps == 1).all()


# ---------------------------------------------------------------- the folder


def test_what_is_read_is_what_was_written(arrays, folder):
    verify(folder)
    again = read(folder)
    assert (again.name, again.fields) == (arrays.name, arrays.fields)
    for name, array in arrays.arrays().items():
        assert np.array_equal(array, again.arrays()[name])
    assert cut(again, HERE) == cut(arrays, HERE) != b""


def test_the_files_are_mapped_and_open_to_any_reader_of_npy(folder):
    xy = read(folder).xy
    assert isinstance(xy.base, np.memmap)
    assert not xy.flags.writeable
    assert np.load(folder / "rows.npy").tolist() == read(folder).rows.tolist()


def test_a_layer_without_a_shape_is_kept_too(tmp_path):
    write(arrays_of([None, None]), tmp_path / "arrays")
    again = read(tmp_path / "arrays")
    assert (len(again), again.world_box) == (2, None)
    assert cut(again, HERE) == b""


def test_a_layer_without_a_row_is_kept_too(tmp_path):
    write(arrays_of([]), tmp_path / "arrays")
    assert len(read(tmp_path / "arrays")) == 0


NAMES = ("rows", "xy", "nodes", "codes", "values", "holes")


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_file_is_told_at_once(folder, name):
    path = folder / f"{name}.npy"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Damaged, match=f"{name}.npy.*length"):
        read(folder)


@pytest.mark.parametrize("name", NAMES)
def test_a_flipped_bit_is_told_by_the_checksum(folder, name):
    path = folder / f"{name}.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(Damaged, match=f"{name}.npy.*checksum"):
        verify(folder)


def test_an_absent_file_is_told(folder):
    (folder / "xy.npy").unlink()
    for look in (read, verify):
        with pytest.raises(Damaged, match=r"xy\.npy.*not there"):
            look(folder)


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        (None, "not there"),
        ("", "cannot be read"),
        ("[]", "cannot be read"),
        ("{", "cannot be read"),
        ('{"format": "huitu-arrays", "edition": 99, "arrays": {}}', "another edition"),
        ('{"format": "huitu-arrays", "edition": 1, "arrays": {}}', "another edition"),
    ],
)
def test_a_manifest_that_says_nothing_is_told(folder, manifest, why):
    (folder / MANIFEST).unlink()
    if manifest is not None:
        (folder / MANIFEST).write_text(manifest)
    with pytest.raises(Damaged, match=why):
        read(folder)


def test_a_file_of_another_type_is_told(folder):
    path = folder / "rows.npy"
    np.save(path, np.load(path).astype(np.float64))
    with pytest.raises(Damaged, match=r"rows.npy.*type"):
        read(folder)


def test_the_manifest_is_written_last(arrays, tmp_path, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(json, "dumps", full)
    with pytest.raises(OSError, match="No space"):
        write(arrays, tmp_path / "arrays")
    with pytest.raises(Damaged):
        read(tmp_path / "arrays")


# ---------------------------------------------------------------- compiled once


SEARCH = """
import sys
from pathlib import Path
from geo.tiles import keep_in, read, touching
from geo.types import BBox
{keep}
assert len(touching(read(Path(sys.argv[1])), BBox(120, 31, 121, 32))) == 90
from geo.tiles.searching import query
print(sum(query.stats.cache_hits.values()))
"""


def in_a_process(folder, keep, **environment):
    """Search the index; how many compiled forms of the search came from what was kept."""
    done = subprocess.run(
        [sys.executable, "-c", SEARCH.format(keep=keep), str(folder)],
        env={"PATH": "", **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_what_was_compiled_once_is_kept_where_it_is_told_to(folder, tmp_path):
    keep = f"keep_in(Path({str(tmp_path / 'code')!r}))"
    nowhere = {"HOME": "/proc/none", "XDG_CACHE_HOME": "/proc/none"}
    assert in_a_process(folder, keep, **nowhere) == 0
    assert in_a_process(folder, keep, **nowhere) == 1
    [edition] = (tmp_path / "code").iterdir()
    assert len(edition.name) == 16


def test_a_package_that_cannot_be_written_to_still_cuts_tiles(folder, tmp_path):
    """As an installation of another user: nothing can be kept beside the code nor at home."""
    package = tmp_path / "elsewhere" / "geo"
    shutil.copytree(geo.__path__[0], package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "tiles" / "__pycache__").write_text("no folder")
    nowhere = {"HOME": "/proc/none", "XDG_CACHE_HOME": "/proc/none", "TMPDIR": "/proc/none"}
    environment = {**nowhere, "PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    assert in_a_process(folder, "", **environment) == 0


def test_bounds_of_a_layer():
    west, north, east, south = arrays_of([in_tile(square(0, 0, EXTENT_OF_TILE))]).world_box
    assert (west, north, east, south) == pytest.approx(HERE.box(), abs=1e-12)


EXTENT_OF_TILE = 4096


def test_shapes_with_heights_are_flat_in_tiles():
    flat, high = square(0, 0, 50), shapely.force_3d(square(0, 0, 50), 7.0)
    assert cut(arrays_of([in_tile(flat)]), HERE) == cut(
        arrays_of([shapely.force_3d(in_tile(flat), 7.0)]), HERE
    )
    assert high.has_z
