"""A report says first what holds publishing, and counts in the words of its language."""

from geo.errors import ProblemKind, listed
from geo.types import Text
from layers.report import Report


def kind(code, severity):
    return ProblemKind(code, severity, Text(zh=code, en=code), Text(zh="改", en="mend"))


BAD, WORSE = kind("bad", "error"), kind("worse", "error")
ODD, WHOLE, MENDED = kind("odd", "warning"), kind("whole", "warning"), kind("mended", "note")


def report(*problems, rows=10):
    return Report("streets", "streets.geojson", "0" * 64, 10, rows, 0, problems)


def told(found):
    return [(entry["code"], entry["row"]) for entry in found.to_dict("zh")["problems"]]


def test_errors_stand_before_warnings_and_these_before_notes_each_by_row():
    found = report(
        MENDED.at(row=1), BAD.at(row=7), ODD.at(row=2), WORSE.at(row=3), WHOLE.at(), BAD.at(row=3)
    )
    wanted = [("bad", 3), ("worse", 3), ("bad", 7), ("whole", None), ("odd", 2), ("mended", 1)]
    assert told(found) == wanted
    lines = list(found.lines("en"))[:-1]
    assert [line.split()[-2] for line in lines] == [f"{code}." for code, _row in wanted]


def test_the_count_of_more_stands_after_its_own_kind():
    bad = [BAD.at(row=row) for row in (1, 2, 3, 4)]
    found = report(*listed([*bad, WORSE.at(row=2), WORSE.at(row=9)], 2))
    assert told(found) == [("bad", 1), ("bad", 2), ("bad", None), ("worse", 2), ("worse", 9)]


def test_one_of_a_thing_is_singular_in_english():
    *_, one = report(BAD.at(row=1), ODD.at(row=1), MENDED.at(row=1), rows=1).lines("en")
    assert "1 row, 1 error, 1 warning, 1 note;" in one
    *_, none = report(rows=0).lines("en")
    assert "0 rows, 0 errors, 0 warnings, 0 notes;" in none
