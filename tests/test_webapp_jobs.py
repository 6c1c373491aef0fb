"""Jobs: made beside the pages, told step by step, cancelled for good, and kept."""

import dataclasses
import http.client
import json
import os
import re
import signal
import time
import urllib.parse
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from geo.errors import NotFound
from webapp import create_app, locks
from webapp.jobs import record, runner
from webapp.jobs.queue import Jobs, Limits, TooManyWaiting
from webapp.jobs.record import Progress, Wish
from webapp.settings import Settings

SECONDS = 120


def until(found, seconds=SECONDS):
    """Wait for a condition; give what it gave."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := found():
            return answer
        time.sleep(0.02)
    raise AssertionError("it has not come to pass")


def wish(what="report", format_id="pdf", **question):
    return Wish(what, format_id, "zh", "state", question, question)


def alive(pid):
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


@pytest.fixture
def deployment(town, published):
    return published(town)


@pytest.fixture
def jobs(tmp_path):
    return Jobs(tmp_path, Limits(slots=1, waiting=2))


@pytest.fixture
def site(deployment):
    """An application whose downloads are all jobs; its jobs are ended with the test."""
    app = create_app(Settings(data=deployment, job_features=0, job_processes=1))
    yield app
    found = app.extensions["huitu.jobs"]
    for job in found._all():
        if not job.ended:
            found.cancel(job.id)


@pytest.fixture
def posted(site):
    def post(headers=(), **values):
        return site.test_client().post("/jobs", data=values, headers=dict(headers))

    return post


def told(site, answer, lang="zh"):
    """What a program is told of the job that an answer leads to."""
    address = urllib.parse.urlsplit(answer.headers["Location"]).path
    found = site.test_client().get(f"{address}?lang={lang}", headers={"Accept": "application/json"})
    assert found.status_code == 200
    return found.json


def ended(site, answer):
    def look():
        found = told(site, answer)
        return found if found["state"] not in {"waiting", "running"} else None

    return until(look)


# ---------------------------------------------------------------- the order


def test_jobs_are_taken_in_their_order_and_know_their_place(jobs):
    first, second = jobs.ask(wish(q="a"), "x"), jobs.ask(wish(q="b"), "x")
    assert (jobs.ahead(first), jobs.ahead(second)) == (0, 1)
    [slot] = jobs.slots()
    job, held = jobs.take(slot)
    assert (job.id, job.state, jobs.look(first.id).state) == (first.id, "running", "running")
    assert jobs.ahead(second) == 1
    jobs.finish(job.end("done"))
    os.close(held)
    assert jobs.ahead(jobs.look(second.id)) == 0
    os.close(slot)


def test_no_more_run_than_there_are_slots(jobs):
    jobs.ask(wish(), "x")
    [slot] = jobs.slots()
    assert list(jobs.slots()) == []
    os.close(slot)
    assert [os.close(one) for one in jobs.slots()] == [None]


def test_a_slot_is_given_back_when_nothing_waits(jobs):
    jobs.ask(wish(), "x")
    [slot] = jobs.slots()
    job, held = jobs.take(slot)
    jobs.finish(job.end("done"))
    os.close(held)
    assert jobs.take(slot) is None
    [other] = jobs.slots()
    os.close(slot)
    os.close(other)


def test_nobody_may_have_too_many_waiting(jobs):
    jobs.ask(wish(q="a"), "x")
    jobs.ask(wish(q="b"), "x")
    with pytest.raises(TooManyWaiting):
        jobs.ask(wish(q="c"), "x")
    jobs.ask(wish(q="c"), "y")


def test_the_same_wish_is_one_job_while_it_waits_and_for_all_when_it_is_done(jobs):
    job = jobs.ask(wish(), "x")
    assert jobs.ask(wish(), "x").id == job.id
    assert jobs.ask(wish(), "y").id != job.id, "whoever knows a job may cancel it"
    jobs.result(job).write_bytes(b"%PDF")
    jobs.finish(job.end("done"))
    assert jobs.ask(wish(), "z").id == job.id
    assert jobs.ask(wish(format_id="docx"), "z").id != job.id


def test_ids_are_long_and_nothing_else_is_an_id(jobs):
    job = jobs.ask(wish(), "x")
    assert re.fullmatch(r"[0-9a-f]{32}", job.id)
    for other in ("0" * 32, "..", "lock", f"{job.id}/", "A" * 32):
        with pytest.raises(NotFound):
            jobs.look(other)


def test_a_job_whose_process_has_died_is_interrupted(jobs):
    job = jobs.ask(wish(), "x")
    [slot] = jobs.slots()
    _, held = jobs.take(slot)
    os.close(slot)
    assert jobs.look(job.id).state == "running"
    os.close(held)
    assert jobs.look(job.id).state == "interrupted"
    assert jobs.ask(wish(), "x").id != job.id


def test_what_waits_can_be_cancelled_and_what_has_ended_stays(jobs):
    job = jobs.ask(wish(), "x")
    assert jobs.cancel(job.id).state == jobs.look(job.id).state == "cancelled"
    done = jobs.ask(wish(q="d"), "x")
    jobs.finish(done.end("done"))
    assert jobs.cancel(done.id).state == "done"


def test_results_are_swept_when_their_time_is_over(jobs):
    old, young = jobs.ask(wish(q="a"), "x"), jobs.ask(wish(q="b"), "x")
    past = datetime.now(UTC) - jobs.limits.keep - timedelta(minutes=1)
    jobs.finish(dataclasses.replace(old.end("done"), ended_at=past))
    jobs.finish(young.end("done"))
    jobs.ask(wish(q="c"), "x")
    assert not jobs.folder(old).exists()
    assert jobs.look(young.id).state == "done"


def test_who_asked_is_forgotten_in_the_end(jobs):
    job = jobs.ask(wish(), "somebody")
    jobs.finish(job.end("failed"))
    assert "somebody" not in (jobs.folder(job) / record.RECORD).read_text()


def test_progress_never_says_done_before_it_is():
    seen = [Progress("open"), Progress("compose"), Progress("compose", 5, 9), Progress("write")]
    assert [one.percent for one in seen] == sorted(one.percent for one in seen)
    assert Progress("write", 1, 1).percent == 99


# ---------------------------------------------------------------- on the web


def test_a_report_is_made_and_waits(site, posted, gate):
    answer = posted(file="report.pdf", lang="zh")
    assert answer.status_code == 303
    found = ended(site, answer)
    assert (found["state"], found["percent"]) == ("done", 100), found
    page = gate(site).open(answer.headers["Location"])
    link = page.one("a", class_="button--main", href=found["result"]["href"])
    assert found["result"]["name"] in "".join(link.itertext())
    with site.test_client().get(found["result"]["href"]) as file:
        assert file.mimetype == "application/pdf"
        assert file.data.startswith(b"%PDF-")
        assert len(file.data) == found["result"]["size_bytes"]
        assert found["result"]["name"] in file.headers["Content-Disposition"]
    again = posted(file="report.pdf", lang="zh")
    assert again.headers["Location"] == answer.headers["Location"]


def test_other_downloads_above_the_size_give_the_file_of_the_address(site, posted, deployment):
    small = create_app(Settings(data=deployment))
    plain = small.test_client().get("/exports/statistics.csv")
    assert plain.status_code == 200
    found = ended(site, posted(file="statistics.csv"))
    with site.test_client().get(found["result"]["href"]) as file:
        assert file.data == plain.data


def test_a_get_begins_nothing(site, deployment):
    client = site.test_client()
    answer = client.get("/exports/report.pdf", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "as-job")
    assert "file=report.pdf" in answer.json["error"]["hint"]
    assert client.get("/jobs").status_code == 303
    assert not (deployment / "jobs").exists()


def test_the_address_of_a_report_offers_the_form(site, gate):
    page = gate(site).open("/exports/report.docx?lang=en", status=409, lang="en")
    assert page.one("button", name="file").get("value") == "report.docx"
    assert page.one("form", method="post", action="/jobs?lang=en")


def test_the_statistics_page_asks_for_jobs(site, gate, sample):
    until(lambda: site.test_client().get("/statistics").status_code == 200)
    values = {one.get("value") for one in gate(site).open("/statistics").all("button", name="file")}
    assert {"report.pdf", "report.docx", "statistics.csv", "features.gpkg"} <= values
    usual = gate(create_app(Settings(data=sample))).open("/statistics")
    assert {one.get("value") for one in usual.all("button", name="file")} == {
        "report.pdf",
        "report.docx",
    }


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"file": "report.csv"}, 400),
        ({"file": "nothing.pdf"}, 404),
        ({"file": "report"}, 404),
        ({}, 404),
        ({"file": "report.pdf", "group": "zzz"}, 400),
        ({"file": "report.pdf", "colour": "red"}, 400),
    ],
)
def test_what_cannot_be_made_is_refused_at_once(posted, deployment, values, status):
    assert posted(**values).status_code == status
    assert not (deployment / "jobs").exists()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}, 403),
    ],
)
def test_only_our_own_pages_may_begin_or_end_anything(site, posted, monkeypatch, headers, status):
    monkeypatch.setattr(runner, "_spawn", lambda _data, _slot: None)
    answer = posted(headers, file="report.pdf")
    assert answer.status_code == status
    job = site.extensions["huitu.jobs"].ask(wish(q="z"), "x")
    cancelled = site.test_client().post(f"/jobs/{job.id}/cancel", headers=headers)
    assert cancelled.status_code == status
    state = site.extensions["huitu.jobs"].look(job.id).state
    assert state == ("cancelled" if status == 303 else "waiting")


def test_a_line_that_is_full_is_told(posted, monkeypatch):
    monkeypatch.setattr(runner, "_spawn", lambda _data, _slot: None)
    for number in range(3):
        assert posted(file="report.pdf", q=str(number)).status_code == 303
    assert posted(file="report.pdf", q="more").status_code == 429


def test_every_state_has_its_page(site, gate, monkeypatch):
    monkeypatch.setattr(runner, "_spawn", lambda _data, _slot: None)
    jobs = site.extensions["huitu.jobs"]
    job = jobs.ask(wish(), "x")
    page = gate(site).open(f"/jobs/{job.id}")
    assert page.one("progress").get("value") == "0"
    assert page.all("meta", http_equiv="refresh") or 'http-equiv="refresh"' in page.html
    other = jobs.ask(wish(q="2"), "x")
    assert "前面还有 1 个任务" in gate(site).open(f"/jobs/{other.id}").text
    [slot] = jobs.slots()
    running, held = jobs.take(slot)
    record.save_progress(jobs.folder(job), Progress("compose", 3, 9))
    page = gate(site).open(f"/jobs/{job.id}?lang=en", lang="en")
    assert page.one("progress").get("value") == "28"
    assert "Measuring" in page.text
    problem = {lang: {"message": "M-" + lang, "hint": "H"} for lang in ("zh", "en")}
    jobs.finish(running.end("failed", problem=problem))
    os.close(held)
    os.close(slot)
    page = gate(site).open(f"/jobs/{job.id}?lang=en", lang="en")
    assert "M-en" in page.text
    assert page.one("button", name="file").get("value") == "report.pdf"
    assert "refresh" not in page.html
    jobs.cancel(other.id)
    assert "任务已取消" in gate(site).open(f"/jobs/{other.id}").text
    assert site.test_client().get(f"/jobs/{other.id}/file").status_code == 404
    assert site.test_client().get(f"/jobs/{'0' * 32}").status_code == 404


def test_a_job_that_cannot_be_done_says_why(site, posted, deployment):
    jobs = site.extensions["huitu.jobs"]
    job = jobs.ask(wish(versions="streets:000000000000"), "x")
    runner.start(jobs)
    found = until(lambda: one if (one := jobs.look(job.id)).ended else None)
    assert found.state == "failed"
    assert "000000000000" in found.problem["zh"]["message"]


def test_a_running_job_is_stopped_for_good(site, posted):
    jobs = site.extensions["huitu.jobs"]
    answer = posted(file="report.pdf")
    job_id = told(site, answer)["id"]
    pid = until(lambda: jobs.look(job_id).pid)
    assert site.test_client().post(f"/jobs/{job_id}/cancel").status_code == 303
    assert jobs.look(job_id).state == "cancelled"
    until(lambda: not alive(pid))
    left = {one.name for one in jobs.folder(jobs.look(job_id)).iterdir()}
    assert left <= {record.RECORD, record.LOCK}
    assert ended(site, posted(file="report.docx"))["state"] == "done", "the slot is free again"


# ---------------------------------------------------------------- with the server


def ask(server, **values):
    """Ask a real server for a job; its path."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=30)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/jobs", urllib.parse.urlencode(values), form)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 303
    return urllib.parse.urlsplit(answer.headers["Location"]).path


