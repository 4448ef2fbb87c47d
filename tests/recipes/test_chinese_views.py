"""Chinese views (中文视图): every mart under its Chinese name, with the rows of its table and words beside codes."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from gongkai.chinese_views import (
    CATALOGUE,
    FINDING_KINDS,
    _column_words,
    chinese_name,
    create_views,
    described_tables,
    views_of,
)
from gongkai.home import PROJECT, Home
from gongkai.reader import open_published


@pytest.fixture(scope="module")
def published(samples_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(Home(samples_home)) as connection:
        yield connection


@pytest.mark.parametrize(
    ("description", "name"),
    [
        ("Name of the unit (单位名称): of the ways it is printed the shortest.", "单位名称"),
        ("Amount in yuan (金额，元).", "金额_元"),
        ("Income (本年收入决算数，元), carried-over money left out, final account, yuan.", "本年收入决算数_元"),
        ("Three public expenses (“三公”经费), additive.", "三公经费"),
        ("Key (unique over all) of the place (位置键), built like an amount_key.", "位置键"),
        ("Whether it is a fact without digits (持平, 无) of its own.", None),
        ("no Chinese at all (really)", None),
        (None, None),
    ],
)
def test_the_name_is_the_first_bracketed_term(description: str | None, name: str | None) -> None:
    assert chinese_name(description) == name


def test_what_has_no_term_of_its_own_keeps_its_english_name() -> None:
    [view] = views_of([("fct_thing", "Things.", [("a_code", "One (甲)."), ("b_code", "Two (甲)."), ("c", None)])])
    assert view.name == "fct_thing"
    assert [name for _, name, _ in view.columns] == ["a_code", "b_code", "c"]


def test_every_mart_and_column_has_a_chinese_name_of_its_own(published: duckdb.DuckDBPyConnection) -> None:
    views = views_of(described_tables(published))
    assert len(views) > 30
    nameless = [view.table for view in views if view.name == view.table]
    nameless += [f"{view.table}.{name}" for view in views for column, name, _ in view.columns if column == name]
    assert nameless == [], "put the Chinese term in brackets into the description, not used twice in the table"
    assert len({view.name for view in views}) == len(views)
    for view in views:
        names = [name for _, name, _ in view.columns]
        assert len(set(names)) == len(names), view.table


def test_the_file_holds_the_views_with_their_descriptions(published: duckdb.DuckDBPyConnection) -> None:
    held = dict(published.execute("select view_name, comment from duckdb_views() where schema_name = 'zh'").fetchall())
    expected = views_of(described_tables(published))
    catalogue = {name: comment for name, comment, _ in CATALOGUE}
    assert held == catalogue | {view.name: f"{view.comment} [main.{view.table}]" for view in expected}
    silent = published.execute(
        "select table_name, column_name from duckdb_columns() where schema_name = 'zh'"
        " and coalesce(comment, '') = '' and table_name not in ('目录', '字段')"
    ).fetchall()
    assert silent == []


_FILES = """
    select count(*) from meta_reject as held left join dim_document as known on held.document_id = known.document_id
    where known.document_id is null
