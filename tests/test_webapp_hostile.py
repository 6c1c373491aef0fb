"""Hostile words are words: all that is said of them is what is said of a harmless word.

A town whose every label and value is one harmless word gives the wanted answer; the same town
with a hostile word must give the same answer with that word in the same places and no other change.
"""

import json
import re
from urllib.parse import quote, unquote_plus

import html5lib
import pytest

from tests.browsing import data_in
from tests.hostile import HARMLESS, WORDS, town_of
from webapp import create_app, maps
from webapp.settings import Settings

PAGES = (
    "/",
    "/?lang=en",
    "/embed",
    "/?q={words}&selected={words}&panel={words}",
    "/projects",
    "/projects?lang=en",
    "/projects?q={words}&sort=stage",
    "/projects?q={words}&stage=complete&lang=en",
    "/projects?q=nothing{words}",
    "/projects?layers={words}&stage={words}&sort={words}&years={words}&opacity={words}",
    "/projects/T01",
    "/projects/T03",
    "/projects/T04?lang=en",
    "/projects/G01",
)
ANSWERS = (
    "/layers",
    "/projects.json",
    "/projects.json?q={words}",
    "/projects/T03.json",
    "/projects/G01.json?lang=en",
    "/projects/T03.geojson",
    "/layers/streets/versions",
    pytest.param("/search.json", marks=pytest.mark.small_layers("large ones are not in it")),
)
REFUSED = (
    "/projects.json?layers={words}",
    "/projects.json?{words}=1",
    "/layers?{words}={words}",
)
#: What names a version or a moment, and differs between any two towns.
_NAMED_BY_CONTENT = re.compile(r"\b[0-9a-f]{12,64}\b")
_MOMENT = re.compile(r"\b\d{4}-\d\d-\d\d(T[\d:.]+(Z|\+[\d:]+)?)?")
#: Keys of answers that depend on the letters of a word: how it is found, how long it is.
_OF_THE_LETTERS = {"terms", "words", "size_bytes"}


class Site:
    """A town with its word, published."""

    def __init__(self, words, folder, published, gate):
        self.words = words
        self.app = create_app(Settings(data=published(town_of(words, folder))))
        self._client = self.app.test_client()
        self._gate = gate(self.app)
        self._pages = {}

    def address(self, pattern):
        return pattern.format(words=quote(self.words, safe=""))

    def page(self, pattern, status=200):
        """A page that has passed the gate, kept for the next who asks."""
        if pattern not in self._pages:
            lang = "en" if "lang=en" in pattern else "zh"
            page = self._gate.open(self.address(pattern), status=status, lang=lang)
            self._pages[pattern] = page
        return self._pages[pattern]

    def ask(self, pattern, status=200):
        response = self._client.get(self.address(pattern))
        assert response.status_code == status, response.text[:500]
        return response


def told(value, words=HARMLESS):
    """What an answer says, with the harmless word replaced by others."""
    if isinstance(value, dict):
        kept = {key: one for key, one in value.items() if key not in _OF_THE_LETTERS}
        return {told(key, words): told(one, words) for key, one in kept.items()}
    if isinstance(value, list):
        return [told(one, words) for one in value]
    if isinstance(value, str):
        lasting = _MOMENT.sub("DAY", _NAMED_BY_CONTENT.sub("HASH", value))
        return lasting.replace(HARMLESS, words)
    return value


def elements(root, words=HARMLESS):
    """Every element in its order: the tag, the attributes, the words in it and those after it."""
    return [
        (
            element.tag,
            {name: told(decoded(name, value), words) for name, value in element.attrib.items()},
            told(element.text, words),
            told(element.tail, words),
        )
        for element in root.iter()
        if isinstance(element.tag, str)
    ]


def decoded(name, value):
    return unquote_plus(value) if name in {"href", "src"} else value


def parsed(html):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory, published, gate):
    return Site(HARMLESS, tmp_path_factory.mktemp("harmless"), published, gate)


@pytest.fixture(scope="module", params=WORDS.values(), ids=WORDS.keys())
def hostile(request, tmp_path_factory, published, gate):
    return Site(request.param, tmp_path_factory.mktemp("hostile"), published, gate)


@pytest.mark.parametrize("pattern", PAGES)
def test_a_page_shows_the_words_as_they_were_written(pattern, hostile, harmless):
    page, wanted = hostile.page(pattern), harmless.page(pattern)
    assert wanted.html.count(HARMLESS) >= 3, "the page does not show the words at all"
    assert elements(page.root) == elements(wanted.root, hostile.words)


@pytest.mark.parametrize("pattern", ANSWERS)
def test_an_answer_holds_the_words_as_they_were_written(pattern, hostile, harmless):
    wanted = harmless.ask(pattern)
    assert HARMLESS in wanted.text
    assert told(hostile.ask(pattern).json) == told(wanted.json, hostile.words)


@pytest.mark.parametrize("pattern", REFUSED)
def test_a_refusal_tells_the_words_as_they_were_written(pattern, hostile, harmless):
    wanted = harmless.ask(pattern, status=400)
    assert HARMLESS in wanted.text
    assert told(hostile.ask(pattern, status=400).json) == told(wanted.json, hostile.words)


def test_a_page_of_what_is_not_there_tells_the_words_too(hostile, harmless):
    named = hostile.words.replace("/", "|")
    page = hostile.page(f"/projects/{quote(named, safe='')}", status=404)
    wanted = harmless.page(f"/projects/{HARMLESS}", status=404)
    assert HARMLESS in wanted.text
    assert page.text == wanted.text.replace(HARMLESS, named)
    assert [element.tag for element in page.all()] == [element.tag for element in wanted.all()]


def test_the_features_hold_the_words_as_they_were_written(hostile):
    for layer in hostile.ask("/layers").json["layers"]:
        features = json.loads(hostile.ask(layer["links"]["features"]).data)["features"]
        assert {feature["properties"]["name_zh"] for feature in features} == {hostile.words}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_word_reaches_the_scripts(lang, hostile, harmless):
    state = hostile.ask("/healthz").json["state"]
    wanted = harmless.ask("/healthz").json["state"]
    script = hostile.ask(f"/map/{state}-{lang}.js")
    assert script.data == harmless.ask(f"/map/{wanted}-{lang}.js").data
    assert hostile.ask(f"/messages/{lang}.json").data == (
        harmless.ask(f"/messages/{lang}.json").data
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_exported_file_holds_the_words_as_data_and_text_only(lang, hostile, harmless):
    exported = parsed(maps.standalone(hostile.app, lang).decode())
    wanted = parsed(maps.standalone(harmless.app, lang).decode())
    assert data_of(exported) == data_of(wanted, hostile.words)
    assert elements(exported) == elements(wanted, hostile.words)


def data_of(root, words=HARMLESS):
    """Take the embedded blocks of data out of a page, by their address."""
    blocks = [block for block in root.iter("script") if block.get("data-url")]
    found = {told(block.get("data-url")): told(data_in(block), words) for block in blocks}
    for block in blocks:
        block.text = ""
    return found
