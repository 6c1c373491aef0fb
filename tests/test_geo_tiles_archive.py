"""One file of all tiles, as other programs read it."""

import gzip
import json

import mapbox_vector_tile
import numpy as np
import pyogrio
import pytest
from pmtiles.reader import MmapSource, Reader, all_tiles

from geo.errors import InputError
from geo.tiles import Archive, Tile, cut, packed, unpacked, write_archive
from geo.tiles.archive import occupied
from tests.tiling import HERE, arrays_of, in_tile, square

METADATA = {"name": "parcels", "vector_layers": [{"id": "parcels", "fields": {"id": "String"}}]}
ZOOMS = range(9, 17)


@pytest.fixture(scope="module")
def arrays():
    rng = np.random.default_rng(17)
    places = rng.uniform(0, 8192, (600, 2))
    return arrays_of([in_tile(square(x, y, 60)) for x, y in places])


@pytest.fixture(scope="module")
def path(arrays, tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "parcels.pmtiles"
    write_archive(arrays, path, zooms=ZOOMS, metadata=METADATA)
    return path


def test_every_tile_is_there_as_the_reference_reader_sees_it(arrays, path):
    with path.open("rb") as handle:
        source = MmapSource(handle)
        reader = Reader(source)
        header, tiles = reader.header(), dict(all_tiles(source))
    assert header["clustered"]
    assert (header["min_zoom"], header["max_zoom"]) == (9, 16)
    assert reader.metadata() == METADATA
    assert header["addressed_tiles_count"] == len(tiles) > 100
    for address, content in tiles.items():
        assert gzip.decompress(content) == cut(arrays, Tile(*address))
        assert mapbox_vector_tile.decode(gzip.decompress(content))


def test_no_tile_is_forgotten(arrays, path):
    archive = Archive(path)
    assert archive.zooms == ZOOMS
    for level in occupied(arrays, ZOOMS):
        for tile in level:
            assert (archive.tile(tile) or b"") == cut(arrays, tile)
    assert archive.tile(Tile(14, 0, 0)) is None
    assert archive.packed(Tile(17, 0, 0)) is None


def test_gdal_opens_the_archive(path):
    frame = pyogrio.read_dataframe(path, layer="parcels", ZOOM_LEVEL=16)
    assert set(frame["id"]) == {f"P{number}" for number in range(1, 601)}


def test_its_box_is_that_of_the_layer(arrays, path):
    with path.open("rb") as handle:
        header = Reader(MmapSource(handle)).header()
    bounds = in_tile(square(0, 0, 8192)).bounds
    names = ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")
    for name, edge in zip(names, bounds, strict=True):
        assert header[name] / 1e7 == pytest.approx(edge, abs=0.003)


def test_directories_are_parsed_once(path):
    archive = Archive(path)
    tile = Tile(16, HERE.column * 4 + 1, HERE.row * 4 + 1)
    archive.packed(tile)
    parsed = dict(archive._directories)
    archive.packed(tile)
    assert all(archive._directories[offset] is kept for offset, kept in parsed.items())


def test_the_same_layer_is_the_same_archive(arrays, path, tmp_path):
    write_archive(arrays, tmp_path / "again.pmtiles", zooms=ZOOMS, metadata=METADATA)
    assert (tmp_path / "again.pmtiles").read_bytes() == path.read_bytes()


def test_progress_is_told_to_the_end(arrays, tmp_path):
    heard = []
    count = write_archive(
        arrays,
        tmp_path / "some.pmtiles",
        zooms=range(9, 12),
        metadata=METADATA,
        told=lambda done, total: heard.append((done, total)),
    )
    assert heard[-1] == (len(heard), len(heard))
    assert 0 < count <= len(heard)


def test_a_layer_without_a_shape_has_no_archive(tmp_path):
    with pytest.raises(InputError, match="no shape"):
        write_archive(arrays_of([None]), tmp_path / "x.pmtiles", zooms=ZOOMS, metadata=METADATA)
    assert not (tmp_path / "x.pmtiles").exists()


@pytest.mark.parametrize("content", [b"x" * 200, b"PMTiles\x02" + b"\0" * 200, b"\xff" * 200, b"P"])
def test_another_file_is_no_archive(tmp_path, content):
    path = tmp_path / "x.pmtiles"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"x\.pmtiles is not a PMTiles file"):
        Archive(path)


def test_packing_is_gzip_and_the_same_each_time():
    content = json.dumps(METADATA).encode()
    assert gzip.decompress(packed(content)) == unpacked(packed(content)) == content
    assert packed(content) == packed(content)
