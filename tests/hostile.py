"""A town whose every word is hostile, for the tests that show it as it was written."""

import json
import re
import shutil
from pathlib import Path

#: Words that would be evaluated or run if they were taken for anything but words.
WORDS = {
    "jinja": "{{7*7}}",
    "jinja-pid": "{{cycler.__init__.__globals__.os.getpid()}}",
    "jinja-raw": "{% raw %}",
    "jinja-include": "{% include 'x' %}",
    "template-literal": "${alert(1)}",
    "backticks": "`alert(1)`",
    "end-of-script": "</script><script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)',
    "proto": "__proto__",
    "constructor": "constructor",
    "format": "{n} {0.__class__} %(n)s %s",
}
#: A harmless word in the same places: what a page says of it is what it must say of the others.
HARMLESS = "Zq7harmless"

TOWN = Path(__file__).parent / "town"

_MORE_FIELDS = """
[fields.project.name_en]
title = { zh = "外文名", en = "Name in English" }
[fields.project.aliases]
type = "list"
title = { zh = "又作", en = "Also" }
[fields.project.action]
title = { zh = "方式", en = "Action" }
values = { build = { zh = "新建", en = "Build" } }
[fields.project.remark_zh]
title = { zh = "备注", en = "Remark" }
[fields.project.remark_en]
title = { zh = "备注", en = "Remark" }
[fields.project.basis_zh]
title = { zh = "依据", en = "Basis" }
[fields.project.source]
title = { zh = "出处", en = "Source" }
[fields.project.section]
title = { zh = "章节", en = "Section" }
[fields.project.lead]
title = { zh = "牵头", en = "Lead" }
"""
_BADGES = """
[gardens]
badge_by = "action"
[gardens.badges]
build = { zh = "建", en = "B" }
"""
#: Attributes of a feature that hold free words.
_FREE = ("name_zh", "name_en", "remark_zh", "remark_en", "basis_zh", "source", "section", "lead")


def town_of(words, folder):
    """A town where each label of the catalog and each free value of each feature is ``words``."""
    town = Path(shutil.copytree(TOWN, folder / "town"))
    _rewrite(town / "catalog.toml", lambda text: _labels(text + _MORE_FIELDS, words))
    _rewrite(town / "palette.toml", lambda text: _labels(text + _BADGES, words))
    for path in town.glob("*.geojson"):
        _rewrite(path, lambda text: json.dumps(_features(json.loads(text), words)))
    return town


def _rewrite(path, change):
    path.write_text(change(path.read_text("utf-8")), "utf-8")


def _labels(toml, words):
    """Every text in two languages and all else that is shown. A JSON string is a TOML string."""
    text = json.dumps(words, ensure_ascii=False)
    toml = toml.replace("\n[zone]\n", '\n[zone]\nreview_number = ""\n')
    shown = r'\b(zh|en|licence|review_number) = "[^"]*"'
    return re.sub(shown, lambda match: f"{match[1]} = {text}", toml)


def _features(collection, words):
    for feature in collection["features"]:
        properties = feature["properties"]
        properties.update(dict.fromkeys(_FREE, words))
        if properties["id"] != "ST1":
            properties.update(aliases=[words], action="build")
        if properties.get("class") == "boardwalk":
            properties["class"] = words
    return collection
