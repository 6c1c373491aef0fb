"""Who is admitted where: every route with every role, and forms with their tokens."""

import re
from pathlib import PurePosixPath

import pytest

from tests.desk import PASSWORD, post, token_of
from webapp import accounts
from webapp.roles import ROLES, admits
from webapp.security import ROUTES

#: What stands in the place of a part of an address.
PARTS = {
    "version": "0" * 12,
    "layer_id": "roads",
    "project_id": "R08",
    "job_id": "0" * 32,
    "draft_id": "0" * 16,
    "name": "nobody",
    "token": "none",
}
HIDDEN = 404


def addresses(app):
    """An address for each endpoint that is not for everybody."""
    for rule in app.url_map.iter_rules():
        if ROUTES[rule.endpoint].role != "public":
            values = {part: PARTS.get(part, "1") for part in rule.arguments}
            with app.test_request_context():
                yield rule.endpoint, app.url_for(rule.endpoint, **values)


def test_nobody_sees_whether_a_page_of_the_desk_is_there(at_desk):
    client = at_desk.client()
    seen = [client.get(address) for _, address in addresses(at_desk.app)]
    seen.append(client.get("/desk/no-such-page"))
    assert {answer.status_code for answer in seen} <= {303, 401}
    pages = [answer for answer in seen if answer.status_code == 303]
    assert all(answer.location.startswith("/desk/sign-in?next=/desk") for answer in pages)
    assert client.post("/desk/accounts").status_code == 401
    assert client.post("/desk/no-such-page").status_code == 401


@pytest.mark.parametrize("role", ROLES)
def test_every_route_with_every_role(at_desk, role):
    client = at_desk.client(role)
    for endpoint, address in addresses(at_desk.app):
        answer = client.get(address)
        admitted = admits(ROUTES[endpoint].role, role)
        body = client.get(f"/desk/no-such-page{PurePosixPath(address).suffix}").text
        if admitted:
            assert answer.status_code != HIDDEN or "这个地址没有内容" not in answer.text, address
        else:
            assert answer.status_code == HIDDEN, (role, address)
            assert _without_address(answer.text) == _without_address(body)
        answer.close()


def _without_address(html):
    return re.sub(r'href="[^"]*"', "", html)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_the_desk_passes_the_gate(at_desk, gate, role, lang):
    """With it: each form that writes carries its token."""
    client = at_desk.client(role)
    through = gate(at_desk.app, client)
    seen = 0
    for endpoint, address in addresses(at_desk.app):
        route = ROUTES[endpoint]
        if route.kind != "page" or not admits(route.role, role):
            continue
        if client.get(address).status_code == 200:
            page = through.open(f"{address}?lang={lang}", lang=lang)
            assert page.all("form", method="post")
            seen += 1
    assert seen >= 2


@pytest.mark.parametrize("role", ROLES)
def test_a_form_without_its_token_is_refused(at_desk, role):
    client = at_desk.client(role)
    for endpoint, address in addresses(at_desk.app):
        if ROUTES[endpoint].writes and admits(ROUTES[endpoint].role, role):
            answer = client.post(address)
            assert answer.status_code == 400, address
            assert "表单已失效" in answer.text


def test_signing_in_leads_to_where_one_was_going(at_desk):
    client = at_desk.app.test_client()
    asked = client.get("/desk/log?action=publish")
    answer = post(
        client, asked.location, name="admin", password=PASSWORD, next="/desk/log?action=publish"
    )
    assert answer.location == "/desk/log?action=publish"
    assert client.get(answer.location).status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/desk",
        "//evil.example/desk",
        "/desk\\..\\x",
        "/deskother",
        "javascript:1",
        "/",
    ],
)
def test_signing_in_leads_nowhere_else(at_desk, elsewhere):
    client = at_desk.app.test_client()
    answer = post(client, "/desk/sign-in", name="admin", password=PASSWORD, next=elsewhere)
    assert answer.location == "/desk"


def test_a_wrong_password_keeps_the_name_and_tells_nothing(at_desk):
    answer = post(at_desk.app.test_client(), "/desk/sign-in", name="admin", password="wrong one")
    assert answer.status_code == 403
    assert 'value="admin"' in answer.text
    assert "wrong one" not in answer.text


def test_too_many_attempts_from_one_address(at_desk):
    client = at_desk.app.test_client()
    token = token_of(client, "/desk/sign-in")
    fields = {"csrf_token": token, "name": "nobody", "password": "wrong one"}
    told = [client.post("/desk/sign-in", data=fields).status_code for _ in range(21)]
    assert told == [403] * 20 + [429]


def test_signing_in_gives_a_new_session_and_signing_out_ends_it_for_all(at_desk):
    client = at_desk.client("planner")
    stolen = client.get_cookie("huitu_desk").value
    assert client.get("/desk").status_code == 200
    assert post(client, "/desk/sign-out", page="/desk").status_code == 303
    thief = at_desk.app.test_client()
    thief.set_cookie("huitu_desk", stolen)
    assert thief.get("/desk").status_code == 303


def test_a_cookie_from_another_browser_is_not_believed(at_desk):
    client = at_desk.client("planner")
    thief = at_desk.app.test_client()
    thief.set_cookie("huitu_desk", client.get_cookie("huitu_desk").value)
    assert thief.get("/desk", headers={"User-Agent": "another"}).status_code == 303


def test_a_role_holds_from_the_next_request_on(at_desk):
    client = at_desk.client("planner")
    assert client.get("/desk/accounts").status_code == 404
    with at_desk.database.writing() as session:
        accounts.change_role(session, accounts.named(session, "planner"), "admin", by="test")
    assert client.get("/desk/accounts").status_code == 200


def test_the_cookie_is_for_this_site_alone(at_desk):
    answer = post(at_desk.app.test_client(), "/desk/sign-in", name="admin", password=PASSWORD)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert answer.headers["Cache-Control"] == "no-store"


def test_pages_for_everybody_look_at_no_session(at_desk):
    answer = at_desk.client("admin").get("/projects")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_stopped_database_holds_no_public_page(sample, desk, postgresql):
    made = desk(database_url=postgresql.with_tables())
    client = made.client("admin")
    postgresql.stop()
    try:
        assert client.get("/projects").status_code == 200
        answer = client.get("/desk")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
    finally:
        postgresql.start()
    assert client.get("/desk").status_code == 200
