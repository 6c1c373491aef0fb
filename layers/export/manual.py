"""The parts of ``docs/exports.md`` that come from the registries.

``python -m layers.export.manual docs/exports.md`` writes them anew; a test compares.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from geo.types import Text
from layers.export.figures import TABLES, UNITS
from layers.export.formats import FORMATS
from layers.statistics import ANALYSES, INDICATORS

_PART = re.compile(r"(<!-- begin (\w+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)


def filled(text: str) -> str:
    """The manual with each generated part as the registries have it now."""
    return _PART.sub(lambda found: found[1] + PARTS[found[2]]() + found[3], text)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head)]
    lines += [["---"] * len(lines[0]), *(list(row) for row in rows)]
    return "".join("| " + " | ".join(cell for cell in line) + " |\n" for line in lines)


def _formats() -> str:
    rows = (
        [f"`{one.id}`", one.title, f"`{one.suffix}`", ", ".join(one.kinds), one.description.en]
        for one in FORMATS.values()
    )
    return _table(["`--format`", "", "suffix", "holds", "what it is"], rows)


def _tables() -> str:
    plain = [[f"`{name}`", (call.__doc__ or "").split("\n")[0]] for name, call in TABLES.items()]
    return _table(
        ["`--table`", "rows"],
        [*plain, *([f"`{one.id}`", one.title.en] for one in ANALYSES.values())],
    )


def _columns() -> str:
    rows = ([one.title.zh, one.title.en, one.description.en] for one in INDICATORS.values())
    return _table(["column", "", "meaning"], rows)


def _units() -> str:
    rows = (
        [
            f"`{one.id}`",
            _words(one.area.unit),
            str(one.area.decimals),
            _words(one.length.unit),
            str(one.length.decimals),
        ]
        for one in UNITS.values()
    )
    return _table(["`--unit`", "areas in", "digits", "lengths in", "digits"], rows)


def _words(unit: Text | None) -> str:
    return "" if unit is None else unit.zh if unit.zh == unit.en else f"{unit.zh} / {unit.en}"


#: Name of each generated part and the function that writes it.
PARTS: Mapping[str, Callable[[], str]] = MappingProxyType(
    {"formats": _formats, "tables": _tables, "columns": _columns, "units": _units}
)


def main(path: Path) -> None:
    """Write the generated parts of a manual anew."""
    path.write_text(filled(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
