"""What the parts of a report are written for: what was read, and the language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geo.types import Text
from layers.reporting.content import Grid
from webapp.consultation.report import words
from webapp.consultation.report.gathering import Gathered

Row = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Asked:
    """What was read, and the language of the report."""

    found: Gathered
    lang: str

    def say(self, text: Text, **values: object) -> str:
        """A text in the language of the report; a value is never a template."""
        return text.in_(self.lang).format(**values)

    @property
    def state(self) -> str:
        """Whether the report is final."""
        if self.found.finalised is None:
            return self.say(words.DRAFT)
        return self.say(words.FINAL if self.found.is_final else words.CHANGED)

    @property
    def decider(self) -> str:
        """Who decides on the plan."""
        return self.found.notice.decider or self.found.procedure.approves.in_(self.lang)


def pairs(asked: Asked, caption: Text, rows: Sequence[tuple[str, str]]) -> Grid:
    """A table of facts: what, and what of it."""
    return Grid(
        caption=asked.say(caption),
        titles=(asked.say(words.ITEM), asked.say(words.CONTENT)),
        aligns=("left", "left"),
        widths=(1.0, 4.0),
        rows=tuple(rows),
    )


def lines(*parts: str) -> str:
    """Texts below each other, those that say something."""
    return "\n".join(part for part in parts if part)
