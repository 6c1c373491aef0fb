"""Jobs in a real browser: the bar moves, cancelling ends, the result waits, on a phone too."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browsing import told_problems
from webapp.jobs import record, runner
from webapp.jobs.queue import Jobs, Limits
from webapp.jobs.record import Progress

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"
QUESTION = "/statistics?group=class"


class Slot:
    """The only slot of a deployment, held by the test: nothing runs but by its hand."""

    def __init__(self, data):
        self.jobs = Jobs(data, Limits(slots=1))
        (data / "jobs").mkdir(mode=0o700)
        [self.slot] = self.jobs.slots()

    def take(self):
        self.job, self.held = self.jobs.take(self.slot)
        return self.job

    def tell(self, *progress):
        record.save_progress(self.jobs.folder(self.job), Progress(*progress))

    def make(self):
        """Do what the job is about, as its process would."""
        self.jobs.finish(runner._ended(self.jobs, self.job))
        os.close(self.held)


@pytest.fixture
def data(sample, tmp_path):
    return shutil.copytree(sample, tmp_path / "data")


@pytest.fixture
def slot(data):
    held = Slot(data)
    yield held
    os.close(held.slot)


@pytest.fixture
def site(serve, data, monkeypatch):
    """A server of which every question is a large one, with one process for jobs."""
    monkeypatch.setenv("HUITU_JOB_FEATURES", "0")
    monkeypatch.setenv("HUITU_JOB_PROCESSES", "1")
    return serve(data)


def fits(page, width):
    return page.evaluate("document.documentElement.scrollWidth") <= width


def keeps_nobody_out(page):
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run('main', { resultTypes: ['violations'], iframes: false })")
    return told_problems(found) == []


@pytest.mark.parametrize("width", [1440, 375])
def test_a_question_shows_its_bar_and_then_its_answer(visitors, slot, site, width):
    page = visitors(site.url, width=width).open(QUESTION)
    section, bar = page.locator("section#job"), page.locator("section#job progress")
    expect(section).to_have_attribute("data-state", "waiting")
    assert fits(page, width)
    slot.take()
    slot.tell("compose", 1, 4)
    expect(section).to_have_attribute("data-state", "running")
    expect(bar).to_have_js_property("value", 23)
    slot.tell("compose", 3, 4)
    expect(bar).to_have_js_property("value", 54)
    expect(section).to_contain_text("3／4")
    assert fits(page, width)
    assert keeps_nobody_out(page)
    slot.make()
    expect(page.locator("table.sums")).to_be_visible()
    expect(page.locator("section#job")).to_have_count(0)
    assert page.url == f"{site.url}{QUESTION}"


def test_without_scripts_the_page_finds_its_answer_too(visitors, slot, site):
    page = visitors(site.url, java_script_enabled=False).open(QUESTION)
    expect(page.locator("section#job")).to_have_attribute("data-state", "waiting")
    slot.take()
    slot.make()
    expect(page.locator("table.sums")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 375])
def test_a_job_that_is_cancelled_is_over_until_it_is_asked_for_again(visitors, slot, site, width):
    page = visitors(site.url, width=width).open(QUESTION)
    page.get_by_role("button", name="取消任务").click()
    expect(page.locator("section#job")).to_have_attribute("data-state", "cancelled")
    assert fits(page, width)
    assert keeps_nobody_out(page)
    page.get_by_role("button", name="再试一次").click()
    page.wait_for_url(f"**{QUESTION}")
    expect(page.locator("section#job")).to_have_attribute("data-state", "waiting")
    slot.take()
    slot.make()
    expect(page.locator("table.sums")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 375])
def test_a_file_waits_for_who_has_left_the_page(visitors, slot, site, width):
    visitor = visitors(site.url, width=width)
    page = visitor.open(QUESTION)
    slot.take()
    slot.make()
    page.locator('button[value="statistics.csv"]').click()
    page.wait_for_url("**/jobs/*")
    address = page.url
    slot.take()
    slot.tell("write", 40_000, 100_000, 3_400_000)
    expect(page.locator("section#job")).to_contain_text("40,000／100,000")
    expect(page.locator("section#job")).to_contain_text("3.4 MB")
    expect(page.locator("progress")).to_have_js_property("value", 82)
    assert fits(page, width)
    page.close()
    slot.make()
    page = visitor.open(address.removeprefix(site.url))
    expect(page.locator("#job-title")).to_have_text("文件已经做好")
    assert fits(page, width)
    assert keeps_nobody_out(page)
    with page.expect_download() as download:
        page.locator("a.button--main").click()
    assert download.value.suggested_filename.endswith(".csv")
    assert Path(download.value.path()).read_bytes().startswith(b"\xef\xbb\xbf")
    page.get_by_role("button", name="回到这个统计问题").click()
    page.wait_for_url(f"**{QUESTION}")
    expect(page.locator("table.sums")).to_be_visible()
