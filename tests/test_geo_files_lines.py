"""Single features of a GeoJSON file, by where their lines begin."""

import json

import geopandas as gpd
import pytest
import shapely

from geo import files
from geo.errors import InputError


def written(folder, names):
    frame = gpd.GeoDataFrame(
        {"id": names, "note": ['两\n行, {"a"}]'] * len(names)},
        geometry=[shapely.Point(120, 31)] * len(names),
        crs="EPSG:4326",
    )
    path = folder / "x.geojson"
    path.write_bytes(files.to_geojson(frame, extra={"huitu": {"version": "0"}}))
    return path


@pytest.mark.parametrize("names", [[], ["A"], ["A", "B", "C"]])
def test_each_feature_is_found_again(tmp_path, names):
    path = written(tmp_path, names)
    lines = files.Lines(path, files.line_starts(path, len(names)))
    wanted = json.loads(path.read_bytes())["features"]
    assert [json.loads(lines[number]) for number in range(len(lines))] == wanted


def test_a_file_with_other_features_is_refused(tmp_path):
    path = written(tmp_path, ["A", "B"])
    with pytest.raises(InputError):
        files.line_starts(path, 3)


def test_a_file_that_was_cut_is_refused(tmp_path):
    path = written(tmp_path, ["A", "B"])
    starts = files.line_starts(path, 2)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError):
        files.Lines(path, starts)
