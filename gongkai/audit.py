"""``gongkai audit``: the check sheet a reviewer would file for a document, a unit or all (审核表).

Everything is read from the published warehouse; the quoted lines come from the landing. A norm whose article numbers
nobody has read again is not shown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

import duckdb
import polars as pl

from gongkai.chinese_views import UNREAD_KINDS
from gongkai.home import Home
from gongkai.messages import GongkaiError
from gongkai.reader import open_published

AGREES, DIFFERS, UNCHECKED, ABSENT = "符合", "不符合", "未能核对", "未公开"
PARTLY = "未发现不符，部分报表未能核对"
SEVERITIES = {"critical": "严重", "major": "重要", "minor": "一般", "style": "提示"}
_PROSE = "文字说明"
_PERFORMANCE = "绩效"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet: a statement, or the prose, with what its checks came to."""

    name: str
    verdict: str
    """符合, 不符合, 未能核对 (nothing could be checked) or 未公开 (announced, not there)."""
    exact: int
    rounding: int
    discrepant: int
    incomplete: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """What the page says at a figure of a finding."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One root cause, with both figures and what would mend it."""

    number: int
    severity: str
    place: str
    printed: str
    expected: str
    rules: tuple[str, ...]
    """Names of the identities it breaks, with their formulas."""
    basis: tuple[str, ...]
    """Norms, only those whose articles were read again."""
    details: tuple[str, ...]
    """One sentence per broken identity: both figures, difference, tolerance."""
    quotes: tuple[Quote, ...]
    mend: str


@dataclass(frozen=True, slots=True)
class Unread:
    """Something printed that was not read, or has no place: what the sheet says nothing about."""

    kind: str
    place: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The check sheet of one document."""

    document_key: str
    file_name: str
    title: str
    unit_name: str
    fiscal_year: int | None
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]
    rules_applied: int
    rules_not_evaluable: int
    rules_not_applicable: int
    unread: tuple[Unread, ...] = ()

    @property
    def verdict(self) -> str:
        """不符合 where something was found, else whether a whole statement could not be checked, or 符合."""
        if self.findings:
            return DIFFERS
        return PARTLY if any(line.verdict == UNCHECKED for line in self.lines) else AGREES

    def as_dict(self) -> dict[str, Any]:
        """The sheet as plain values, for JSON."""
        return asdict(self) | {"verdict": self.verdict}


_DOCUMENTS = """
    select documents.document_key, documents.document_id, documents.file_name, documents.title,
        units.unit_name, documents.fiscal_year
    from dim_document as documents left join dim_unit as units on documents.unit_key = units.unit_key
    where documents.is_current and documents.document_kind is not null
        and (? is null or documents.document_key = ? or contains(documents.file_name, ?)
             or contains(coalesce(documents.title, ''), ?) or contains(coalesce(units.unit_name, ''), ?))
    order by units.unit_name, documents.fiscal_year, documents.file_name
"""
_SECTION = """
    coalesce(statements.name_zh, case
        when told.amount_key is not null then '文字说明'
        when rules.rule_kind in ('score', 'perf_prose') then '绩效表'
        else '其他'
    end)
"""
_RESULTS = f"""
    select results.document_key, {_SECTION} as section, results.status, count(*) as places
    from fct_reconciliation as results
    inner join dim_rule as rules on results.rule_id = rules.rule_id
    left join fct_statement_amount as printed on results.left_amount_key = printed.amount_key
    left join fct_narrative_amount as told on results.left_amount_key = told.amount_key
    left join dim_statement as statements on printed.statement_code = statements.statement_code
    group by all
"""
# An identity has two sides and one cause: the section of the figure a finding names, not the one the sum starts from.
_CAUSES = f"""
    with named as (
        select findings.finding_key, findings.document_key, findings.rule_ids, findings.amount_key,
            case
                when told.amount_key is not null then '文字说明'
                when findings.kind = 'unit' then split_part(findings.place, '（', 1)
                else statements.name_zh
            end as cause
        from fct_finding as findings
        left join fct_statement_amount as printed on findings.amount_key = printed.amount_key
        left join fct_narrative_amount as told on findings.amount_key = told.amount_key
        left join dim_statement as statements on printed.statement_code = statements.statement_code
        where findings.result_count > 0
    )
    select distinct results.document_key, {_SECTION} as section, named.finding_key,
        coalesce(named.cause, {_SECTION}) as cause
    from fct_reconciliation as results
    inner join dim_rule as rules on results.rule_id = rules.rule_id
    inner join named
        on results.document_key = named.document_key
        and contains(',' || named.rule_ids || ',', ',' || results.rule_id || ',')
    left join bridge_reconciliation_amount as sides
        on results.reconciliation_key = sides.reconciliation_key and named.amount_key = sides.amount_key
    left join fct_statement_amount as printed on results.left_amount_key = printed.amount_key
    left join fct_narrative_amount as told on results.left_amount_key = told.amount_key
    left join dim_statement as statements on printed.statement_code = statements.statement_code
    where results.status = 'discrepant' and (
        sides.amount_key is not null
        or (named.amount_key is null and named.cause is not null)
        or ends_with(named.finding_key, ':' || results.reconciliation_key)
    )
    order by all
