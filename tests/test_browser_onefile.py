"""The map as one file, opened from a disk with no network: complete, and asking for nothing."""

import re

import pytest
from playwright.sync_api import expect

from tests.browsing import READY, MapPage

pytestmark = pytest.mark.browser


@pytest.fixture
def stick(visitors, one_file):
    """Open the file in a language, with the network off; it is the only thing that is asked for."""
    sent = []

    def take(lang="zh", fragment="", **options):
        path = one_file(lang).path
        reader = visitors(path.parent.as_uri(), offline=True, **options)
        sent.append((reader, path.as_uri()))
        return MapPage(reader.open(f"/{path.name}{fragment}"))

    yield take
    for reader, address in sent:
        assert {request.split("#")[0] for request in reader.requests} == {address}


@pytest.fixture(scope="module")
def catalog(resident):
    return resident.json("/layers")


def test_all_layers_are_drawn_as_on_the_site(stick, resident, catalog):
    opened = stick()
    assert opened.drawn() == resident.map().drawn()
    assert opened.counted() == (37, 13, 50)
    for layer in catalog["layers"]:
        row = opened.page.locator(f'[data-row="{layer["id"]}"]')
        assert row.locator(".check").text_content() == layer["title"]["zh"]
        counts = row.locator(".legend__row--symbol, .legend__row--unclassified").locator(
            ".legend__count"
        )
        written = " ".join(counts.all_text_contents())  # such as "13" or "0 + 未定位 2"
        assert sum(map(int, re.findall(r"\d+", written))) == layer["counts"]["features"]


def test_layers_filters_and_list_work(stick, resident):
    opened = stick()
    page = opened.page
    page.locator('[data-toggle="roads"]').uncheck()
    assert "roads" not in opened.drawn()
    page.locator('[data-toggle="roads"]').check()
    page.locator("#tab-filter").click()
    page.locator('[data-years="to"]').fill("2021")
    page.locator('[data-stage="start"]').check()
    wanted = resident.json("/projects.json?years=2021&stage=start")["features"]
    opened.tab("list")
    assert sorted(opened.listed()) == sorted(one["id"] for one in wanted)
    assert opened.counted()[2] == len(wanted)


def test_search_and_cards_work(stick):
    opened = stick()
    opened.page.locator("#search").fill("fxgj")
    opened.page.locator('[data-found="R08"]').click()
    assert opened.wait_for_card() == "凤翔高架北延"
    opened.page.keyboard.press("Escape")
    expect(opened.page.locator("#card")).to_be_hidden()


@pytest.mark.small_layers("the card of a large layer's project says that the file has no dossier")
def test_a_card_leads_to_what_lies_near(stick, resident):
    opened = stick(fragment="#selected=R08")
    assert opened.wait_for_card() == "凤翔高架北延"
    dossier = resident.json("/projects/R08.json")
    near = opened.page.locator("#card [data-near]")
    assert {one["id"] for one in dossier["nearby"]} <= set(
        near.evaluate_all("nodes => nodes.map((node) => node.dataset.near)")
    )
    assert dossier["drawn"]["display"]["zh"][0] in opened.words("#card")
    near.first.click()
    expect(opened.page.locator("#card-title")).not_to_have_text("凤翔高架北延")


def test_cards_of_every_kind_are_inside(stick):
    """One that had to be fetched would say that it could not be read."""
    opened = stick()
    opened.tab("list")
    for project in ("R01", "P06", "M01", "F01", "S01", "I03", "E02"):
        opened.page.locator(f'[data-open="{project}"]').click()
        expect(opened.page.locator("#card .card__place")).to_contain_text(project)
        opened.page.wait_for_selector("#card .card__section")
        assert opened.page.locator("#card [role=alert]").count() == 0


def test_the_state_is_kept_behind_the_file_name(stick):
    opened = stick(fragment="#layers=parks,roads&selected=P01&years=2021-2022&view=31.69,120.28,13")
    assert set(opened.drawn()) == {"parks", "roads"}
    opened.wait_for_card()
    assert tuple(opened.place().values()) == pytest.approx((31.69, 120.28, 13), abs=1e-4)
    opened.page.locator("#card .card__close").click()
    opened.wait_for_address(selected=None, years="2021-2022")
    opened.page.reload()
    opened.page.wait_for_selector(READY)
    expect(opened.page.locator("#card")).to_be_hidden()
    assert set(opened.drawn()) == {"parks", "roads"}


def test_measuring_and_printing_work(stick):
    opened = stick()
    page = opened.page
    page.locator(".tool--ruler").click()
    page.mouse.click(700, 400)
    page.mouse.click(900, 500)
    assert float(page.locator(".ruler__value").get_attribute("data-value")) > 1000
    page.keyboard.press("Escape")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator("#sheet-side .legend").first).to_be_visible()
    expect(page.locator(".sheet__review")).to_be_visible()


def test_the_english_file_speaks_english_and_fits_a_phone(stick):
    opened = stick("en", width=375, height=740)
    assert opened.page.locator("html").get_attribute("lang") == "en"
    assert opened.page.locator("#tab-layers").text_content() == "Layers"
    assert opened.page.evaluate("() => document.documentElement.scrollWidth") == 375
    opened.page.locator("#search").fill("Fengxiang")
    opened.page.locator('[data-found="R08"]').click()
    assert opened.wait_for_card() == "Fengxiang elevated road north extension"
