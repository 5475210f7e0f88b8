"""The questions of docs/hotspots.md are SQL that runs, and have answers."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "hotspots.md"
QUESTIONS = re.findall(r"```sql\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered(store, question):
    rows = store.execute(question.replace("durham", "alpha")).fetchall()
    assert rows


def test_there_are_questions():
    assert len(QUESTIONS) == 12
