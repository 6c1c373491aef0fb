"""The form of a notice: what was sent read into a :class:`Content`, and a content put into it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from werkzeug.datastructures import MultiDict

from geo.errors import ProblemKind
from geo.types import Text, listing
from layers.plan import Plan
from layers.projects import Project
from layers.spec import LayerSpec
from webapp.consultation.clock import ZONE
from webapp.consultation.notices import Compared, Content, Topic
from webapp.consultation.procedures import PROCEDURES
from webapp.consultation.words import TOPICS
from webapp.forms import NOT_OFFERED, Form

TITLES: dict[str, Text] = {
    "title_zh": Text(zh="标题", en="Title"),
    "title_en": Text(zh="英文标题", en="English title"),
    "plain_zh": Text(zh="通俗说明", en="Plain-language text"),
    "plain_en": Text(zh="英文说明", en="English text"),
    "procedure": Text(zh="程序", en="Procedure"),
    "organiser": Text(zh="组织公示的单位", en="Announcing body"),
    "decider": Text(zh="审批或决定的单位", en="Deciding body"),
    "address": Text(zh="书面意见的地址", en="Address for opinions on paper"),
    "contact": Text(zh="咨询方式", en="Contact for questions"),
    "draft": Text(zh="工作台的草稿", en="A draft of the desk"),
    "compared": Text(zh="图层版本", en="Versions of layers"),
    "projects": Text(zh="涉及的项目", en="Affected projects"),
    "topics": Text(zh="主题", en="Topics"),
    "review_number": Text(zh="审图号", en="Map review number"),
    "map_override": Text(zh="不标审图号的理由", en="Reason for showing no review number"),
}
#: The most characters of each.
MOST = {
    "title_zh": 100,
    "title_en": 200,
    "plain_zh": 20_000,
    "plain_en": 40_000,
    "organiser": 100,
    "decider": 100,
    "address": 300,
    "contact": 300,
    "review_number": 40,
    "map_override": 500,
}
#: So many topics of its own a notice may have, with a name of so many characters.
OWN_TOPICS, MOST_OF_A_TOPIC = 4, 30
_KNOWN_TOPICS = {one["id"]: Topic(one["id"], one["zh"], one["en"]) for one in TOPICS}
_OWN = "own-"

NO_AFTER = ProblemKind(
    "notice-no-after",
    "error",
    Text(zh="“{layer}”只选了之前的版本", en="Only the version before is chosen of “{layer}”"),
    Text(zh="再选规划的版本，或都不选", en="Choose the planned one too, or none"),
)
NO_MOMENT = ProblemKind(
    "form-moment",
    "error",
    Text(zh="“{title}”不是一个日期或时间", en="“{title}” is no date or time"),
    Text(zh="按 2026-03-02 或 2026-03-02T09:00 的写法", en="Write 2026-03-02 or 2026-03-02T09:00"),
)


class NoticeForm(Form):
    """Reads moments of the zone and lists beside words."""

    def many(self, name: str, title: Text, allowed: Sequence[str]) -> tuple[str, ...]:
        """The boxes that are ticked, in the order in which they were offered."""
        sent = self.ticked(name)
        for value in sorted(sent.difference(allowed)):
            self.problems.append(
                NOT_OFFERED.at(field=name, title=title, value=value, allowed=listing(allowed))
            )
        return tuple(one for one in allowed if one in sent)

    def ticked(self, name: str) -> frozenset[str]:
        """The boxes as they were sent, and what was written beside them between commas."""
        written = re.split(r"[,，、;；]", self._sent.get(f"{name}_by_id", ""))
        return frozenset([*self._sent.getlist(name), *(word.strip() for word in written)]) - {""}

    def moment(self, name: str, title: Text) -> datetime:
        """A moment on the zone's clock; what is none is told, and the first of all given."""
        try:
            found = datetime.fromisoformat(self._sent.get(name, ""))
        except ValueError:
            self.problems.append(NO_MOMENT.at(field=name, title=title))
            return datetime.min.replace(tzinfo=ZONE)
        return found.replace(tzinfo=ZONE)

    def day(self, name: str, title: Text) -> date:
        """A day; what is none is told, and the first of all given."""
        try:
            return date.fromisoformat(self._sent.get(name, ""))
        except ValueError:
            self.problems.append(NO_MOMENT.at(field=name, title=title))
            return date.min


