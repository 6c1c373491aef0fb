"""What the benchmarks measure is what they say: layers of each kind, and tiles that are counted."""

import sys
from io import StringIO
from pathlib import Path

import mapbox_vector_tile
import pytest
import shapely

HERE = Path(__file__).parent.parent / "benchmarks"
NUMBER = 50
PARTS, HOLES, VERTICES = {"estates": 3}, {"courtyards": 1}, {"pipes": 8, "trees": 1}


@pytest.fixture
def beside(monkeypatch):
    """The scripts find each other as when they are run."""
    monkeypatch.syspath_prepend(str(HERE))
    yield
    for name in ("shapes", "one_tile", "tile_sides", "cities", "city", "bench"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("kind", ["parcels", "courtyards", "estates", "pipes", "trees"])
def test_a_synthetic_layer_has_what_its_kind_says(beside, kind):
    from shapes import FIELDS, KINDS

    frame = KINDS[kind](NUMBER)
    shapes = frame.geometry.to_numpy()
    assert len(frame) == NUMBER
    assert set(FIELDS) <= set(frame.columns)
    assert shapely.is_valid(shapes).all()
    assert (shapely.get_num_geometries(shapes) == PARTS.get(kind, 1)).all()
    holes = [len(shape.interiors) if kind == "courtyards" else 0 for shape in shapes]
    assert holes == [HOLES.get(kind, 0)] * NUMBER
    if kind in VERTICES:
        assert (shapely.get_num_coordinates(shapes) == VERTICES[kind]).all()


@pytest.mark.parametrize("number", [1, 3, 300])
def test_features_of_a_tile_are_counted_as_they_were_written(beside, number):
    from one_tile import count

    features = [
        {"geometry": shapely.Point(place, place), "id": place + 1, "properties": {"n": place}}
        for place in range(number)
    ]
    assert count(mapbox_vector_tile.encode([{"name": "layer", "features": features}])) == number


def test_a_zone_with_room_for_more_is_described_alike(beside, tmp_path):
    import city

    city.write(tmp_path / "few", 16, room=64)
    city.write(tmp_path / "many", 64)
    few, many = (tmp_path / name / "catalog.toml" for name in ("few", "many"))
    assert few.read_text("utf-8") == many.read_text("utf-8")


def test_a_program_that_is_not_here_is_named_and_its_part_left_out(beside):
    from bench import Paper, Part, run

    told = StringIO()
    part = Part("odd", "Something odd", ("exit 1",), (), ("no-such-program",))
    assert run(part, part.full, Paper(told))
    assert "Left out: no-such-program is not installed" in told.getvalue()


def test_every_command_names_a_script_that_is_there(beside):
    from bench import PARTS as parts

    scripts = {
        word.removeprefix("{here}/")
        for part in parts
        for command in (*part.full, *part.quick)
        for word in command.split()
        if word.startswith("{here}/")
    }
    assert {name for name in scripts if not (HERE / name).is_file()} <= {"tiles_http.py"}
