"""Every kind of problem that a report may list has a short name in both languages."""

import importlib
import pkgutil
from collections import Counter

import pytest

from geo.errors import ProblemKind
from layers.problemnames import NAMES, name_of

#: What reads, places, mends, maps and checks the rows of a file.
READ_BY = (
    "geo.crs",
    "geo.files",
    "geo.shapes",
    "geo.placement",
    "layers.ingest",
    "layers.mapping",
    "layers.quality",
    "layers.publishing",
)
#: Modules that write files and tell what they cannot write.
WRITING = {"geo.files.writing", "geo.files.outgoing", "geo.files.confined.__main__"}


def modules(name):
    package = importlib.import_module(name)
    yield package
    for found in pkgutil.walk_packages(getattr(package, "__path__", []), f"{name}."):
        if found.name not in WRITING:
            yield importlib.import_module(found.name)


def codes():
    found = (
        value for name in READ_BY for module in modules(name) for value in vars(module).values()
    )
    return {value.code for value in found if isinstance(value, ProblemKind)}


def test_every_kind_has_a_name_and_every_name_a_kind():
    assert set(NAMES) == codes()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_are_short_and_each_stands_once(lang):
    names = Counter(name.in_(lang) for name in NAMES.values())
    assert [name for name, count in names.items() if count > 1] == []
    assert max(len(name) for name in names) <= {"zh": 14, "en": 24}[lang]


def test_a_kind_of_an_older_program_is_called_by_its_code():
    assert name_of("gone-since").in_("en") == "gone-since"
