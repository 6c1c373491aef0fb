"""Drafts on SQLite and PostgreSQL: two planners, undoing, carrying over, publishing."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from geo.errors import InputError, NotFound
from layers.catalog import Catalog
from layers.store import Store
from tests.changed import edit, publish_layer
from webapp import journal
from webapp.accounts import Person
from webapp.desk import drafts
from webapp.desk.drafts.content import Content
from webapp.desk.drafts.features import base_features, by_key, merged

LI, WANG = Person("li.hua", "李华"), Person("wang", "王")


class Work:
    """A draft of the town's gardens and what is done with it."""

    def __init__(self, folder, database):
        self.database = database
        self.catalog, self.store = Catalog.read(folder), Store(folder, software="test")
        base = self.store.current("gardens").id
        with database.writing() as session:
            self.id = drafts.begin(session, "gardens", base, "东园", by=LI).id

    def do(self, act, *args, **words):
        with self.database.writing() as session:
            return act(session, *args, **words)

    def save(self, feature, content, based_on, by=LI):
        wanted = None if content is None else Content.of(content)
        return self.do(drafts.save, self.id, feature, wanted, based_on=based_on, by=by)

    def undo(self, by=LI):
        return self.do(drafts.undo, self.id, by=by)

    def redo(self, by=LI):
        return self.do(drafts.redo, self.id, by=by)

    def edits(self):
        with self.database.reading() as session:
            return drafts.edits(session, self.id)

    def draft(self):
        with self.database.reading() as session:
            return drafts.named(session, self.id)

    def features(self):
        frame = self.store.frame("gardens", self.draft().base)
        return by_key(merged(base_features(frame), self.edits()))

    def changed(self, feature="G01", **properties):
        content = self.features()[feature]
        return {**content, "properties": {**content["properties"], **properties}}

    def prepared(self):
        return drafts.prepare(self.catalog, self.store, self.draft(), self.edits())

    def publish(self, seen=None, accepted=True):
        return self.do(
            drafts.publish,
            self.catalog,
            self.store,
            self.id,
            by=LI,
            reason="边界调整",
            seen=len(self.edits()) if seen is None else seen,
            accepted=accepted,
        )


@pytest.fixture
def town_published(town, published):
    return published(town)


@pytest.fixture
def work(town_published, database):
    return Work(town_published, database)


def test_an_edit_holds_in_the_draft_and_not_in_what_is_published(work):
    work.save("G01", work.changed(name_zh="新园"), 0)
    assert work.features()["G01"]["properties"]["name_zh"] == "新园"
    frame = work.store.frame("gardens", work.store.current("gardens").id)
    assert "新园" not in frame["name_zh"].tolist()


def test_a_draft_without_edits_is_the_base_to_the_last_bit(work):
    prepared = work.prepared()
    assert prepared.report.ok
    assert prepared.difference.changes == ()
    with pytest.raises(InputError) as told:
        work.publish()
    assert told.value.code == "draft-no-change"


def test_the_second_planner_is_told_and_loses_nothing(work):
    work.save("G01", work.changed(name_zh="李的园"), 0)
    mine = work.changed(name_zh="王的园")
    with pytest.raises(drafts.Conflict) as told:
        work.save("G01", mine, 0, by=WANG)
    theirs = told.value.theirs
    assert (theirs.by, theirs.revision) == ("li.hua", 1)
    assert "li.hua" in told.value.message("en")
    assert theirs.feature_content["properties"]["name_zh"] == "李的园"
    work.do(drafts.note, work.id, "G01", Content.of(mine), by=WANG)
    assert work.features()["G01"]["properties"]["name_zh"] == "李的园"
    work.save("G01", mine, 1, by=WANG)
    assert work.features()["G01"]["properties"]["name_zh"] == "王的园"
    kept = [one.feature_content["properties"]["name_zh"] for one in work.edits()]
    assert kept == ["李的园", "王的园", "王的园"]


def test_of_eight_who_save_at_once_one_wins_and_seven_are_told(work):
    def save(number):
        try:
            return work.save("G01", content, 0, by=Person(f"p{number}", "")).by
        except drafts.Conflict as told:
            return told

    content = work.changed(name_zh="同时")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(save, range(8)))
    winners = [one for one in found if isinstance(one, str)]
    assert len(winners) == 1
    assert {one.theirs.by for one in found if not isinstance(one, str)} == set(winners)
    assert len(work.edits()) == 1


def test_two_planners_on_two_features_do_not_disturb_each_other(work):
    work.save("G01", work.changed(name_zh="甲"), 0)
    work.save("G02", work.changed("G02", name_zh="乙"), 0, by=WANG)
    work.undo()
    names = {key: one["properties"]["name_zh"] for key, one in work.features().items()}
    assert names["G02"] == "乙"
    assert names["G01"] != "甲"


