"""The plan as readers see it: the catalog with the current version of every layer.

A plan is a snapshot. When something is published, :meth:`Plan.fresh` says so and a new plan is
opened; nothing in a plan is ever changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import geopandas as gpd
import orjson
import pandas as pd

from geo.crs import metric_crs, proj4, to_metric
from geo.errors import NotFound
from geo.types import Text
from layers.catalog import Catalog
from layers.dossier import Dossier, dossier
from layers.projects import Project
from layers.query import Criteria
from layers.spec import LayerSpec
from layers.store import Publication, Store, Version
from layers.style import Style

_EVERYTHING = Criteria()


def software() -> str:
    """Name and version of the program, as it stands beside every figure."""
    return f"huitu {metadata.version('huitu')}"


@dataclass(frozen=True)
class LayerSummary:
    """One layer as the catalog page, the map's panel and ``huitu layers`` show it."""

    spec: LayerSpec
    version: Version
    published_at: str
    unclassified: tuple[str, ...]

    @property
    def features(self) -> int:
        """All features, with and without geometry."""
        return self.version.features

    @property
    def located(self) -> int:
        """Features with a geometry."""
        return self.version.located

    @property
    def unlocated(self) -> int:
        """Features without a geometry (未定位)."""
        return self.version.unlocated


