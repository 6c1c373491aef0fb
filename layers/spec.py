"""What a layer is: the words of ``catalog.toml``, each a small frozen model that checks itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from geo.types import BBox, Text

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
FieldType = Literal["text", "integer", "number", "year", "list"]
GeometryType = Literal["Point", "LineString", "Polygon"]
Role = Literal["projects", "context"]

#: Values of ``geometry_quality`` that are drawn dashed with the mark 示意 (design: honest drawing).
SCHEMATIC = frozenset({"schematic", "illustrative"})
#: The value of ``geometry_quality`` of a feature that has no geometry.
UNLOCATED = "none"
#: Layer ids that the addresses of the service use themselves.
RESERVED = frozenset({"projects", "versions"})


class Model(BaseModel):
    """Frozen; a word that the model does not know is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldSpec(Model):
    """One attribute of a layer.

    ``open`` lets a value that is not in ``values`` pass with a warning: it is drawn as 未分类.
    """

    type: FieldType = "text"
    title: Text
    unit: str | None = None
    required: bool = False
    open: bool = False
    values: Mapping[str, Text] = Field(default_factory=dict)

    def title_of(self, value: str) -> Text:
        """Label of a value; a value nobody knows is its own label."""
        return self.values.get(value, Text(zh=value, en=value))


class LayerSpec(Model):
    """One layer of the catalog: where its file is, what may stand in it and how it is shown.

    ``may_overlap``: its polygons lie over each other by their nature, as plans do; then nobody is
    asked about it. It changes no row, so that it is no part of a version's name.
    """

    id: Identifier
    theme: Identifier
    role: Role
    title: Text
    file: str
    geometry: tuple[GeometryType, ...] = Field(min_length=1)
    crs: str = Field(pattern=r"^EPSG:\d{4,6}$")
    licence: str
    source: Text
    visible: bool = True
    zoom: tuple[int, int] = (0, 22)
    style: Identifier
    may_overlap: bool = Field(default=False, exclude=True)
    fields: Mapping[str, FieldSpec]

    @field_validator("id")
    @classmethod
    def _not_reserved(cls, value: str) -> str:
        if value in RESERVED:
            raise ValueError(f"the id {value!r} is a word of the addresses")
        return value

    @field_validator("file")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        if not re.fullmatch(r"[\w.\-]+", value) or value.startswith("."):
            raise ValueError("a plain file name inside the data folder is wanted")
        return value

    @field_validator("zoom")
    @classmethod
    def _zoom_order(cls, value: tuple[int, int]) -> tuple[int, int]:
        if not 0 <= value[0] <= value[1] <= 22:
            raise ValueError("zoom is [lowest, highest] within 0 to 22")
        return value

    @model_validator(mode="after")
    def _has_id_field(self) -> LayerSpec:
        if "id" not in self.fields:
            raise ValueError("a layer needs a field 'id'")
        return self

    @property
    def is_projects(self) -> bool:
        """Whether each feature of the layer is a project of the plan."""
        return self.role == "projects"


class Theme(Model):
    """A heading under which layers are listed."""

    id: Identifier
    title: Text


class Zone(Model):
    """The place a deployment serves and the conventions of its figures."""

    id: Identifier
    title: Text
    plan: Text
    source: Text
    metric_crs: str = Field(pattern=r"^EPSG:\d{4,6}$")
    bounds: BBox
    view: BBox
    years: tuple[int, int]
    review_number: str = ""
    near_m: int = Field(default=800, gt=0, le=10_000)
    catchments_m: tuple[int, ...] = (500, 800)
    stations: Identifier | None = None
    districts: Identifier | None = None

    @field_validator("bounds", "view", mode="before")
    @classmethod
    def _bbox(cls, value: Any) -> Any:
        """A bbox stands in the file as [west, south, east, north] in degrees."""
        if isinstance(value, list | tuple) and len(value) == 4:
            return BBox(*(float(edge) for edge in value))
        return value

    @field_validator("years")
    @classmethod
    def _year_order(cls, value: tuple[int, int]) -> tuple[int, int]:
        if value[0] > value[1]:
            raise ValueError("years is [first, last]")
        return value

    @field_validator("catchments_m")
    @classmethod
    def _positive(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if any(distance <= 0 for distance in value):
            raise ValueError("catchments are distances in metres above 0")
        return tuple(sorted(value))
