"""``gongkai explain``: one figure's whole way, from the printed page to every fact that uses it (溯源)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl

from gongkai.chinese_views import chinese_name
from gongkai.derivation import FACTS, of_fact
from gongkai.derivation_unit_year import of_unit_year
from gongkai.home import Home
from gongkai.messages import GongkaiError
from gongkai.query import plain
from gongkai.reader import open_published

_ORIGINS = ("fct_statement_amount", "fct_narrative_amount")
_PLACE = ("page", "source_line", "sheet", "table_ordinal", "row_ordinal", "column_ordinal")
_NEIGHBOURS = 2
"""Rows above and below, in the figure's column, shown around it."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything known about one figure. Dictionaries hold columns of the warehouse or the landing by name."""

    amount_key: str
    origin: str
    """Table the figure is a row of."""
    amount: dict[str, Any]
    """Its row there."""
    document: dict[str, Any]
    """Its row of dim_document."""
    table: dict[str, Any] = field(default_factory=dict)
    """Its table as landed: printed title, unit, year and unit name, what recognised it."""
    header: list[dict[str, Any]] = field(default_factory=list)
    """Parts of its header path: label, and whether printed, carried or filled."""
    row: list[str] = field(default_factory=list)
    """Printed cells of its row, left to right; its own between 【】."""
    column: list[str] = field(default_factory=list)
    """Printed cells of its column, a few rows above and below."""
    text: str | None = None
    """The paragraph or sentence it stands in, for prose."""
    used_by: list[dict[str, Any]] = field(default_factory=list)
    """Rows of other tables that hold its amount_key, each with its table's name under ``table``."""
    derivations: list[dict[str, Any]] = field(default_factory=list)
    """For uses whose amount is reckoned (推算): table, formula, inputs with their places, whether these make it up."""
    mart_findings: list[dict[str, Any]] = field(default_factory=list)
    """Checks of the document's arithmetic that use it."""

    def as_dict(self) -> dict[str, Any]:
        """The explanation as plain values, for JSON."""
        return asdict(self)


def explain(home: Home, amount_key: str) -> Explanation:
    """Follow a figure from the warehouse back to its place in the landing.

    Raises ``GongkaiError`` unknown_amount, or as ``open_published``.
    """
    with open_published(home) as connection:
        origin, amount = _find(connection, amount_key)
        documents = _rows(connection, "select * from dim_document where document_key = ?", [amount["document_key"]])
        document = documents[0] if documents else {}
        used_by = _used_by(connection, amount_key)
        derivations = _derivations(connection, used_by)
        checks = _checks(connection, amount_key)
    landing = _Landing(home, document.get("document_id"))
    explanation = Explanation(
        amount_key, origin, amount, document, used_by=used_by, derivations=derivations, mart_findings=checks
    )
    place = [amount.get(name) for name in ("table_ordinal", "row_ordinal", "column_ordinal")]
    if None not in place:
        table, row, column = place
        header = landing.of_table("table_columns", table).filter(pl.col("column_ordinal") == column)
        tables = landing.of_table("tables", table).to_dicts()
        cells = landing.of_table("cells", table)
        explanation = replace(
            explanation,
            table=tables[0] if tables else {},
            header=header.sort("section_ordinal", "part_ordinal").to_dicts(),
            row=_marked(cells.filter(pl.col("row_ordinal") == row), "column_ordinal", column),
            column=_marked(
                cells.filter(
                    (pl.col("column_ordinal") == column) & (pl.col("row_ordinal") - row).abs().le(_NEIGHBOURS)
                ),
                "row_ordinal",
                row,
            ),
        )
    if origin == "fct_narrative_amount":
        explanation = replace(explanation, text=landing.paragraph(amount) or amount.get("sentence"))
    return explanation


