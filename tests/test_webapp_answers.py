"""What is made once is kept, and not without bound."""

from webapp import answers, create_app
from webapp.answers import Body, Shelf
from webapp.settings import Settings


def test_what_is_kept_is_made_once():
    shelf, made = Shelf(2), []
    for _ in range(3):
        assert shelf.get("a", lambda: made.append(1) or "x") == "x"
    assert made == [1]


def test_what_was_not_wanted_for_longest_goes_first():
    shelf = Shelf(2)
    shelf.get("a", lambda: 1)
    shelf.get("b", lambda: 2)
    shelf.get("a", lambda: None)
    shelf.get("c", lambda: 3)
    assert len(shelf) == 2
    assert shelf.get("a", lambda: "again") == 1
    assert shelf.get("b", lambda: "again") == "again"


def test_only_what_pays_is_compressed():
    assert Body.of(b"a" * 2000, "text/html").packed is not None
    assert Body.of(b"a", "text/html").packed is None
    assert Body.of(b"a" * 2000, "image/png").packed is None


def test_the_same_bytes_have_the_same_hash():
    assert Body.of(b"a" * 2000, "text/html") == Body.of(b"a" * 2000, "text/html")


def test_few_of_what_holds_whole_layers_are_kept(sample):
    app = create_app(Settings(data=sample))
    with app.app_context():
        made = [answers.keep_heavy(number, lambda number=number: number) for number in range(100)]
        assert made == [*range(100)]
        again = [answers.keep_heavy(number, lambda: "anew") for number in (99, 0)]
    assert again == [99, "anew"]
