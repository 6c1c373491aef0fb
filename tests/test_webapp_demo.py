"""The demonstration: played through the rules, whole or not there, never into what is in use."""

import subprocess
import sys

import pytest
from sqlalchemy import select

from webapp import journal
from webapp.consultation import registry
from webapp.consultation.reading import tally, voices
from webapp.consultation.tables import Decision, Notice
from webapp.database import Database
from webapp.database.engine import default_url
from webapp.demo import playing
from webapp.demo.themes import HOSTILE, THEMES


def test_three_hundred_opinions_arrive_ten_of_them_hostile():
    found = playing.arriving()
    assert len(found) == sum(theme.count for theme in THEMES) + len(HOSTILE) == 300
    assert len(HOSTILE) == 10
    assert found == playing.arriving()
    assert {line.words for line in found} >= {words for words, _code in HOSTILE}


RUN = "from webapp.cli import main; main()"


def huitu(*words):
    command = [sys.executable, "-W", "error", "-c", RUN, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "shown"
    answer = huitu("demo", "--data", folder, "--sample", "data")
    assert answer.returncode == 0, answer.stderr
    return folder, answer.stdout


def test_every_opinion_of_the_answered_notice_has_its_decision(played):
    folder, _told = played
    with Database(default_url(folder)).reading() as session:
        first, second = session.scalars(select(Notice).order_by(Notice.id))
        found = tally(voices(session, first.id))
        assert found.receipts == 300
        assert found.by_verdict[None] == 0
        assert found.by_standing["pending"] == 0
        assert {"web", "paper", "meeting", "phone"} == set(found.by_channel)
        assert found.by_verdict["adopted"] > found.by_verdict["rejected"] > 0
        waiting = tally(voices(session, second.id))
        assert waiting.by_standing["pending"] > 0
        assert journal.verify(session).broken is None
        assert registry.verify(session) == []
        assert first.answered_at is not None
        assert second.answered_at is None


def test_hostile_words_are_kept_to_the_last_sign(played):
    folder, _told = played
    with Database(default_url(folder)).reading() as session:
        kept = {one.opinion.words for one in voices(session, first_notice(session))}
    assert {words for words, _code in HOSTILE} <= kept


def test_the_park_grew_by_what_was_answered(played):
    folder, _told = played
    with Database(default_url(folder)).reading() as session:
        versions = set(session.scalars(select(Decision.version))) - {None}
    assert len(versions) == 1
    answer = huitu("layers", "--data", folder)
    assert versions.pop() in answer.stdout


def test_a_folder_with_anything_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    answer = huitu("demo", "--data", tmp_path, "--sample", "data")
    assert answer.returncode == 1
    assert "已有内容" in answer.stderr + answer.stdout
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]


def first_notice(session):
    return session.scalars(select(Notice.id).order_by(Notice.id)).first()
