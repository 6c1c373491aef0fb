"""Who is admitted where: every route with every role, and forms with their tokens."""

import re
from pathlib import PurePosixPath

import pytest
from flask import request

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
    "import_id": "0" * 32,
    "step": "reading",
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


@pytest.mark.parametrize("wanted", ["//[", "/desk\n/x", "/desk/\r\nSet-Cookie: a=b", "\x00/desk"])
def test_an_address_that_is_none_leads_to_the_desk(at_desk, wanted):
    client = at_desk.app.test_client()
    fields = {"name": "admin", "password": PASSWORD, "next": wanted}
    answer = post(client, "/desk/sign-in", **fields)
    assert answer.status_code == 303
    assert answer.location == "/desk"
    again = client.get("/desk/sign-in", query_string={"next": wanted})
    assert (again.status_code, again.location) == (303, "/desk")


def test_an_origin_that_is_no_address_is_foreign(at_desk):
    client = at_desk.app.test_client()
    fields = {"csrf_token": token_of(client, "/desk/sign-in"), "name": "admin", "password": "x"}
    answer = client.post("/desk/sign-in", data=fields, headers={"Origin": "http://["})
    assert answer.status_code == 403


FLOOD = b"x" * 2_000_000
FLOODS = {
    "application/x-www-form-urlencoded": b"name=admin&password=" + FLOOD,
    "multipart/form-data; boundary=b": b'--b\r\nContent-Disposition: form-data; name="f"; '
    b'filename="f"\r\n\r\n' + FLOOD + b"\r\n--b--\r\n",
    "application/json": b"[" + FLOOD,
}


@pytest.mark.parametrize("kind", FLOODS)
def test_a_form_of_the_desk_has_an_end(at_desk, kind):
    client = at_desk.app.test_client()
    mark = {"X-CSRFToken": token_of(client, "/desk/sign-in")}
    answer = client.post("/desk/sign-in", data=FLOODS[kind], content_type=kind, headers=mark)
    assert answer.status_code == 413


def test_the_present_password_is_not_tried_without_end(at_desk):
    client = at_desk.client("planner")
    token = token_of(client, "/desk/account")
    fields = {"csrf_token": token, "old": "wrong one", "password": "a new long one", "again": ""}
    fields["again"] = fields["password"]
    told = [client.post("/desk/account", data=fields).status_code for _ in range(20)]
    assert set(told[:19]) == {400}
    assert told[19] == 429


def test_addresses_of_one_network_are_counted_together(at_desk):
    client = at_desk.app.test_client()
    told = []
    for number in range(21):
        here = {"REMOTE_ADDR": f"2001:db8:1:2::{number:x}"}
        page = client.get("/desk/sign-in", environ_overrides=here)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        fields = {"csrf_token": token, "name": "nobody", "password": "wrong one"}
        answer = client.post("/desk/sign-in", data=fields, environ_overrides=here)
        told.append(answer.status_code)
    assert told == [403] * 20 + [429]


def test_what_a_stranger_says_of_himself_is_not_his_address(desk, tmp_path):
    for hops, seen in ((0, "10.0.0.9"), (1, "203.0.113.2")):
        made = desk(database_url=f"sqlite:///{tmp_path / f'{hops}.sqlite'}", trusted_proxies=hops)
        found = []
        made.app.before_request(lambda found=found: found.append(request.remote_addr))
        said = {"X-Forwarded-For": "127.0.0.1, 203.0.113.2", "X-Forwarded-Host": "evil.example"}
        answer = made.app.test_client().get(
            "/desk/sign-in", headers=said, environ_overrides={"REMOTE_ADDR": "10.0.0.9"}
        )
        assert found == [seen]
        assert "evil.example" not in answer.text


def test_an_error_is_logged_on_one_line_and_without_the_secret_of_a_link(at_desk, caplog):
    def fails():
        raise RuntimeError("unforeseen")

    at_desk.app.before_request(fails)
    client = at_desk.app.test_client()
    assert client.get("/desk/welcome/very-secret-word").status_code == 500
    assert client.get("/projects/R08%0a2026 ERROR webapp.errors: forged").status_code == 500
    told = [record.getMessage() for record in caplog.records]
    assert not any("\n" in line for line in told)
    assert "very-secret-word" not in caplog.text


@pytest.mark.parametrize("address", ["/desk/log?actor=%00&subject=%00", "/desk/log?before=0"])
def test_the_log_is_searched_for_anything(desk, database_url, sample, address):
    client = desk(database_url=database_url).client("admin")
    assert client.get(address).status_code == 200


def test_a_name_that_no_database_holds_is_no_account(desk, database_url):
    made = desk(database_url=database_url)
    client = made.client("admin")
    token = token_of(client, "/desk/accounts")
    answer = client.post("/desk/accounts/a%00b", data={"csrf_token": token, "do": "close"})
    assert answer.status_code == 404
    told = post(made.app.test_client(), "/desk/sign-in", name="a\x00b", password="wrong one")
    assert told.status_code == 403


def test_the_address_of_a_link_that_is_no_text(desk, database_url):
    client = desk(database_url=database_url).app.test_client()
    for token in ("%00", "%ff%fe", "%ed%a0%80", "x" * 5000):
        assert client.get(f"/desk/welcome/{token}").status_code == 404


@pytest.mark.parametrize(
    "cookie", ["huitu_desk=.eJx", "remember_token=1|x", "huitu_desk=", 'huitu_desk="\\001"']
)
def test_any_cookie_is_looked_at_calmly(at_desk, cookie):
    client = at_desk.app.test_client()
    assert client.get("/desk", headers={"Cookie": cookie}).status_code == 303


def test_no_other_method_goes_past_the_doors(at_desk):
    client = at_desk.client("planner")
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
        assert client.open("/desk/accounts", method=method).status_code in {404, 405}
    for method in ("HEAD", "OPTIONS"):
        assert client.open("/desk/accounts", method=method).status_code == 404
    stranger = at_desk.app.test_client()
    assert stranger.options("/desk/accounts").status_code == 401
    assert stranger.head("/desk/accounts").status_code == 303
    masked = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST"}
    assert client.get("/desk/sign-out", headers=masked).location == "/desk"


def test_json_is_no_form(at_desk):
    client = at_desk.client("admin")
    sent = {"do": "close"}
    assert client.post("/desk/accounts/planner", json=sent).status_code == 400
    plain = client.post("/desk/accounts/planner", json=sent, content_type="text/plain")
    assert plain.status_code == 400
    with at_desk.database.reading() as session:
        assert accounts.named(session, "planner").closed_at is None
