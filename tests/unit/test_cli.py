"""The command line: arguments in, one call, an exit code out; what it says and what it refuses."""

from __future__ import annotations

import ast
import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import click
import duckdb
import pytest
from click.testing import CliRunner

from gongkai import cli as command_line
from gongkai import messages
from gongkai.build import BuildRecord, _empty_database, file_identity, write_record
from gongkai.help import EXAMPLES
from gongkai.home import Home, open_home
from gongkai.messages import MESSAGES, GongkaiError
from gongkai.publish import publish
from gongkai.query import Answer, as_csv, as_json, as_table, for_stdout
from gongkai.runlog import read_events

ROOT = Path(__file__).resolve().parents[2]


def _gongkai(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gongkai", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one small published table; labels in it are hostile."""
    opened = open_home(tmp_path / "home")
    _empty_database(opened.build_file)
    with duckdb.connect(str(opened.build_file)) as connection:
        connection.execute(
            "create table t as select * from (values ('=1+1', 12.50::decimal(20, 2), true), ('@risk', -3.00, false),"
            " ('办公费', null, null)) as v(label, yuan, flag)"
        )
    record = BuildRecord("000001-x", 1, "p", file_identity(opened.build_file), 3, 1)
    write_record(opened.build_record, record)
    write_record(opened.check_record, record)
    publish(opened)
    return opened


def test_help_answers_at_once() -> None:
    _gongkai("--help")
    started = time.perf_counter()
    assert _gongkai("--help").returncode == 0
    # Twice the promise of 0.3 s, since a machine that runs other tests at the same time is slow.
    assert time.perf_counter() - started < 0.6


def test_help_imports_nothing_heavy() -> None:
    heavy = ("duckdb", "polars", "pyarrow", "dbt", "rich")
    code = f"import sys, gongkai.cli; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_query_prints_a_table_csv_and_json(home: Home) -> None:
    table = _gongkai("query", "select * from t", "--home", home.root)
    assert table.returncode == 0 and table.stdout.splitlines()[0].split() == ["label", "yuan", "flag"]
    assert table.stdout.splitlines()[-1] == "（3 行）"
    rows = list(csv.reader(io.StringIO(_gongkai("query", "select * from t", "--csv", "--home", home.root).stdout)))
    assert rows == [
        ["label", "yuan", "flag"],
        ["'=1+1", "12.50", "true"],
        ["'@risk", "-3.00", "false"],
        ["办公费", "", ""],
    ]
    held = json.loads(_gongkai("query", "select * from t", "--json", "--home", home.root).stdout)
    assert held[0] == {"label": "=1+1", "yuan": "12.50", "flag": True}
    assert held[2] == {"label": "办公费", "yuan": None, "flag": None}


@pytest.mark.parametrize(
    "sql",
    [
        "create table x (a integer)",
        "insert into t values ('x', 1, true)",
        "drop table t",
        "attach '{other}' as other",
        "copy t to '{out}'",
        "copy t to '/dev/stdout'",
        "export database '{out}'",
        "select * from read_text('{secret}')",
        "select * from read_csv('{secret}')",
        "select * from '{secret}'",
        "select * from glob('/*')",
        "set enable_external_access = true",
        "reset lock_configuration",
        "install httpfs",
        "load '{other}'",
    ],
)
def test_query_can_neither_write_nor_reach_a_file(home: Home, tmp_path: Path, sql: str) -> None:
    secret, out, other = tmp_path / "secret.csv", tmp_path / "out.csv", tmp_path / "other.duckdb"
    secret.write_text("password")
    run = _gongkai("query", sql.format(secret=secret, out=out, other=other), "--home", home.root)
    assert run.returncode == 1 and run.stderr.startswith("[query_failed]")
    assert "password" not in run.stdout and not out.exists() and not other.exists()


@pytest.mark.parametrize("sql", ["", "  ", "/* nothing */", "select 1; select 2"])
def test_query_takes_one_statement(home: Home, sql: str) -> None:
    run = _gongkai("query", sql, "--home", home.root)
    assert run.returncode == 1 and run.stderr.startswith("[query_failed]") and "一条语句" in run.stderr


def test_query_says_where_nothing_was_found(home: Home) -> None:
    run = _gongkai("query", "select label from t where label = '没有'", "--csv", "--home", home.root)
    assert run.returncode == 0 and run.stdout == "label\n" and run.stderr.startswith("[no_rows]")


def test_exit_codes_of_misuse(home: Home, tmp_path: Path) -> None:
    assert _gongkai("refrsh").returncode == 2
    assert _gongkai("refresh", "--jobs", "none").returncode == 2
    assert _gongkai("query", "select 1", "--csv", "--json", "--home", home.root).returncode == 2
    nowhere = _gongkai("refresh", tmp_path / "nowhere", "--home", home.root)
    assert nowhere.returncode == 2 and nowhere.stderr.startswith("[source_missing]")
    nothing = _gongkai("refresh", "--home", tmp_path / "fresh")
    assert nothing.returncode == 2 and nothing.stderr.startswith("[no_sources]")
    unpublished = _gongkai("status", "--home", tmp_path / "absent")
    assert unpublished.returncode == 1 and unpublished.stderr.startswith("[not_published]")


def test_a_second_refresh_leaves_with_a_clear_message(home: Home, tmp_path: Path) -> None:
    code = (
        "import time; from gongkai.home import write_lock, Home; from pathlib import Path\n"
        f"with write_lock(Home(Path({str(home.root)!r}))): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        holder.stdout.readline()
        run = _gongkai("refresh", tmp_path, "--home", home.root)
        holder.kill()
    assert run.returncode == 1 and run.stderr.startswith("[home_locked]") and str(holder.pid) in run.stderr


def test_a_refresh_without_documents_publishes_nothing(home: Home, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    run = _gongkai("refresh", tmp_path / "in", "--home", home.root)
    assert run.returncode == 1 and run.stderr.splitlines()[-1].startswith("[landing_empty]")
    last = max(home.runs.iterdir())
    ended = read_events(last)[-1]
    assert (ended["event"], ended["outcome"], ended["code"]) == ("run_finished", "failed", "landing_empty")
    assert _gongkai("query", "select count(*) from t", "--home", home.root).returncode == 0


def test_strict_ingest_tells_rejected_input_by_its_exit_code(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "empty.txt").write_bytes(b"")
    lenient = _gongkai("ingest", tmp_path / "in", "--home", tmp_path / "home", "--json", "--jobs", 1)
    assert lenient.returncode == 0 and json.loads(lenient.stdout)["rejected"] == 1
    assert "[input_rejected] 有 1 个输入未能读入" in lenient.stderr
    assert _gongkai("ingest", "--strict", "--home", tmp_path / "home", "--jobs", 1).returncode == 3
    status = _gongkai("status", "--home", tmp_path / "home")
    assert status.returncode == 0 and "empty.txt" in status.stdout and "尚未发布" in status.stdout


def test_a_published_file_that_is_damaged_says_so(home: Home) -> None:
    target = home.database.resolve()
    target.chmod(0o644)
    os.truncate(target, 5000)
    run = _gongkai("query", "select 1", "--home", home.root)
    assert run.returncode == 1 and run.stderr.startswith("[warehouse_damaged]")


def test_rollback_without_an_earlier_generation_says_what_there_is(home: Home) -> None:
    run = _gongkai("rollback", "--home", home.root)
    assert run.returncode == 1 and run.stderr.startswith("[no_generation]") and "[1]" in run.stderr


def test_output_cut_short_is_no_failure(home: Home) -> None:
    command = f"{sys.executable} -m gongkai query 'select range from range(100000)' --csv --home {home.root} | head -1"
    run = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert run.stdout == "range\n" and "Traceback" not in run.stderr


@pytest.mark.parametrize(
    "failure", [KeyboardInterrupt(), OSError(28, "No space left on device"), GongkaiError("not_checked")]
)
def test_every_failure_becomes_a_message(
    failure: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_: object) -> None:
        raise failure

    monkeypatch.setattr(command_line.cli, "main", fail)
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    said = capsys.readouterr().err
    assert ended.value.code == 1 and re.match(r"\[[a-z_]+\] \S", said) and "Traceback" not in said


def test_tables_align_chinese_and_cut_what_is_long() -> None:
    answer = Answer(
        ("单位", "amount"), [("甲", Decimal("1.50")), ("乙" * 50, Decimal("-12.00")), ("a\nb\x1b[31m", None)]
    )
    lines = as_table(answer, most_rows=3, widest=10).splitlines()
    assert lines == [
        "单位       amount",
        "---------  ------",
        "甲           1.50",
        "乙乙乙乙…  -12.00",
        "a b [31m",
        "（3 行，1 格过长已截短，用 --wide、--csv 或 --json 取全部）",
    ]
    assert as_table(Answer(("a",), [(1,), (2,)]), most_rows=1).endswith(
        "（2 行，其余 1 行未显示，用 --wide、--csv 或 --json 取全部）"
    )


def test_nothing_is_cut_where_a_program_reads_or_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "第" * 300
    answer = Answer(("原因", "n"), [(long, 1), *(("短", n) for n in range(300))])
    lines = for_stdout(answer, wide=False).splitlines()
    assert lines[2] == f"{long}    1" and len(lines) == 304 and lines[-1] == "（301 行）"
    assert lines[3] == "短" + " " * 62 + "0", "the long cell alone is longer than its column"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert long not in for_stdout(answer, wide=False) and "1 格过长已截短" in for_stdout(answer, wide=False)
    assert for_stdout(answer, wide=True).splitlines() == lines


def test_decimals_keep_every_digit() -> None:
    large = Decimal("12345678901234567.89")
    answer = Answer(("yuan",), [(large,)])
    assert json.loads(as_json(answer)) == [{"yuan": "12345678901234567.89"}]
    assert as_csv(answer) == "yuan\n12345678901234567.89\n"


def test_every_command_and_option_stands_in_the_manual() -> None:
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for name, command in command_line.cli.commands.items():
        assert f"gongkai {name}" in manual, name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.opts[0] in manual, f"{name} {parameter.opts[0]}"
    for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", manual)):
        known = {opt for command in command_line.cli.commands.values() for p in command.params for opt in p.opts}
        assert option in known | {"--help", "--version"}, option


def _codes_said() -> set[str]:
    """Codes that our Python can say: in calls of Problem, of errors, of helpers that make rows of rejects."""
    speakers = {"Problem", "GongkaiError", "reject_row", "_rejected", "failed", "Failure", "FileOutcome", "HashedFile"}
    speakers |= {"FetchFailure"}
    errors = {"IngestError", "UnreadableFile", "UnsupportedFormat", "LimitExceeded", "DictionaryError", "SourceError"}
    codes = set(MESSAGES)
    for path in [*(ROOT / "ingest").rglob("*.py"), *(ROOT / "gongkai").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                said = [word.value for word in node.keywords if word.arg == "code"]
                positions = node.args[:5] if name in speakers else node.args[:1] if name == "SourceError" else []
                if name in speakers | errors:
                    codes |= _code_constants([*said, *positions])
            elif isinstance(node, ast.Dict):
                held = dict(zip((getattr(key, "value", None) for key in node.keys), node.values, strict=True))
                if {"code", "reason"} <= held.keys():
                    codes |= _code_constants([held["code"]])
            elif isinstance(node, ast.ClassDef) and node.name in errors:
                codes |= _code_constants([part.value for part in node.body if isinstance(part, ast.Assign)])
    return codes


def _code_constants(nodes: list[ast.expr]) -> set[str]:
    values = {part.value for node in nodes for part in ast.walk(node) if isinstance(part, ast.Constant)}
    return {value for value in values if isinstance(value, str) and re.fullmatch(r"[a-z]+(_[a-z]+)+", value)}


def _first_words(*callers: str) -> dict[str, set[str]]:
    """First arguments that are texts, of calls in ``gongkai``: caller → texts."""
    found: dict[str, set[str]] = {caller: set() for caller in callers}
    for path in (ROOT / "gongkai").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = ast.unparse(node.func)
                if name in found:
                    found[name].add(node.args[0].value)
    return found


def test_every_code_that_is_said_has_a_text() -> None:
    said = _first_words("_say", "GongkaiError")
    assert len(said["GongkaiError"]) > 20 and len(said["_say"]) > 5
    assert set().union(*said.values()) <= MESSAGES.keys()
    bracketed = set()
    for path in (ROOT / "gongkai").glob("*.py"):
        bracketed |= set(re.findall(r"\"\[([a-z]+_[a-z_]+)\] ", path.read_text(encoding="utf-8")))
    assert {"rules_jump", "splice_refused"} <= bracketed <= MESSAGES.keys()


def test_every_event_of_the_log_is_listed() -> None:
    manual = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^- `([a-z_]+)`", manual.split("## 运行日志")[1].split("\n## ")[0], re.M))
    logged = set().union(*_first_words("run.log", "self.run.log", "self.log").values())
    assert logged == listed


def test_every_code_stands_in_the_list_of_messages() -> None:
    manual = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `([a-z_]+)` \|", manual, re.M))
    # Said through variables: what a file turned out to be, and how a worker ended.
    said = _codes_said() | {"not_disclosure", "government_level", "empty", "worker_died", "time_limit"}
    # Addresses that were left out, not failed.
    said |= {"fetch_elsewhere", "fetch_too_many"}
    assert said - listed == set(), "not in docs/messages.md"
    assert listed - said == set(), "in docs/messages.md, but nothing says it"


def test_messages_have_all_their_values() -> None:
    for code, template in MESSAGES.items():
        names = set(re.findall(r"\{(\w+)\}", template))
        assert messages.text(code, **dict.fromkeys(names, "值")).count("值") >= len(names)
        assert re.search(r"[一-鿿]", template), code


def test_help_of_every_command_is_chinese() -> None:
    for name in command_line.cli.commands:
        said = CliRunner().invoke(command_line.cli, [name, "--help"]).output
        assert re.search(r"[一-鿿]", said.splitlines()[2]), name
        assert said.startswith("用法：") and "选项:" in said and "显示这段说明" in said, name
        assert "退出码：0 " in said and "Show this" not in said and "default:" not in said, name


def test_every_command_has_examples_it_understands() -> None:
    assert EXAMPLES.keys() == command_line.cli.commands.keys()
    for name, lines in EXAMPLES.items():
        said = CliRunner().invoke(command_line.cli, [name, "--help"]).output
        for line in lines:
            assert line in said, line
            program, given, *arguments = shlex.split(line)
            assert (program, given) == ("gongkai", name)
            # raises where an option or argument is not the command's
            command_line.cli.commands[name].make_context(name, arguments)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["query"], "缺少参数"),
        (["query", "--bogus", "x"], "没有选项"),
        (["querry"], "没有命令 'querry'"),
        (["site", "--pictures", "x"], "的值不对：'x' 不是"),
        (["rollback", "1", "2"], "多出来的参数"),
        (["explain", "单位", "2023"], "给一个 amount_key"),
    ],
)
def test_what_is_typed_wrong_is_said_in_chinese(arguments: list[str], said: str) -> None:
    run = _gongkai(*arguments)
    assert run.returncode == 2 and said in run.stderr and "错误：" in run.stderr, run.stderr
    assert "看用法" in run.stderr
