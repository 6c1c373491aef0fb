"""The description of the API says what is there, and all of it."""

import shutil

import pytest

from webapp import create_app
from webapp.jobs import runner
from webapp.openapi import documented
from webapp.parameters import PARAMETERS
from webapp.security import ROUTES
from webapp.settings import Settings
from webapp.views import exports


@pytest.fixture(scope="module")
def document(app):
    return app.test_client().get("/openapi.json").json


def operations(document):
    """What can be read, by itself or with a form; some addresses have tests of their own."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            own = any(
                part in path for part in ("/jobs", "{notice_id}", "{receipt}", "tiles.pmtiles")
            )
            if not own:
                yield path, method, operation


def filled(path, operation):
    """The path with the example of each of its parts."""
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
    return path


def examples(operation):
    return {
        parameter["name"]: parameter["example"]
        for parameter in operation["parameters"]
        if parameter["in"] == "query"
    }


def test_every_public_address_for_programs_is_described(app, document):
    json_routes = {
        name for name, route in ROUTES.items() if route.kind == "json" and route.role == "public"
    }
    assert json_routes <= documented(app).keys()
    described = {
        operation["operationId"]
        for methods in document["paths"].values()
        for operation in methods.values()
    }
    assert {name.replace(".", "_") for name in documented(app)} <= described
    assert document["openapi"].startswith("3.1")


def test_each_described_path_answers(client, document):
    for path, method, operation in operations(document):
        answer = client.open(filled(path, operation), method=method.upper())
        assert answer.status_code == 200, (path, method)
        kinds = {kind.partition(";")[0] for kind in operation["responses"]["200"]["content"]}
        assert answer.mimetype in kinds, path


def test_each_described_parameter_is_taken_as_in_its_example(client, document):
    for path, method, operation in operations(document):
        if method != "get":
            continue
        for name, example in examples(operation).items():
            answer = client.get(filled(path, operation), query_string={name: example})
            assert answer.status_code == 200, (path, name, answer.get_data(as_text=True)[:300])


def test_no_other_parameter_is_taken(client, document):
    for path, method, operation in operations(document):
        if method != "get" or path == "/healthz":
            continue
        for name in PARAMETERS.keys() - examples(operation).keys():
            answer = client.get(filled(path, operation), query_string={name: "1"})
            assert answer.status_code == 400, (path, name)


def test_a_body_holds_the_same_as_the_address(document):
    for _, method, operation in operations(document):
        if method == "post":
            form = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]
            fields = set(form["schema"]["properties"])
            assert fields == examples(operation).keys() - {"lang"}


def test_jobs_are_described(document):
    methods = {p: set(m) for p, m in document["paths"].items() if p.startswith("/jobs")}
    assert methods == {
        "/jobs": {"post"},
        "/jobs/{job_id}": {"get"},
        "/jobs/{job_id}/cancel": {"post"},
        "/jobs/{job_id}/file": {"get"},
    }


def test_every_job_that_is_described_can_be_asked_for(sample, document, tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "_spawn", lambda _data, _slot: None)
    data = shutil.copytree(sample, tmp_path / "data")
    site = create_app(Settings(data=data, job_waiting=50)).test_client()
    form = document["paths"]["/jobs"]["post"]["requestBody"]["content"]
    schema = form["application/x-www-form-urlencoded"]["schema"]
    assert schema["required"] == ["file"]
    assert set(schema["properties"]) == {"file", *exports.PARAMETERS}
    for wanted in schema["properties"]["file"]["enum"]:
        answer = site.post("/jobs", data={"file": wanted}, headers={"Accept": "application/json"})
        assert answer.status_code == 303, wanted
        job = site.get(answer.headers["Location"], headers={"Accept": "application/json"}).json
        shape = document["components"]["schemas"]["Job"]
        assert job.keys() == shape["properties"].keys() == set(shape["required"])
        assert (job["file"], job["state"]) == (wanted, "waiting")
        assert site.post(f"{job['href']}/cancel").status_code == 303
    assert site.post("/jobs", data={"file": "nothing.csv"}).status_code == 404


def test_answers_that_may_be_jobs_say_so(document):
    told = {
        path
        for path, method, operation in operations(document)
        if method == "get" and "202" in operation["responses"]
    }
    assert told == {path for path in document["paths"] if path.startswith("/statistics")}


def test_rows_have_what_their_schema_promises(client, document):
    schema = document["components"]["schemas"]
    answer = client.get("/statistics.json?group=layer,district").json
    assert set(schema["Table"]["required"]) == answer.keys()
    for row in [*answer["rows"], answer["total"]]:
        assert row.keys() == schema["Row"]["properties"].keys()
        for name, shape in schema["Row"]["properties"].items():
            if shape.get("type") == "integer":
                assert isinstance(row[name], int), name
            elif shape.get("type") == ["number", "null"]:
                assert row[name] is None or isinstance(row[name], (int, float)), name


def test_an_error_has_what_its_schema_promises(client, document):
    error = document["components"]["schemas"]["Error"]["properties"]["error"]
    told = client.get("/statistics.json?group=zzz").json["error"]
    assert told.keys() == error["properties"].keys()
    assert set(error["properties"]["problems"]["items"]["required"]) <= told["problems"][0].keys()


def test_every_reference_leads_somewhere(document):
    def references(value):
        if isinstance(value, dict):
            if "$ref" in value:
                yield value["$ref"]
            for part in value.values():
                yield from references(part)
        elif isinstance(value, list):
            for part in value:
                yield from references(part)

    for reference in set(references(document)):
        found = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


def test_words_follow_the_language(client):
    assert "平方米" in client.get("/openapi.json").json["info"]["description"]
    assert "square" in client.get("/openapi.json?lang=en").json["info"]["description"]
