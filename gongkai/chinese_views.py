"""Chinese views (中文视图): schema ``zh`` of the published file, each mart under its Chinese name, ready to be read.

Names are not kept in a second place: the Chinese term stands in the description of every table and column, and the
build stores descriptions in the file as comments. ``chinese_name`` takes the term out of one. Behind a column that
holds a key or a code, its words are added (单位名称, 阶段名称 …), so that a spreadsheet needs no joins. A view has the
rows of its table, neither more nor fewer, except where ``_MORE`` says so. Views exist in DuckDB's published file
alone, not in what dbt builds.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

SCHEMA = "zh"
_PREFIXES = ("dim_", "fct_", "mart_", "bridge_", "meta_")
_GROUP = re.compile(r"[(（]([^()（）]*)[)）]")
_TERM = re.compile(r"([一-鿿A-Za-z0-9“”、/_]*[一-鿿][一-鿿A-Za-z0-9“”、/_]*)(，元)?")
_NO_NAME = str.maketrans("", "", "“”、/")


@dataclass(frozen=True, slots=True)
class Words:
    """Where the words of a key or code stand (名称)."""

    column: str
    """Column that holds the key or code."""
    source: str
    """Table, or query in parentheses, with one row for each value."""
    key: str
    shown: tuple[tuple[str, str], ...]
    """(column of ``source``, Chinese name in the view)."""
    tables: tuple[str, ...] = ()
    """Tables it is for; none: every table that has the column, but the source itself."""


def _named(column: str, source: str, shown: str, tables: tuple[str, ...] = (), name: str = "name_zh") -> Words:
    return Words(column, source, column, ((name, shown),), tables)


def _line_words(column: str, shown: str) -> Words:
    source = f"(select {column}, min(name_zh) as name_zh from main.dim_line_item group by {column})"
    return _named(column, source, shown)


def _list_words(column: str, shown: str, words: Mapping[str, str], tables: tuple[str, ...] = ()) -> Words:
    rows = ", ".join(f"('{code}', '{name}')" for code, name in words.items())
    return _named(column, f"(select * from (values {rows}) as listed({column}, name_zh))", shown, tables)


_PUBLISHED = {
    "present": "有数据",
    "empty": "空表",
    "declared_empty": "声明为空表",
    "missing": "目录列出而未见",
}
UNREAD_KINDS = {
    "table_number": "表内数字",
    "prose_number": "文字里的数字",
    "statement": "有标题而未读成表的报表",
    "template": "没有填完的模板文字",
    "page": "页",
    "table": "表",
    "number": "数字",
    "link": "未下载的附件",
    "document": "不作部门公开的文件",
    "file": "未读入的文件",
    "quarantined": "已隔离的文件",
}
"""What can be unread (未读种类), code → words."""
FINDING_KINDS = {
    "column_sum": "各行相加", "row_sum": "各栏相加", "hierarchy": "类款项", "leaf_sum": "末级相加",
    "cross_table": "表与表", "balance": "收支平衡", "inequality": "大小关系", "rate": "比率", "change": "增减额",
    "count": "数量", "score": "分值得分", "repeat": "重复印的数", "across": "文件与文件", "prose_prose": "文字与文字",
    "prose_sum": "文字里的相加", "prose_table": "文字与表", "perf_prose": "绩效文字与表", "word": "增减用词",
    "unit": "金额单位",
    "blank_but_told": "表空而文字有数", "code_gap": "公开表编号断开", "cut_off": "句子不完整",
    "declared_empty": "声明空表而有数", "empty_unexplained": "空表未说明", "exceeds": "大于小于的说法",
    "form_name": "表上的单位名称", "head_lost": "栏目名称不全", "prior_unit": "上年完成值的单位",
    "residue": "模板文字", "sections_differ": "内设机构前后不一", "set_equality": "科目不齐",
    "statement_missing": "目录有而未见", "subject_name": "科目名称", "subject_told": "文字里的科目名称",
    "year_differs": "年度不一", "zero_base": "基数为零", "zero_budget": "预算为零",
}  # fmt: skip
"""Kinds of findings (类别), code → words: kinds of rules, methods of observations."""
_EXPECTED = {"found": "已公开", "missing": "未见公开", "not_looked": "未查看", "ambiguous": "重名"}
_UNIT = """(
    select units.unit_key, units.unit_name, regions.region_name
    from main.dim_unit as units left join main.dim_region as regions on units.region_key = regions.region_key
)"""
_SUBJECT = """(
    select {0}_key, {0}_name, class_name{1},
        case level when 'class' then '类' when 'group' then '款' when 'item' then '项' end as level_name
    from main.dim_{0}_subject
)"""
_MEASURE = "(select measure_code, name_zh from main.dim_measure where measure_kind = '{}')"

WORDS: tuple[Words, ...] = (
    Words("unit_key", _UNIT, "unit_key", (("unit_name", "单位名称"), ("region_name", "区划名称"))),
    Words("region_key", "main.dim_region", "region_key", (("region_name", "区划名称"),)),
    Words("parent_unit_key", _UNIT, "unit_key", (("unit_name", "主管部门名称"),)),
    Words("predecessor_unit_key", _UNIT, "unit_key", (("unit_name", "更名前名称"),)),
    Words("successor_unit_key", _UNIT, "unit_key", (("unit_name", "更名后名称"),)),
    Words("document_key", "main.dim_document", "document_key", (("file_name", "文件名"),)),
    Words("project_key", "main.dim_project", "project_key", (("project_name", "项目名称"),)),
    Words("rule_id", "main.dim_rule", "rule_id", (("rule_name_zh", "规则名称"),)),
    Words(
        "functional_key",
        _SUBJECT.format("functional", ", cofog_division"),
        "functional_key",
        (
            ("functional_name", "功能科目名称"),
            ("level_name", "功能科目级次"),
            ("class_name", "功能类名称"),
            ("cofog_division", "国际职能分类"),
        ),
    ),
    Words(
        "economic_key",
        _SUBJECT.format("economic", ""),
        "economic_key",
        (("economic_name", "经济科目名称"), ("level_name", "经济科目级次"), ("class_name", "经济类名称")),
    ),
    _named("scope_code", "main.dim_scope", "口径名称"),
    _named("stage_code", "main.dim_stage", "阶段名称"),
    _named("fund_code", "main.dim_fund", "资金性质名称"),
    _named("statement_code", "main.dim_statement", "报表名称"),
    Words("source_statement_code", "main.dim_statement", "statement_code", (("name_zh", "取数报表名称"),)),
    _named("line_item_code", "main.dim_line_item", "报表项目名称"),
    _named(
        "measure_code",
        _MEASURE.format("expenditure"),
        "支出类型名称",
        ("fct_expenditure", "fct_economic_expenditure"),
    ),
    _named("measure_code", _MEASURE.format("income"), "收入来源名称", ("fct_income",)),
    _line_words("three_public_code", "三公项目名称"),
    _line_words("statistic_code", "统计指标名称"),
    _list_words(
        "status",
        "结论名称",
        {"exact": "相符", "rounding": "四舍五入", "discrepant": "不符", "incomplete": "未能核对"},
        ("fct_reconciliation",),
    ),
    _list_words("severity", "严重程度名称", {"critical": "严重", "major": "重要", "minor": "一般", "style": "提示"}),
    _list_words("origin", "来源名称", {"table": "报表", "prose": "文字"}),
    _list_words("document_kind", "文档种类名称", {"budget": "预算", "final_account": "决算", "performance": "绩效"}),
    _list_words("kind", "类别名称", FINDING_KINDS, ("fct_finding",)),
    _list_words("state", "公开状态名称", _PUBLISHED, ("mart_statement_presence",)),
    _list_words("state", "公开状态名称", _EXPECTED, ("mart_disclosure_gap",)),
    _list_words("unread_kind", "未读种类名称", UNREAD_KINDS, ("mart_unread",)),
)

_MORE: dict[str, tuple[str, dict[str, str]]] = {
    "mart_unread": (
        "main.meta_reject as more left join main.dim_document as known on more.document_id = known.document_id"
        " where known.document_id is null",
        {
            "unread_key": "substr(more.document_id, 1, 16) || '-r' || more.reject_ordinal",
            "document_key": "substr(more.document_id, 1, 16)",
            "file_name": "more.file_name",
            "unread_kind": "case more.code when 'quarantined' then 'quarantined' else more.stage end",
            "page": "more.page",
            "source_line": "more.source_line",
            "place_named": "more.place",
            "reason": "more.reason",
            "reason_code": "more.code",
        },
    ),
}
"""Rows a view has beyond those of its table: files that are not in the star at all stand in meta_reject, which is
written when the file is sealed. Where they come from, and the expression behind each column that is not empty."""


_PURPOSES = {
    "三公经费": "“三公”经费各项，可在一个阶段内相加",
    "功能分类科目": "功能科目的代码、名称和有效年度；同一代码在不同年度可以有不同名称，用科目键连接",
    "功能科目支出": "按功能科目和支出类型的支出，可在一个阶段内相加（除去汇总口径重复）",
    "勾稽所用数据": "每条勾稽用到了哪些数字",
    "勾稽结果": "每条勾稽关系在每处的结论：相符、四舍五入、不符、未能核对",
    "勾稽规则": "全部勾稽规则、公式和依据",
    "单位年度概况": "一行一个单位、年度、口径：收支预决算、三公、人数等，多数问题从这里开始",
    "单位沿革": "单位在哪些年度属于哪个上级、用哪个代码",
    "单位统计": "人数、车辆、面积、采购等数量；部分与合计并列，不要相加",
    "发现的问题": "文件自身对不上的地方，一处差错一行，附中文说明",
    "口径": "汇总、本级、单位三种口径的代码和定义",
    "契约版本": "数据契约的版本",
    "字段": "每个视图有哪些列",
    "应公开与已公开": "来源清单里应公开的文件：已见、未见、迟到",
    "报表": "报表种类的代码和名称",
    "报表公开情况": "每份文件列出或印出了哪些报表，哪些是空表、哪些未见",
    "报表数据": "报表里每个打印的数字一行，含合计和旧版：不要相加",
    "报表项目": "总表里各行的项目",
    "支出类型与收入来源": "支出类型和收入来源的代码、名称、定义",
    "收入": "按来源的收入，可在一个阶段内相加",
    "数字台账": "每份文件印了多少数字、入库多少、未识别多少",
    "文字台账": "每份文件文字说明里的数字：读出多少、用了多少",
    "文字数据": "文字说明里的每个数字一行，含旧版",
    "文档": "每份文件一行：单位、年度、种类、标题、是否当前版本",
    "文档涉及的单位": "每份文件提到的单位，包括上级和表头上的",
    "更正对照": "新版文件更正了旧版的哪些数字",
    "未读内容": "没有读出、没有归处的一切：表内和文字里的数字、报表、页、整份文件、被隔离的；在哪里、印的什么、为什么",
    "未入库数字": "印在表里而没有归处的数字，写明原因",
    "未读入与隔离": "没有读入的文件、页、表、数字，或被隔离的文件，写明原因；未读内容里都有",
    "来源文档": "这个仓库由哪些文件做成",
    "目录": "有哪些视图可以问",
    "经济分类支出": "按经济科目的支出，可在一个体系、一个阶段内相加",
    "经济分类科目": "经济科目的代码、名称和有效年度",
    "结转结余": "年初、年末结转结余：是余额，不与收支相加",
    "绩效指标": "绩效表和文字里的指标：目标、完成、分值、得分、偏差原因，含旧版；预算执行的分值另计，得分之和不是总分",
    "绩效自评结果": "一行一个有自评表的项目（或单位整体）和年度：总分、资金、执行率",
    "行政区划": "行政区划代码和名称，含已撤销的",
    "规则覆盖": "每条规则在每份文件里核对了多少处，或为什么没有核对",
    "资金性质": "一般公共预算、政府性基金等资金的代码和名称",
    "运行涉及的文件": "每次运行读入、未读入、移除了哪些文件",
    "运行记录": "每次发布的运行：时间、版本、文件数",
    "项目": "项目名称、单位、年度",
    "项目资金": "项目的各类资金和执行数，可相加",
    "预决算阶段": "年初预算、全年预算、决算等阶段的代码和定义",
    "预算单位": "预算单位的名称、上级、区划",
    "预算年度": "有数据的年度",
}
"""What a view is for, in Chinese; ``zh.目录`` says it. A view without one is shown with its English description."""

CATALOGUE: tuple[tuple[str, str, str], ...] = (
    (
        "目录",
        "one row per Chinese view (目录): what there is to ask",
        "select views.view_name as 视图, coalesce(said.purpose, views.comment) as 说明, views.comment as 英文说明"
        " from duckdb_views() as views left join (select * from (values "
        + ", ".join(f"('{name}', '{said}')" for name, said in _PURPOSES.items())
        + ") as listed(view_name, purpose)) as said on views.view_name = said.view_name"
        f" where schema_name = '{SCHEMA}' and not internal and database_name = current_database()",
    ),
    (
        "字段",
        "one row per column of a Chinese view (字段)",
        "select table_name as 视图, column_name as 列, data_type as 类型, split_part(comment, chr(10), 1) as 说明,"
        " split_part(comment, chr(10), 2) as 英文说明 from duckdb_columns()"
        f" where schema_name = '{SCHEMA}' and not internal and database_name = current_database()",
    ),
)
"""(name, description, query) of the views over the views themselves."""

_COLUMN_WORDS = Path(__file__).with_name("column_words.csv")


@cache
def _column_words() -> dict[tuple[str, str], str]:
    with _COLUMN_WORDS.open(encoding="utf-8", newline="") as source:
        return {(row["column"], row["view"]): row["meaning"] for row in csv.DictReader(source)}


def meaning_of(view: str, column: str) -> str | None:
    """What a column of a Chinese view means, in Chinese: that of the view, else that of all views; None if untold."""
    words = _column_words()
    return words.get((column, view), words.get((column, "")))


@dataclass(frozen=True, slots=True)
class View:
    """One view over one table of the star."""

    name: str
    table: str
    comment: str
    columns: tuple[tuple[str, str, str], ...]
    """(column of the table or empty where words were added, Chinese name, comment), in order."""
    sql: str
    """The query behind the view."""


def purpose_of(description: str | None) -> str:
    """What a table is for, in Chinese, by its description; its Chinese name where nothing is said, else nothing."""
    name = chinese_name(description)
    return _PURPOSES.get(name, name) if name else ""


def chinese_name(description: str | None) -> str | None:
    """The Chinese term in a description: its first bracketed group that is nothing but a term; None without one.

    ``Name of the unit (单位名称): of the ways …`` → 单位名称; quotes and separators fall out; money says so:
    ``Amount (金额，元)`` → 金额_元.
    """
    for group in _GROUP.finditer(description or ""):
        found = _TERM.fullmatch(group.group(1))
        if found:
            return found.group(1).translate(_NO_NAME) + ("_元" if found.group(2) else "")
    return None


def views_of(tables: Iterable[tuple[str, str | None, list[tuple[str, str | None]]]]) -> list[View]:
    """The views over (table, description, [(column, description)]) of the star.

    What has no Chinese term of its own keeps its English name, so that a view is never without a column; the tests
    see to it that there is nothing of that kind.
    """
    given = [held for held in tables if held[0].startswith(_PREFIXES)]
    known = {table for table, _, _ in given}
    views: list[View] = []
    for table, description, columns in given:
        name = chinese_name(description) or table
        if name in {view.name for view in views}:
            name = table
        views.append(_view(name, table, description or "", columns, known))
    return views


def _view(name: str, table: str, description: str, columns: list[tuple[str, str | None]], known: set[str]) -> View:
    terms = [chinese_name(text) for _, text in columns]
    own = {
        column: term if term and terms.count(term) == 1 else column
        for (column, _), term in zip(columns, terms, strict=True)
    }
    taken = {*own.values()}
    selected: list[str] = []
    joins: list[str] = []
    made: list[tuple[str, str, str]] = []
    keys = [column for column, _ in columns if column.endswith("_key")]
    for column, text in columns:
        if column not in keys:
            selected.append(f'held.{column} as "{own[column]}"')
            made.append((column, own[column], _said(name, own[column], text)))
        words = next((words for words in WORDS if _fits(words, table, column, known)), None)
        shown = [pair for pair in words.shown if pair[1] not in taken] if words else []
        if not words or not shown:
            continue
        alias = f"words_of_{column}"
        joins.append(f"left join {words.source} as {alias} on held.{column} = {alias}.{words.key}")
        for source_column, chinese in shown:
            taken.add(chinese)
            selected.append(f'{alias}.{source_column} as "{chinese}"')
            said = meaning_of(name, chinese) or f"“{own[column]}”一列的文字"
            made.append(("", chinese, f"{said}\nWords of {column}."))
    # Whoever opens a sheet wants names first; keys are for joins.
    selected += [f'held.{column} as "{own[column]}"' for column in keys]
    made += [(column, own[column], _said(name, own[column], text)) for column, text in columns if column in keys]
    source = f"main.{table}"
    if table in _MORE and _sources(_MORE[table][0]) <= known:
        rows, expressions = _MORE[table]
        names = [column for column, _ in columns]
        more = ", ".join(f"{expressions.get(name, 'null')} as {name}" for name in names)
        source = f"(select {', '.join(names)} from main.{table} union all select {more} from {rows})"
    sql = f"select {', '.join(selected)} from {source} as held {' '.join(joins)}".strip()
    return View(name, table, description, tuple(made), sql)


def _said(view: str, column: str, english: str | None) -> str:
    """The comment of a column: its meaning in Chinese, and below it the description of the table's column."""
    return "\n".join(text for text in (meaning_of(view, column) or english, english) if text)


