"""Large questions: found by a job, told step by step, and answered at their own address."""

import time
import urllib.parse

import pytest

from webapp import create_app, findings
from webapp.jobs import runner
from webapp.settings import Settings

SECONDS = 120
ANALYSIS = "station_coverage"
ADDRESSES = (
    "/statistics.json?group=layer,class&schematic=1",
    "/statistics/provenance.json?row=parks",
    "/statistics/overlaps.json?schematic=1",
    "/statistics/stated.json",
    f"/statistics/analyses/{ANALYSIS}.json",
    "/statistics/analyses/nearest_station.geojson",
)
PAGES = (
    "/statistics?group=layer,district&unit=mu",
    "/statistics?row=parks&lang=en",
    "/statistics/overlaps",
    "/statistics/stated?schematic=1",
    f"/statistics/analyses/{ANALYSIS}",
)


@pytest.fixture
def site(sample, tmp_path, published):
    """The sample in a deployment where every question is a large one; its jobs end with it."""
    import shutil

    app = create_app(Settings(data=shutil.copytree(sample, tmp_path / "d"), job_features=0))
    yield app
    found = app.extensions["huitu.jobs"]
    for job in found._all():
        if not job.ended:
            found.cancel(job.id)


@pytest.fixture
def asleep(monkeypatch):
    """Jobs wait and no process takes them."""
    monkeypatch.setattr(runner, "_spawn", lambda _data, _slot: None)


def finished(client, address, **how):
    """Ask until the answer is there."""
    end = time.monotonic() + SECONDS
    while (answer := client.open(address, **how)).status_code == 202:
        assert time.monotonic() < end
        time.sleep(0.05)
    return answer


def job_of(site, answer):
    """The job that an answer names."""
    return site.extensions["huitu.jobs"].look(answer.headers["Location"].rpartition("/")[2])


def stop(site, job, state="cancelled"):
    site.extensions["huitu.jobs"].finish(job.end(state))


def test_a_program_is_told_of_the_job_and_then_gets_the_answer(site, client):
    other = site.test_client()
    for address in ADDRESSES:
        first = other.get(address)
        assert first.status_code == 202, address
        assert first.headers["Retry-After"] == "1"
        assert first.headers["Cache-Control"] == "no-store"
        told = other.get(first.headers["Location"], headers={"Accept": "application/json"}).json
        assert first.json["id"] == told["id"]
        answer = finished(other, address)
        assert answer.status_code == 200, (address, answer.get_data(as_text=True))
        assert answer.data == client.get(address).data, address


def test_the_job_leads_to_the_answer(site):
    client = site.test_client()
    first = client.get("/statistics/overlaps.json?schematic=1")
    answer = finished(client, "/statistics/overlaps.json?schematic=1")
    told = client.get(first.headers["Location"], headers={"Accept": "application/json"}).json
    assert (told["state"], told["percent"], told["file"]) == ("done", 100, "overlaps.answer")
    assert client.get(told["result"]["href"]).data == answer.data
    assert client.get(f"{told['href']}/file").status_code == 404, "an answer is no file"


@pytest.mark.parametrize("address", PAGES)
def test_a_page_shows_the_job_and_then_the_answer_at_the_same_address(site, app, gate, address):
    lang = "en" if "lang=en" in address else "zh"
    page = gate(site).open(address, status=202, lang=lang)
    section = page.one("section", id="job")
    assert section.get("data-state") in {"waiting", "running"}
    assert page.one("progress").get("max") == "100"
    assert 'http-equiv="refresh"' in page.html, "without scripts the page loads itself again"
    assert page.one("form", id="ask"), "the question can be changed"
    assert any("/cancel" in one.get("action", "") for one in page.all("form"))
    finished(site.test_client(), address)
    shown = gate(site).open(address, lang=lang)
    assert not shown.all("section", id="job")
    plain = gate(app).open(address, lang=lang)
    assert shown.texts("td") == plain.texts("td")
    assert shown.texts("h2") == plain.texts("h2")


