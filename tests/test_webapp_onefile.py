"""The map as one file: everything inside, nothing asked for, the same bytes each time."""

import base64
import hashlib
import json
import re

import html5lib
import pytest

from tests.browsing import data_in, export

#: Attributes that make a browser ask for something, at once or by a click.
ADDRESSES = ("src", "srcset", "href", "action", "formaction", "poster", "data", "ping", "cite")


@pytest.fixture(scope="module")
def document(one_file):
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(one_file().document)


def sources(document, tag):
    return [element.text or "" for element in document.iter(tag) if not element.get("data-url")]


def policy(document):
    [meta] = [
        meta
        for meta in document.iter("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    return dict(rule.split(" ", 1) for rule in meta.get("content").split("; "))


def test_the_command_writes_one_file_and_says_so(one_file):
    written = one_file()
    assert str(written.path) in written.said
    assert list(written.path.parent.iterdir()) == [written.path]


def test_the_same_plan_is_the_same_bytes(one_file, sample, tmp_path):
    again = export(sample, tmp_path / "again.html", PYTHONHASHSEED="2", TZ="Asia/Tokyo", LC_ALL="C")
    assert again.path.read_bytes() == one_file().path.read_bytes()


def test_no_address_leads_out_of_the_file(document):
    for element in document.iter():
        for name in ADDRESSES:
            address = element.get(name) if isinstance(element.tag, str) else None
            assert address is None or re.match(r"data:|#", address), (element.tag, address)


def test_style_sheets_ask_for_nothing_outside(document):
    styles = sources(document, "style")
    assert styles
    for style in styles:
        assert "@import" not in style
        for address in re.findall(r"url\(\s*[\"']?([^\"')]*)", style):
            assert address.startswith(("data:", "#")), address[:80]


def test_the_policy_allows_what_stands_in_the_file_and_no_more(document):
    rules = policy(document)
    assert rules["default-src"] == "'none'"
    assert "connect-src" not in rules
    assert not re.search(r"unsafe|https?:|\*", " ".join(rules.values()))
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        for source in sources(document, tag):
            digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in rules[rule]


def test_no_script_and_no_style_stands_in_an_attribute(document):
    for element in document.iter():
        if isinstance(element.tag, str):
            assert not [name for name in element.attrib if name == "style" or name[:2] == "on"]


def test_the_data_inside_is_that_of_the_server(document, client, tiled):
    blocks = {
        block.get("data-url"): data_in(block)
        for block in document.iter("script")
        if block.get("data-url")
    }
    layers = client.get("/layers").json["layers"]
    # Of large layers neither words nor dossiers are inside.
    projects = [entry["id"] for entry in client.get("/search.json").json]
    assert set(blocks) == {
        "/layers",
        "/search.json",
        "/messages/zh.json",
        *(layer["links"]["features"] for layer in layers),
        *(f"/projects/{project}.json" for project in projects),
    }
    assert len(projects) == (0 if tiled else 50)
    for address, content in blocks.items():
        served = json.loads(client.get(address).data)
        if "features" in address:
            assert content["features"] == served["features"], address
        else:
            assert content == served, address


def test_the_file_speaks_the_language_that_was_asked_for(one_file, document):
    assert document.get("lang") == "zh-CN"
    assert "惠山" in document.findtext(".//title")
    english = html5lib.parse(one_file("en").document, namespaceHTMLElements=False)
    assert english.get("lang") == "en"
    assert "Huishan" in english.findtext(".//title")
