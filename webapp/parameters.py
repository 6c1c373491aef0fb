"""Every parameter of the addresses for programs: what it means, its choices, and an example."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from geo.types import Text
from layers.diff import CLASSES
from layers.export.figures import UNITS
from layers.plan import Plan
from layers.sheet import PAPERS, SCALES
from layers.statistics import GROUPS
from layers.statistics.question import allowed
from webapp.consultation.showing import STATUSES, WHOLE
from webapp.params import stages
from webapp.translating import LANGS

Schema = dict[str, Any]


@dataclass(frozen=True)
class Parameter:
    """One parameter: what it means, an example that works on any plan, and its schema."""

    name: str
    description: Text
    schema: Callable[[Plan], Schema]
    example: Callable[[Plan], str]
    listed: bool = False

    def to_dict(self, plan: Plan, lang: str) -> dict[str, Any]:
        """The parameter as OpenAPI has it."""
        shape = self.schema(plan)
        if self.listed:
            shape = {"type": "array", "items": shape}
        return {
            "name": self.name,
            "in": "query",
            "description": self.description.in_(lang),
            "schema": shape,
            "example": self.example(plan),
            **({"style": "form", "explode": False} if self.listed else {}),
        }


def one_of_these(values: Iterable[str]) -> Schema:
    """The schema of a word of a known set."""
    return {"type": "string", "enum": list(values)}


def _chosen_from(values: Callable[[Plan], Iterable[str]]) -> Callable[[Plan], Schema]:
    return lambda plan: one_of_these(values(plan))


def _text(pattern: str | None = None) -> Callable[[Plan], Schema]:
    return lambda _plan: {"type": "string", **({"pattern": pattern} if pattern else {})}


def _fixed(example: str) -> Callable[[Plan], str]:
    return lambda _plan: example


def _layers(plan: Plan) -> list[str]:
    return [layer.id for layer in plan.layers]


def _districts(plan: Plan) -> list[str]:
    return [str(one) for one in plan.districts.index]


def _years(plan: Plan) -> str:
    return "{}-{}".format(*plan.catalog.zone.years)


def _box(plan: Plan) -> str:
    return ",".join(f"{edge:g}" for edge in plan.catalog.zone.bounds.as_tuple())


def _square(plan: Plan) -> str:
    west, south, east, north = plan.catalog.zone.view.as_tuple()
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    corners = ",".join(f"[{lon:g},{lat:g}]" for lon, lat in ring)
    return f'{{"type":"Polygon","coordinates":[[{corners}]]}}'


def _middle(plan: Plan) -> str:
    west, south, east, north = plan.catalog.zone.view.as_tuple()
    return f"{(west + east) / 2:.4f},{(south + north) / 2:.4f}"


def _versions(plan: Plan) -> str:
    return ",".join(f"{layer}:{version}" for layer, version in plan.versions.items())


def _first(values: Callable[[Plan], Iterable[str]]) -> Callable[[Plan], str]:
    return lambda plan: next(iter(values(plan)), "")


def _leads(plan: Plan) -> Iterable[str]:
    return allowed(plan, "lead")


def _ids(plan: Plan) -> Iterable[str]:
    return iter(plan.register)


_PARAMETERS = (
    Parameter(
        "lang",
        Text("标签和说明的语言", "Language of labels and messages"),
        _chosen_from(lambda _: LANGS),
        _fixed("en"),
    ),
    Parameter(
        "layers",
        Text(
            "图层编号；不写即全部，空值即一个也不要",
            "Ids of layers; all without it, none if empty",
        ),
        _chosen_from(_layers),
        lambda plan: plan.project_layer_ids[0],
        listed=True,
    ),
    Parameter(
        "stage", Text("规划阶段", "Stages"), _chosen_from(stages), _first(stages), listed=True
    ),
    Parameter(
        "years",
        Text("年份或起止年份；未定年份的总在内", "A year or two; what is undated always passes"),
        _text(r"^\d{4}(-\d{4})?$"),
        _years,
    ),
    Parameter(
        "q", Text("名称、编号、拼音", "Words of a name, an id, pinyin"), _text(), _fixed("a")
    ),
    Parameter(
        "ids", Text("只要这些项目", "Only these projects"), _text(), _first(_ids), listed=True
    ),
    Parameter(
        "lead", Text("牵头层级", "Who leads"), _chosen_from(_leads), _first(_leads), listed=True
    ),
    Parameter(
        "district",
        Text("片区编号；跨片区的图形沿界线切分", "Ids of districts; shapes are split at the line"),
        _chosen_from(_districts),
        _first(_districts),
        listed=True,
    ),
    Parameter(
        "within",
        Text(
            "只算车站这么多米以内的部分：800、800m 或 800m-of-station",
            "Only what lies within so many metres of a station: 800, 800m or 800m-of-station",
        ),
        _text(r"^\d{1,6}(m(-of-station)?)?$"),
        _fixed("800m-of-station"),
    ),
    Parameter(
        "boundary",
        Text(
            "只算这个面以内的部分：GeoJSON，经度在前，EPSG:4326；较大的用 POST",
            "Only what lies in this polygon: GeoJSON in EPSG:4326; a large one by POST",
        ),
        _text(),
        _square,
    ),
    Parameter(
        "schematic",
        Text("1：示意图形也计入长度和面积", "1: schematic shapes enter lengths and areas"),
        lambda _: one_of_these(("0", "1")),
        _fixed("1"),
    ),
    Parameter(
        "group",
        Text("分组，外层在前；空值只要合计", "Groups, the outermost first; empty: the total alone"),
        lambda _: one_of_these(GROUPS),
        _fixed("layer,class"),
        listed=True,
    ),
    Parameter(
        "unit",
        Text(
            "下载文件里的面积单位；JSON 总以米计",
            "Unit of area in files; JSON is always in metres",
        ),
        lambda _: one_of_these(UNITS),
        _fixed("ha"),
    ),
    Parameter(
        "row",
        Text("一行：各组的值以 ~ 相连", "A row: its values joined by ~"),
        _text(),
        _fixed("total"),
    ),
    Parameter(
        "versions",
        Text("用这些图层版本", "On these versions of layers"),
        _text(r"^[a-z][a-z0-9_]*:[0-9a-f]{12}(,[a-z][a-z0-9_]*:[0-9a-f]{12})*$"),
        _versions,
    ),
    Parameter(
        "as_of",
        Text("用这一天结束时已发布的版本", "On what was published by the end of this day"),
        lambda _: {"type": "string", "format": "date"},
        _fixed("2999-12-31"),
    ),
    Parameter(
        "from",
        Text("较旧的版本；不写即 to 之前的一个", "The older version; without it, the one before"),
        _text(r"^[0-9a-f]{12}$"),
        lambda plan: plan.versions[plan.project_layer_ids[0]],
    ),
    Parameter(
        "to",
        Text("较新的版本；不写即当前版本", "The newer version; without it, the current one"),
        _text(r"^[0-9a-f]{12}$"),
        lambda plan: plan.versions[plan.project_layer_ids[0]],
    ),
    Parameter(
        "only",
        Text("只要这几类变化", "Only these classes of change"),
        lambda _: one_of_these(CLASSES),
        _fixed("reshaped"),
        listed=True,
    ),
    Parameter("bbox", Text("西,南,东,北，度", "west,south,east,north in degrees"), _text(), _box),
    Parameter(
        "limit",
        Text("最多这么多个要素", "At most so many features"),
        lambda _: {"type": "integer", "minimum": 1, "maximum": 100_000},
        _fixed("10"),
    ),
    Parameter(
        "where",
        Text(
            "字段等于这个值，可多次：字段:值", "A field has this value, as field:value; repeatable"
        ),
        _text(),
        _fixed("stage:complete"),
    ),
    Parameter(
        "after",
        Text("从这一行之后开始（行号从 1 起）", "Begin behind the row of this number, from 1"),
        lambda _: {"type": "integer", "minimum": 0},
        _fixed("0"),
    ),
    Parameter(
        "start",
        Text("跳过前面这么多行", "Leave out so many rows before"),
        lambda _: {"type": "integer", "minimum": 0},
        _fixed("0"),
    ),
    Parameter("paper", Text("纸张", "Paper"), lambda _: one_of_these(PAPERS), _fixed("A4")),
    Parameter(
        "orientation",
        Text("横放或竖放", "Lying or upright"),
        lambda _: one_of_these(("landscape", "portrait")),
        _fixed("portrait"),
    ),
    Parameter(
        "scale",
        Text(
            "比例尺分母；不写即放下整个区域", "Denominator of the scale; the whole zone without it"
        ),
        lambda _: {"type": "integer", "minimum": SCALES[0], "maximum": SCALES[-1]},
        _fixed("50000"),
    ),
    Parameter(
        "centre", Text("图幅中心：经度,纬度", "Centre: longitude,latitude"), _text(), _middle
    ),
    Parameter("title", Text("图名", "Title"), _text(), _fixed("Huitu")),
    Parameter(
        "labels",
        Text("0：不注名称", "0: no names"),
        lambda _: one_of_these(("0", "1")),
        _fixed("0"),
    ),
    Parameter(
        "project",
        Text("只要关于这个项目的；whole：整个规划", "What is about this project; whole: the plan"),
        _text(),
        _fixed(WHOLE),
    ),
    Parameter(
        "topic", Text("只要这个主题的意见", "Opinions on this topic"), _text(), _fixed("green")
    ),
    Parameter(
        "status",
        Text("只要办理到这一步的意见", "Opinions that stand here"),
        lambda _: one_of_these(STATUSES),
        _fixed(STATUSES[0]),
    ),
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType({one.name: one for one in _PARAMETERS})