def content_of(form: NoticeForm, plan: Plan, open_drafts: Iterable[str]) -> Content:
    """What the form says; everything that is wrong with it is then in its problems."""
    words = {
        name: form.text(name, TITLES[name], most=most, required=False)
        for name, most in MOST.items()
    }
    found = Content(
        **words,
        procedure=form.choice("procedure", TITLES["procedure"], tuple(PROCEDURES)),
        compared=tuple(_compared(form, plan)),
        draft=form.choice("draft", TITLES["draft"], ("", *open_drafts)) or None,
        projects=form.many("projects", TITLES["projects"], [one.id for one in offered(plan, form)]),
        topics=(*_known_topics(form), *_own_topics(form)),
    )
    told = {problem.field for problem in form.problems}
    form.add(problem for problem in found.problems() if problem.field not in told)
    return found


def offered(plan: Plan, form: NoticeForm) -> list[Project]:
    """The projects that can be ticked: those of small layers, and what was ticked of large ones."""
    small = plan.register.small
    others = map(plan.register.find, sorted(form.ticked("projects") - small.keys()))
    return [*small.values(), *(one for one in others if one is not None)]


def fields_of(content: Content, revision: int) -> MultiDict[str, str]:
    """A content as the form would send it."""
    fields = MultiDict({name: getattr(content, name) for name in MOST})
    fields["revision"] = str(revision)
    fields["procedure"] = content.procedure
    fields["draft"] = content.draft or ""
    for one in content.compared:
        fields[f"before-{one.layer}"] = one.before or ""
        fields[f"after-{one.layer}"] = one.after
    fields.setlist("projects", list(content.projects))
    fields.setlist("topics", [one.id for one in content.topics if one.id in _KNOWN_TOPICS])
    own = [one for one in content.topics if one.id not in _KNOWN_TOPICS]
    for number, topic in enumerate(own, start=1):
        fields[f"topic_zh_{number}"], fields[f"topic_en_{number}"] = topic.zh, topic.en
    return fields


def compared_layers(plan: Plan) -> list[LayerSpec]:
    """The layers that hold what is planned."""
    return [layer for layer in plan.layers if layer.is_projects]


def versions_of(plan: Plan, layer_id: str) -> dict[str, str]:
    """Every version of a layer that was published, the newest first, with its day and reason."""
    found: dict[str, str] = {}
    for one in plan.store.publications(layer_id):
        found.setdefault(
            one.version, f"{one.at[:10]} · {one.reason}" if one.reason else one.at[:10]
        )
    return found


def differing(mine: Content, theirs: Content) -> list[tuple[Text, str, str]]:
    """The parts in which two contents differ, each in words."""
    first, second = mine.values(), theirs.values()
    return [
        (title, _in_words(first[name]), _in_words(second[name]))
        for name, title in TITLES.items()
        if first[name] != second[name]
    ]


def _in_words(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(_in_words(one) for one in value)
    if isinstance(value, dict):
        return " · ".join(str(one) for one in value.values() if one)
    return "" if value is None else str(value)


def _compared(form: NoticeForm, plan: Plan) -> Iterable[Compared]:
    for layer in compared_layers(plan):
        versions = ("", *versions_of(plan, layer.id))
        before = form.choice(f"before-{layer.id}", layer.title, versions)
        after = form.choice(f"after-{layer.id}", layer.title, versions)
        if before and not after:
            form.add([NO_AFTER.at(field=f"after-{layer.id}", layer=layer.title)])
        elif after:
            yield Compared(layer.id, before or None, after)


def _known_topics(form: NoticeForm) -> Iterable[Topic]:
    chosen = form.many("topics", TITLES["topics"], tuple(_KNOWN_TOPICS))
    return (_KNOWN_TOPICS[id_] for id_ in chosen)


def _own_topics(form: NoticeForm) -> Iterable[Topic]:
    for number in range(1, OWN_TOPICS + 1):
        zh, en = (
            form.text(
                f"topic_{lang}_{number}", TITLES["topics"], most=MOST_OF_A_TOPIC, required=False
            )
            for lang in ("zh", "en")
        )
        if zh or en:
            yield Topic(f"{_OWN}{number}", zh or en, en)