def seen(server, path):
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=30)
    connection.request("GET", path, headers={"Accept": "application/json"})
    found = json.loads(connection.getresponse().read())
    connection.close()
    return found


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_the_server(serve, deployment, end):
    server = serve(deployment, "--workers", "2")
    jobs = Jobs(deployment)
    path = ask(server, file="report.pdf")
    job_id = path.rpartition("/")[2]
    pid = until(lambda: jobs.look(job_id).pid)
    server.process.send_signal(end)
    server.process.wait(timeout=60)
    until(lambda: not alive(pid))
    until(lambda: jobs.look(job_id).ended)
    assert jobs.look(job_id).state in {"interrupted", "done"}


def test_a_restart_keeps_results_and_takes_up_what_waited(serve, deployment):
    server = serve(deployment)
    path = ask(server, file="report.pdf")
    done = until(lambda: one if (one := seen(server, path))["state"] == "done" else None)
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(timeout=60)
    question = {"layers": "streets"}
    waiting = Jobs(deployment).ask(wish("statistics", "csv", **question), "x")
    server = serve(deployment)
    assert seen(server, path)["result"] == done["result"]
    until(lambda: Jobs(deployment).look(waiting.id).state == "done")


def test_locks_are_given_back_by_a_process_that_ends(tmp_path):
    path = tmp_path / "lock"
    held = locks.seize(path)
    assert held is not None
    assert locks.seize(path) is None
    assert locks.held(path)
    os.close(held)
    assert not locks.held(path)


