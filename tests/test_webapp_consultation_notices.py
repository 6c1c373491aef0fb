"""Notices on SQLite and PostgreSQL: every transition, every refusal, and what the log keeps."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from geo.errors import InputError, NotFound
from webapp import journal
from webapp.accounts import Person
from webapp.consultation import notices
from webapp.consultation.clock import ZONE, SetClock, written
from webapp.consultation.notices import Compared, Content, Topic
from webapp.consultation.procedures import PROCEDURES, close_after, counted_days, least_close
from webapp.consultation.reading import notice_of
from webapp.consultation.states import STATES, state_of
from webapp.consultation.tables import Document, Hearing
from webapp.desk import drafts

LI, WANG = Person("li.hua", "李华"), Person("wang", "王")
#: A Monday morning in the zone.
START = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
WHOLE = Content(
    "中央公园规划方案",
    title_en="Central park",
    plain_zh="公园**东扩**。",
    organiser="惠山经济开发区规划建设局",
    decider="惠山区人民政府",
    address="文惠路 16 号 302 室",
    contact="0510-00000000",
    projects=("P01", "R08"),
    topics=(Topic("green", "绿地与公园", "Green"),),
    review_number="苏S(2026)012号",
)


class Work:
    """A clock, a database, and what is done to notices with them."""

    def __init__(self, database):
        self.database = database
        self.clock = SetClock(START)

    def do(self, act, *args, by=LI, **words):
        with self.database.writing() as session:
            return act(session, *args, by=by, clock=self.clock, **words)

    def ask(self, act, *args):
        with self.database.reading() as session:
            return act(session, *args)

    def notice(self, id_):
        return self.ask(notice_of, id_)

    def state(self, id_):
        return state_of(self.notice(id_), self.clock.now())

    def begun(self, content=WHOLE):
        return self.do(notices.begin, content).id

    def published(self, content=WHOLE, opens=None, closes=None):
        """A notice that opens now for the fewest days."""
        id_ = self.begun(content)
        opens = opens or self.clock.now()
        closes = closes or least_close(PROCEDURES[content.procedure], opens)
        self.do(notices.publish, id_, opens_at=opens, closes_at=closes)
        return id_

    def in_state(self, state):
        """A notice that stands there now."""
        if state == "draft":
            return self.begun()
        if state == "scheduled":
            return self.published(opens=START + 2 * DAY)
        id_ = self.published()
        closes = self.notice(id_).closes_at
        if state == "withdrawn":
            self.do(notices.withdraw, id_, "方案重做")
        if state in {"closing", "closed", "answered"}:
            self.clock.at = closes - DAY if state == "closing" else closes + DAY
        if state == "answered":
            with self.database.writing() as session:
                notice_of(session, id_).answered_at = self.clock.now()
        return id_

    def log(self, id_):
        found, _count, _left = self.ask(
            lambda session: journal.entries(session, journal.Wanted(subject=id_), limit=99)
        )
        return [(one.action, one.words) for one in reversed(found)]


@pytest.fixture
def work(database):
    return Work(database)


def refused(act, *args, **words):
    """The problems with which something is refused, in both languages."""
    with pytest.raises(InputError) as caught:
        act(*args, **words)
    for problem in caught.value.problems:
        for lang in ("zh", "en"):
            assert "{" not in problem.message(lang) + problem.hint(lang)
    return {problem.kind.code: problem for problem in caught.value.problems}


# ---------------------------------------------------------------- every transition

HEARING = {
    "title": "听证会",
    "place": "一楼",
    "starts_at": START + 400 * DAY,
    "ends_at": START + 401 * DAY,
}
FILE = {"title": "草案", "name": "a.pdf", "media_type": "application/pdf", "size": 3}
ACTS = {
    "edit": lambda work, id_: work.do(notices.edit, id_, replace(WHOLE, title_zh="新"), 1),
    "publish": lambda work, id_: work.do(
        notices.publish, id_, opens_at=None, closes_at=close_after(work.clock.now(), 30)
    ),
    "take-back": lambda work, id_: work.do(notices.take_back, id_),
    "withdraw": lambda work, id_: work.do(notices.withdraw, id_, "方案重做"),
    "lengthen": lambda work, id_: work.do(
        notices.lengthen, id_, close_after(START, 60), "参与的人多"
    ),
    "downtime": lambda work, id_: work.do(
        notices.downtime, id_, START, min(work.clock.now(), START + DAY), "机房停电"
    ),
    "add-document": lambda work, id_: work.do(notices.add_document, id_, sha256="a", **FILE),
    "remove-document": lambda work, id_: work.do(notices.remove_document, id_, 1),
    "add-hearing": lambda work, id_: work.do(notices.add_hearing, id_, **HEARING),
    "cancel-hearing": lambda work, id_: work.do(notices.cancel_hearing, id_, 1, reason="场地"),
}
#: Where each act leads to; what is not here is refused and changes nothing.
LEADS = {
    ("draft", "edit"): "draft",
    ("draft", "publish"): "open",
    ("scheduled", "take-back"): "draft",
    ("open", "withdraw"): "withdrawn",
    ("closing", "withdraw"): "withdrawn",
    ("open", "lengthen"): "open",
    ("closing", "lengthen"): "open",
    ("open", "downtime"): "open",
    ("closing", "downtime"): "closing",
    ("closed", "downtime"): "closing",
    ("draft", "remove-document"): "draft",
    **{
        (state, act): state
        for state in ("draft", "scheduled", "open", "closing")
        for act in ("add-document", "add-hearing", "cancel-hearing")
    },
}


def _prepare(work, state, act):
    """A notice in a state with what the act needs."""
    id_ = work.in_state(state)
    if act == "downtime":
        work.clock.forward(hours=1)
    with work.database.writing() as session:
        if act == "cancel-hearing":
            session.add(_hearing(id_))
        if act == "remove-document":
            session.add(_document(id_))
    return id_


def _hearing(id_):
    return Hearing(notice_id=id_, number=1, **HEARING)


def _document(id_):
    return Document(notice_id=id_, number=1, sha256="b", by="li.hua", at=START, **FILE)


def test_the_matrix_names_every_act():
    assert ACTS.keys() == notices.ALLOWED.keys()
    for act, states in notices.ALLOWED.items():
        assert states == {state for state, one in LEADS if one == act}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
def test_every_transition(work, state, act):
    id_ = _prepare(work, state, act)
    assert work.state(id_) == state
    before = vars(work.notice(id_)) | {"_sa_instance_state": None}
    entries = len(work.log(id_))
    if (state, act) in LEADS:
        ACTS[act](work, id_)
        assert work.state(id_) == LEADS[state, act]
        assert len(work.log(id_)) == entries + 1
        return
    problem = refused(ACTS[act], work, id_)["notice-state"]
    assert STATES[state].zh in problem.message()
    assert vars(work.notice(id_)) | {"_sa_instance_state": None} == before
    assert len(work.log(id_)) == entries


def test_time_alone_opens_and_closes(work):
    id_ = work.in_state("scheduled")
    notice = work.notice(id_)
    seen = []
    for moment in (
        notice.opens_at - SECOND,
        notice.opens_at,
        notice.closes_at - SECOND,
        notice.closes_at,
    ):
        work.clock.at = moment
        seen.append(work.state(id_))
    assert seen == ["scheduled", "open", "closing", "closed"]


@pytest.mark.parametrize("act", ["edit", "publish", "withdraw", "add-hearing"])
def test_what_is_not_there_is_not_found(work, act):
    with pytest.raises(NotFound):
        ACTS[act](work, "2026-404")


# ---------------------------------------------------------------- setting up


def test_ids_count_within_the_year(work):
    assert [work.begun() for _ in range(2)] == ["2026-001", "2026-002"]
    work.clock.at = datetime(2027, 1, 1, 0, 0, tzinfo=ZONE)
    assert work.begun() == "2027-001"
    work.clock.at -= SECOND
    assert work.begun() == "2026-003"


def test_two_who_begin_at_once_get_two_numbers(work):
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda _: work.begun(), range(8)))
    assert sorted(ids) == [f"2026-{n:03d}" for n in range(1, 9)]


def test_everything_that_is_said_is_kept(work):
    content = replace(
        WHOLE,
        plain_en="East.",
        compared=(Compared("greens", None, "a" * 12), Compared("roads", "b" * 12, "c" * 12)),
        map_override="示意图，不含须送审的内容",
    )
    assert Content.of(work.notice(work.begun(content))) == content


def test_what_is_wrong_in_itself_is_told_at_once(work):
    content = Content(
        "  ",
        procedure="other",
        compared=(Compared("roads", "a", "a"),),
        draft="0" * 16,
        review_number="12",
        map_override="无",
    )
    found = refused(work.do, notices.begin, content)
    assert found.keys() == {
        "notice-title",
        "notice-procedure",
        "notice-two-subjects",
        "notice-same-version",
        "notice-review-number",
        "notice-override",
    }
    assert all(problem.field for problem in found.values())
    assert work.ask(notices.listed) == []


@pytest.mark.parametrize(
    "number", ["苏S(2026)012号", "GS（2024）1234号", "GS京(2023)0001号", "锡S〔2025〕7号"]
)
def test_review_numbers_as_they_are_issued(number):
    assert replace(WHOLE, review_number=number).problems() == []


def test_the_second_of_two_editors_is_told_and_the_log_keeps_both(work):
    id_ = work.begun()
    mine, theirs = replace(WHOLE, plain_zh="我"), replace(WHOLE, plain_zh="他")
    work.do(notices.edit, id_, theirs, 1, by=WANG)
    with pytest.raises(notices.Conflict) as caught:
        work.do(notices.edit, id_, mine, 1)
    assert caught.value.theirs == theirs
    assert work.notice(id_).plain_zh == "他"
    work.do(notices.edit, id_, mine, caught.value.revision)
    assert work.notice(id_).plain_zh == "我"
    edits = [said["changed"] for action, said in work.log(id_) if action == "notice-edit"]
    assert edits == [{"plain_zh": "他"}, {"plain_zh": "我"}]


def test_two_at_the_same_moment_make_one_conflict(work):
    id_ = work.begun()

    def save(word):
        try:
            work.do(notices.edit, id_, replace(WHOLE, plain_zh=word), 1)
        except notices.Conflict:
            return "told"
        return "saved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(save, ["甲", "乙"])) == ["saved", "told"]


def test_saving_what_is_there_changes_nothing(work):
    id_ = work.begun()
    work.do(notices.edit, id_, WHOLE, 1)
    assert work.notice(id_).revision == 1
    assert [action for action, _ in work.log(id_)] == ["notice-begin"]


def test_the_same_words_of_two_editors_are_no_conflict(work):
    id_ = work.begun()
    same = replace(WHOLE, plain_zh="同")
    work.do(notices.edit, id_, same, 1, by=WANG)
    work.do(notices.edit, id_, same, 1)
    assert work.notice(id_).revision == 2


def test_a_field_that_is_emptied_is_logged(work):
    id_ = work.begun()
    work.do(notices.edit, id_, replace(WHOLE, contact=""), 1)
    assert work.log(id_)[-1][1]["changed"] == {"contact": ""}


def test_a_map_without_its_number_is_logged_with_reason_and_name(work):
    content = replace(WHOLE, review_number="", map_override="示意图，不含须送审的内容")
    id_ = work.published(content)
    assert [action for action, _ in work.log(id_)] == [
        "notice-begin",
        "notice-map-override",
        "notice-publish",
    ]
    assert work.log(id_)[1][1] == {"reason": "示意图，不含须送审的内容"}


# ---------------------------------------------------------------- publishing


def test_everything_missing_is_told_at_once_with_the_article(work):
    id_ = work.begun(Content("只有标题"))
    with pytest.raises(InputError) as caught:
        work.do(notices.publish, id_, opens_at=None, closes_at=START + DAY)
    found = {problem.field for problem in caught.value.problems}
    assert found == {
        "plain_zh",
        "projects",
        "organiser",
        "decider",
        "address",
        "contact",
        "review_number",
        "closes_at",
    }


def test_the_checklist_is_what_publishing_asks(work):
    notice = work.notice(work.begun(Content("只有标题")))
    points = notices.checklist(notices.Subject(notice))
    assert [point.check.field for point in points if point.holds] == [
        problem.field for problem in notices.missing(notices.Subject(notice))
    ]
    whole = notices.checklist(notices.Subject(work.notice(work.begun())))
    assert [point.check.field for point in whole if not point.met] == ["documents"]
    assert not any(point.holds for point in whole)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_a_second_too_early_is_refused_with_the_article(work, procedure):
    rule = PROCEDURES[procedure]
    id_ = work.begun(replace(WHOLE, procedure=procedure))
    least = least_close(rule, START)
    problem = refused(work.do, notices.publish, id_, opens_at=START, closes_at=least - SECOND)[
        "notice-too-short"
    ]
    for lang in ("zh", "en"):
        assert rule.article.in_(lang) in problem.message(lang)
        assert rule.basis.in_(lang) in problem.message(lang)
        assert written(least) in problem.hint(lang)
    assert f"{rule.least_days - 1} 日" in problem.message()
    work.do(notices.publish, id_, opens_at=START, closes_at=least)
    notice = work.notice(id_)
    assert counted_days(notice.opens_at, notice.closes_at) == rule.least_days


def test_thirty_days_from_the_second_of_march_end_on_the_first_of_april(work):
    notice = work.notice(work.published())
    assert written(notice.closes_at) == "2026-04-01 24:00"


def test_now_is_the_moment_of_the_server(work):
    id_ = work.begun()
    work.do(notices.publish, id_, opens_at=START - 60 * SECOND, closes_at=close_after(START, 30))
    assert work.notice(id_).opens_at == START


def test_a_moment_that_has_passed_is_refused(work):
    id_ = work.begun()
    found = refused(
        work.do, notices.publish, id_, opens_at=START - DAY, closes_at=close_after(START, 30)
    )
    assert found.keys() == {"notice-opens-past"}


def test_a_slip_of_the_year_is_refused(work):
    id_ = work.begun()
    far = close_after(START, 400)
    assert "notice-too-long" in refused(
        work.do, notices.publish, id_, opens_at=START, closes_at=far
    )
    open_one = work.published()
    assert "notice-too-long" in refused(work.do, notices.lengthen, open_one, far, "更多时间")


def test_the_log_tells_all_that_was_announced(work):
    id_ = work.begun()
    work.do(notices.add_document, id_, sha256="f" * 64, **FILE)
    work.do(notices.publish, id_, opens_at=None, closes_at=close_after(START, 30))
    action, said = work.log(id_)[-1]
    assert action == "notice-publish"
    assert said["said"]["plain_zh"] == WHOLE.plain_zh
    assert said["documents"] == ["f" * 64]
    assert datetime.fromisoformat(said["opens_at"]) == START


def test_a_draft_is_announced_as_it_was_then(work):
    with work.database.writing() as session:
        draft = drafts.begin(session, "greens", "a" * 12, "东扩", by=LI)
        draft.last = 7
    id_ = work.published(replace(WHOLE, draft=draft.id))
    with work.database.writing() as session:
        drafts.named(session, draft.id).last = 9
    assert work.notice(id_).draft_edit == 7


def test_a_draft_that_was_given_up_is_no_plan(work):
    with work.database.writing() as session:
        draft = drafts.begin(session, "greens", "a" * 12, "东扩", by=LI)
        drafts.discard(session, draft.id, by=LI)
    id_ = work.begun(replace(WHOLE, draft=draft.id))
    found = refused(work.do, notices.publish, id_, opens_at=None, closes_at=close_after(START, 30))
    assert found["notice-missing"].field == "draft"


def test_what_was_taken_back_can_be_mended_and_published_again(work):
    id_ = work.in_state("scheduled")
    work.do(notices.take_back, id_)
    assert work.notice(id_).opens_at is None
    work.do(notices.edit, id_, replace(WHOLE, title_zh="改正"), 1)
    work.do(notices.publish, id_, opens_at=None, closes_at=close_after(START, 30))
    assert work.state(id_) == "open"


def test_withdrawing_needs_a_reason_and_keeps_everything(work):
    id_ = work.published()
    assert "notice-reason" in refused(work.do, notices.withdraw, id_, "  ")
    work.do(notices.withdraw, id_, " 方案重做 ")
    notice = work.notice(id_)
    assert notice.withdrawn_reason == "方案重做"
    assert Content.of(notice) == WHOLE
    assert work.log(id_)[-1] == ("notice-withdraw", {"reason": "方案重做"})


# ---------------------------------------------------------------- a later close


def test_lengthening_is_kept_with_its_reason(work):
    id_ = work.published()
    closed = work.notice(id_).closes_at
    work.do(notices.lengthen, id_, closed + 10 * DAY, "参与的人多")
    (made,) = work.ask(notices.extensions, id_)
    assert (made.kind, made.closed_at, made.closes_at) == ("lengthen", closed, closed + 10 * DAY)
    assert (made.reason, made.by, made.number) == ("参与的人多", "li.hua", 1)
    assert work.notice(id_).closes_at == closed + 10 * DAY
    assert work.log(id_)[-1][0] == "notice-lengthen"


@pytest.mark.parametrize("less", [timedelta(0), SECOND, 40 * DAY])
def test_shortening_is_refused_with_the_article(work, less):
    id_ = work.published(closes=close_after(START, 45))
    closes = work.notice(id_).closes_at
    problem = refused(work.do, notices.lengthen, id_, closes - less, "够了")["notice-shortened"]
    assert PROCEDURES["plan-draft"].article.zh in problem.message()
    assert work.notice(id_).closes_at == closes


def test_lengthening_needs_a_reason(work):
    id_ = work.published()
    later = work.notice(id_).closes_at + DAY
    assert "notice-reason" in refused(work.do, notices.lengthen, id_, later, "\n")


def _down(work, id_, since, until):
    return work.do(notices.downtime, id_, since, until, "机房停电")


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        ((3, 10), (3, 11), 1),
        ((3, 23), (4, 1), 2),
        ((3, 0), (4, 0), 1),
        ((3, 10), (5, 9), 3),
        ((1, 0), (2, 10), 1),
    ],
)
def test_each_day_with_a_downtime_is_added(work, since, until, days):
    id_ = work.published()
    closed = work.notice(id_).closes_at
    work.clock.forward(days=10)
    moments = [datetime(2026, 3, day, hour, tzinfo=ZONE) for day, hour in (since, until)]
    made = _down(work, id_, *moments)
    assert (made.closed_at, made.closes_at) == (closed, closed + days * DAY)
    assert work.notice(id_).closes_at == made.closes_at
    assert work.log(id_)[-1][1]["days"] == days


def test_a_day_is_made_good_once(work):
    id_ = work.published()
    work.clock.forward(days=10)
    hour = timedelta(hours=1)
    first = _down(work, id_, START + DAY, START + DAY + hour)
    second = _down(work, id_, START + DAY + 2 * hour, START + DAY + 3 * hour)
    assert second.closes_at == first.closes_at
    third = _down(work, id_, START + DAY, START + 2 * DAY)
    assert third.closes_at == first.closes_at + DAY
    assert [one.number for one in work.ask(notices.extensions, id_)] == [1, 2, 3]


def test_a_downtime_at_the_end_opens_it_again_for_whole_days(work):
    id_ = work.published()
    closed = work.notice(id_).closes_at
    work.clock.at = closed + 2 * DAY + timedelta(hours=10)
    assert work.state(id_) == "closed"
    made = _down(work, id_, closed - timedelta(hours=2), closed + timedelta(hours=5))
    assert made.closes_at == close_after(work.clock.now(), 1)
    assert work.state(id_) == "closing"


def test_a_downtime_that_is_none_is_refused(work):
    id_ = work.published()
    work.clock.forward(days=5)
    now = work.clock.now()
    assert "notice-downtime-order" in refused(_down, work, id_, now, now)
    assert "notice-downtime-future" in refused(_down, work, id_, now, now + SECOND)
    before = START - 2 * DAY
    assert "notice-downtime-elsewhen" in refused(_down, work, id_, before, START)
    assert "notice-reason" in refused(work.do, notices.downtime, id_, now - DAY, now, " ")
    assert work.ask(notices.extensions, id_) == []


# ---------------------------------------------------------------- documents and hearings


def test_documents_are_counted_and_never_twice(work):
    id_ = work.published()
    work.clock.forward(days=3)
    first = work.do(notices.add_document, id_, sha256="a", **FILE)
    second = work.do(notices.add_document, id_, sha256="b", **{**FILE, "title": ""})
    assert [first.number, second.number] == [1, 2]
    assert (second.title, second.at) == ("a.pdf", work.clock.now())
    found = refused(work.do, notices.add_document, id_, sha256="a", **FILE)
    assert "草案" in found["notice-document-twice"].message()
    for n in range(18):
        work.do(notices.add_document, id_, sha256=f"n{n}", **FILE)
    assert "notice-documents" in refused(work.do, notices.add_document, id_, sha256="z", **FILE)


def test_a_document_that_was_removed_keeps_its_row(work):
    id_ = work.begun()
    work.do(notices.add_document, id_, sha256="a", **FILE)
    work.do(notices.remove_document, id_, 1)
    assert work.ask(notices.documents, id_) == []
    with pytest.raises(NotFound):
        work.do(notices.remove_document, id_, 1)
    assert work.do(notices.add_document, id_, sha256="a", **FILE).number == 2
    assert [said["what"] for action, said in work.log(id_) if action == "notice-document"] == [
        "added",
        "removed",
        "added",
    ]


def test_a_cancelled_hearing_of_an_open_notice_is_still_told(work):
    id_ = work.published()
    work.do(notices.add_hearing, id_, **HEARING)
    assert "notice-reason" in refused(work.do, notices.cancel_hearing, id_, 1)
    work.do(notices.cancel_hearing, id_, 1, reason="场地停用")
    (hearing,) = work.ask(notices.hearings, id_)
    assert (hearing.cancelled_at, hearing.cancelled_reason) == (work.clock.now(), "场地停用")
    assert work.log(id_)[-1][1]["reason"] == "场地停用"
    with pytest.raises(NotFound):
        work.do(notices.cancel_hearing, id_, 1, reason="再次")


def test_a_hearing_nobody_has_seen_goes_away(work):
    id_ = work.begun()
    work.do(notices.add_hearing, id_, **HEARING)
    work.do(notices.cancel_hearing, id_, 1)
    assert work.ask(notices.hearings, id_) == []


def test_a_hearing_that_cannot_be_is_refused_with_all_reasons(work):
    id_ = work.begun()
    wrong = {"title": " ", "place": "", "starts_at": START - DAY, "ends_at": START - 2 * DAY}
    assert refused(work.do, notices.add_hearing, id_, **wrong).keys() == {
        "notice-hearing-words",
        "notice-hearing-order",
        "notice-hearing-past",
    }


def test_the_log_of_all_this_holds(work):
    id_ = work.in_state("closing")
    work.do(notices.add_document, id_, sha256="a", **FILE)
    work.do(notices.withdraw, id_, "方案重做")
    with work.database.reading() as session:
        assert journal.verify(session).broken is None
