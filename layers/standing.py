"""How good the data is that is published (数据质量): every check by layer, each number a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import geopandas as gpd

from geo.errors import Problem
from geo.types import Text
from layers import quality
from layers.description import LayerSummary
from layers.plan import Plan
from layers.spec import SCHEMATIC, LayerSpec
from layers.values import is_missing

#: What the checks of their own tell is not told again as a warning of the report.
_TOLD_APART = frozenset({quality.OVERLAP.code, quality.STATED.code, "class-unknown"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found.

    Attributes
    ----------
    check, layer
        The check's id and the layer's.
    id, name
        The feature; None where it is the layer as a whole.
    field
        The attribute, where it is one.
    note
        What is to be said of it beside the check's own meaning.
    place
        Longitude and latitude where there is a place of its own.
    """

    check: str
    layer: str
    id: str | None = None
    name: Text | None = None
    field: str | None = None
    note: Text | None = None
    place: tuple[float, float] | None = None


@dataclass(frozen=True)
class _Layer:
    """A published layer under examination."""

    plan: Plan
    summary: LayerSummary

    @property
    def spec(self) -> LayerSpec:
        return self.summary.spec

    @cached_property
    def frame(self) -> gpd.GeoDataFrame:
        """Its rows, numbered from 1 as rows of files are."""
        frame = self.plan.frame(self.spec.id)
        return frame.set_index(frame.reset_index(drop=True).index + 1)

    @cached_property
    def names(self) -> dict[str, Text]:
        """The name of each feature by its id."""
        columns = (self.column(name) for name in ("id", "name_zh", "name_en"))
        return {str(one): _name(one, zh, en) for one, zh, en in zip(*columns, strict=True)}

    def column(self, name: str) -> list[Any]:
        """The values of an attribute; None in every row where there is no such column."""
        return self.frame[name].tolist() if name in self.frame else [None] * len(self.frame)

    def found(self, check: str, feature: Any, **words: Any) -> Finding:
        """A finding at a feature."""
        return Finding(check, self.spec.id, str(feature), self.names.get(str(feature)), **words)

    def of_problems(self, check: str, problems: Iterable[Problem]) -> Iterator[Finding]:
        """The findings that problems of a frame tell."""
        for problem in problems:
            note = Text(zh=problem.message("zh"), en=problem.message("en"))
            words = {"field": problem.field, "note": note, "place": problem.position}
            yield self.found(check, problem.feature, **words)


def _name(feature: Any, zh: Any, en: Any) -> Text:
    chinese = str(feature) if is_missing(zh) else str(zh)
    return Text(zh=chinese, en=chinese if is_missing(en) else str(en))


def _unlocated(layer: _Layer) -> Iterator[Finding]:
    for feature, located in zip(layer.column("id"), layer.frame.geometry.notna(), strict=True):
        if not located:
            yield layer.found("unlocated", feature)


def _schematic(layer: _Layer) -> Iterator[Finding]:
    pairs = zip(layer.column("id"), layer.column("geometry_quality"), strict=True)
    field = layer.spec.fields.get("geometry_quality")
    for feature, value in pairs:
        if value in SCHEMATIC:
            note = field.title_of(value) if field else None
            yield layer.found("schematic", feature, note=note)


def _unclassified(layer: _Layer) -> Iterator[Finding]:
    for feature in layer.summary.unclassified:
        yield layer.found("unclassified", feature)


def _overlaps(layer: _Layer) -> Iterator[Finding]:
    metric_crs = layer.plan.catalog.zone.metric_crs
    problems = quality.overlaps(layer.frame, layer.spec, metric_crs)
    return layer.of_problems("overlap", problems)


def _stated(layer: _Layer) -> Iterator[Finding]:
    metric_crs = layer.plan.catalog.zone.metric_crs
    return layer.of_problems("stated", quality.stated_apart(layer.frame, metric_crs))


def _warnings(layer: _Layer) -> Iterator[Finding]:
    """The warnings of the report that the version was published with."""
    told = layer.summary.version.problems
    for zh, en in zip(told["zh"], told["en"], strict=True):
        if zh["severity"] == "warning" and zh["code"] not in _TOLD_APART:
            note, place = Text(zh=zh["message"], en=en["message"]), zh.get("place")
            words = {"field": zh["field"], "note": note, "place": place and tuple(place)}
            if zh["feature"] is None:
                yield Finding("warning", layer.spec.id, **words)
            else:
                yield layer.found("warning", zh["feature"], **words)


def _missing(layer: _Layer) -> Iterator[Finding]:
    for name, field in layer.spec.fields.items():
        if field.required:
            continue
        for feature, value in zip(layer.column("id"), layer.column(name), strict=True):
            if is_missing(value) or value == []:
                yield layer.found("missing", feature, field=name)


@dataclass(frozen=True, slots=True)
class Check:
    """One check of what is published: its words, and what finds it in a layer."""

    id: str
    title: Text
    meaning: Text
    find: Callable[[_Layer], Iterator[Finding]]


