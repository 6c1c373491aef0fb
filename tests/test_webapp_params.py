"""Parameters are read once, to typed values; what cannot be read is told."""

import pytest
from werkzeug.datastructures import MultiDict

from geo.errors import InputError
from geo.types import BBox
from layers.plan import Plan
from layers.query import Criteria
from webapp.params import Order, Reader, State, View, read_state, stages, strict


@pytest.fixture(scope="module")
def plan(sample):
    return Plan.open(sample)


def read(plan, *pairs):
    reader = Reader(MultiDict(pairs))
    return read_state(reader, plan), [problem.kind.code for problem in reader.problems]


def test_an_empty_address_is_the_start(plan):
    assert read(plan) == (State(), [])
    assert State().query() == {}


def test_a_full_address(plan):
    state, problems = read(
        plan,
        ("layers", "roads,outline"),
        ("opacity", "roads:60,parks:40"),
        ("stage", "start,complete"),
        ("years", "2021-2023"),
        ("q", " 凤翔 "),
        ("selected", "R08"),
        ("view", "31.68,120.30,13"),
        ("panel", "list"),
        ("lang", "en"),
    )
    assert problems == []
    assert state == State(
        criteria=Criteria(("roads",), ("start", "complete"), (2021, 2023), "凤翔"),
        layers=("roads", "outline"),
        opacity=(("roads", 60), ("parks", 40)),
        selected="R08",
        view=View(31.68, 120.30, 13),
        panel="list",
    )


def test_a_state_is_written_as_it_is_read(plan):
    pairs = {
        "layers": "roads,outline",
        "opacity": "roads:60",
        "stage": "start",
        "years": "2022-2022",
        "q": "路",
        "selected": "R08",
        "view": "31.68,120.3,13.5",
        "panel": "filter",
    }
    state, problems = read(plan, *pairs.items())
    assert problems == []
    assert state.query() == pairs


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("layers", "nonsense", "parameter-value"),
        ("stage", "begin", "parameter-value"),
        ("selected", "Z1", "parameter-value"),
        ("years", "2020-2023", "parameter-form"),
        ("years", "soon", "parameter-form"),
        ("years", "2021-2022-2023", "parameter-form"),
        ("opacity", "roads", "parameter-form"),
        ("opacity", "roads:101", "parameter-form"),
        ("opacity", "nonsense:10", "parameter-value"),
        ("view", "31.68,120.3", "parameter-form"),
        ("view", "nan,120.3,13", "parameter-form"),
        ("view", "inf,120.3,13", "parameter-form"),
        ("view", "120.3,31.68,13", "parameter-form"),
        ("view", "31.68,120.3,99", "parameter-form"),
        ("q", "路" * 101, "parameter-form"),
    ],
)
def test_what_cannot_be_read_changes_nothing_and_is_told(plan, name, value, code):
    assert read(plan, (name, value)) == (State(), [code])


def test_the_known_among_the_unknown_still_count(plan):
    state, problems = read(plan, ("layers", "roads,nonsense,parks,roads"))
    assert state.layers == ("roads", "parks")
    assert problems == ["parameter-value"]


def test_a_parameter_given_in_parts_is_one(plan):
    state, problems = read(
        plan, ("layers", "roads"), ("layers", "parks"), ("years", "2023"), ("years", "2021")
    )
    assert (state.layers, state.criteria.years) == (("roads", "parks"), (2021, 2023))
    assert problems == []


def test_all_years_are_no_filter(plan):
    assert read(plan, ("years", "2021-2025"))[0] == State()


def test_one_year(plan):
    assert read(plan, ("years", "2022"))[0].criteria.years == (2022, 2022)


def test_no_layer_at_all_is_not_the_same_as_all_of_them(plan):
    assert read(plan, ("layers", ""))[0].criteria.layers == ()
    assert read(plan)[0].criteria.layers is None


def test_no_stage_at_all_is_no_choice_of_stages(plan):
    assert read(plan, ("stage", "")) == (State(), [])


def test_control_characters_do_not_pass(plan):
    assert read(plan, ("q", "a\x00\r\nb"))[0].criteria.q == "a b"


def test_a_message_is_not_a_template(plan):
    reader = Reader(MultiDict({"layers": "{name.__class__}"}))
    read_state(reader, plan)
    assert "{name.__class__}" in reader.problems[0].message("en")


def test_stages_come_in_the_order_of_the_catalog(plan):
    assert list(stages(plan))[:3] == ["study", "coordinate", "start"]


@pytest.mark.parametrize(
    ("written", "order"),
    [
        ("name", Order("name")),
        ("-year", Order("year", descending=True)),
        ("x", Order()),
        ("", Order()),
    ],
)
def test_order(written, order):
    assert Reader(MultiDict({"sort": written})).order("sort") == order


def test_a_box_and_a_limit():
    reader = Reader(MultiDict({"bbox": "120.2,31.6,120.3,31.7", "limit": "10"}))
    assert reader.bbox("bbox") == BBox(120.2, 31.6, 120.3, 31.7)
    assert reader.limit("limit") == 10
    assert reader.problems == []


@pytest.mark.parametrize("bbox", ["", "1,2,3", "1,2,3,x", "3,2,1,4", "nan,0,1,1", "0,0,999,1"])
def test_a_box_that_is_none(bbox):
    reader = Reader(MultiDict({"bbox": bbox}))
    assert reader.bbox("bbox") is None
    assert len(reader.problems) == 1


@pytest.mark.parametrize("limit", ["0", "-1", "1e3", "", "１０", "1000000000000"])
def test_a_limit_that_is_none(limit):
    reader = Reader(MultiDict({"limit": limit}))
    assert reader.limit("limit") is None
    assert len(reader.problems) == 1


def test_a_program_is_refused_with_every_problem_at_once():
    reader = strict(MultiDict({"bbox": "x", "color": "red", "lang": "fr"}), "bbox")
    reader.bbox("bbox")
    with pytest.raises(InputError) as caught:
        reader.refuse()
    assert [problem.kind.code for problem in caught.value.problems] == [
        "parameter-unknown",
        "parameter-value",
        "parameter-form",
    ]
