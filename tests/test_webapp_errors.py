"""Errors are told in one form, in the reader's language, and never with a traceback."""

import logging

import pytest

from geo.errors import CrsError, HuituError, InputError, LimitError, NotFound, ProblemKind
from geo.types import Text
from webapp import create_app
from webapp.errors import STATUS, status_of
from webapp.settings import Settings

KIND = ProblemKind("test", "error", Text(zh="坏", en="bad"), Text(zh="改", en="mend"))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("layer", "x"), 404),
        (LimitError(KIND.at()), 413),
        (CrsError(KIND.at()), 422),
        (InputError(KIND.at()), 400),
        (HuituError(KIND.at()), 500),
    ],
)
def test_every_error_of_the_domain_has_its_status(error, status):
    assert status_of(error) == status


def test_the_table_ends_with_the_root_and_no_entry_hides_another():
    kinds = [kind for kind, _ in STATUS]
    assert kinds[-1] is HuituError
    for place, kind in enumerate(kinds):
        assert not any(issubclass(later, kind) for later in kinds[place + 1 :])


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/projects/Z1.json", 404),
        ("/projects/Z1.geojson", 404),
        ("/projects.json?layers=x", 400),
        ("/projects.json?colour=red", 400),
        ("/layers?x=1", 400),
        ("/layers/nowhere/versions", 404),
        ("/layers/__proto__/versions", 404),
        ("/layers/roads/000000000000/features.geojson", 404),
        ("/layers/roads/%2e%2e/features.geojson", 404),
        ("/layers/nowhere", 404),
        ("/search.json?lang=fr", 400),
        ("/messages/fr.json", 404),
        ("/nowhere.json", 404),
    ],
)
def test_every_json_error_has_the_one_body(client, address, status):
    answer = client.get(address)
    assert answer.status_code == status
    error = answer.get_json()["error"]
    assert error.keys() == {"code", "message", "hint", "problems"}
    assert error["code"]
    assert error["message"]
    for problem in error["problems"]:
        assert {"code", "feature", "field", "vertex", "message", "hint"} <= problem.keys()


def test_an_error_speaks_the_language_of_the_request(client):
    zh = client.get("/projects.json?x=1").get_json()["error"]["message"]
    en = client.get("/projects.json?x=1&lang=en").get_json()["error"]["message"]
    assert zh == "这里没有参数“x”"
    assert en == "There is no parameter “x” here"


def test_a_page_that_is_not_there(app, gate):
    page = gate(app).open("/nowhere", status=404)
    assert "这个地址没有内容" in page.text
    assert {"/", "/projects"} <= {link.get("href") for link in page.one("main").iter("a")}
    page = gate(app).open("/nowhere?lang=en", status=404, lang="en")
    assert "nothing at this address" in page.text


@pytest.mark.parametrize(
    "address",
    ["/projects.json", "/projects/R08.geojson", "/layers", "/healthz", "/messages/en.json"],
)
def test_an_address_that_is_only_read(client, address):
    answer = client.post(address, headers={"Accept": "text/html"})
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.get_json()["error"]["code"] == "method"


def test_a_page_that_is_only_read_says_so_on_a_page(client):
    answer = client.post("/projects", headers={"Accept": "application/json"})
    assert answer.status_code == 405
    assert answer.mimetype == "text/html"


@pytest.fixture
def broken(sample, monkeypatch):
    """An application whose views meet what nobody foresaw."""
    app = create_app(Settings(data=sample))

    def fail(**_values):
        raise ZeroDivisionError("secret words of the inside")

    for endpoint in ("projects.index", "layers.index"):
        monkeypatch.setitem(app.view_functions, endpoint, fail)
    return app


def test_the_unforeseen_is_logged_and_only_its_number_is_shown(broken, gate, caplog):
    with caplog.at_level(logging.ERROR):
        page = gate(broken).open("/projects", status=500)
    reference = caplog.records[0].args[0]
    assert reference in page.text
    assert "secret" not in page.html
    assert "Traceback" not in page.html
    assert caplog.records[0].exc_info


def test_the_unforeseen_for_a_program(broken, caplog):
    answer = broken.test_client().get("/layers")
    assert answer.status_code == 500
    error = answer.get_json()["error"]
    assert error["code"] == "unforeseen"
    assert "secret" not in answer.get_data(as_text=True)


def test_errors_are_not_kept(client):
    assert client.get("/nowhere").headers["Cache-Control"] == "no-store"
