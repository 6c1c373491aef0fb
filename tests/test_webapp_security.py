"""Every route has its entry, and every answer the headers that hold it to its own host."""

import pytest

from webapp import create_app
from webapp.security import ROUTES
from webapp.settings import Settings


def test_every_endpoint_has_an_entry_and_every_entry_an_endpoint(app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == ROUTES.keys()


def test_every_route_only_reads_but_those_that_say_so(app):
    for rule in app.url_map.iter_rules():
        route = ROUTES[rule.endpoint]
        also = {"POST"} if route.posted or route.writes else set()
        assert rule.methods == {"GET", "HEAD", "OPTIONS"} | also, rule


def test_an_endpoint_without_an_entry_does_not_answer(sample):
    app = create_app(Settings(data=sample))
    app.add_url_rule("/forgotten", "forgotten", lambda: "here I am")
    assert app.test_client().get("/forgotten").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/projects", "/projects/R08", "/nowhere", "/layers", "/healthz", "/projects/R08.json"],
)
def test_headers(client, address):
    headers = client.get(address).headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; font-src 'self'; frame-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "geolocation=(self)" in headers["Permissions-Policy"]
    assert headers["Server"] == "huitu"


def ancestors(app, address):
    policy = app.test_client().get(address).headers["Content-Security-Policy"]
    return policy.rpartition("frame-ancestors ")[2]


def test_only_the_embedded_map_may_be_framed_and_only_by_those_named(sample):
    app = create_app(Settings(data=sample, embed_ancestors=("https://www.example.org",)))
    assert ancestors(app, "/embed") == "'self' https://www.example.org"
    assert ancestors(app, "/") == "'none'"
    assert ancestors(create_app(Settings(data=sample)), "/embed") == "'self'"
