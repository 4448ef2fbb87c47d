"""Documentation (文档): the reference is what the code says now, links lead somewhere, both READMEs keep the way in."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from gongkai import reference
from gongkai.cli import cli

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "README.en.md", *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return reference.pages()


@pytest.mark.parametrize("name", ["commands.md", "columns.md", "rules.md", "metrics.md"])
def test_the_reference_is_up_to_date(made: dict[str, str], name: str) -> None:
    held = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert held == made[name], "run: .venv/bin/python -m gongkai.reference"


def test_the_reference_holds_every_command_and_mart(made: dict[str, str]) -> None:
    assert all(f"## gongkai {name}\n" in made["commands.md"] for name in cli.commands)
    marts = {path.stem for path in (ROOT / "models" / "marts").rglob("*.sql")}
    assert marts <= set(re.findall(r"^### (\w+)$", made["columns.md"], re.M))
    assert len(re.findall(r"^\| R\d+[A-Z]? ", made["rules.md"], re.M)) > 100


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = unquote(target).partition("#")
        if "://" in path:
            continue
        linked = (page.parent / path).resolve() if path else page
        if not linked.exists():
            broken.append(target)
        elif anchor and linked.suffix == ".md":
            heads = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), re.M)
            if anchor not in {_anchor(head) for head in heads}:
                broken.append(target)
    assert broken == []


def _anchor(head: str) -> str:
    kept = "".join(letter for letter in head.lower() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")


@pytest.mark.parametrize("name", ["README.md", "README.en.md"])
def test_both_readmes_keep_the_two_commands_at_the_door(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "make warehouse" in text and "make test" in text
    assert text.index("make warehouse") < 2500
    commands = set(re.findall(r"\.venv/bin/gongkai ([a-z]+)", text))
    assert commands and commands <= set(cli.commands)
    named = set(re.findall(r"`([a-z_]+/)`", "".join(re.findall(r"^\| (`[^|]+) \|", text, re.M))))
    assert all((ROOT / folder).is_dir() for folder in named)
    tracked = {"ingest/", "seeds/", "models/", "expectations/", "gongkai/", "samples/", "notebooks/", "tests/", "docs/"}
    assert tracked <= named
