"""The plan as readers see it: the catalog with the current version of every layer.

A plan is a snapshot. When something is published, :meth:`Plan.fresh` says so and a new plan is
opened; nothing in a plan is ever changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import geopandas as gpd
import orjson
import shapely

from geo.errors import NotFound
from geo.types import BBox
from layers import description, nouns
from layers.catalog import Catalog
from layers.description import LayerSummary
from layers.dossier import Dossier, dossier
from layers.projects import Project
from layers.query import Criteria
from layers.register import Register, project_of
from layers.rows import Rows, around
from layers.spec import LayerSpec
from layers.store import Store
from layers.surroundings import Surroundings
from layers.tiling import TILE_FEATURES
from layers.versions import Publication, Version

_EVERYTHING = Criteria()


def software() -> str:
    """Name and version of the program, as it stands beside every figure."""
    return f"huitu {metadata.version('huitu')}"


class Plan:
    """What can be asked of a deployment's published state.

    Layers that were never published are not part of it.
    """

    def __init__(
        self,
        catalog: Catalog,
        store: Store,
        publications: Mapping[str, Publication] | None = None,
    ) -> None:
        self.catalog = catalog
        self.store = store
        self._pointers = store.pointers()
        self._publications = (
            _current(catalog, store) if publications is None else dict(publications)
        )
        self._versions: dict[str, Version] = {}
        self._rows: dict[str, Rows] = {}

    @classmethod
    def open(cls, folder: Path, tile_features: int = TILE_FEATURES) -> Plan:
        """Read the catalog of a data folder and look at its store.

        Layers with more features than ``tile_features`` go out as tiles.

        Raises
        ------
        InputError
            When the catalog or the palette has a problem; all of them at once.
        """
        store = Store(folder, software=software(), tile_features=tile_features)
        return cls(Catalog.read(folder), store)

    def at(self, versions: Mapping[str, str]) -> Plan:
        """The same plan on other versions of some layers: how an old figure is found again.

        Parameters
        ----------
        versions
            Version by layer id; a layer that is not named keeps the version it has here.

        Raises
        ------
        NotFound
            There is no such layer, or it was never published in that version.
        """
        named = {layer: self._publication_of(layer, name) for layer, name in versions.items()}
        return Plan(self.catalog, self.store, {**self._publications, **named})

    def _publication_of(self, layer_id: str, version: str) -> Publication:
        """The last publication of a version."""
        for entry in self.store.publications(self.catalog.layer(layer_id).id):
            if entry.version == version:
                return entry
        raise NotFound(nouns.VERSION, f"{layer_id}/{version}")

    def as_of(self, moment: datetime) -> Plan:
        """The plan as readers saw it at a moment (with a time zone).

        A layer that was not published by then is not part of it.
        """
        seen = {
            layer.id: entry
            for layer in self.catalog.layers
            for entry in self.store.publications(layer.id)[::-1]
            if datetime.fromisoformat(entry.at) <= moment
        }
        return Plan(self.catalog, self.store, seen)

    @property
    def versions(self) -> dict[str, str]:
        """The version of every layer of this plan, by layer id: what :meth:`at` takes."""
        return {layer.id: self.publication(layer.id).version for layer in self.layers}

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
            raise NotFound(nouns.LAYER, layer_id) from None

    def version(self, layer_id: str) -> Version:
        """The version of a layer in this plan, read once: the record of a large layer is long."""
        if layer_id not in self._versions:
            name = self.publication(layer_id).version
            self._versions[layer_id] = self.store.version(layer_id, name)
        return self._versions[layer_id]

    @cached_property
    def _summaries(self) -> tuple[LayerSummary, ...]:
        return tuple(
            LayerSummary(
                layer,
                self.version(layer.id),
                self.publication(layer.id).at,
                self._unclassified(layer),
                self.store.is_large(self.version(layer.id)),
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
        if self.store.is_large(self.version(layer.id)):
            arrays = self.store.arrays(layer, self.version(layer.id).id)
            found = arrays.having(by, lambda value: value not in known)
            return tuple(str(arrays.attributes(feature)["id"]) for feature in found.tolist())
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
    def register(self) -> Register:
        """The projects by their ids, without reading those of large layers."""
        return Register(self.project_layer_ids, self.large, self._projects_of, self.rows)

    def _projects_of(self, layer_id: str) -> tuple[Project, ...]:
        return tuple(project_of(layer_id, feature) for feature in self._features(layer_id))

    def projects(self, criteria: Criteria = _EVERYTHING) -> tuple[Project, ...]:
        """The projects that pass, located or not, in the order of the catalog and the files."""
        return tuple(self.register.passing(criteria))

    def project(self, project_id: str) -> Project:
        """One project; :class:`NotFound` when there is none."""
        found = self.register.find(project_id)
        if found is None:
            raise NotFound(nouns.PROJECT, project_id)
        return found

    @cached_property
    def large(self) -> tuple[str, ...]:
        """Ids of the layers that go out as tiles."""
        return tuple(
            layer.id for layer in self.layers if self.store.is_large(self.version(layer.id))
        )

    def rows(self, layer_id: str) -> Rows:
        """The rows of a layer's version in this plan, opened once."""
        if layer_id not in self._rows:
            spec, version = self.catalog.layer(layer_id), self.publication(layer_id).version
            self._rows[layer_id] = self.store.rows(spec, version, self.catalog.style(spec))
        return self._rows[layer_id]

    def dossier(self, project_id: str) -> Dossier:
        """Everything known of one project; :class:`NotFound` when there is none."""
        project = self.project(project_id)
        spec = self.catalog.layer(project.layer)
        return dossier(
            project,
            spec,
            self.catalog.theme(spec.theme),
            self.catalog.zone,
            self.publication(spec.id),
            self._around(project),
        )

    def _around(self, project: Project) -> Surroundings:
        """What may lie around a project: of large layers only what is near it."""
        zone = self.catalog.zone
        large = [layer for layer in self._placed_layers() if layer in self.large]
        if not large or project.geometry is None:
            return self._small_surroundings
        shape = shapely.geometry.shape(dict(project.geometry))
        box = around(shape, max(zone.near_m, *zone.catchments_m))
        near = [(layer, self._within(layer, box)) for layer in large]
        return Surroundings(zone, [*self._small_placed, *near])

    def _within(self, layer_id: str, box: BBox) -> gpd.GeoDataFrame:
        """The exact rows of a layer that touch a box."""
        found = self.rows(layer_id).within(box)
        return self.store.frame(layer_id, self.publication(layer_id).version, found)

    @cached_property
    def _projects_geojson(self) -> bytes:
        return orjson.dumps(
            {
                "type": "FeatureCollection",
                "huitu": {"state": self.state, "software": software()},
                "features": [project.feature() for project in self.projects()],
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
                "at": self._small_surroundings.position(project.id),
            }
            for project in self.register.small.values()
        ]

    def search_index(self) -> list[dict[str, Any]]:
        """The words by which each project is found, and where it lies.

        Those of large layers are searched where they are, see :meth:`rows`.
        """
        return self._search_index

    @cached_property
    def surroundings(self) -> Surroundings:
        """Projects and stations with a place, and what lies around each."""
        if not self.large:
            return self._small_surroundings
        layers = [(layer, self.frame(layer)) for layer in self._placed_layers()]
        return Surroundings(self.catalog.zone, layers)

    @cached_property
    def _small_surroundings(self) -> Surroundings:
        return Surroundings(self.catalog.zone, self._small_placed)

    @cached_property
    def _small_placed(self) -> list[tuple[str, gpd.GeoDataFrame]]:
        small = [layer for layer in self._placed_layers() if layer not in self.large]
        return [(layer, self.frame(layer)) for layer in small]

    def _placed_layers(self) -> list[str]:
        """Ids of the layers whose features lie around projects."""
        stations = self.catalog.zone.stations
        there = [str(stations)] if stations in self._publications else []
        return [*self.project_layer_ids, *there]

    @cached_property
    def districts(self) -> gpd.GeoDataFrame:
        """The districts of the zone in its metric CRS, indexed by id, with name and schematic.

        Empty when the zone has none or their layer was not published.
        """
        layer = self.catalog.zone.districts
        named = [(layer, self.frame(layer))] if layer in self._publications else []
        return Surroundings(self.catalog.zone, named).metric

    def frame(self, layer_id: str) -> gpd.GeoDataFrame:
        """The exact rows of a layer's version in this plan, in EPSG:4326."""
        return self.store.frame(layer_id, self.publication(layer_id).version)

    @cached_property
    def _description(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "software": software(),
            **description.describe(self.catalog, self.summaries()),
        }

    def describe(self) -> dict[str, Any]:
        """The catalog as programs and the map's script read it: ``GET /layers``."""
        return self._description


def _current(catalog: Catalog, store: Store) -> dict[str, Publication]:
    """The newest publication of every layer that has one."""
    return {
        layer.id: entries[0]
        for layer in catalog.layers
        if (entries := store.publications(layer.id))
    }
