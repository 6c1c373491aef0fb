"""Signing in at a provider of OpenID Connect, which runs as a process of its own."""

import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.conftest import free_port, stop
from tests.desk import PASSWORD, post
from webapp import accounts, journal
from webapp.accounts import Attempt, Provider, ProviderDown

PEOPLE = (
    '{"sub": "s-li", "preferred_username": "li.hua", "name": "李华"}',
    '{"sub": "s-wu", "email": "wu@example.org", "email_verified": true}',
    '{"sub": "s-no", "email": "li.hua", "email_verified": false}',
)


@pytest.fixture(scope="session")
def issuer():
    """A provider that knows three people."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "-p", str(port), "-n"]
    for person in PEOPLE:
        command += ["--user-claims", person]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None
        try:
            urllib.request.urlopen(f"{address}/.well-known/openid-configuration").close()  # noqa: S310
        except OSError:
            time.sleep(0.05)
        else:
            break
    yield address
    stop(process)


@pytest.fixture
def open_desk(desk, issuer, tmp_path):
    """A desk whose people may sign in at the provider."""

    def make(**settings):
        return desk(
            database_url=f"sqlite:///{tmp_path / 'desk.sqlite'}",
            oidc_client_id="huitu",
            oidc_client_secret="s" * 16,
            oidc_title="惠山门户",
            **{"oidc_issuer": issuer, **settings},
        )

    return make


def add(made, name):
    with made.database.writing() as session:
        accounts.add(session, name, "planner", by="test")


def begun(client, wanted=""):
    """Go to the provider's page; give its address."""
    answer = client.get("/desk/sign-in/provider", query_string={"next": wanted})
    assert answer.status_code == 303, answer.text
    return answer.location


def agreed(address, subject):
    """Say at the provider who one is; give where it sends the browser."""
    answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=20)
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def signed_in(made, subject, wanted=""):
    client = made.app.test_client()
    return client, client.get(agreed(begun(client, wanted), subject))


def last_entry(made):
    with made.database.reading() as session:
        return journal.entries(session, journal.Wanted())[0][0]


def test_an_added_person_signs_in_and_is_known_from_then_on(open_desk):
    made = open_desk()
    add(made, "li.hua")
    for _ in range(2):
        client, answer = signed_in(made, "s-li", "/desk/account")
        assert (answer.status_code, answer.location) == (303, "/desk/account")
        assert client.get("/desk").status_code == 200
        entry = last_entry(made)
        assert (entry.action, entry.actor, entry.words) == ("sign-in", "li.hua", {"how": "oidc"})
    with made.database.reading() as session:
        assert accounts.find(session, "li.hua").subject.endswith(" s-li")


def test_a_verified_address_is_a_name_too_and_an_unverified_is_none(open_desk):
    made = open_desk()
    add(made, "wu@example.org")
    add(made, "li.hua")
    assert signed_in(made, "s-wu")[1].status_code == 303
    assert signed_in(made, "s-no")[1].status_code == 403


def test_who_has_no_account_is_told_so(open_desk):
    client, answer = signed_in(open_desk(), "s-li")
    assert answer.status_code == 403
    assert "这里没有可用的帐号" in answer.text
    assert client.get("/desk").status_code == 303


def test_an_account_with_a_password_is_not_taken_over(open_desk):
    made = open_desk()
    add(made, "li.hua")
    with made.database.writing() as session:
        accounts.set_password(session, accounts.named(session, "li.hua"), PASSWORD, by="test")
    assert signed_in(made, "s-li")[1].status_code == 403


def test_newcomers_get_the_role_of_the_settings(open_desk):
    made = open_desk(oidc_new_role="reader")
    assert signed_in(made, "s-li")[1].status_code == 303
    with made.database.reading() as session:
        found = accounts.find(session, "li.hua")
        assert (found.role, found.shown_as) == ("reader", "李华")


def test_a_closed_account_stays_closed(open_desk):
    made = open_desk()
    add(made, "li.hua")
    client, _ = signed_in(made, "s-li")
    with made.database.writing() as session:
        accounts.close(session, accounts.named(session, "li.hua"), by="test")
    assert client.get("/desk").status_code == 303
    assert signed_in(made, "s-li")[1].status_code == 403


def test_an_answer_that_nobody_asked_for_is_refused(open_desk):
    made = open_desk()
    add(made, "li.hua")
    victim, attacker = made.app.test_client(), made.app.test_client()
    begun(victim)
    stolen = agreed(begun(attacker), "s-li")
    for client in (victim, made.app.test_client()):
        answer = client.get(stolen)
        assert answer.status_code == 403
        assert "不是从本页开始的" in answer.text
    assert attacker.get(stolen).status_code == 303
    assert attacker.get(stolen).status_code == 403


def test_a_token_for_another_attempt_does_not_hold(issuer):
    provider = Provider(issuer, "huitu", "s", "", "")
    attempt, back = Attempt.new(), "http://localhost/desk/sign-in/back"
    given = answer_of(agreed(provider.address(attempt, back), "s-li"))
    with pytest.raises(ProviderDown):
        provider.vouched(replace(attempt, nonce="x" * 43), given, back)


def answer_of(address):
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_the_challenge_is_that_of_the_standard():
    """RFC 7636, appendix B."""
    attempt = Attempt("s", "n", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert attempt.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_token_for_another_client_does_not_hold(issuer):
    back = "http://localhost/desk/sign-in/back"
    ours, theirs = (Provider(issuer, name, "s", "", "") for name in ("huitu", "other"))
    attempt = Attempt.new()
    given = answer_of(agreed(theirs.address(attempt, back), "s-li"))
    with pytest.raises(ProviderDown):
        ours.vouched(attempt, given, back)


def test_a_provider_that_is_down_is_told_and_passwords_still_work(open_desk):
    made = open_desk(oidc_issuer=f"http://127.0.0.1:{free_port()}")
    client = made.app.test_client()
    answer = client.get("/desk/sign-in/provider")
    assert answer.status_code == 503
    assert "没有正常应答" in answer.text
    assert post(client, "/desk/sign-in", name="admin", password=PASSWORD).status_code == 303


def test_the_button_bears_the_title(open_desk, gate):
    page = gate(open_desk().app).get("accounts.sign_in")
    assert "用 惠山门户 登录" in page.text


def test_without_a_provider_there_is_nothing(at_desk):
    client = at_desk.app.test_client()
    assert client.get("/desk/sign-in/provider").status_code == 404
    assert client.get("/desk/sign-in/back").status_code == 404
    assert "/desk/sign-in/provider" not in client.get("/desk/sign-in").text
