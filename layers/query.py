"""What can be asked for: criteria over projects."""

from __future__ import annotations

from dataclasses import dataclass

from layers.projects import Project
from layers.search import matches


@dataclass(frozen=True)
class Criteria:
    """The filter that the map, its list and the register of projects share.

    Attributes
    ----------
    layers, stages
        Ids that are wanted; None for all.
    years
        First and last year, both included; None for all. A project passes when its years and these
        overlap. **An undated project always passes**: what is not known is never filtered away.
    ids
        Only these projects; None for all.
    q
        Searched in id, names, aliases and pinyin; empty finds everything.
    """

    layers: tuple[str, ...] | None = None
    stages: tuple[str, ...] | None = None
    years: tuple[int, int] | None = None
    q: str = ""
    ids: tuple[str, ...] | None = None

    def admits(self, project: Project) -> bool:
        """Whether a project passes every criterion."""
        return (
            (self.layers is None or project.layer in self.layers)
            and (self.stages is None or project.stage in self.stages)
            and self._in_years(project)
            and (self.ids is None or project.id in self.ids)
            and (not self.q or matches(self.q, project.terms))
        )

    def _in_years(self, project: Project) -> bool:
        if self.years is None or project.undated:
            return True
        first, last = project.years
        return first <= self.years[1] and last >= self.years[0]
