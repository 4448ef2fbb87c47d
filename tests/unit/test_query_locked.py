"""SQL from anywhere can do no harm, and printed text is data: to SQL, to spreadsheets, to terminals."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb
import pytest

from gongkai.build import BuildRecord, _empty_database, file_identity, write_record
from gongkai.home import Home, open_home
from gongkai.messages import GongkaiError
from gongkai.publish import publish
from gongkai.query import Answer, as_csv, as_table, run_query

HOSTILE = (
    "=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "'; drop table labels; --", "<script>x</script>",
    '"; copy labels to \'x\'', "\x1b[2J", "a\nb", "{{ 7*7 }}",
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    opened = open_home(tmp_path / "home")
    _empty_database(opened.build_file)
    with duckdb.connect(str(opened.build_file)) as connection:
        connection.execute("create table labels (label varchar)")
        connection.executemany("insert into labels values (?)", [(label,) for label in HOSTILE])
    record = BuildRecord("000001-x", 1, "p", file_identity(opened.build_file), 3, 1)
    write_record(opened.build_record, record)
    write_record(opened.check_record, record)
    publish(opened)
    return opened


@pytest.mark.parametrize(
    "sql",
    [
        "select 1; create table x (a integer)",
        "select 1; attach '{other}' as other",
        "update labels set label = 'x'",
        "delete from labels",
        "truncate labels",
        "alter table labels add column x integer",
        "create view x as select 1",
        "create or replace macro f() as 1",
        "comment on table labels is 'x'",
        "vacuum",
        "checkpoint",
        "attach ':memory:' as other; create table other.x as select * from read_text('{secret}')",
        "attach '{other}' as other (read_write)",
        "select * from read_blob('{secret}')",
        "select * from read_parquet('{secret}')",
        "select * from read_json('{secret}')",
        "select * from read_ndjson_objects('{secret}')",
        "select * from sniff_csv('{secret}')",
        "select * from parquet_metadata('{secret}')",
        "select * from 'http://127.0.0.1:9/x.parquet'",
        "copy (select 1) to '{out}' (format parquet)",
        "copy labels from '{secret}'",
        "import database '{folder}'",
        "install json from 'http://127.0.0.1:9'",
        "load httpfs",
        "set lock_configuration = false",
        "set temp_directory = '{folder}'",
        "set allowed_directories = ['{folder}']",
        "pragma enable_profiling='json'; pragma profiling_output='{out}'",
        "set profiling_output = '{out}'",
        "set log_query_path = '{out}'",
        "create secret s (type s3)",
    ],
)
def test_sql_can_neither_write_nor_leave_the_file(home: Home, tmp_path: Path, sql: str) -> None:
    secret, out, other = tmp_path / "secret.csv", tmp_path / "out", tmp_path / "other.duckdb"
    secret.write_text("password\nhunter2")
    before, bytes_before = sorted(tmp_path.rglob("*")), home.database.read_bytes()
    try:
        answer = run_query(home, sql.format(secret=secret, out=out, other=other, folder=tmp_path))
    except GongkaiError as error:
        assert error.code == "query_failed" and "hunter2" not in str(error)
    else:
        # A statement that changes nothing may pass.
        assert "hunter2" not in repr(answer.rows)
    assert sorted(tmp_path.rglob("*")) == before and home.database.read_bytes() == bytes_before


def test_hostile_labels_come_back_as_they_were_printed(home: Home) -> None:
    answer = run_query(home, "select label from labels")
    assert sorted(row[0] for row in answer.rows) == sorted(HOSTILE)
    for label in HOSTILE:
        quoted = label.replace("'", "''")
        assert run_query(home, f"select count(*) from labels where label = '{quoted}'").rows == [(1,)]


def test_csv_runs_no_formula(home: Home) -> None:
    answer = run_query(home, "select label from labels")
    cells = [row[0] for row in csv.reader(io.StringIO(as_csv(answer)))][1:]
    assert len(cells) == len(HOSTILE)
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_a_column_name_runs_no_formula() -> None:
    assert as_csv(Answer(("=1+1", "a"), [(1, 2)])).splitlines()[0] == "'=1+1,a"


def test_a_terminal_sees_no_control_characters(home: Home) -> None:
    table = as_table(run_query(home, "select label from labels"))
    assert "\x1b" not in table and len(table.splitlines()) == len(HOSTILE) + 3