class Plan:
    """What can be asked of a deployment's published state.

    Layers that were never published are not part of it.
    """

    def __init__(self, catalog: Catalog, store: Store) -> None:
        self.catalog = catalog
        self.store = store
        self._pointers = store.pointers()
        self._publications: dict[str, Publication] = {
            layer.id: entries[0]
            for layer in catalog.layers
            if (entries := store.publications(layer.id))
        }

    @classmethod
    def open(cls, folder: Path) -> Plan:
        """Read the catalog of a data folder and look at its store.

        Raises
        ------
        InputError
            When the catalog or the palette has a problem; all of them at once.
        """
        return cls(Catalog.read(folder), Store(folder, software=software()))

    def __repr__(self) -> str:
        return f"Plan({self.catalog.zone.id!r}, state={self.state!r})"

    @property
    def fresh(self) -> bool:
        """Whether nothing was published since this plan was opened."""
        return self.store.pointers() == self._pointers

    @cached_property
    def state(self) -> str:
        """Short hash of everything that a page is drawn from: the key of every kept page."""
        versions = {layer: entry.version for layer, entry in self._publications.items()}
        made_of = json.dumps([self.catalog.digest, versions, software()], sort_keys=True)
        return hashlib.sha256(made_of.encode()).hexdigest()[:12]

    @property
    def layers(self) -> tuple[LayerSpec, ...]:
        """The published layers, in the order of the catalog."""
        return tuple(layer for layer in self.catalog.layers if layer.id in self._publications)

    @property
    def project_layer_ids(self) -> tuple[str, ...]:
        """The published layers whose features are projects."""
        return tuple(layer.id for layer in self.layers if layer.is_projects)

    def publication(self, layer_id: str) -> Publication:
        """The publication that readers see; :class:`NotFound` when there is none."""
        try:
            return self._publications[layer_id]
        except KeyError:
            raise NotFound("layer", layer_id) from None

    def version(self, layer_id: str) -> Version:
        """The version of a layer in this plan."""
        return self.store.version(layer_id, self.publication(layer_id).version)

    @cached_property
    def _summaries(self) -> tuple[LayerSummary, ...]:
        return tuple(
            LayerSummary(
                layer,
                self.version(layer.id),
                self.publication(layer.id).at,
                self._unclassified(layer),
            )
            for layer in self.layers
        )

    def summaries(self) -> tuple[LayerSummary, ...]:
        """One summary a layer, in the order of the catalog."""
        return self._summaries

    def _unclassified(self, layer: LayerSpec) -> tuple[str, ...]:
        """Ids of the features whose class the catalog does not know.

        A class that is not given is as unknown as one that is misspelt.
        """
        by = self.catalog.style(layer).by
        if by is None:
            return ()
        known = self.catalog.style(layer).symbols
        return tuple(
            feature["properties"]["id"]
            for feature in self._features(layer.id)
            if feature["properties"].get(by) not in known
        )

    def _features(self, layer_id: str) -> list[dict[str, Any]]:
        path = self.store.geojson_path(layer_id, self.publication(layer_id).version)
        features: list[dict[str, Any]] = orjson.loads(path.read_bytes())["features"]
        return features

    @cached_property
    def _projects(self) -> dict[str, Project]:
        return {
            feature["properties"]["id"]: Project(
                id=feature["properties"]["id"],
                layer=layer,
                properties=feature["properties"],
                geometry=feature["geometry"],
            )
            for layer in self.project_layer_ids
            for feature in self._features(layer)
        }

    def projects(self, criteria: Criteria = _EVERYTHING) -> tuple[Project, ...]:
        """The projects that pass, located or not, in the order of the catalog and the files."""
        return tuple(project for project in self._projects.values() if criteria.admits(project))

    def project(self, project_id: str) -> Project:
        """One project; :class:`NotFound` when there is none."""
        try:
            return self._projects[project_id]
        except KeyError:
            raise NotFound("project", project_id) from None

    def dossier(self, project_id: str) -> Dossier:
        """Everything known of one project; :class:`NotFound` when there is none."""
        return dossier(self, self.project(project_id))

    @cached_property
    def _projects_geojson(self) -> bytes:
        return orjson.dumps(
            {
                "type": "FeatureCollection",
                "huitu": {"state": self.state, "software": software()},
                "features": [project.feature() for project in self._projects.values()],
            }
        )

    def projects_geojson(self) -> bytes:
        """Every project as one RFC 7946 FeatureCollection, without geometry where there is none."""
        return self._projects_geojson

    @cached_property
    def _search_index(self) -> list[dict[str, Any]]:
        return [
            {
                "id": project.id,
                "layer": project.layer,
                "name": asdict(project.name),
                "terms": list(project.terms),
                "at": self.position(project.id),
            }
            for project in self._projects.values()
        ]

    def search_index(self) -> list[dict[str, Any]]:
        """The words by which each project is found, and where it lies."""
        return self._search_index

    @cached_property
    def located(self) -> gpd.GeoDataFrame:
        """Everything with a geometry that the surroundings are made of: projects and stations.

        Indexed by feature id, in EPSG:4326, with ``layer``, ``name`` and ``schematic``.
        """
        layers = [*self.project_layer_ids]
        if self.catalog.zone.stations in self._publications:
            layers.append(str(self.catalog.zone.stations))
        parts = [self._located_of(layer) for layer in layers]
        return gpd.GeoDataFrame(pd.concat(parts)) if parts else _nothing()

    def _located_of(self, layer_id: str) -> gpd.GeoDataFrame:
        frame = self.store.frame(layer_id, self.publication(layer_id).version)
        frame = frame[frame.geometry.notna()]
        rows = frame.drop(columns=frame.geometry.name).rename(columns=str).to_dict("records")
        things = [_thing(layer_id, row) for row in rows]
        return gpd.GeoDataFrame(
            {
                "layer": layer_id,
                "name": [thing.name for thing in things],
                "schematic": [thing.schematic for thing in things],
            },
            index=[thing.id for thing in things],
            geometry=frame.geometry.values,
            crs=frame.crs,
        )

    @cached_property
    def metric(self) -> gpd.GeoDataFrame:
        """:attr:`located` in the zone's metric CRS, in metres."""
        return to_metric(self.located, self.catalog.zone.metric_crs)

    @cached_property
    def stations(self) -> gpd.GeoDataFrame:
        """The stations of :attr:`metric`."""
        return self.metric[self.metric["layer"] == self.catalog.zone.stations]

    def position(self, project_id: str) -> tuple[float, float] | None:
        """A point on the project, longitude and latitude; None when it has no geometry."""
        if project_id not in self.located.index:
            return None
        point = self.located.geometry[project_id].representative_point()
        return (round(point.x, 6), round(point.y, 6))

    def extent(self, project_id: str) -> tuple[float, float, float, float] | None:
        """West, south, east, north in degrees; None when it has no geometry."""
        if project_id not in self.located.index:
            return None
        west, south, east, north = self.located.geometry[project_id].bounds
        return (west, south, east, north)

    @cached_property
    def _description(self) -> dict[str, Any]:
        zone = self.catalog.zone
        return {
            "zone": {
                **{name: asdict(getattr(zone, name)) for name in ("title", "plan", "source")},
                "id": zone.id,
                "bounds": list(zone.bounds.as_tuple()),
                "view": list(zone.view.as_tuple()),
                "years": list(zone.years),
                "metric_crs": _described_crs(zone.metric_crs),
                "review_number": zone.review_number,
                "near_m": zone.near_m,
                "catchments_m": list(zone.catchments_m),
                "stations": zone.stations,
            },
            "state": self.state,
            "software": software(),
            "themes": [
                {"id": theme.id, "title": asdict(theme.title)} for theme in self.catalog.themes
            ],
            "layers": [self._describe(summary) for summary in self.summaries()],
        }

    def describe(self) -> dict[str, Any]:
        """The catalog as programs and the map's script read it: ``GET /layers``."""
        return self._description

    def _describe(self, summary: LayerSummary) -> dict[str, Any]:
        spec, version = summary.spec, summary.version.id
        return {
            "id": spec.id,
            "theme": spec.theme,
            "role": spec.role,
            "title": asdict(spec.title),
            "geometry": list(spec.geometry),
            "licence": spec.licence,
            "source": asdict(spec.source),
            "visible": spec.visible,
            "zoom": list(spec.zoom),
            "version": version,
            "published_at": summary.published_at,
            "counts": {
                "features": summary.features,
                "located": summary.located,
                "unlocated": summary.unlocated,
                "unclassified": len(summary.unclassified),
            },
            "unclassified": list(summary.unclassified),
            "style": _described_style(self.catalog, spec, self.catalog.style(spec)),
            "fields": {
                name: {
                    "title": asdict(field.title),
                    "type": field.type,
                    "unit": field.unit,
                    "values": [
                        {"value": value, "title": asdict(title)}
                        for value, title in field.values.items()
                    ],
                }
                for name, field in spec.fields.items()
            },
            "links": {
                "features": f"/layers/{spec.id}/{version}/features.geojson",
                "versions": f"/layers/{spec.id}/versions",
            },
        }