def test_the_same_question_is_one_job_in_every_language_and_unit(site, asleep):
    client = site.test_client()
    for address in ("/statistics", "/statistics?unit=mu&lang=en", "/statistics.json"):
        assert client.get(address).status_code == 202
    assert len(site.extensions["huitu.jobs"]._all()) == 1
    for address in ("/statistics/overlaps", "/statistics/overlaps?group=class"):
        client.get(address)
    assert len(site.extensions["huitu.jobs"]._all()) == 2


def test_small_questions_are_answered_at_once(app, client):
    assert client.get("/statistics.json").status_code == 200
    assert not app.extensions["huitu.jobs"]._all()


def test_an_analysis_of_everything_counts_everything(app):
    from werkzeug.datastructures import MultiDict

    from webapp.plans import current_plan
    from webapp.questions import QuestionReader, read_question

    with app.test_request_context():
        plan = current_plan()
        asked = read_question(QuestionReader(MultiDict({"layers": "parks"})), plan)
        parks = plan.version("parks").features
        whole = sum(plan.version(layer).features for layer in plan.project_layer_ids)
        assert findings.size_of("station_coverage", asked) == parks
        assert findings.size_of("renovation_reach", asked) == whole


def test_what_was_given_up_begins_again_only_when_it_is_asked_to(site, asleep, gate):
    client, address = site.test_client(), "/statistics?group=class"
    client.get(address)
    job = site.extensions["huitu.jobs"]._all()[0]
    cancelled = client.post(f"/jobs/{job.id}/cancel")
    page = gate(site).open(cancelled.headers["Location"])
    assert "任务已取消" in page.text
    again = page.one("button", name="file")
    assert again.get("value") == "table.answer"
    page = gate(site).open(address, status=409)
    assert page.one("section", id="job").get("data-state") == "cancelled"
    told = client.get("/statistics.json?group=class")
    assert (told.status_code, told.json["error"]["code"]) == (409, "job-given-up")
    assert "file=table.answer" in told.json["error"]["hint"]
    assert len(site.extensions["huitu.jobs"]._all()) == 1, "looking begins nothing"
    begun = client.post("/jobs", data={"file": "table.answer", "group": "class"})
    parts = urllib.parse.urlsplit(begun.headers["Location"])
    assert (begun.status_code, parts.path, parts.query) == (303, "/statistics", "group=class")
    assert client.get(address).status_code == 202


def test_a_row_that_is_not_there_is_told_when_the_table_is(site):
    answer = finished(site.test_client(), "/statistics/provenance.json?row=zzz")
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "not-found")


def test_what_cannot_be_read_begins_no_job(site, asleep, gate):
    client = site.test_client()
    assert client.get("/statistics.json?group=zzz").status_code == 400
    assert gate(site).open("/statistics?group=zzz", status=400)
    assert client.post("/jobs", data={"file": "zzz.answer"}).status_code == 404
    assert not site.extensions["huitu.jobs"]._all()


def test_a_question_too_long_for_an_address_is_posted_again(site, client):
    import json
    import math

    ring = [
        [120.3 + 0.01 * math.cos(a * math.tau / 2500), 31.68 + 0.01 * math.sin(a * math.tau / 2500)]
        for a in range(2500)
    ]
    boundary = json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    other, asked = site.test_client(), {"boundary": boundary}
    sent = other.post("/statistics", data=asked)
    assert (sent.status_code, sent.headers["Location"][:6]) == (303, "/jobs/")
    answer = finished(other, "/statistics.json", method="POST", data=asked)
    assert answer.json == client.post("/statistics.json", data=asked).json
    page = other.get(sent.headers["Location"]).get_data(as_text=True)
    assert "看统计结果" in page
    assert other.post("/statistics", data=asked).status_code == 200


def test_a_line_that_is_full_is_told_to_who_asks_for_answers_too(site, asleep):
    client = site.test_client()
    for number in range(3):
        assert client.get(f"/statistics.json?q={number}").status_code == 202
    assert client.get("/statistics.json?q=more").status_code == 429