"""
_QUOTED = 16
"""Lines quoted for one finding: a sum of many rows is shown whole."""
_SHORT = 4
"""So many lines are quoted even where their figures are nothing."""
_SAYS_SOMETHING = re.compile(r"【[^】]*[1-9][^】]*】|^[^【]*$")
"""A row with a marked figure other than nothing, or a sentence."""
_COVERAGE = "select document_key, state, count(*) as rules from fct_rule_coverage group by all"
_FINDINGS = """
    select finding_key, document_key, severity, rule_ids, place, printed, expected, amount_key, kind, message_zh,
        mends_all, result_count, source_line
    from fct_finding
    order by case severity when 'critical' then 0 when 'major' then 1 when 'minor' then 2 else 3 end, place, finding_key
"""
_PRESENCE = "select document_key, title_printed, statement_code, state from mart_statement_presence"
_UNREAD = """
    select document_key, unread_kind, page, source_line, sheet, place_named, text_printed, stands_in, reason
    from mart_unread order by page nulls first, source_line nulls first, unread_key
"""
_FIGURES = """
    select amount_key, document_key, page, source_line, sheet, table_ordinal, row_ordinal, column_ordinal,
        null as sentence
    from fct_statement_amount
    union all
    select amount_key, document_key, page, source_line, null, null, null, null, sentence from fct_narrative_amount
