"""The Folium shell: the same bytes each time, nothing foreign, and no word that is not ours."""

import re
import shutil
from pathlib import Path

import folium
import pytest

from layers.catalog import Catalog
from layers.plan import Plan
from layers.publishing import own_source, publish
from layers.store import Store
from webapp.maps.elements import Map
from webapp.maps.literal import Literal, number
from webapp.maps.shell import shell

TOWN = Path(__file__).parent / "town"
HOSTILE = (
    "{{7*7}}",
    "{{cycler.__init__.__globals__.os.getpid()}}",
    "{% raw %}",
    "{% include 'x' %}",
    "${alert(1)}",
    "`",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
)


def published(folder):
    town = Path(shutil.copytree(TOWN, folder / "town"))
    return republished(town)


def republished(town):
    catalog, store = Catalog.read(town), Store(town, software="test")
    for spec in catalog.layers:
        source = own_source(catalog, spec)
        assert publish(catalog, store, spec, source, by="test", reason="test").version
    return Plan.open(town)


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return published(tmp_path_factory.mktemp("maps"))


def test_the_same_plan_is_the_same_bytes(plan):
    assert shell(plan, "zh") == shell(plan, "zh")


def test_the_languages_differ_only_in_the_words_of_the_controls(plan):
    zh, en = shell(plan, "zh"), shell(plan, "en")
    assert zh.html == en.html
    assert b"Full screen" in en.script
    assert b"Full screen" not in zh.script


def test_every_layer_has_a_pane_and_an_empty_layer(plan):
    script = shell(plan, "zh").script.decode()
    for layer in ("streets", "gardens", "stops"):
        assert f'createPane(\n"huitu-{layer}");' in script
        assert f'"{layer}": layer_' in script
    assert script.count("L.geoJSON(null,") == 3
    assert script.rstrip().endswith("};")
    assert "window.huitu" in script


def test_the_first_layer_of_the_catalog_lies_on_top(plan):
    script = shell(plan, "zh").script.decode()
    z_of = dict(re.findall(r'"huitu-(\w+)"\);\n\w+\.style\.zIndex = (\d+);', script))
    assert int(z_of["streets"]) > int(z_of["gardens"]) > int(z_of["stops"])


def test_nothing_foreign_and_nothing_inline(plan):
    drawn = shell(plan, "zh")
    both = drawn.html + drawn.script.decode()
    assert "http" not in both
    assert "<script" not in both
    assert "style=" not in both


def test_the_shell_does_not_grow_with_the_data(plan):
    assert len(shell(plan, "zh").script) < 6_000


def test_no_word_of_the_data_or_the_catalog_reaches_folium(tmp_path):
    benign = published(tmp_path / "benign")
    town = Path(shutil.copytree(TOWN, tmp_path / "hostile" / "town"))
    words = " ".join(HOSTILE)
    for name in ("streets.geojson", "gardens.geojson", "stops.geojson"):
        path = town / name
        text = path.read_text("utf-8")
        for old in ("静溪大街改造", "书院巷整治", "桑园", "静溪站"):
            text = text.replace(old, words.replace('"', '\\"'))
        path.write_text(text, "utf-8")
    catalog = town / "catalog.toml"
    text = catalog.read_text("utf-8").replace("静溪镇", words).replace("街道工程", words)
    catalog.write_text(text, "utf-8")
    hostile = republished(town)
    assert hostile.catalog.zone.title.zh == words
    assert shell(hostile, "zh") == shell(benign, "zh")


def test_a_literal_element_is_compiled_once():
    class Words(Literal):
        _template = folium.template.Template(
            "{% macro script(this, kwargs) %}{{ this.words }}{% endmacro %}"
        )

        def __init__(self, words):
            super().__init__()
            self.words = words

    root = Map(tiles=None)
    for words in HOSTILE:
        root.add_child(Words(words))
    number(root)
    root.render()
    script = [child.render() for child in root.get_root().script._children.values()]
    for words in HOSTILE:
        assert words in script


def test_folium_itself_would_have_run_them():
    """Why all of this exists: should this fail, Folium has mended it and we may do less."""
    page = folium.Map(tiles=None)
    page.add_child(folium.Popup("{{7*7}}"))
    assert "{{7*7}}" not in page.get_root().render()


def test_an_element_that_is_not_literal_is_refused():
    root = Map(tiles=None)
    folium.Marker([31, 120]).add_to(root)
    with pytest.raises(TypeError, match="literal"):
        root.render()


def test_foreign_links_never_reach_the_figure(plan):
    root = Map(tiles=None)
    root.render()
    header = "".join(child.render() for child in root.get_root().header._children.values())
    assert "jsdelivr" not in header
    assert "cloudflare" not in header
