"""What a notice needs before it is published: one list for the page and for the refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from geo.errors import Problem, ProblemKind
from geo.types import Text
from webapp.consultation.tables import Document, Notice
from webapp.desk import drafts

_ADD = Text(zh="在“{title}”处补上", en="Add it at “{title}”")
MISSING = ProblemKind(
    "notice-missing", "error", Text(zh="还缺：{title}", en="Still missing: {title}"), _ADD
)


@dataclass(frozen=True)
class Subject:
    """What is checked: the notice, its documents, and the draft that it shows."""

    notice: Notice
    documents: Sequence[Document] = ()
    draft: drafts.Draft | None = None


@dataclass(frozen=True)
class Check:
    """One thing that a notice needs.

    Attributes
    ----------
    field
        Where in the form it is given.
    required
        Without it nothing is published; else it is only advised.
    why
        The rule or the reason.
    applies
        Whether it is asked at all.
    """

    field: str
    title: Text
    why: Text
    met: Callable[[Subject], bool]
    required: bool = True
    applies: Callable[[Subject], bool] = lambda _subject: True


@dataclass(frozen=True)
class Point:
    """A check and whether it is met."""

    check: Check
    met: bool

    @property
    def holds(self) -> bool:
        """Whether it holds publishing."""
        return self.check.required and not self.met


def _has(name: str) -> Callable[[Subject], bool]:
    return lambda subject: bool(getattr(subject.notice, name))


def _shows_something(subject: Subject) -> bool:
    notice = subject.notice
    return bool(notice.projects or notice.compared or notice.draft)


def _shows_open_draft(subject: Subject) -> bool:
    """A draft that was given up or published is no plan of tomorrow any more."""
    return subject.draft is not None and subject.draft.state == "open"


CHECKS: tuple[Check, ...] = (
    Check(
        "title_zh",
        Text(zh="标题", en="Title"),
        Text(zh="公众在清单里看到的就是它", en="It stands in the list that the public reads"),
        _has("title_zh"),
    ),
    Check(
        "plain_zh",
        Text(zh="通俗说明", en="Plain-language text"),
        Text(zh="草案是什么、影响谁，用白话写明", en="What is planned and whom it touches"),
        _has("plain_zh"),
    ),
    Check(
        "projects",
        Text(zh="公示的对象", en="What is announced"),
        Text(
            zh="意见针对规划对象提出：选择项目、图层版本或草稿",
            en="Opinions are about things of the plan: choose projects, versions or a draft",
        ),
        _shows_something,
    ),
    Check(
        "draft",
        Text(zh="可用的草稿", en="A draft that is still open"),
        Text(
            zh="所选草稿须仍在编辑，没有发布或放弃",
            en="The chosen draft must be neither published nor discarded",
        ),
        _shows_open_draft,
        applies=_has("draft"),
    ),
    Check(
        "organiser",
        Text(zh="组织公示的单位", en="Announcing body"),
        Text(zh="《城乡规划法》第二十六条：由组织编制机关公告", en="Planning Law, article 26"),
        _has("organiser"),
    ),
    Check(
        "decider",
        Text(zh="审批或决定的单位", en="Deciding body"),
        Text(zh="公众须知道谁来决定", en="People must know who decides"),
        _has("decider"),
    ),
    Check(
        "address",
        Text(zh="书面意见的地址", en="Address for opinions on paper"),
        Text(zh="不上网的人也能提意见", en="Those without the web are heard too"),
        _has("address"),
    ),
    Check(
        "contact",
        Text(zh="咨询方式", en="Contact for questions"),
        Text(zh="公告须写明征求意见的方式", en="A notice says how opinions are given"),
        _has("contact"),
    ),
    Check(
        "review_number",
        Text(zh="审图号，或不展示审图号的理由", en="Map review number, or the reason for none"),
        Text(
            zh="《地图管理条例》第二十二条：公开的地图须在显著位置标明审图号",
            en="Map Regulations, article 22: the review number is shown prominently",
        ),
        lambda subject: bool(subject.notice.review_number or subject.notice.map_override),
    ),
    Check(
        "documents",
        Text(zh="规划文件", en="Documents"),
        Text(zh="建议附上草案文本和图件供下载", en="The draft itself, to be downloaded"),
        lambda subject: any(one.removed_at is None for one in subject.documents),
        required=False,
    ),
    Check(
        "title_en",
        Text(zh="英文标题", en="English title"),
        Text(zh="英文页面没有它就显示中文", en="Without it English pages show the Chinese one"),
        _has("title_en"),
        required=False,
    ),
)


def checklist(subject: Subject) -> list[Point]:
    """Every check in the order of the form."""
    return [Point(check, check.met(subject)) for check in CHECKS if check.applies(subject)]


def missing(subject: Subject) -> list[Problem]:
    """What holds publishing, each at the field of the form where it is given."""
    return [
        MISSING.at(field=point.check.field, title=point.check.title)
        for point in checklist(subject)
        if point.holds
    ]