# ---------------------------------------------------------------- while a file is written


def heard_while(write_it):
    heard = []
    write_it(lambda done, total: heard.append((done, total)))
    return heard


def test_writers_tell_their_rows(sample, tmp_path):
    from layers.export import features, tables, write
    from layers.plan import Plan
    from layers.statistics import Question

    plan = Plan.open(sample)
    chosen, table = features(plan), tables("statistics", plan, Question())
    rows = sum(len(layer.frame) for layer in chosen.layers)
    for name in ("gpkg", "shp", "geojson"):
        heard = heard_while(lambda told, name=name: write(name, chosen, tmp_path / name, told))
        totals = {total for _, total in heard}
        assert len(totals) == 1, name
        assert totals.pop() <= rows
        assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    heard = heard_while(lambda told: write("csv", table, tmp_path / "csv", told))
    assert heard[0] == (0, len(table.main.rows))


def test_pages_of_a_report_are_told_one_by_one(deployment, tmp_path):
    from layers.export import write
    from layers.plan import Plan
    from layers.reporting import compose

    report = compose(Plan.open(deployment))
    for name in ("pdf", "docx"):
        heard = heard_while(lambda told, name=name: write(name, report, tmp_path / name, told))
        assert heard == [(done, len(report.blocks)) for done in range(len(report.blocks))]


def test_the_bar_moves_while_a_file_is_written():
    assert Progress("write", 5, 10).percent > Progress("write", 1, 10).percent > 69


def test_bytes_are_told_where_nobody_knows_the_rows(tmp_path):
    teller = runner.Teller(tmp_path)
    teller.tell("write")
    with teller.watching():
        (tmp_path / "part").mkdir()
        (tmp_path / "part" / "export.xlsx").write_bytes(b"x" * 4096)
        until(lambda: record.read_progress(tmp_path).size_bytes == 4096)
        teller.tell("write", 3, 9)
        found = record.read_progress(tmp_path)
        assert (found.done, found.total, found.size_bytes) == (3, 9, 4096)
    assert record.read_progress(tmp_path).stage == "write"