def as_text(found: Explanation) -> str:
    """The explanation for a terminal, in Chinese."""
    amount, document, table = found.amount, found.document, found.table
    lines = [f"数字 {found.amount_key}"]

    def say(name: str, *values: object) -> None:
        shown = " ".join(plain(value) for value in values if value not in (None, "", []))
        if shown:
            lines.append(f"  {name}：{shown}")

    say("文件", document.get("file_name"), _labelled("来自压缩包", document.get("archive_name")))
    say("文档", document.get("title"), _labelled("财政年度", document.get("fiscal_year")))
    say("原件哈希", document.get("document_id"))
    say("位置", *_place(amount))
    say("报表", amount.get("statement_code"), _labelled("表题", table.get("title_printed")))
    say("识别依据", table.get("recognition_reason"), _labelled("置信度", table.get("recognition_confidence")))
    parts = [f"{part['label_printed']}（{_ORIGIN_NAMES.get(part['origin'], part['origin'])}）" for part in found.header]
    say("栏目", amount.get("column_label"), _labelled("来历", " / ".join(parts)))
    say("行", amount.get("row_code"), amount.get("row_label"))
    say("本行各单元格", " | ".join(found.row))
    say("本列上下", " | ".join(found.column))
    say("章节", amount.get("section"))
    say("原文", found.text)
    say("打印值", amount.get("value_printed"), amount.get("unit_of_measure"))
    say("换算", _conversion(amount))
    codes = {name: value for name, value in amount.items() if name.endswith("_code") and value is not None}
    say("含义", "，".join(f"{name}={value}" for name, value in codes.items()))
    reckoned = iter(found.derivations)
    for used in found.used_by:
        holder = "，".join(
            f"{name}={plain(value)}"
            for name, value in used.items()
            if name != "table" and value is not None and name.endswith(("_code", "_yuan", "fiscal_year"))
        )
        say("用于", used["table"], "【推算，没有印出】" if used.get("is_derived") else "", holder)
        if _is_reckoned(used):
            lines += [f"    {line}" for line in derivation_lines(next(reckoned))]
    for check in found.mart_findings:
        say("勾稽", check.get("rule_id"), check.get("status"), check.get("message_zh"))
    return "\n".join(lines)


def derivation_lines(derivation: dict[str, Any]) -> list[str]:
    """A reckoning for the terminal: the formula, then its inputs with their places."""
    lines = [f"算式：{derivation['formula']}"]
    zeros = [one for one in derivation["inputs"] if one["amount_yuan"] == 0]
    for one in derivation["inputs"]:
        if one in zeros and len(zeros) > 1:
            continue
        sign = "＋" if one["sign"] > 0 else "－"
        amount = f"{plain(one['amount_yuan'])} 元" if one["amount_yuan"] is not None else ""
        printed = f"印作 {one['value_printed']} {one['unit_of_measure'] or ''}".rstrip()
        if one["is_derived"]:
            printed = "推算，另有算式"
        place = " ".join(_place(one))
        lines.append(f"{sign} {amount}（{printed}）{one['words']}；{one['file_name']} {place}；{one['amount_key']}")
    if len(zeros) > 1:
        lines.append(f"＋ 0.00 元（另有 {len(zeros)} 个数印作零，--json 列出）")
    if derivation["amount_yuan"] is not None:
        lines.append(f"＝ {plain(derivation['amount_yuan'])} 元")
    if not derivation["is_complete"]:
        lines.append("（以上各数之和与此不等：没有找齐它所用的数，仅供查找）")
    return lines


def explain_cell(home: Home, unit: str, year: str, column: str) -> list[dict[str, Any]]:
    """How a cell of 单位年度概况 came about, one for each scope: unit, year, scope, column, value, derivation.

    Raises ``GongkaiError`` unknown_cell, or as ``open_published``.
    """
    with open_published(home) as connection:
        chinese: dict[str, str] = {}
        for name, text in connection.execute(
            "select column_name, comment from duckdb_columns() where schema_name = 'main'"
            " and table_name = 'mart_unit_year' and database_name = current_database()"
        ).fetchall():
            chinese[chinese_name(text) or name] = name
        found = of_unit_year(connection, unit, year, column, chinese)
        scopes = dict(connection.execute("select scope_code, name_zh from dim_scope").fetchall())
    return [
        {
            "unit_name": row["unit_name"],
            "fiscal_year": row["fiscal_year"],
            "scope_code": row["scope_code"],
            "scope_name": scopes.get(row["scope_code"], row["scope_code"]),
            "column": column,
            "derivation": asdict(derivation),
        }
        for row, derivation in found
    ]


def cells_as_text(found: list[dict[str, Any]]) -> str:
    """The cells for a terminal."""
    lines = []
    for cell in found:
        lines.append(f"{cell['unit_name']} {cell['fiscal_year']} 年 {cell['scope_name']}口径 {cell['column']}")
        lines += [f"  {line}" for line in derivation_lines(cell["derivation"])]
    return "\n".join(lines)


_ORIGIN_NAMES = {"printed": "打印", "carried": "合并单元格延续", "filled": "表头缺失，按报表样式补"}