"""


def audit(home: Home, target: str | None) -> list[Sheet]:
    """Check sheets of the documents that ``target`` names: a document key, part of a file name, title or unit; or all.

    Raises ``GongkaiError`` unknown_document, or as ``open_published``.
    """
    with open_published(home) as connection:
        documents = _rows(connection, _DOCUMENTS, [target] * 5)
        if not documents:
            raise GongkaiError("unknown_document", target=target or "")
        rules = {row["rule_id"]: row for row in _rows(connection, "select * from dim_rule")}
        results = _by_document(_rows(connection, _RESULTS))
        findings = _by_document(_rows(connection, _FINDINGS))
        presence = _by_document(_rows(connection, _PRESENCE))
        coverage = _by_document(_rows(connection, _COVERAGE))
        causes = _by_document(_rows(connection, _CAUSES))
        unread = _by_document(_rows(connection, _UNREAD))
        cited = _cited(connection, [row["document_key"] for row in documents], findings)
    sheets = []
    for document in documents:
        key = document["document_key"]
        quotes = _Quotes(home, document["document_id"])
        states = {row["state"]: row["rules"] for row in coverage[key]}
        numbers = {row["finding_key"]: number for number, row in enumerate(findings[key], 1)}
        sheets.append(
            Sheet(
                document_key=key,
                file_name=document["file_name"],
                title=document["title"] or document["file_name"],
                unit_name=document["unit_name"] or "",
                fiscal_year=document["fiscal_year"],
                lines=_lines(results[key], presence[key], causes[key], numbers),
                findings=tuple(
                    _finding(number, row, rules, cited, quotes) for number, row in enumerate(findings[key], 1)
                ),
                rules_applied=states.get("applied", 0),
                rules_not_evaluable=states.get("not_evaluable", 0),
                rules_not_applicable=states.get("not_applicable", 0),
                unread=tuple(_unread(row) for row in unread[key]),
            )
        )
    return sheets


def _unread(row: dict[str, Any]) -> Unread:
    words = (_place(row), row["place_named"] or "")
    printed = "：".join(text for text in (row["stands_in"], row["text_printed"]) if text)
    kind = UNREAD_KINDS.get(row["unread_kind"], row["unread_kind"])
    return Unread(kind, "，".join(word for word in words if word), printed, row["reason"])


def _place(row: dict[str, Any]) -> str:
    """Page, sheet and line of something printed, in words."""
    names = {"page": "第{}页", "sheet": "工作表{}", "source_line": "第{}行"}
    return "，".join(words.format(row[name]) for name, words in names.items() if row[name])


def _in_print(row: dict[str, Any]) -> tuple[int, ...]:
    """Sorts what is printed by page, line, table and row."""
    return tuple(row[name] or 0 for name in ("page", "source_line", "table_ordinal", "row_ordinal"))


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, values or [])
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _by_document(rows: list[dict[str, Any]]) -> defaultdict[str, list[dict[str, Any]]]:
    held: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        held[row["document_key"]].append(row)
    return held


def _lines(
    results: list[dict[str, Any]],
    presence: list[dict[str, Any]],
    causes: list[dict[str, Any]],
    numbers: dict[str, int],
) -> tuple[Line, ...]:
    """A line per section. ``causes`` say of a section's broken identities where the figure at fault stands."""
    counts: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in results:
        counts[row["section"]][row["status"]] += row["places"]
    elsewhere: defaultdict[str, dict[str, None]] = defaultdict(dict)
    guilty = {row["cause"] for row in causes}
    for row in causes:
        if row["cause"] != row["section"]:
            elsewhere[row["section"]][f"{row['cause']}（问题{numbers[row['finding_key']]}）"] = None
            elsewhere[row["cause"]].setdefault("", None)
    lines = []
    for name in sorted({*counts, *elsewhere}, key=lambda section: (section in (_PROSE, "其他"), section)):
        held, places = counts[name], [place for place in elsewhere[name] if place]
        if name in guilty or (held["discrepant"] and not places):
            verdict, note = DIFFERS, ""
        elif held["exact"] or held["rounding"] or held["discrepant"]:
            verdict, note = AGREES, f"与之核对的数不符，原因在{'、'.join(places)}" if places else ""
        else:
            verdict, note = UNCHECKED, ""
        lines.append(Line(name, verdict, held["exact"], held["rounding"], held["discrepant"], held["incomplete"], note))
    for row in presence:
        name = row["title_printed"] or row["statement_code"] or ""
        if row["state"] == "missing" and not (row["statement_code"] or "").startswith("perf"):
            lines.append(Line(name, ABSENT, 0, 0, 0, 0, "目录列出，文中未见"))
        elif row["state"] == "empty":
            lines.append(Line(name, UNCHECKED, 0, 0, 0, 0, "空表，未作说明"))
        elif row["state"] == "declared_empty":
            lines.append(Line(name, AGREES, 0, 0, 0, 0, "空表，已作说明"))
    # what asks for a look stands first
    order = (DIFFERS, ABSENT, UNCHECKED, AGREES)
    return tuple(sorted(lines, key=lambda line: order.index(line.verdict)))


def _cited(
    connection: duckdb.DuckDBPyConnection, keys: list[str], findings: dict[str, list[dict[str, Any]]]
) -> dict[str, list[dict[str, Any]]]:
    """Figures each named cause stands with: itself first, then every figure of the identities it breaks."""
    wanted = {row["amount_key"] for key in keys for row in findings[key] if row["amount_key"]}
    if not wanted:
        return {}
    connection.execute("create or replace temp table wanted (amount_key varchar)")
    connection.executemany("insert into wanted values (?)", [[key] for key in sorted(wanted)])
    pairs = _rows(
        connection,
        "select distinct bridge.amount_key as root, sides.amount_key from bridge_reconciliation_amount as bridge"
        " inner join wanted using (amount_key) inner join fct_reconciliation as results using (reconciliation_key)"
        " inner join bridge_reconciliation_amount as sides using (reconciliation_key)"
        " where results.status = 'discrepant' order by all",
    )
    places = {row["amount_key"]: row for row in _rows(connection, _FIGURES + " order by 1") if row["amount_key"]}
    held: dict[str, list[dict[str, Any]]] = {key: [places[key]] for key in wanted if key in places}
    for pair in pairs:
        if pair["amount_key"] != pair["root"] and pair["amount_key"] in places and pair["root"] in held:
            held[pair["root"]].append(places[pair["amount_key"]])
    return held


