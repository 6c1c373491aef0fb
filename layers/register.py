"""The register of a plan's projects: small layers whole, large ones looked up where they lie."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from layers.projects import Project
from layers.query import Criteria
from layers.rows import Rows, Told


@dataclass(frozen=True)
class Part:
    """A page of one large layer under a filter, and what is counted of all that pass."""

    layer: str
    told: Told
    projects: tuple[Project, ...]


class Register(Collection[str]):
    """The ids of all projects, and the projects; nothing is read before it is asked for.

    Parameters
    ----------
    layers
        Ids of the project layers, in the order of the catalog.
    large
        Those of them that are large.
    small
        Gives the projects of a small layer.
    rows
        Gives the rows of a large layer.
    """

    def __init__(
        self,
        layers: tuple[str, ...],
        large: Collection[str],
        small: Callable[[str], tuple[Project, ...]],
        rows: Callable[[str], Rows],
    ) -> None:
        self._layers = layers
        self._large = tuple(layer for layer in layers if layer in large)
        self._small = small
        self._rows = rows
        self._known: Mapping[str, Project] | None = None

    def __len__(self) -> int:
        return len(self.small) + sum(len(self._rows(layer)) for layer in self._large)

    def __iter__(self) -> Iterator[str]:
        yield from self.small
        for layer in self._large:
            yield from self._rows(layer).ids()

    def __contains__(self, project_id: object) -> bool:
        return isinstance(project_id, str) and self.find(project_id) is not None

    @property
    def small(self) -> Mapping[str, Project]:
        """The projects of the small layers by their ids."""
        if self._known is None:
            layers = [layer for layer in self._layers if layer not in self._large]
            self._known = {one.id: one for layer in layers for one in self._small(layer)}
        return self._known

    def find(self, project_id: str) -> Project | None:
        """The project of an id; None when there is none."""
        if project_id in self.small:
            return self.small[project_id]
        for layer in self._large:
            feature = self._rows(layer).one(project_id)
            if feature is not None:
                return project_of(layer, feature)
        return None

    def passing(self, criteria: Criteria) -> Iterator[Project]:
        """The projects that pass, in the order of the catalog and the files."""
        for layer in self._layers:
            if layer not in self._large:
                found = (one for one in self.small.values() if one.layer == layer)
                yield from (one for one in found if criteria.admits(one))
            elif criteria.layers is None or layer in criteria.layers:
                for feature in self._rows(layer).passing(criteria):
                    yield project_of(layer, orjson.loads(feature))

    def features(self, criteria: Criteria) -> Iterator[bytes]:
        """The same as GeoJSON features, the layer among the properties."""
        for layer in self._layers:
            if layer not in self._large:
                for one in self.small.values():
                    if one.layer == layer and criteria.admits(one):
                        yield orjson.dumps(one.feature())
            elif criteria.layers is None or layer in criteria.layers:
                for written in self._rows(layer).passing(criteria):
                    yield _with_layer(layer, written)

    def parts(
        self, criteria: Criteria, years: tuple[int, int], start: int, limit: int
    ) -> tuple[Part, ...]:
        """A page of each large layer that the criteria want."""
        wanted = [
            layer for layer in self._large if criteria.layers is None or layer in criteria.layers
        ]
        told = [(layer, self._rows(layer).told(criteria, years, start, limit)) for layer in wanted]
        return tuple(Part(layer, one, tuple(_projects(layer, one))) for layer, one in told)

    def beside(self, project: Project) -> tuple[str | None, str | None] | None:
        """The ids before and after a project of a large layer; None for one of a small layer."""
        if project.layer not in self._large:
            return None
        return self._rows(project.layer).neighbours(project.id)


def project_of(layer: str, feature: Mapping[str, Any]) -> Project:
    """The project that a published feature of a layer is."""
    properties = feature["properties"]
    return Project(properties["id"], layer, properties, feature["geometry"])


def _with_layer(layer: str, written: bytes) -> bytes:
    """A written feature with its layer as the last of its properties, mostly without reading it."""
    if b'"layer":' in written:
        return orjson.dumps(project_of(layer, orjson.loads(written)).feature())
    return b"".join([written.removesuffix(b"}}"), b',"layer":', orjson.dumps(layer), b"}}"])


def _projects(layer: str, told: Told) -> Iterator[Project]:
    return (project_of(layer, orjson.loads(feature)) for feature in told.rows)
