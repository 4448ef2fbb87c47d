"""The recipes of docs/scheduling.md, taken out of the page and verified: cron, systemd, Dagster."""

from __future__ import annotations

import ast
import configparser
import importlib
import inspect
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from gongkai.cli import cli

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "scheduling.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", PAGE, re.M | re.S)
CRON_FIELD = re.compile(r"^(\*|\d{1,2})(-\d{1,2})?(/\d{1,2})?(,\d{1,2})*$")


def _blocks(language: str) -> list[str]:
    found = [text for name, text in BLOCKS if name == language]
    assert found, f"docs/scheduling.md has no {language} recipe"
    return found


def _commands(text: str) -> list[list[str]]:
    """Words of every gongkai command in a text."""
    found = re.findall(r"(?:^|[\s/&;])gongkai ((?:fetch|refresh|status)\b[^&;>\n]*)", text)
    return [command.split() for command in found]


@pytest.mark.parametrize("language", ["", "cron", "systemd"])
def test_every_command_and_option_exists(language: str) -> None:
    commands = [command for block in _blocks(language) for command in _commands(block)]
    assert commands
    for name, *words in commands:
        context = click.Context(cli.commands[name])
        # Parses without running; raises where an option is unknown or lacks its value.
        cli.commands[name].make_parser(context).parse_args(list(words))


def test_the_crontab_is_one() -> None:
    [table] = _blocks("cron")
    jobs = 0
    for line in table.splitlines():
        if not line or line.startswith("#") or re.match(r"^[A-Z_]+=\S+$", line):
            continue
        *fields, command = line.split(None, 5)
        assert len(fields) == 5 and all(CRON_FIELD.match(field) for field in fields), line
        # cron turns an unescaped percent sign into a line feed.
        assert "%" not in command.replace(r"\%", "")
        jobs += 1
    assert jobs == 2


def _units() -> dict[str, str]:
    service, timer = _blocks("systemd")
    return {"gongkai.service": service, "gongkai.timer": timer}


def test_the_systemd_units_say_what_they_must() -> None:
    for name, text in _units().items():
        parser = configparser.RawConfigParser(strict=False)
        parser.optionxform = str
        parser.read_string(text)
        assert "Unit" in parser
        if name.endswith("timer"):
            assert parser["Timer"]["OnCalendar"] and parser["Install"]["WantedBy"] == "timers.target"
        else:
            assert parser["Service"]["Type"] == "oneshot" and parser["Service"]["ReadWritePaths"]


def test_systemd_itself_accepts_the_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed here")
    for name, text in _units().items():
        # The programme and the account exist on the machine the recipe is for, not on this one.
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.M).replace("User=gongkai", "User=root")
        (tmp_path / name).write_text(text.replace("/srv/gongkai/warehouse", "/tmp").replace("/srv/gongkai", "/tmp"))
    command = ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    said = [line for line in (run.stdout + run.stderr).splitlines() if str(tmp_path) in line or "gongkai" in line]
    assert said == [] and run.returncode == 0, run.stdout + run.stderr
    calendar = re.search(r"^OnCalendar=(.*)$", _units()["gongkai.timer"], re.M)[1]
    assert subprocess.run(["systemd-analyze", "calendar", calendar], capture_output=True, check=False).returncode == 0


def test_the_dagster_example_calls_what_there_is() -> None:
    [example] = _blocks("python")
    tree = ast.parse(example)
    names = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] in ("gongkai", "ingest"):
            module = importlib.import_module(node.module)
            names |= {alias.name: getattr(module, alias.name) for alias in node.names}
    assert {"fetch", "refresh", "write_lock", "start_run", "IngestOptions"} <= names.keys()
    checked = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            arguments = {keyword.arg: None for keyword in node.keywords}
            inspect.signature(names[node.func.id]).bind(*node.args, **arguments)
            checked += 1
    assert checked >= 7