#: Every check, in the order of the page.
CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        check.id: check
        for check in (
            Check(
                "unlocated",
                Text(zh="未定位", en="Not located"),
                Text(
                    zh="没有图形；列入清单和统计，不上图",
                    en="It has no geometry: listed and counted, not on the map",
                ),
                _unlocated,
            ),
            Check(
                "schematic",
                Text(zh="示意", en="Schematic"),
                Text(
                    zh="图形低于“近似”，以虚线绘制，不作量算依据",
                    en="Its shape is below “approximate”, drawn dashed, and no basis for measuring",
                ),
                _schematic,
            ),
            Check(
                "unclassified",
                Text(zh="未分类", en="Unclassified"),
                Text(
                    zh="没有类别，或类别不在目录中",
                    en="It has no class, or one that the catalog does not know",
                ),
                _unclassified,
            ),
            Check(
                "overlap",
                Text(zh="层内重叠", en="Overlaps within the layer"),
                Text(
                    zh="同一图层的两个面共有 1 ㎡ 以上；本来就可重叠的图层不查",
                    en="Two polygons of one layer share 1 m² or more; layers that overlap by their"
                    " nature are not checked",
                ),
                _overlaps,
            ),
            Check(
                "stated",
                Text(zh="载明与图上不符", en="Stated and drawn apart"),
                Text(
                    zh="载明的用地面积与图上面积相差超过百分之五",
                    en="The stated land and the drawn area differ by more than five per cent",
                ),
                _stated,
            ),
            Check(
                "warning",
                Text(zh="发布时的提醒", en="Warnings at publishing"),
                Text(
                    zh="当前版本的报告中其余的提醒；每种最多逐条列出 50 条",
                    en="Other warnings of the report of the current version; fifty of each kind"
                    " are listed one by one",
                ),
                _warnings,
            ),
            Check(
                "missing",
                Text(zh="选填项空缺", en="Optional fields left empty"),
                Text(
                    zh="选填的属性没有值；未知不等于没有",
                    en="An optional attribute has no value: not known, which is not none",
                ),
                _missing,
            ),
        )
    }
)


@dataclass(frozen=True)
class Standing:
    """What all checks found in a plan.

    Attributes
    ----------
    layers
        The published layers with their counts, projects first.
    findings
        All of them, by check and layer, in the order of the rows.
    state
        The plan's.
    """

    layers: tuple[LayerSummary, ...]
    findings: tuple[Finding, ...]
    state: str

    @cached_property
    def _counts(self) -> Counter[tuple[str, str, str | None]]:
        counts: Counter[tuple[str, str, str | None]] = Counter()
        for one in self.findings:
            counts[one.check, one.layer, None] += 1
            if one.field is not None:
                counts[one.check, one.layer, one.field] += 1
        return counts

    def count(self, check: str, layer: str | None = None, field: str | None = None) -> int:
        """How many findings a check has: in all layers, in one, or at one of its fields."""
        if layer is None:
            return sum(self._counts[check, one.spec.id, field] for one in self.layers)
        return self._counts[check, layer, field]

    def of(
        self, check: str, layer: str | None = None, field: str | None = None
    ) -> tuple[Finding, ...]:
        """The findings behind :meth:`count`."""
        return tuple(
            one
            for one in self.findings
            if one.check == check and layer in (None, one.layer) and field in (None, one.field)
        )

    def gaps(self, summary: LayerSummary) -> tuple[tuple[str, Text, int], ...]:
        """The optional fields of a layer that are empty somewhere: name, title and how often."""
        counted = (
            (name, field.title, self.count("missing", summary.spec.id, name))
            for name, field in summary.spec.fields.items()
        )
        return tuple(one for one in counted if one[2])

    def to_dict(self) -> dict[str, Any]:
        """The counts by layer and every finding, as JSON."""
        return {
            "state": self.state,
            "checks": [
                {"id": one.id, "title": asdict(one.title), "meaning": asdict(one.meaning)}
                for one in CHECKS.values()
            ],
            "layers": [self._layer(one) for one in self.layers],
            "findings": [asdict(one) for one in self.findings],
        }

    def _layer(self, summary: LayerSummary) -> dict[str, Any]:
        layer = summary.spec.id
        return {
            "id": layer,
            "title": asdict(summary.spec.title),
            "version": summary.version.id,
            "features": summary.features,
            "counts": {check: self.count(check, layer) for check in CHECKS},
            "missing": {name: count for name, _, count in self.gaps(summary)},
        }


def standing(plan: Plan) -> Standing:
    """Run every check over every published layer."""
    summaries = sorted(plan.summaries(), key=lambda one: not one.spec.is_projects)
    layers = [_Layer(plan, one) for one in summaries]
    findings = (one for check in CHECKS.values() for layer in layers for one in check.find(layer))
    return Standing(tuple(summaries), tuple(findings), plan.state)
