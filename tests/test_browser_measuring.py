"""The ruler on the map gives the figures of the server for the very places that were clicked."""

import re

import geopandas as gpd
import pytest
import shapely
from playwright.sync_api import expect

from geo import measure

pytestmark = pytest.mark.browser

#: Places around the middle of the zone, longitude and latitude.
PLACES = ((120.27, 31.69), (120.31, 31.70), (120.315, 31.675), (120.28, 31.668))
#: What the page shows and what the server gives may differ by a thousandth.
AGREEMENT = 1e-3


@pytest.fixture
def ruler(opened):
    """The map with the ruler taken up."""
    opened.page.locator("#panel-toggle").click()
    opened.page.locator(".tool--ruler").click()
    expect(opened.page.locator("#ruler")).to_be_visible()
    return opened


def on_screen(ruler, place):
    """The pixel of the window nearest to a place, and the place that this pixel is."""
    return ruler.page.evaluate(
        """([lng, lat]) => {
          const { map } = huitu;
          const frame = map.getContainer().getBoundingClientRect();
          const point = map.latLngToContainerPoint([lat, lng]).round();
          const at = map.containerPointToLatLng(point);
          return { x: frame.left + point.x, y: frame.top + point.y, place: [at.lng, at.lat] };
        }""",
        list(place),
    )


def click(ruler, places):
    """Click on places; give those that were truly clicked."""
    clicked = []
    for place in places:
        at = on_screen(ruler, place)
        ruler.page.mouse.click(at["x"], at["y"])
        clicked.append(at["place"])
    return clicked


def figure(ruler):
    return float(ruler.page.locator(".ruler__value").get_attribute("data-value"))


def metric_crs(ruler):
    shown = ruler.page.evaluate("() => fetch('/layers').then((answer) => answer.json())")
    return shown["zone"]["metric_crs"]["code"]


def served(shape, measured, ruler):
    [value] = measured(gpd.GeoSeries([shape], crs="EPSG:4326"), metric_crs(ruler)).tolist()
    return value


def test_a_distance_is_that_of_the_server(ruler):
    clicked = click(ruler, PLACES)
    ruler.page.get_by_role("button", name="结束测量").click()
    wanted = served(shapely.LineString(clicked), measure.length_m, ruler)
    assert wanted > 5_000
    assert figure(ruler) == pytest.approx(wanted, rel=AGREEMENT)
    shown = ruler.words(".ruler__value")
    assert re.fullmatch(r"[\d.,]+ km", shown)
    assert float(shown.split()[0]) * 1000 == pytest.approx(wanted, rel=AGREEMENT)


def test_an_area_is_that_of_the_server(ruler):
    ruler.page.locator('[data-measure="area"]').click()
    clicked = click(ruler, PLACES)
    ruler.page.get_by_role("button", name="结束测量").click()
    wanted = served(shapely.Polygon(clicked), measure.area_m2, ruler)
    assert wanted > 1e6
    assert figure(ruler) == pytest.approx(wanted, rel=AGREEMENT)
    square_metres = ruler.words(".ruler__value").removesuffix(" ㎡").replace(",", "")
    assert float(square_metres) == pytest.approx(wanted, rel=AGREEMENT)
    hectares = re.search(r"([\d.,]+) 公顷", ruler.words(".ruler__more"))[1].replace(",", "")
    assert float(hectares) * 10_000 == pytest.approx(wanted, rel=AGREEMENT)


def test_an_area_that_crosses_itself_has_no_figure(ruler):
    ruler.page.locator('[data-measure="area"]').click()
    click(ruler, [PLACES[place] for place in (0, 2, 1, 3)])
    ruler.page.get_by_role("button", name="结束测量").click()
    assert ruler.words(".ruler__value") == "图形自相交，没有唯一面积"


def test_a_double_click_ends_and_a_place_can_be_taken_back(ruler):
    click(ruler, PLACES[:3])
    ruler.page.get_by_role("button", name="撤销上一点").click()
    last = on_screen(ruler, PLACES[3])
    ruler.page.mouse.dblclick(last["x"], last["y"])
    expect(ruler.page.get_by_role("button", name="结束测量")).to_be_disabled()
    clicked = [on_screen(ruler, place)["place"] for place in (*PLACES[:2], PLACES[3])]
    wanted = served(shapely.LineString(clicked), measure.length_m, ruler)
    assert figure(ruler) == pytest.approx(wanted, rel=AGREEMENT)


def test_measuring_works_by_keyboard_alone(opened):
    """Space sets a place in the middle of the map, which the arrows move."""
    page = opened.page
    page.locator(".tool--ruler").focus()
    page.keyboard.press("Enter")
    middles = []
    for key in ("ArrowRight", "ArrowDown"):
        page.keyboard.press("Space")
        middles.append(middle(opened))
        page.evaluate(
            "() => { window.moved = new Promise((end) => huitu.map.once('moveend', end)); }"
        )
        page.keyboard.press(key)
        page.evaluate("() => window.moved.then(() => null)")
    page.keyboard.press("Space")
    middles.append(middle(opened))
    assert middles[0] != middles[1] != middles[2]
    page.keyboard.press("Enter")
    wanted = served(shapely.LineString(middles), measure.length_m, opened)
    assert figure(opened) == pytest.approx(wanted, rel=AGREEMENT)
    page.keyboard.press("Escape")
    expect(page.locator("#ruler")).to_be_hidden()


def middle(opened):
    place = opened.place()
    return [place["lng"], place["lat"]]


def test_clicks_measure_and_open_no_card(ruler):
    ruler.click_on("R08")
    expect(ruler.page.locator("#card")).to_be_hidden()
    ruler.page.get_by_role("button", name="退出测量").click()
    ruler.click_on("R08")
    ruler.wait_for_card("凤翔高架北延")
