"""The desk in a browser: from the first link to a planner who is signed out at once."""

import pytest
from playwright.sync_api import expect

from tests.test_browser_access import AXE, faults

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"


def let_in(page, **fields):
    """Fill in the page of a one-time link."""
    for name, value in {**fields, "password": PASSWORD, "again": PASSWORD}.items():
        page.fill(f"#{name}", value)
    page.click("form .button--main")
    page.wait_for_url("**/desk")


def copied(page):
    """What the button beside a one-time link puts on the clipboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator('[data-copy="one-time"]').click()
    expect(page.locator("#one-time-said")).to_have_text("已复制")
    return page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize("width", [1440, 375])
def test_from_the_first_link_to_a_closed_account(serve, town, visitors, width):
    server = serve(town)
    link = [server.process.stdout.readline().strip() for _ in range(3)][2]
    axe = AXE.read_text("utf-8")
    admin = visitors(server.url, width=width).open(link.removeprefix(server.url))
    assert faults(admin, axe) == []
    let_in(admin, name="li.hua", shown_as="李华")
    for address in ("/desk", "/desk/log", "/desk/account", "/desk/accounts"):
        admin.goto(f"{server.url}{address}")
        assert faults(admin, axe) == []
        assert admin.evaluate("document.documentElement.scrollWidth") <= width
    admin.fill("#name", "wu")
    admin.click("form.box .button--main")
    invitation = admin.locator("#one-time").text_content()
    assert copied(admin) == invitation
    assert faults(admin, axe) == []
    planner = visitors(server.url, width=width).open(invitation.removeprefix(server.url))
    let_in(planner)
    assert planner.locator("nav.desk-nav").get_by_text("留痕").count() == 0
    row = admin.locator("tr", has_text="wu")
    row.locator('button[value="close"]').click()
    admin.wait_for_selector(".state--closed")
    planner.goto(f"{server.url}/desk")
    assert "/desk/sign-in" in planner.url
    assert faults(planner, axe) == []
