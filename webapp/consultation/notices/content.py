"""What a notice says: a value, checked for what is wrong in itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from geo.errors import Problem, ProblemKind
from geo.types import Text, listing
from webapp.consultation.procedures import PROCEDURES
from webapp.consultation.tables import Notice

#: A reason shorter than this tells nothing.
_LEAST_OF_A_REASON = 8
#: GS(2024)1234号, 苏S(2025)012号, GS京(2023)0001号; brackets of either width.
_REVIEW_NUMBER = re.compile(r"[A-Z\u4e00-\u9fff]{1,8}[(（〔\[]\d{4}[)）〕\]]\s?\d{1,6}号")

NO_TITLE = ProblemKind(
    "notice-title",
    "error",
    Text(zh="没有中文标题", en="There is no Chinese title"),
    Text(zh="写明公示什么，例如：惠山新城中央公园规划方案", en="Say what is announced"),
)
NO_PROCEDURE = ProblemKind(
    "notice-procedure",
    "error",
    Text(zh="没有这种程序：{value}", en="There is no procedure {value}"),
    Text(zh="可选：{allowed}", en="There are: {allowed}"),
)
TWO_SUBJECTS = ProblemKind(
    "notice-two-subjects",
    "error",
    Text(
        zh="同时选了图层版本和草稿，公众不知道对哪一个提意见",
        en="Both versions of layers and a draft are chosen: nobody knows which opinions are about",
    ),
    Text(zh="只选其中一种", en="Choose one of them"),
)
SAME_VERSION = ProblemKind(
    "notice-same-version",
    "error",
    Text(zh="图层“{layer}”前后是同一版本", en="Both versions of the layer {layer} are the same"),
    Text(zh="选择不同的版本，或不比较", en="Choose two, or none"),
)
NO_REVIEW_NUMBER = ProblemKind(
    "notice-review-number",
    "error",
    Text(zh="“{value}”不像审图号", en="“{value}” is no map review number"),
    Text(zh="按批文的写法，例如：苏S(2026)012号", en="As it was issued, such as 苏S(2026)012号"),
)
SHORT_OVERRIDE = ProblemKind(
    "notice-override",
    "error",
    Text(
        zh="没有审图号时展示地图的理由太短",
        en="The reason for showing the map without a review number is too short",
    ),
    Text(
        zh="写明依据，例如：示意图，不含国界等须送审的内容，依《地图管理条例》第十五条",
        en="Say on what ground; it is logged with your name",
    ),
)


@dataclass(frozen=True)
class Compared:
    """Two versions of a layer; ``before`` None where there is no older one."""

    layer: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Topic:
    """Something that an opinion may be about."""

    id: str
    zh: str
    en: str = ""


@dataclass(frozen=True)
class Content:
    """What a notice says; see :class:`webapp.consultation.tables.Notice` for the parts."""

    title_zh: str
    procedure: str = "plan-draft"
    title_en: str = ""
    plain_zh: str = ""
    plain_en: str = ""
    organiser: str = ""
    decider: str = ""
    address: str = ""
    contact: str = ""
    compared: tuple[Compared, ...] = ()
    draft: str | None = None
    projects: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()
    review_number: str = ""
    map_override: str = ""

    @classmethod
    def of(cls, notice: Notice) -> Content:
        """What a notice says now."""
        plain = {name: getattr(notice, name) for name in _PLAIN}
        return cls(
            **plain,
            compared=tuple(Compared(**one) for one in notice.compared),
            projects=tuple(notice.projects),
            topics=tuple(Topic(**one) for one in notice.topics),
        )

    def values(self) -> dict[str, Any]:
        """The values of the columns."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        return {
            **plain,
            "compared": [vars(one) for one in self.compared],
            "projects": list(self.projects),
            "topics": [vars(one) for one in self.topics],
        }

    def problems(self) -> list[Problem]:
        """Everything that is wrong in itself, each at the field of the form."""
        return list(self._problems())

    def _problems(self) -> Iterator[Problem]:
        if not self.title_zh.strip():
            yield NO_TITLE.at(field="title_zh")
        if self.procedure not in PROCEDURES:
            allowed = listing(PROCEDURES)
            yield NO_PROCEDURE.at(field="procedure", value=self.procedure, allowed=allowed)
        if self.compared and self.draft:
            yield TWO_SUBJECTS.at(field="draft")
        for one in self.compared:
            if one.before == one.after:
                yield SAME_VERSION.at(field=f"before-{one.layer}", layer=one.layer)
        if self.review_number and not _REVIEW_NUMBER.fullmatch(self.review_number):
            yield NO_REVIEW_NUMBER.at(field="review_number", value=self.review_number)
        if 0 < len(self.map_override) < _LEAST_OF_A_REASON:
            yield SHORT_OVERRIDE.at(field="map_override")


#: Columns that hold a word or nothing.
_PLAIN = (
    "title_zh",
    "procedure",
    "title_en",
    "plain_zh",
    "plain_en",
    "organiser",
    "decider",
    "address",
    "contact",
    "draft",
    "review_number",
    "map_override",
)