def test_undo_and_redo_are_further_edits(work):
    first = work.features()["G01"]["properties"]["name_zh"]
    work.save("G01", work.changed(name_zh="一"), 0)
    work.save("G01", work.changed(name_zh="二"), 1)
    names = []
    for act in (work.undo, work.undo, work.redo, work.redo):
        act()
        names.append(work.features()["G01"]["properties"]["name_zh"])
    assert names == ["一", first, "一", "二"]
    assert [one.kind for one in work.edits()] == ["edit", "edit", "undo", "undo", "redo", "redo"]
    with pytest.raises(InputError) as told:
        work.redo()
    assert told.value.code == "draft-nothing-to-undo"


def test_undo_brings_a_removed_feature_back_and_takes_a_new_one_away(work):
    new = work.changed(id="G09", name_zh="添")
    work.save("G01", None, 0)
    work.save("~a1", new, 0)
    assert list(work.features()) == ["G02", "~a1"]
    work.undo()
    work.undo()
    assert list(work.features()) == ["G01", "G02"]


def test_nobody_undoes_what_another_has_built_on(work):
    work.save("G01", work.changed(name_zh="一"), 0)
    work.save("G01", work.changed(name_zh="二"), 1, by=WANG)
    with pytest.raises(drafts.Conflict):
        work.undo()


def test_a_draft_is_judged_and_published_as_a_file(work):
    work.save("G01", work.changed(name_zh="新园"), 0)
    with pytest.raises(InputError) as told:
        work.publish(seen=0)
    assert told.value.code == "draft-edited-since"
    version = work.publish()
    assert version.file == f"draft-{work.id}.geojson"
    assert work.store.current("gardens").id == version.id
    assert work.store.publications("gardens")[0].reason == "边界调整"
    assert work.draft().state == "published"
    with pytest.raises(InputError) as told:
        work.save("G01", work.changed(), 1)
    assert told.value.code == "draft-ended"
    with work.database.reading() as session:
        logged = [one.action for one in journal.entries_of(session, journal.Wanted())]
    assert logged == ["draft-begin", "draft-publish"]


def test_an_error_holds_and_names_the_feature(work):
    work.save("G02", work.changed("G02", name_zh=None), 0)
    prepared = work.prepared()
    errors = [one for one in prepared.report.problems if one.kind.severity == "error"]
    assert [(prepared.key_of(one.row), one.field) for one in errors] == [("G02", "name_zh")]
    with pytest.raises(InputError) as told:
        work.publish()
    assert told.value.code == "draft-held"


def test_a_newer_version_holds_until_the_draft_is_carried_over(work, town_published):
    work.save("G01", work.changed(name_zh="草稿的名"), 0)
    work.save("G02", work.changed("G02", name_zh="另一个"), 0)

    def rename(features):
        features[0]["properties"]["name_zh"] = "新版的名"

    edit(town_published, "gardens", rename)
    newer = publish_layer(town_published, "gardens")
    with pytest.raises(InputError) as told:
        work.publish()
    assert told.value.code == "draft-base-old"
    found = drafts.conflicts(work.store, work.draft(), work.edits(), newer)
    assert [one.feature for one in found] == ["G01"]
    with pytest.raises(InputError) as told:
        work.do(drafts.carry, work.store, work.id, newer, {}, by=LI)
    assert told.value.code == "draft-undecided"
    assert "G01" in told.value.message("zh")
    work.do(drafts.carry, work.store, work.id, newer, {"G01": "newer"}, by=LI)
    names = {key: one["properties"]["name_zh"] for key, one in work.features().items()}
    assert names == {"G01": "新版的名", "G02": "另一个"}
    assert work.publish()


def test_a_discarded_draft_can_be_read_and_not_changed(work):
    work.save("G01", work.changed(name_zh="一"), 0)
    work.do(drafts.discard, work.id, by=WANG)
    assert work.features()["G01"]["properties"]["name_zh"] == "一"
    with pytest.raises(InputError):
        work.undo()
    with pytest.raises(NotFound):
        work.do(drafts.undo, "0" * 16, by=LI)


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {"properties": []},
        {"properties": {}, "geometry": {"type": "Circle", "coordinates": [1, 2]}},
        {"properties": {}, "geometry": {"type": "Point", "coordinates": ["1", 2]}},
        {"properties": {}, "geometry": {"type": "Polygon", "coordinates": [[1, 2]]}},
        {"properties": {}, "geometry": {"type": "Point", "coordinates": [float("nan"), 2]}},
    ],
)
def test_what_is_no_feature_is_refused(content):
    with pytest.raises(InputError):
        Content.of(content)