def _finding(
    number: int,
    row: dict[str, Any],
    rules: dict[str, dict[str, Any]],
    cited: dict[str, list[dict[str, Any]]],
    quotes: _Quotes,
) -> Finding:
    names = [rules[rule] for rule in dict.fromkeys(row["rule_ids"].split(",")) if rule in rules]
    own = cited.get(row["amount_key"] or "", [])
    if row["amount_key"] and row["mends_all"]:
        mend = f"核实 {row['place']} 的 {row['printed']}；改为 {row['expected']} 后，所列各项即相符"
    elif row["amount_key"]:
        others = f"及与其核对的各数（下列 {row['result_count']} 项关系不符）"
        mend = f"核实 {row['place']} 的 {row['printed']} {others}，更正后重新核对"
    else:
        mend = f"核实 {row['place']}：{row['expected']}" if row["place"] else (row["expected"] or "")
    return Finding(
        number=number,
        severity=SEVERITIES.get(row["severity"], row["severity"]),
        place=row["place"] or "",
        printed=row["printed"] or "",
        # a sum that does not agree says what it comes to, not what is right
        expected=(row["expected"] or "")
        + ("（按与之核对的数计算）" if row["amount_key"] and not row["mends_all"] else ""),
        rules=tuple(f"{rule['rule_name_zh']}（{rule['formula']}）" for rule in names),
        basis=tuple(rule["basis"] for rule in names if rule["basis_verified"] and rule["basis"]),
        details=_details(row["message_zh"] or "", [rule["rule_name_zh"] for rule in names]),
        quotes=quotes.of(own) if own else quotes.of_line(row["source_line"]),
        mend=mend,
    )


def _details(message: str, names: list[str]) -> tuple[str, ...]:
    """The sentences of a finding, without the names of the rules that stand above them."""
    found = []
    for sentence in message.split("；") if message else []:
        name = next((name for name in names if sentence.startswith(f"{name}：")), "")
        found.append(sentence[len(name) + 1 :] if name else sentence)
    return tuple(found)


class _Quotes:
    """Printed lines of one document: the row of a cell, the sentence of a number in prose."""

    def __init__(self, home: Home, document_id: str) -> None:
        self._home, self._document_id = home, document_id
        self._cells: pl.DataFrame | None = None
        self._texts: pl.DataFrame | None = None

    def of(self, figures: list[dict[str, Any]]) -> tuple[Quote, ...]:
        """The lines figures stand in, each once with all its figures marked; lines the landing no longer holds are
        left out. Of a long sum the rows of nothing are not quoted, and what is beyond the limit is counted."""
        lines: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        for figure in [*figures[:1], *sorted(figures[1:], key=_in_print)]:
            told = (figure["sentence"] or "").strip()
            lines.setdefault(
                (told, _place(figure)) if told else (figure["table_ordinal"], figure["row_ordinal"]), []
            ).append(figure)
        found = [quote for held in lines.values() if (quote := self._line(held)).text]
        if len(found) > _SHORT:
            found = [found[0]] + [quote for quote in found[1:] if _SAYS_SOMETHING.search(quote.text)]
        if len(found) > _QUOTED:
            found = [*found[:_QUOTED], Quote("其余", f"另有 {len(found) - _QUOTED} 行未列出")]
        return tuple(dict.fromkeys(found))

    def of_line(self, source_line: int | None) -> tuple[Quote, ...]:
        """The paragraph that begins in a line of the source: what is no figure knows its line only."""
        if source_line is None:
            return ()
        texts = self._paragraphs().filter(pl.col("source_line") == source_line)["text"].to_list()
        return tuple(Quote(f"第{source_line}行", text.strip()) for text in texts[:1] if text.strip())

    def _line(self, figures: list[dict[str, Any]]) -> Quote:
        first, place = figures[0], _place(figures[0])
        if first["sentence"]:
            return Quote(place, first["sentence"].strip())
        if first["table_ordinal"] is None:
            return Quote(place, "")
        row = self._table_cells().filter(
            (pl.col("table_ordinal") == first["table_ordinal"]) & (pl.col("row_ordinal") == first["row_ordinal"])
        )
        marked = {figure["column_ordinal"] for figure in figures}
        texts = row.sort("column_ordinal").select("column_ordinal", "text_printed").iter_rows()
        shown = [
            f"【{text.strip()}】" if column in marked else text.strip().replace("\n", "")
            for column, text in texts
            if text
        ]
        return Quote(place, " | ".join(shown))

    def _table_cells(self) -> pl.DataFrame:
        if self._cells is None:
            files = pl.scan_parquet(self._home.landing / "cells" / "*.parquet", missing_columns="insert")
            self._cells = (
                files.filter(pl.col("document_id") == self._document_id)
                .select("table_ordinal", "row_ordinal", "column_ordinal", "text_printed")
                .collect()
            )
        return self._cells

    def _paragraphs(self) -> pl.DataFrame:
        if self._texts is None:
            files = pl.scan_parquet(self._home.landing / "paragraphs" / "*.parquet", missing_columns="insert")
            self._texts = (
                files.filter(pl.col("document_id") == self._document_id).select("source_line", "text").collect()
            )
        return self._texts