"""


def test_a_view_has_the_rows_of_its_table(published: duckdb.DuckDBPyConnection) -> None:
    for view in views_of(described_tables(published)):
        columns = [(column, name) for column, name, _ in view.columns if column]
        sides = (
            f"select {', '.join(column for column, _ in columns)} from main.{view.table}",
            "select " + ", ".join(f'"{name}"' for _, name in columns) + f' from zh."{view.name}"',
        )
        for one, other in (sides, sides[::-1]):
            [(more,)] = published.execute(f"select count(*) from ({one} except all {other})").fetchall()
            # files that are not in the star at all stand in the view of what is unread alone
            files = published.execute(_FILES).fetchall()[0][0] if view.table == "mart_unread" and one == sides[1] else 0
            assert more == files, view.name


def test_the_catalogue_names_every_view_and_column(published: duckdb.DuckDBPyConnection) -> None:
    expected = views_of(described_tables(published))
    listed = dict(published.execute("select 视图, 说明 from zh.目录").fetchall())
    assert {view.name for view in expected} | {"目录", "字段"} == listed.keys() and all(listed.values())
    english = [name for name, said in listed.items() if not "一" <= said[0] <= "鿿" and said[0] != "“"]
    assert english == [], "say in chinese_views.py what the view is for"
    columns = set(published.execute("select 视图, 列 from zh.字段").fetchall())
    assert {(view.name, name) for view in expected for _, name, _ in view.columns} <= columns


def test_every_column_is_explained_in_chinese(published: duckdb.DuckDBPyConnection) -> None:
    said = published.execute("select 视图, 列, 说明, 英文说明 from zh.字段").fetchall()
    assert len(said) > 800
    untold = [(view, column) for view, column, text, english in said if not text or text == english]
    assert untold == [], "say in gongkai/column_words.csv what the column means"
    assert all(re.search("[一-鿿]", text) for _, _, text, _ in said)
    english = {(view, column): text for view, column, _, text in said}
    assert "half of the last printed digit" in english["三公经费", "末位半单位"].lower()
    used = {(view, column) for view, column, _, _ in said}
    rows = _column_words()
    assert [key for key in rows if key[1] and (key[1], key[0]) not in used] == []
    assert {column for column, view in rows if not view} <= {column for _, column in used}


def test_listed_words_cover_every_code(published: duckdb.DuckDBPyConnection) -> None:
    for view, code, words in (
        ("勾稽结果", "结论", "结论名称"),
        ("发现的问题", "严重程度", "严重程度名称"),
        ("勾稽规则", "严重程度", "严重程度名称"),
        ("功能科目支出", "来源", "来源名称"),
        ("文档", "文档种类", "文档种类名称"),
        ("报表公开情况", "公开状态", "公开状态名称"),
    ):
        bare = published.execute(
            f"select distinct {code} from zh.{view} where {code} is not null and {words} is null"
        ).fetchall()
        assert bare == [], view


def test_codes_come_with_their_words(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.execute("""
        select distinct 单位名称 is not null, 预决算阶段, 阶段名称 from zh.功能科目支出 where 金额_元 > 0 order by all
    """).fetchall()
    stages = dict(published.execute("select stage_code, name_zh from main.dim_stage").fetchall())
    assert len(rows) > 1 and all(has_unit and stages[code] == name for has_unit, code, name in rows)


def test_views_follow_the_tables_of_any_file(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "small.duckdb")) as connection:
        connection.execute("create table dim_scope as select 'own' as scope_code, '本级' as name_zh")
        connection.execute("create table fct_x as select * from (values ('own'), ('odd'), (null)) as t(scope_code)")
        connection.execute("comment on table fct_x is 'It''s a thing (东西).'")
        connection.execute("comment on column fct_x.scope_code is 'Scope (口径).'")
        create_views(connection)
        create_views(connection)
        rows = connection.execute("select 口径, 口径名称 from zh.东西 order by 口径 nulls last").fetchall()
    assert rows == [("odd", None), ("own", "本级"), (None, None)]


def test_the_query_command_reads_them(samples_home: Path) -> None:
    command = [sys.executable, "-m", "gongkai", "query", "--json", "--home", str(samples_home)]
    asked = "select 单位名称, 年度, 本年支出决算数_元 from zh.单位年度概况 where 本年支出决算数_元 > 0"
    run = subprocess.run([*command, asked], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert all(row["单位名称"] and float(row["本年支出决算数_元"]) > 0 for row in json.loads(run.stdout))


def test_every_kind_of_finding_has_chinese_words() -> None:
    with (PROJECT / "seeds" / "rules.csv").open(encoding="utf-8") as lines:
        rules = list(csv.DictReader(lines))
    kinds = {rule["method"] if rule["rule_kind"] == "observation" else rule["rule_kind"] for rule in rules} | {"unit"}
    assert kinds == set(FINDING_KINDS)
