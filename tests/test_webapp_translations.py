"""Every text of the interface has its English, and nothing stands there that is no longer said."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from webapp.translating import TRANSLATIONS, Voice

ROOT = Path(__file__).parent.parent
KEYWORDS = {"_": None, "gettext": None, "say": None, "t": None}
PLACES = re.compile(r"%\((\w+)\)s|\{(\w+)\}")


@pytest.fixture(scope="module")
def said():
    """Every text that stands in the code, and the files that say it."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = {}
    for name, _, text, _, _ in extract_from_dir(
        ROOT / "webapp", methods, options, keywords=KEYWORDS
    ):
        found.setdefault(text, set()).add(name)
    return found


@pytest.fixture(scope="module")
def english():
    path = TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return {message.id: message for message in read_po(file) if message.id}


def test_the_texts_are_found_in_code_templates_and_scripts(said):
    ends = {name.rpartition(".")[2] for names in said.values() for name in names}
    assert ends == {"py", "html", "js"}


def test_every_text_has_its_english(said, english):
    assert not {text for text in said if text not in english or not english[text].string}


def test_no_english_is_stale(said, english):
    assert not english.keys() - said.keys()


def test_nothing_is_left_for_somebody_to_check(english):
    assert not [message.id for message in english.values() if message.fuzzy]


def test_english_keeps_the_places_of_the_values(english):
    for message in english.values():
        assert set(PLACES.findall(message.id)) == set(PLACES.findall(message.string)), message.id


def test_a_text_of_a_script_is_known_as_such(said, english, client):
    """The catalog of the scripts has all of theirs: each message says where it stands."""
    wanted = {text for text, names in said.items() if any(name.endswith(".js") for name in names)}
    served = client.get("/messages/en.json").get_json()
    assert served.keys() == wanted
    assert client.get("/messages/zh.json").get_json() == {}


def test_no_english_page_says_a_chinese_text_of_the_interface(get_page, said):
    for endpoint, values in (
        ("projects.index", {}),
        ("projects.page", {"project_id": "R08"}),
        ("map.page", {}),
    ):
        page = get_page(endpoint, lang="en", **values)
        texts = {part.strip() for part in page.root.itertext()}
        assert not texts & said.keys() - {"示意", "中文"}


def test_a_voice_fills_in_values_that_are_no_templates():
    assert (
        Voice("en")("没有选项 {name}", name="{0.__class__}") == "There is no option {0.__class__}"
    )
    assert Voice("zh")("没有选项 {name}", name="--x") == "没有选项 --x"
