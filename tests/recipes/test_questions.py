"""Questions (十二个问题): each command of docs/guides/questions.md gives the answer printed below it.

After a change that rightly moves an answer: ``python tests/recipes/test_questions.py HOME`` prints them anew into the
page; read the difference before committing it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

GUIDE = Path(__file__).resolve().parent.parent.parent / "docs" / "guides" / "questions.md"
_QUESTION = re.compile(r"^```sh\n(?P<command>.*?)^```\n\n```answer\n(?P<answer>.*?)^```$", re.M | re.S)


def _questions() -> list[re.Match[str]]:
    return list(_QUESTION.finditer(GUIDE.read_text(encoding="utf-8")))


def _answer(command: str, home: Path) -> str:
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GONGKAI_HOME": str(home),
    }
    run = subprocess.run(
        ["bash", "-eu", "-c", command], capture_output=True, text=True, env=environment, cwd=home, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout.rstrip() + "\n"


def test_there_are_twelve_and_all_are_answered() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert len(_questions()) == 12 == text.count("```sh\n") == len(re.findall(r"^## \d+\. ", text, re.M))
    assert all(question["answer"].strip() for question in _questions())


@pytest.mark.parametrize("question", _questions(), ids=lambda question: str(question.start()))
def test_a_question_gets_the_printed_answer(samples_home: Path, question: re.Match[str]) -> None:
    assert _answer(question["command"], samples_home) == question["answer"]


if __name__ == "__main__":
    home = Path(sys.argv[1]).resolve()
    GUIDE.write_text(
        _QUESTION.sub(
            lambda question: f"```sh\n{question['command']}```\n\n```answer\n{_answer(question['command'], home)}```",
            GUIDE.read_text(encoding="utf-8"),
        ),
        encoding="utf-8",
    )
