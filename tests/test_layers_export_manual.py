"""What ``docs/exports.md`` says is what the registries have, and its recipe reads a file."""

import io
from pathlib import Path

import pandas as pd

from layers.export import FORMATS, UNITS, table_names, tables, write
from layers.export.manual import filled
from layers.plan import Plan
from layers.statistics import Question

MANUAL = Path(__file__).parent.parent / "docs" / "exports.md"


def test_the_generated_parts_are_those_of_the_registries():
    text = MANUAL.read_text("utf-8")
    assert filled(text) == text, "run: python -m layers.export.manual docs/exports.md"
    for name in (*FORMATS, *table_names(), *UNITS):
        assert f"| `{name}` |" in text


def test_the_recipe_reads_the_rows_of_a_csv(sample, tmp_path):
    path = tmp_path / "made.csv"
    write("csv", tables("statistics", Plan.open(sample), Question(schematic=True)), path)
    lines = path.read_text("utf-8-sig").split("\n\n")[0]
    frame = pd.read_csv(io.StringIO(lines))
    assert frame.iloc[-1, 0] == "合计"
    assert frame["项目数"].dtype.kind == "i"
    assert frame["净面积（公顷）"].dtype.kind == "f"
    assert frame["净面积（公顷）"].isna().any()
