"""Files on their way to a published version at the desk, as a planner brings them in."""

import io
import re
import shutil
import time
from pathlib import Path

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from geo.errors import InputError, LimitError, NotFound
from layers.ingest import LeftOut
from layers.mapping import FieldMapping
from layers.plan import Plan
from tests.desk import token_of
from tests.ugly_files import STATIONS, bow_ties, gcj02_csv, zipped
from webapp import journal
from webapp.desk import Folder, Import, Task, imports, worker
from webapp.journal import Wanted

JSON = {"Accept": "application/json"}


@pytest.fixture
def zone(tmp_path, sample):
    """The published sample, copied to a folder that the test may write to."""
    left = shutil.ignore_patterns("jobs", "private", "*.sqlite*", ".*.lock")
    return Path(shutil.copytree(sample, tmp_path / "zone", ignore=left))


class Planner:
    """Somebody who brings files in."""

    def __init__(self, at_desk, role="planner"):
        self.desk = at_desk
        self.client = at_desk.client(role)

    def upload(self, path, layer, name=None):
        """Send a file; give the address of its import."""
        content = io.BytesIO(path if isinstance(path, bytes) else path.read_bytes())
        token = token_of(self.client, "/desk/imports")
        form = {
            "csrf_token": token,
            "layer": layer,
            "file": FileStorage(content, name or path.name),
        }
        # Written out here: the client itself leaves a large body's temporary file open.
        boundary, body = encode_multipart(form)
        kind = f'multipart/form-data; boundary="{boundary}"'
        return self.client.post("/desk/imports", data=body, content_type=kind)

    def wait(self, address):
        """Until no work goes on; what the import then tells a program."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            told = self.client.get(address, headers=JSON).json
            if not told["works"]:
                return told
            # Whoever asks without a pause takes the processor from the work that is waited for.
            time.sleep(0.03)
        raise AssertionError("the work does not end")

    def answer(self, address, step, **fields):
        """Answer a step as its page would; wait for the work that follows."""
        page = f"{address}/{step}"
        token = token_of(self.client, page)
        answer = self.client.post(page, data={"csrf_token": token, **fields})
        if answer.status_code == 303:
            self.wait(address)
        return answer

    def begin(self, path, layer, name=None):
        """Upload and wait for the first look."""
        sent = self.upload(path, layer, name)
        assert sent.status_code == 303, sent.text
        return sent.location, self.wait(sent.location)

    def page(self, address):
        """A page, after the way leads to it."""
        return self.client.get(address, follow_redirects=True).text


@pytest.fixture
def planner(desk, zone):
    return Planner(desk(zone))


def actions(at_desk, subject):
    with at_desk.database.reading() as session:
        found, _, _ = journal.entries(session, Wanted(subject=subject))
    return [entry.action for entry in reversed(found)]


def import_id(address):
    return address.rsplit("/", 1)[-1]


PLACED = {"place": "other", "crs": "EPSG:4326", "datum": "gcj02"}
MAPPED = {
    "field-id": "编号",
    "field-name_zh": "名称",
    "constant-geometry_quality": "approximate",
    "constant-name_en": "Station",
    "constant-source": "测试",
    "constant-basis_zh": "车站表",
    "constant-basis_en": "table of stations",
}


MAPPED_PROJECT = {
    "make_ids": "on",
    "field-name_zh": "name",
    "constant-name_en": "Site",
    "constant-action": "build",
    "constant-stage": "advance",
    "constant-lead": "zone",
    "constant-year_basis": "undated",
    "constant-year_certainty": "undated",
    "constant-section": "3 planning",
    "constant-geometry_quality": "surveyed",
    "constant-source": "测试",
    "constant-basis_zh": "来文",
    "constant-basis_en": "the file",
}


def stations_to_publish(planner, tmp_path):
    """The CSV of stations with every question answered; its address."""
    address, _ = planner.begin(gcj02_csv(tmp_path), "stations")
    assert planner.answer(address, "position", **PLACED).status_code == 303
    assert planner.answer(address, "fields", **MAPPED).status_code == 303
    return address


def published_of(planner, address, reason="新的车站表"):
    answer = planner.answer(address, "publish", reason=reason, seen="on")
    assert answer.status_code == 303, answer.text
    return planner.wait(address)


def current(planner, layer="stations"):
    return Plan.open(planner.desk.settings.data).publication(layer)


# ---------------------------------------------------------------- the whole way


def test_a_sheet_in_gcj02_becomes_the_version_that_everybody_sees(planner, tmp_path):
    address = stations_to_publish(planner, tmp_path)
    assert planner.client.get(address, headers=JSON).json["state"] == "ready"
    assert "下一步：发布" in planner.client.get(f"{address}/difference").text
    before = current(planner)
    told = published_of(planner, address)
    assert told["state"] == "published", told
    now = current(planner)
    assert (now.version, now.by, now.reason) == (told["version"], "planner", "新的车站表")
    assert now.version != before.version
    seen = planner.client.get("/layers/stations/versions").json
    assert now.version in str(seen)
    frame = Plan.open(planner.desk.settings.data).frame("stations")
    for name, (lon, lat) in STATIONS.items():
        point = frame[frame["name_zh"] == name].geometry.iloc[0]
        assert abs(point.x - lon) < 1e-5
        assert abs(point.y - lat) < 1e-5
    assert actions(planner.desk, import_id(address)) == ["import-received", "import-published"]
    assert actions(planner.desk, "stations")[-1] == "publish"
    assert planner.client.get(address).location == "/desk/layers/stations"


def test_the_next_file_of_the_same_source_is_mapped_alike(planner, tmp_path):
    stations_to_publish(planner, tmp_path)
    address, _ = planner.begin(gcj02_csv(tmp_path), "stations")
    page = planner.client.get(f"{address}/fields").text
    assert "同一来源上次如此" in page
    assert 'value="table of stations"' in page


def test_somebody_else_publishes_meanwhile(planner, tmp_path):
    first, second = (stations_to_publish(planner, tmp_path) for _ in range(2))
    left = planner.answer(second, "problems", do="leave", row="5", reason="重复")
    assert left.status_code == 303
    assert published_of(planner, first)["state"] == "published"
    assert "有人发布了这个图层的新版本" in planner.client.get(f"{second}/difference").text
    version = current(planner).version
    assert published_of(planner, second)["state"] == "ready"
    assert "期间有人发布了" in planner.client.get(second).text
    assert current(planner).version == version
    page = planner.client.get(f"{second}/difference").text
    assert "下一步：发布" in page
    assert f"与当前版本 {version} 比较" in page
    assert published_of(planner, second)["state"] == "published"
    assert current(planner).version != version


def test_going_back_is_a_publication_with_a_reason(planner, tmp_path):
    before = current(planner).version
    published_of(planner, stations_to_publish(planner, tmp_path))
    token = token_of(planner.client, "/desk/layers/stations")
    form = {"csrf_token": token, "version": before}
    refused = planner.client.post("/desk/layers/stations/back", data=form)
    assert refused.status_code == 400
    assert "“理由”没有填写" in refused.text
    assert current(planner).version != before
    planner.client.post("/desk/layers/stations/back", data={**form, "reason": "位置有误"})
    now = current(planner)
    assert (now.version, now.back, now.by) == (before, True, "planner")
    assert actions(planner.desk, "stations")[-1] == "publish"
    assert "位置有误" in planner.client.get("/desk/layers/stations").text


def test_a_publication_that_was_killed_is_taken_up_again(planner, tmp_path):
    address = stations_to_publish(planner, tmp_path)
    settings, one = planner.desk.settings, import_id(address)
    before = current(planner).version
    folder = Folder(settings.data, one)
    folder.tell(Task("publish", {"by": "planner", "reason": "断电"}))
    assert folder.unfinished
    assert not folder.works
    assert current(planner).version == before
    worker.do(settings, folder, one)
    version = current(planner).version
    assert version != before
    # Killed between the version and the word of it: the same end, and nothing twice.
    folder.tell(Task("publish", {"by": "planner", "reason": "断电"}))
    with planner.desk.database.writing() as session:
        imports.move(imports.named(session, one), "ready")
    worker.do(settings, folder, one)
    assert current(planner).version == version
    assert planner.client.get(address, headers=JSON).json["state"] == "published"
    assert actions(planner.desk, "stations").count("publish") == 2
    with planner.desk.database.reading() as session:
        assert journal.verify(session).broken is None


def test_who_published_and_was_not_logged_is_not_told_of_somebody_else(planner, tmp_path):
    address = stations_to_publish(planner, tmp_path)
    published_of(planner, address)
    with planner.desk.database.writing() as session:
        imports.move(imports.named(session, import_id(address)), "ready")
    page = planner.client.get(f"{address}/difference").text
    assert "有人发布了这个图层的新版本" not in page
    assert "下一步：发布" in page


# ---------------------------------------------------------------- problems


def test_bow_ties_are_mended_or_left_out(planner, tmp_path):
    address, _ = planner.begin(zipped(bow_ties(tmp_path)), "environment")
    planner.answer(address, "position", place="0")
    planner.answer(address, "fields", make_ids="on")
    assert planner.client.get(address, headers=JSON).json["state"] == "answering"
    page = planner.client.get(f"{address}/problems?severity=error").text
    assert "错误处理完之前不能发布" in page
    assert planner.answer(address, "publish", reason="x", seen="on").status_code == 400
    planner.answer(address, "problems", do="repair")
    assert "修复前后" in planner.client.get(f"{address}/problems").text
    without = planner.answer(address, "problems", do="leave", row="1")
    assert without.status_code == 400
    assert "理由" in without.text
    planner.answer(address, "problems", do="leave", row="1", reason="画错了")
    assert "画错了" in planner.client.get(f"{address}/problems").text
    planner.answer(address, "problems", do="take", row="1")
    assert "画错了" not in planner.client.get(f"{address}/problems").text


def test_who_has_said_where_a_file_lies_is_not_asked_again(planner, tmp_path):
    address, _ = planner.begin(zipped(bow_ties(tmp_path)), "environment")
    planner.answer(address, "position", place="0")
    planner.answer(address, "fields", make_ids="on")
    assert planner.client.get(address).location == f"{address}/problems"
    page = planner.client.get(f"{address}/position").text
    assert re.findall(r'name="place" value="([^"]*)" checked', page) == ["0"]


def test_after_a_repair_its_shapes_before_and_after_are_shown(planner, tmp_path):
    address, _ = planner.begin(zipped(bow_ties(tmp_path)), "environment")
    planner.answer(address, "position", place="0")
    planner.answer(address, "fields", **MAPPED_PROJECT)
    answer = planner.answer(address, "problems", do="repair")
    assert planner.client.get(address, headers=JSON).json["state"] == "ready"
    assert planner.client.get(answer.location).location == f"{address}/problems"
    assert planner.client.get(address).location == f"{address}/difference"
    assert "修复前后" in planner.page(answer.location)


@pytest.mark.parametrize(
    ("lang", "chip"), [("zh", "图形无效 1</a>"), ("en", "Invalid shape 1</a>")]
)
def test_kinds_of_problems_are_chosen_by_words(planner, tmp_path, lang, chip):
    address, _ = planner.begin(zipped(bow_ties(tmp_path)), "environment")
    planner.answer(address, "position", place="0")
    planner.answer(address, "fields", make_ids="on")
    page = planner.client.get(f"{address}/problems?lang={lang}").text
    assert chip in page
    assert "geometry-invalid</" not in page


def test_nothing_is_published_without_a_reason_and_a_tick(planner, tmp_path):
    address = stations_to_publish(planner, tmp_path)
    assert planner.answer(address, "publish", reason=" ").status_code == 400
    assert current(planner).reason == "test"


# ---------------------------------------------------------------- files that are no good


def test_a_file_that_cannot_be_read_is_refused_and_kept(planner):
    address, told = planner.begin(b"PK\x03\x04 no archive", "parks", "坏.zip")
    assert told["state"] == "refused"
    page = planner.page(address)
    assert "这个文件不能读取" in page
    folder = Folder(planner.desk.settings.data, import_id(address))
    assert folder.original.read_bytes() == b"PK\x03\x04 no archive"
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert actions(planner.desk, import_id(address)) == ["import-received", "import-refused"]
    assert planner.client.get(f"{address}/publish").location == address


def test_work_that_ends_while_somebody_looks_is_told_with_its_end(planner, monkeypatch):
    address, _ = planner.begin(b"PK\x03\x04 no archive", "parks", "坏.zip")
    ended = Folder.task.fget

    def row(state):
        with planner.desk.database.writing() as session:
            session.get(Import, import_id(address)).state = state

    def ends_now(folder):
        row("refused")
        return ended(folder)

    row("received")
    monkeypatch.setattr(Folder, "task", property(ends_now))
    told = planner.client.get(address, headers=JSON).json
    assert (told["works"], told["state"]) == (False, "refused")


def test_an_empty_file_is_not_taken(planner):
    answer = planner.upload(b"", "parks", "空.csv")
    assert answer.status_code == 400
    assert "是空文件" in answer.text
    assert "没有进行中的导入" in answer.text


def test_too_large_a_file_is_not_taken(desk, zone):
    planner = Planner(desk(zone, upload_mb=1))
    answer = planner.upload(b"x" * 1_500_000, "parks", "大.csv")
    assert answer.status_code == 413
    assert "大于 1 MB" in answer.text
    assert planner.upload(b"x" * 3_000_000, "parks", "大.csv").status_code == 413
    assert not list((zone / "private" / "imports").glob("?" * 32))


def test_hostile_words_are_only_words(planner):
    name = "{{7*7}}${7*7}<img src=x onerror=alert(1)>.csv"
    rows = "编号,<b>{{7*7}}</b>,经度,纬度\r\n1,<script>alert(1)</script>,120.3,31.67\r\n"
    address, told = planner.begin(rows.encode(), "stations", name)
    assert told["file"] == name
    planner.answer(address, "position", place="other", crs="EPSG:4326", datum="wgs84")
    planner.answer(address, "fields", **{"field-name_zh": "<b>{{7*7}}</b>", "make_ids": "on"})
    for step in ("reading", "position", "fields", "problems", "difference", "publish"):
        answer = planner.client.get(f"{address}/{step}")
        assert answer.status_code == 200, step
        page = answer.text
        assert "{{7*7}}${7*7}&lt;img" in page
        for bad in ("<img src=x", "<b>{{", "<script>alert", "49$"):
            assert bad not in page


def test_a_discarded_import_ends(planner, tmp_path):
    address, _ = planner.begin(gcj02_csv(tmp_path), "stations")
    token = token_of(planner.client, address + "/position")
    planner.client.post(f"{address}/discard", data={"csrf_token": token})
    assert actions(planner.desk, import_id(address)) == ["import-received", "import-discarded"]
    assert "这次导入已放弃" in planner.page(address)


def test_an_import_that_is_not_there(planner):
    assert planner.client.get("/desk/imports/" + "0" * 32).status_code == 404
    assert planner.client.get("/desk/imports/x/../../y").status_code == 404


# ---------------------------------------------------------------- rules, on both databases


def begun(session, one="a" * 32):
    return imports.begin(session, one, "parks", "planner", ("公园.zip", 5, "0" * 64))


def test_answers_are_kept_and_end_with_the_import(database):
    with database.writing() as session:
        begun(session)
        imports.leave_out(session, "a" * 32, [3, 1], "不归本区")
        imports.leave_out(session, "a" * 32, [1], "另一个理由")
        imports.take_in(session, "a" * 32, [3])
    with database.reading() as session:
        told = imports.named(session, "a" * 32).told
        assert told.left_out == (LeftOut(1, "不归本区"),)
    with database.writing() as session:
        imports.discard(session, "a" * 32, "planner")
    with database.writing() as session, pytest.raises(InputError, match="ended"):
        imports.answer(session, "a" * 32, encoding="GBK")
    with database.reading() as session, pytest.raises(NotFound):
        imports.named(session, "b" * 32)


def test_a_mapping_is_remembered_by_layer_and_source(database):
    source = imports.source_of("CSV", ["b", "a"])
    assert source == imports.source_of("CSV", ["a", "b"])
    with database.writing() as session:
        one = begun(session)
        one.source = source
        imports.remember(session, one, FieldMapping({"id": "a"}), "planner")
        imports.remember(session, one, FieldMapping({"id": "b"}), "planner")
    with database.reading() as session:
        assert imports.remembered(session, "parks", source) == FieldMapping({"id": "b"})
        assert imports.remembered(session, "roads", source) is None


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a/b\\c.csv", "...", "\x00\n.csv", "长" * 300 + ".zip", ""]
)
def test_no_name_leads_out_of_its_folder(tmp_path, name):
    folder = Folder(tmp_path, "a" * 32)
    kept, size, _ = folder.receive(io.BytesIO(b"12345"), name, 10)
    assert size == 5
    assert folder.original.parent == folder.path / "original"
    assert folder.original.name == kept
    assert len(kept.encode()) <= 200


def test_a_file_is_kept_whole_or_not_at_all(tmp_path):
    folder = Folder(tmp_path, "a" * 32)
    with pytest.raises(LimitError):
        folder.receive(io.BytesIO(b"12345678901"), "a.csv", 10)
    assert not folder.path.exists()