def _fits(words: Words, table: str, column: str, known: set[str]) -> bool:
    if words.column != column or (words.tables and table not in words.tables):
        return False
    sources = _sources(words.source)
    # A dimension says its own words already.
    return table not in sources and sources <= known


def _sources(sql: str) -> set[str]:
    return set(re.findall(r"\bmain\.(\w+)", sql))


def described_tables(
    connection: duckdb.DuckDBPyConnection,
) -> list[tuple[str, str | None, list[tuple[str, str | None]]]]:
    """(table, comment, [(column, comment)]) of schema main, by name, columns in their order."""
    tables = connection.execute(
        "select table_name, comment from duckdb_tables() where schema_name = 'main'"
        " and database_name = current_database() order by table_name"
    ).fetchall()
    columns: dict[str, list[tuple[str, str | None]]] = {}
    for table, column, comment in connection.execute(
        "select table_name, column_name, comment from duckdb_columns() where schema_name = 'main'"
        " and database_name = current_database() order by table_name, column_index"
    ).fetchall():
        columns.setdefault(table, []).append((column, comment))
    return [(table, comment, columns[table]) for table, comment in tables]


def create_views(connection: duckdb.DuckDBPyConnection) -> list[View]:
    """Make schema ``zh`` in the database that is open for writing, with comments; returns what was made."""
    views = views_of(described_tables(connection))
    connection.execute("begin")  # One write of the log for all, not one for each comment.
    connection.execute(f"create schema if not exists {SCHEMA}")
    for view in views:
        target = f'{SCHEMA}."{view.name}"'
        connection.execute(f"create or replace view {target} as {view.sql}")
        connection.execute(f"comment on view {target} is {_literal(f'{view.comment} [main.{view.table}]')}")
        for _, name, comment in view.columns:
            connection.execute(f'comment on column {target}."{name}" is {_literal(comment)}')
    for name, comment, sql in CATALOGUE:
        connection.execute(f"create or replace view {SCHEMA}.{name} as {sql}")
        connection.execute(f"comment on view {SCHEMA}.{name} is {_literal(comment)}")
        for (column,) in connection.execute(f"select name from pragma_table_info('{SCHEMA}.{name}')").fetchall():
            said = meaning_of(name, column) or meaning_of("", column)
            if said:
                connection.execute(f'comment on column {SCHEMA}.{name}."{column}" is {_literal(said)}')
    connection.execute("commit")
    return views


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
