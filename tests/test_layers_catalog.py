"""The catalog is read whole or refused whole, with every problem at once."""

import shutil
from pathlib import Path

import pytest

from geo.errors import InputError, NotFound
from layers.catalog import Catalog

TOWN = Path(__file__).parent / "town"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(TOWN, tmp_path / "town"))


def edit(folder, old, new, file="catalog.toml"):
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def problems(folder):
    with pytest.raises(InputError) as caught:
        Catalog.read(folder)
    return [problem.message("en") for problem in caught.value.problems]


def test_another_town_is_one_folder(folder):
    catalog = Catalog.read(folder)
    assert catalog.zone.title.zh == "静溪镇"
    assert [layer.id for layer in catalog.layers] == ["streets", "gardens", "stops"]
    assert [layer.id for layer in catalog.project_layers] == ["streets", "gardens"]
    assert catalog.layer("gardens").fields["stage"].title_of("start").zh == "启动"
    assert catalog.style(catalog.layer("streets")).by == "class"


def test_a_layer_that_is_not_there_is_not_found(folder):
    with pytest.raises(NotFound):
        Catalog.read(folder).layer("sewers")


def test_the_digest_changes_with_the_palette(folder):
    before = Catalog.read(folder).digest
    edit(folder, "#2f7d4f", "#2f7d50", "palette.toml")
    assert Catalog.read(folder).digest != before


def test_all_problems_are_told_at_once(folder):
    edit(folder, 'role = "projects"', 'role = "project"')
    edit(folder, 'metric_crs = "EPSG:4544"', 'metric_crs = "4544"')
    edit(folder, "#8a5a1f", "brown", "palette.toml")
    told = " ".join(problems(folder))
    assert "layers[streets].role" in told
    assert "zone.metric_crs" in told
    assert "palette" in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('id = "gardens"', 'id = "streets"', "stands there twice"),
        ('theme = "green"', 'theme = "blue"', "not among the themes"),
        ('style = "gardens"', 'style = "parks"', "not in palette.toml"),
        ('stations = "stops"', 'stations = "bus"', "there is no layer"),
        ('file = "gardens.geojson"', 'file = "../gardens.geojson"', "plain file name"),
        ('id = "gardens"', 'id = "projects"', "word of the addresses"),
        ('fields_from = "project"', 'fields_from = "works"', "no set"),
        ("years = [2024, 2026]", "years = [2026, 2024]", "first, last"),
        ('metric_crs = "EPSG:4544"', 'metric_crs = "EPSG:3857"', "zone.metric_crs"),
        ('lane = { zh = "巷道"', 'alley = { zh = "巷道"', "no symbol"),
        ("[[themes]]", "[[tables]]\na = 1\n[[themes]]", "unknown table"),
    ],
)
def test_a_contradiction_is_named(folder, old, new, told):
    edit(folder, old, new)
    assert told in " ".join(problems(folder))


def test_a_missing_catalog_says_what_to_do(tmp_path):
    with pytest.raises(InputError) as caught:
        Catalog.read(tmp_path)
    assert "HUITU_DATA" in caught.value.problems[0].hint("en")


def test_broken_toml_names_the_place(folder):
    edit(folder, "[zone]", "[zone")
    assert "line" in problems(folder)[0]
