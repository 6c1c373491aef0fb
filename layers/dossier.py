"""Everything that is known of one project, and what lies around it: the card and its own page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

import geopandas as gpd
from shapely import get_dimensions

from geo import measure
from geo.types import Text
from layers import units
from layers.projects import Project
from layers.spec import LayerSpec, Theme, Zone
from layers.surroundings import InCatchment, Near, Overlap, Surroundings
from layers.versions import Publication


@dataclass(frozen=True)
class Choice:
    """A coded value and its label."""

    value: str
    title: Text


@dataclass(frozen=True)
class Stated:
    """A figure that the plan states. ``display`` has it in the units its kind may be shown in."""

    value: float
    unit: str
    kind: str
    kind_title: Text
    display: tuple[Text, ...]


@dataclass(frozen=True)
class Drawn:
    """A figure measured on the drawn geometry.

    ``plane`` is the figure in the metric CRS, ``geodesic`` the one on the ellipsoid, both in
    ``unit`` (m or m2).
    """

    kind: str
    plane: float
    geodesic: float
    unit: str
    crs: str
    method: Text
    display: tuple[Text, ...]


@dataclass(frozen=True)
class Dossier:
    """One project with its figures, its surroundings and where all of it comes from."""

    project: Project
    spec: LayerSpec
    theme_title: Text
    version: str
    published_at: str
    stated: Stated | None
    drawn: Drawn | None
    position: tuple[float, float] | None
    bbox: tuple[float, float, float, float] | None
    nearby: tuple[Near, ...]
    catchments: tuple[InCatchment, ...]
    overlaps: tuple[Overlap, ...]
    plan_title: Text
    source: Text

    def choice(self, name: str) -> Choice | None:
        """The coded value of a field with its label; None when it is not known."""
        value = self.project.properties.get(name)
        if value is None or name not in self.spec.fields:
            return None
        return Choice(str(value), self.spec.fields[name].title_of(str(value)))

    def text(self, name: str) -> Text | None:
        """A text kept in two fields, ``<name>_zh`` and ``<name>_en``."""
        zh = self.project.properties.get(f"{name}_zh")
        if not zh:
            return None
        return Text(zh=zh, en=self.project.properties.get(f"{name}_en") or zh)

    @property
    def cite(self) -> Text:
        """How the project is cited, with the version that makes the citation exact."""
        name, day = self.project.name, self.published_at[:10]
        return Text(
            zh=f"{self.plan_title.zh}：{name.zh}（{self.project.id}），{self.spec.title.zh}图层"
            f"版本 {self.version}，{day} 发布。资料来源：{self.source.zh}",
            en=f"{self.plan_title.en}: {name.en} ({self.project.id}), layer {self.spec.title.en}, "
            f"version {self.version}, published {day}. Source: {self.source.en}",
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``/projects/<id>.json``."""
        get = self.project.properties.get
        return {
            "id": self.project.id,
            "layer": self.spec.id,
            "layer_title": asdict(self.spec.title),
            "theme_title": asdict(self.theme_title),
            "version": self.version,
            "published_at": self.published_at,
            "name": asdict(self.project.name),
            "aliases": list(self.project.aliases),
            **{name: _plain(self.choice(name)) for name in ("class", "action", "stage", "lead")},
            "class_basis": _plain(self.text("class_basis")),
            "years": {
                "from": get("year_from"),
                "to": get("year_to"),
                "basis": get("year_basis"),
                "certainty": get("year_certainty"),
            },
            "stated": _figure(self.stated),
            "drawn": _figure(self.drawn),
            "quality": {
                **(_plain(self.choice("geometry_quality")) or {}),
                "schematic": self.project.schematic,
            },
            "accuracy_m": get("accuracy_m"),
            "basis": _plain(self.text("basis")),
            "remark": _plain(self.text("remark")),
            "source": asdict(self.source),
            "section": get("section"),
            "located": self.project.located,
            "position": self.position,
            "bbox": self.bbox,
            "nearby": [asdict(near) for near in self.nearby],
            "catchments": [
                {
                    "station": {"id": entry.station, "name": asdict(entry.name)},
                    "distance_m": entry.distance_m,
                    "relation": entry.relation,
                }
                for entry in self.catchments
            ],
            "overlaps": [asdict(overlap) for overlap in self.overlaps],
            "cite": asdict(self.cite),
        }


def _plain(value: Choice | Text | None) -> dict[str, Any] | None:
    return None if value is None else asdict(value)


def _figure(value: Stated | Drawn | None) -> dict[str, Any] | None:
    """A figure as JSON, its displays listed by language."""
    if value is None:
        return None
    display = {lang: [text.in_(lang) for text in value.display] for lang in ("zh", "en")}
    return {**asdict(value), "display": display}


def dossier(
    project: Project,
    spec: LayerSpec,
    theme: Theme,
    zone: Zone,
    publication: Publication,
    surroundings: Surroundings,
) -> Dossier:
    """Measure a project and look around it."""
    return Dossier(
        project=project,
        spec=spec,
        theme_title=theme.title,
        version=publication.version,
        published_at=publication.at,
        stated=_stated(project.properties, spec),
        drawn=_drawn(project.id, surroundings.located, zone.metric_crs),
        position=surroundings.position(project.id),
        bbox=surroundings.extent(project.id),
        nearby=tuple(surroundings.nearby(project.id)),
        catchments=tuple(surroundings.catchments(project.id)),
        overlaps=tuple(surroundings.overlaps(project.id)),
        plan_title=zone.plan,
        source=zone.source,
    )


def _stated(properties: Mapping[str, Any], spec: LayerSpec) -> Stated | None:
    value, kind = properties.get("stated_value"), str(properties.get("stated_kind"))
    if value is None or kind not in units.STATED:
        return None
    return Stated(
        value=value,
        unit=str(properties.get("stated_unit") or ""),
        kind=kind,
        kind_title=spec.fields["stated_kind"].title_of(kind),
        display=units.STATED[kind](value),
    )


def _drawn(project_id: str, located: gpd.GeoDataFrame, crs: str) -> Drawn | None:
    """Length of a line, area of a polygon; a point has no figure."""
    if project_id not in located.index:
        return None
    one = located.loc[[project_id]]
    kind = _FIGURE.get(int(get_dimensions(one.geometry.iloc[0])))
    if kind is None:
        return None
    plane = float(kind.plane(one, crs).iloc[0])
    return Drawn(
        kind=kind.name,
        plane=plane,
        geodesic=float(kind.geodesic(one).iloc[0]),
        unit=kind.unit,
        crs=crs,
        method=kind.method,
        display=units.DRAWN[kind.name](plane),
    )


@dataclass(frozen=True)
class _Kind:
    """The figure of lines or of polygons, and how it is measured."""

    name: str
    unit: str
    plane: Callable[..., Any]
    geodesic: Callable[..., Any]
    method: Text


_FIGURE: Mapping[int, _Kind] = MappingProxyType(
    {
        1: _Kind(
            "length",
            "m",
            measure.length_m,
            measure.geodesic_length_m,
            Text(
                zh="在分带投影平面内量算的中心线长度",
                en="length of the centre line in the plane of the metric projection",
            ),
        ),
        2: _Kind(
            "area",
            "m2",
            measure.area_m2,
            measure.geodesic_area_m2,
            Text(
                zh="在分带投影平面内量算的面积",
                en="area in the plane of the metric projection",
            ),
        ),
    }
)