def _labelled(name: str, value: object) -> str | None:
    return f"（{name}：{plain(value)}）" if value not in (None, "") else None


def _place(amount: dict[str, Any]) -> list[str]:
    names = {
        "page": "第 {} 页",
        "source_line": "第 {} 行",
        "sheet": "工作表 {}",
        "table_ordinal": "第 {} 张表",
        "row_ordinal": "表内行 {}",
        "column_ordinal": "列 {}",
    }
    return [names[name].format(amount[name]) for name in _PLACE if amount.get(name) is not None]


def _conversion(amount: dict[str, Any]) -> str | None:
    yuan = amount.get("amount_yuan")
    if yuan is None:
        return None
    half = amount.get("half_unit_yuan")
    exact = f"，末位半个单位 {_short(half)} 元" if half is not None else ""
    return f"{_short(amount['value'])} {amount.get('unit_of_measure')} = {plain(yuan)} 元{exact}"


def _short(value: Decimal) -> str:
    """A decimal without the zeros that only its type adds."""
    text = plain(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, values: list[Any]) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, values)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _find(connection: duckdb.DuckDBPyConnection, amount_key: str) -> tuple[str, dict[str, Any]]:
    for origin in _ORIGINS:
        # The key's type is the warehouse's affair; people give it as text.
        found = _rows(connection, f"select * from {origin} where cast(amount_key as varchar) = ?", [amount_key])
        if found:
            return origin, found[0]
    raise GongkaiError("unknown_amount", amount_key=amount_key)


def _used_by(connection: duckdb.DuckDBPyConnection, amount_key: str) -> list[dict[str, Any]]:
    holders = _rows(
        connection,
        "select table_name from information_schema.columns"
        " where table_schema = 'main' and column_name = 'amount_key' and table_name like 'fct_%' order by table_name",
        [],
    )
    used = []
    for holder in (row["table_name"] for row in holders):
        if holder not in _ORIGINS:
            sql = f'select * from "{holder}" where cast(amount_key as varchar) = ?'
            used += [{"table": holder} | row for row in _rows(connection, sql, [amount_key])]
    return used


def _is_reckoned(used: dict[str, Any]) -> bool:
    return used["table"] in FACTS and bool(used.get("is_derived") or (used.get("figure_count") or 1) > 1)


def _derivations(connection: duckdb.DuckDBPyConnection, used_by: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The reckonings of those uses that are reckoned, in their order."""
    made = []
    for used in used_by:
        if _is_reckoned(used):
            made.append({"table": used["table"]} | asdict(of_fact(connection, used["table"], used)))
    return made


def _checks(connection: duckdb.DuckDBPyConnection, amount_key: str) -> list[dict[str, Any]]:
    sql = (
        "select checks.*, bridge.coefficient from bridge_reconciliation_amount as bridge"
        " inner join fct_reconciliation as checks on bridge.reconciliation_key = checks.reconciliation_key"
        " where cast(bridge.amount_key as varchar) = ? order by checks.rule_id, checks.reconciliation_key"
    )
    return _rows(connection, sql, [amount_key])


def _marked(cells: pl.DataFrame, order: str, own: int) -> list[str]:
    """Printed texts of cells in order, the figure's own between 【】."""
    texts = []
    for position, text in cells.sort(order).select(order, "text_printed").iter_rows():
        printed = (text or "").replace("\n", "")
        texts.append(f"【{printed}】" if position == own else printed)
    return texts


@dataclass(frozen=True, slots=True)
class _Landing:
    """Landing rows of one document; nothing where the landing no longer holds it."""

    home: Home
    document_id: str | None

    def rows(self, table: str) -> pl.LazyFrame:
        files = pl.scan_parquet(self.home.landing / table / "*.parquet", missing_columns="insert")
        return files.filter(pl.col("document_id") == self.document_id)

    def of_table(self, table: str, table_ordinal: int) -> pl.DataFrame:
        return self.rows(table).filter(pl.col("table_ordinal") == table_ordinal).collect()

    def paragraph(self, amount: dict[str, Any]) -> str | None:
        """The paragraph a prose figure stands in, found by its line or page and its sentence."""
        held = self.rows("paragraphs").select("page", "source_line", "last_line", "text").collect()
        for row in held.iter_rows(named=True):
            if row["text"] and amount.get("sentence") and amount["sentence"] in row["text"]:
                return row["text"]
        return None