def _thing(layer_id: str, row: Mapping[Any, Any]) -> Project:
    """A row of any layer as a project, for its name and whether it is drawn as 示意."""
    return Project(str(row["id"]), layer_id, row, {})


def _nothing() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"layer": [], "name": [], "schematic": []}, geometry=[], crs="EPSG:4326"
    )


def _described_crs(code: str) -> dict[str, str]:
    crs = metric_crs(code)
    return {"code": code, "name": crs.name, "proj4": proj4(crs)}


def _described_style(catalog: Catalog, spec: LayerSpec, style: Style) -> dict[str, Any]:
    """The style table with the labels of the field it goes by: map and legend read this one."""
    return {
        "by": style.by,
        "badge_by": style.badge_by,
        "symbols": [
            {
                "value": value if style.by else None,
                "title": asdict(spec.fields[style.by].title_of(value) if style.by else spec.title),
                **symbol.model_dump(),
            }
            for value, symbol in style.symbols.items()
        ],
        "badges": [
            {
                "value": value,
                "title": asdict(_badge_title(spec, style, value)),
                "mark": asdict(mark),
            }
            for value, mark in style.badges.items()
        ],
        "unclassified": catalog.palette.unclassified.model_dump(),
        "schematic": catalog.palette.schematic.model_dump(),
    }


def _badge_title(spec: LayerSpec, style: Style, value: str) -> Text:
    return spec.fields[str(style.badge_by)].title_of(value)
