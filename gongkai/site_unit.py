"""Pages of a unit and of each of its years, written chunk by chunk by worker processes (单位页与年度页)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from gongkai import site_grid as grids
from gongkai.site_chart import Chart, Series, bar, chart
from gongkai.site_document import (
    DocumentOptions,
    DocumentParts,
    DocumentWriter,
    cells_by_document,
    grouped,
    load_documents,
    rows,
)
from gongkai.site_text import SCOPE_ORDER, chosen_scope, data_part, environment, page_name, write_page

_SIDES = ("budget", "final")
_THREE_PUBLIC = ("overseas", "vehicle_purchase", "vehicle_operation", "hospitality")
COMPARED = (
    ("expenditure", "支出", "Expenditure"),
    ("income", "收入", "Income"),
    ("appropriation", "财政拨款", "Appropriation"),
    ("basic", "基本支出", "Basic expenditure"),
    ("project", "项目支出", "Project expenditure"),
    ("personnel", "人员经费", "Personnel"),
    ("public", "公用经费", "Public"),
    ("three_public", "“三公”经费", "Three public expenses"),
    ("procurement", "政府采购", "Procurement"),
    ("operating_cost", "机关运行经费", "Operating cost"),
)
"""Measures of mart_unit_year that have a budget and a final column."""
_METRIC_WORDS = {
    "expenditure_per_staff": ("Expenditure per staff", True),
    "personnel_per_staff": ("Personnel cost per staff", True),
    "public_per_staff": ("Running cost per staff", True),
    "execution_rate": ("Final ÷ budget", False),
    "score_rate": ("Performance score", False),
}
"""English words of the metrics, and whether they are yuan; Chinese ones are their declared labels."""


@dataclass(frozen=True, slots=True)
class ChunkTask:
    """One chunk for a worker process."""

    store: Path
    chunk: int
    documents: DocumentOptions
    kept_units: frozenset[str] = frozenset()
    """Units and documents whose pages are there already."""
    kept_documents: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ChunkOutcome:
    """What a chunk came to."""

    units: int
    years: int
    documents: int
    pictures: int


def shared_names(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Code lists that every page may name."""

    def names(sql: str) -> dict[str, tuple[str, str]]:
        return {code: (zh, en) for code, zh, en in connection.execute(sql).fetchall()}

    run = rows(connection, "select * from meta_run limit 1", [])
    return {
        "statements": names("select statement_code, name_zh, name_en from dim_statement"),
        "statement_order": [
            row[0]
            for row in connection.execute(
                "select statement_code from dim_statement order by statement_ordinal, statement_code"
            ).fetchall()
        ],
        "rules": {
            row["rule_id"]: row
            for row in rows(connection, "select rule_id, rule_name_zh, rule_name_en, formula, basis, basis_verified"
                                        " from dim_rule", [])
        },
        "income": names("select measure_code, name_zh, name_en from dim_measure where measure_kind = 'income'"),
        "three_public": names("select code, zh, en from line_names"),
        "metrics": dict(connection.execute("select name, label from metric_label").fetchall()),
        "functions": {
            row[0]: row[1:]
            for row in connection.execute(
                "select functional_key, functional_code, functional_name, class_code, class_name"
                " from dim_functional_subject"
            ).fetchall()
        },
        "economics": {
            row[0]: row[1:]
            for row in connection.execute(
                "select economic_key, economic_code, economic_name, class_code, class_name from dim_economic_subject"
            ).fetchall()
        },
        "subject_pages": {
            kind: {row[0] for row in connection.execute(f"select code from site_{kind}_page").fetchall()}
            for kind in ("function", "economic")
        },
        "run": run[0] if run else {},
    }  # fmt: skip


def write_chunk(task: ChunkTask) -> ChunkOutcome:
    """All pages of one chunk's units, years and documents, but for those that are there already."""
    connection = duckdb.connect(str(task.store), read_only=True, config={"memory_limit": "1GB", "threads": 1})
    try:
        left = connection.execute(
            "select (select count(*) from site_unit where chunk = ? and unit_key not in (select unnest(?)))"
            " + (select count(*) from site_document where chunk = ? and document_key not in (select unnest(?)))",
            [task.chunk, list(task.kept_units), task.chunk, list(task.kept_documents)],
        ).fetchall()[0][0]
        return _Chunk(connection, task).write() if left else ChunkOutcome(0, 0, 0, 0)
    finally:
        connection.close()


class _Chunk:
    """The rows of one chunk, and the writing of its pages."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, task: ChunkTask) -> None:
        self._connection, self._task = connection, task
        self._out = task.documents.out
        self._environment = environment()
        self._shared = shared_names(connection)
        self._documents = load_documents(connection, task.chunk)
        self._findings = self._load_findings()

    def _of(self, table: str, *keys: str, order: str = "all") -> dict[Any, list[dict[str, Any]]]:
        sql = f"select * from {table} where chunk = ? order by {order}"
        return grouped(rows(self._connection, sql, [self._task.chunk]), *keys)

    def _load_findings(self) -> dict[str, list[dict[str, Any]]]:
        quotes = self._of("site_quote", "finding_key", order="finding_key, side, amount_key")
        shared_rules = self._shared["rules"]
        cells = self._quoted_rows([row for held in quotes.values() for row in held])
        documents = {document["document_key"]: document for document in self._documents.documents}
        found = rows(
            self._connection, "select * from site_finding where chunk = ? order by document_key, number",
            [self._task.chunk],
        )  # fmt: skip
        for row in found:
            row["rules"] = [shared_rules[rule] for rule in dict.fromkeys((row["rule_ids"] or "").split(","))
                            if rule in shared_rules]  # fmt: skip
            row["details"] = (row["message_zh"] or "").split("；")
            row["anchor"] = self._anchor(row, documents[row["document_key"]])
            row["details_en"] = (row["message_en"] or "").split("; ")
            row["quotes"] = [quote | {"shown": cells(quote)} for quote in quotes.get(row["finding_key"], [])]
        return grouped(found, "document_key")

    def _anchor(self, finding: dict[str, Any], document: dict[str, Any]) -> str:
        """Fragment of the line or page that a finding without figures names, where the source pane shows it."""
        place = _place_said(finding["place"])
        options, key = self._task.documents, document["document_id"]
        if place is None or not (options.sources / key[:2] / key).exists():
            return ""
        if place[0] == "L":
            return place if document["file_format"] in ("text", "markdown") else ""
        tables = self._documents.tables.get(document["document_key"], [])
        is_drawn = options.pictures == "all" or any(f"P{table['page']}" == place for table in tables)
        return place if document["file_format"] == "pdf" and options.pictures != "none" and is_drawn else ""

    def _quoted_rows(self, quotes: Sequence[dict[str, Any]]) -> Any:
        """A function that gives the printed row of a quoted figure, as (text, is the figure itself) pairs."""
        wanted = {(q["document_key"], q["table_ordinal"], q["row_ordinal"]) for q in quotes if q["row_ordinal"]}
        held: dict[tuple[str, int, int], list[tuple[int, str]]] = defaultdict(list)
        if wanted:
            self._connection.execute(
                "create or replace temp table wanted (document_key varchar, table_ordinal int, row_ordinal int)"
            )
            self._connection.executemany("insert into wanted values (?, ?, ?)", sorted(wanted))
            for key, table, row, column, text in self._connection.execute(
                "select document_key, table_ordinal, row_ordinal, column_ordinal, text_printed from site_cell"
                " inner join wanted using (document_key, table_ordinal, row_ordinal)"
                " where chunk in (select distinct document_chunk from site_quote where chunk = ?) order by all",
                [self._task.chunk],
            ).fetchall():
                held[key, table, row].append((column, (text or "").strip().replace("\n", "")))

        def shown(quote: dict[str, Any]) -> list[tuple[str, bool]]:
            if quote["sentence"]:
                return _around(grids.without_persons(quote["sentence"].strip()), quote["value_printed"])
            row = held.get((quote["document_key"], quote["table_ordinal"], quote["row_ordinal"]), [])
            return [(grids.without_persons(text), column == quote["column_ordinal"]) for column, text in row if text]

        return shown

    def write(self) -> ChunkOutcome:
        years = self._write_units()
        writer = DocumentWriter(self._environment, self._task.documents, self._shared)
        stream = cells_by_document(self._connection, self._task.chunk)
        following = next(stream, None)
        pictures = written = 0
        for document in self._documents.documents:
            key = document["document_key"]
            cells = []
            if following is not None and following[0] == key:
                cells = following[1]
                following = next(stream, None)
            if key in self._task.kept_documents:
                continue
            pictures += writer.write(document, cells, self._documents, self._findings.get(key, []))
            written += 1
        return ChunkOutcome(self._units, years, written, pictures)

    def _write_units(self) -> int:
        units = rows(self._connection, "select * from site_unit where chunk = ? order by unit_key", [self._task.chunk])
        by_unit = {
            name: self._of(f"site_{name}", "unit_key")
            for name in ("function", "economic", "income", "three_public", "project", "funding", "metric")
        }
        # as printed
        by_unit["indicator"] = self._of(
            "site_indicator",
            "unit_key",
            order="document_key, table_ordinal, row_ordinal, page, source_line, length(indicator_key), indicator_key",
        )
        overview = self._of("site_year", "unit_key", order="unit_key, fiscal_year, scope_code")
        documents = grouped(
            [row for row in self._documents.documents if row["unit_key"] and row["fiscal_year"]], "unit_key"
        )
        unit_page, year_page = (self._environment.get_template(name) for name in ("unit.html", "year.html"))
        count = 0
        self._units = 0
        for unit in units:
            key = unit["unit_key"]
            if key in self._task.kept_units:
                continue
            self._units += 1
            view = UnitView(
                unit, overview.get(key, []), {name: held.get(key, []) for name, held in by_unit.items()},
                documents.get(key, []), self._documents, self._findings, self._shared,
            )  # fmt: skip
            name = page_name(key)
            write_page(self._out, f"u/{name}.html",
                       unit_page.render(root="../", page="unit", view=view, shared=self._shared))  # fmt: skip
            write_page(self._out, f"c/{name}.js", data_part(f"c/{name}", view.compared()))
            for year in view.years:
                text = year_page.render(root="../", page="year", view=view, year=view.year(year), shared=self._shared)
                write_page(self._out, f"u/{name}-{year}.html", text)
                count += 1
        return count


_LINE_OR_PAGE = re.compile(r"第(\d{1,7})(行|页)")


def _place_said(place: str | None) -> str | None:
    """Fragment of the line or page that a finding without figures names."""
    found = _LINE_OR_PAGE.search(place or "")
    return f"{'L' if found[2] == '行' else 'P'}{found[1]}" if found else None


def _around(sentence: str, value: str | None) -> list[tuple[str, bool]]:
    """A sentence in up to three pieces, the figure's marked."""
    before, found, after = sentence.partition(value) if value else (sentence, "", "")
    return [(before, False), (found, True), (after, False)] if found else [(sentence, False)]


class UnitView:
    """One unit as its pages show it. Amounts are exact yuan."""

    def __init__(
        self, unit: dict[str, Any], overview: list[dict[str, Any]], facts: dict[str, list[dict[str, Any]]],
        documents: list[dict[str, Any]], parts: DocumentParts,
        findings: dict[str, list[dict[str, Any]]], shared: dict[str, Any],
    ) -> None:  # fmt: skip
        self.unit, self.overview, self._facts = unit, overview, facts
        self.documents = sorted(documents, key=lambda d: (-d["fiscal_year"], d["document_kind"] or "", d["file_name"]))
        self._parts, self._findings, self._shared = parts, findings, shared
        self._presence = parts.presence
        self.name = page_name(unit["unit_key"])
        self.years = sorted({row["fiscal_year"] for row in overview} | {d["fiscal_year"] for d in documents})
        by_year = grouped(overview, "fiscal_year")
        self._scope = {year: chosen_scope(row["scope_code"] for row in held) for year, held in by_year.items()}
        self._main = {
            row["fiscal_year"]: row for row in overview if row["scope_code"] == self._scope[row["fiscal_year"]]
        }
        self.charts = self._charts()
        self.projects = self._projects()

    @property
    def tiles(self) -> list[tuple[str, str, int, Any, bool]]:
        """Headline figures: name in Chinese and English, year, value, whether it is yuan; each of its latest year."""
        made = []
        for column, zh, en, is_yuan in (
            ("expenditure_final_yuan", "支出决算", "Expenditure, final", True),
            ("expenditure_budget_yuan", "支出预算", "Expenditure, budget", True),
            ("income_final_yuan", "收入决算", "Income, final", True),
            ("three_public_final_yuan", "“三公”决算", "Three public, final", True),
            ("staff_on_post", "在职人员", "Staff on post", False),
        ):
            held = [year for year in sorted(self._main) if self._main[year][column] is not None]
            if held:
                made.append((zh, en, held[-1], self._main[held[-1]][column], is_yuan))
        return made

    @property
    def metrics(self) -> tuple[list[tuple[str, str, str, bool]], list[dict[str, Any]]]:
        """Measures declared once: (code, Chinese, English, is yuan) of those with a value; rows, newest year first."""
        held = sorted(self._facts["metric"], key=lambda row: -row["fiscal_year"])
        shown = [
            (name, label, *_METRIC_WORDS[name])
            for name, label in self._shared["metrics"].items()
            if any(row[name] is not None for row in held)
        ]
        return shown, [row for row in held if any(row[name] is not None for name, *_ in shown)]

    @property
    def findings(self) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Findings of current documents, newest year first."""
        held = [(document, self._findings.get(document["document_key"], [])) for document in self.documents]
        return [(document, found) for document, found in held if found and document["is_current"]]

    def _projects(self) -> list[dict[str, Any]]:
        """Projects with what was budgeted and spent, newest year first."""
        sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        for row in self._facts["funding"]:
            sums[row["project_key"], row["stage_code"], row["scope_code"]] += row["amount_yuan"] or 0
        indicators = grouped(self._facts["indicator"], "project_key")
        made = []
        for project in self._facts["project"]:
            key = project["project_key"]
            scopes = [scope for scope in SCOPE_ORDER if any(k[0] == key and k[2] == scope for k in sums)]
            amounts = {
                stage: sums.get((key, stage, scopes[0])) if scopes else None
                for stage in ("initial_budget", "full_year_budget", "budget_unspecified", "final")
            }
            made.append(project | {"amounts": amounts, "indicators": indicators.get(key, [])})
        return sorted(made, key=lambda row: (-row["fiscal_year"], row["project_name"]))

    @property
    def matrix(self) -> list[tuple[str, list[list[dict[str, Any]]]]]:
        """Statements by year: for each kind of statement the documents that hold it or say something of it."""
        cells: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
        for document in self.documents:
            if not document["is_current"]:
                continue
            flags: Counter[tuple[str, str]] = Counter()
            for table in self._tables(document["document_key"]):
                flags[table["statement_code"], table["scope_code"]] += table["flags"]
            for row in self._presence.get(document["document_key"], []):
                if row["statement_code"]:
                    shown = row | {"flags": flags[row["statement_code"], row["scope_code"]]}
                    cells[row["statement_code"], document["fiscal_year"]].append(shown)
        order = self._shared["statement_order"]
        codes = sorted({code for code, _ in cells}, key=lambda code: (order.index(code) if code in order else 99, code))
        return [(code, [cells[code, year] for year in self.years]) for code in codes]

    def compared(self) -> dict[str, Any]:
        """What the comparison page shows of this unit: yuan as text, nothing to be computed there."""
        made: dict[str, Any] = {"name": self.unit["unit_name"], "region": self.unit["region_name"] or "", "years": {}}
        for year, row in sorted(self._main.items()):
            values = {
                f"{measure}_{side}": format(row[f"{measure}_{side}_yuan"], "f")
                for measure, _, _ in COMPARED
                for side in _SIDES
                if row[f"{measure}_{side}_yuan"] is not None
            }
            if row["staff_on_post"] is not None:
                values["staff"] = str(row["staff_on_post"])
            made["years"][str(year)] = values
        return made

    # ---- charts over the years

    def _charts(self) -> list[Chart]:
        years = sorted(self._main)
        labels = [str(year) for year in years]
        made = []
        for key, measure, title in (
            ("expenditure", "expenditure", ("支出：预算与决算", "Expenditure: budget and final")),
            ("income", "income", ("收入：预算与决算", "Income: budget and final")),
        ):
            pair = [
                Series(zh, en, tuple(self._main[year][f"{measure}_{side}_yuan"] for year in years), colour)
                for side, zh, en, colour in (("budget", "预算", "Budget", 8), ("final", "决算", "Final", 0))
            ]
            made.append(chart(key, title, labels, pair))
        kinds = [
            Series(zh, en, tuple(self._leading(year, measure) for year in years), colour)
            for colour, (measure, zh, en) in enumerate(
                (("basic", "基本支出", "Basic expenditure"), ("project", "项目支出", "Project expenditure"))
            )
        ]
        note = ("有决算的年度用决算数，否则用预算数。", "Final figures where there are any, else the budget.")
        partial = (
            note[0] + "各年度所列报表的范围可能不同，决算多只列基本支出。",
            note[1] + " Statements differ in what they cover; final accounts mostly list basic expenditure only.",
        )
        made += [
            chart(key, title, labels, series, stacked=True, note=said)
            for key, title, series, said in (
                ("kinds", ("基本支出与项目支出", "Basic and project expenditure"), kinds, note),
                ("function", ("支出按功能分类", "Expenditure by function"), self._classes("function", years), note),
                (
                    "economic",
                    ("支出按经济分类", "Expenditure by economic class"),
                    self._classes("economic", years),
                    partial,
                ),
                ("three_public", ("“三公”经费", "Three public expenses"), self._three_public(years), note),
            )
        ]
        return [one for one in made if one is not None]

    def _facts_of(self, name: str, year: int) -> list[dict[str, Any]]:
        scope = self._scope.get(year)
        return [row for row in self._facts[name] if row["fiscal_year"] == year and row["scope_code"] == scope]

    def _leading(self, year: int, measure: str) -> Decimal | None:
        row = self._main[year]
        final = row[f"{measure}_final_yuan"]
        return row[f"{measure}_budget_yuan"] if final is None else final

    def _leading_side(self, held: Iterable[dict[str, Any]]) -> str:
        return "final" if any(row["side"] == "final" for row in held) else "budget"

    def _classes(self, name: str, years: Sequence[int]) -> list[Series]:
        names = self._shared["functions" if name == "function" else "economics"]
        key = "functional_key" if name == "function" else "economic_key"
        code = "functional_code" if name == "function" else "economic_code"
        sums: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        titles: dict[str, str] = {}
        for year in years:
            held = self._facts_of(name, year)
            side = self._leading_side(held)
            for row in held:
                if row["side"] == side:
                    known = names.get(row[key])
                    class_code = known[2] if known else (row[code] or "")[:3]
                    titles[class_code] = (known[3] if known else None) or titles.get(class_code) or class_code
                    sums[class_code][year] += row["amount_yuan"] or 0
        return [
            Series(f"{class_code} {titles[class_code]}".strip(), "", tuple(sums[class_code].get(y) for y in years), 0)
            for class_code in sorted(sums)
        ]

    def _three_public(self, years: Sequence[int]) -> list[Series]:
        sums: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for year in years:
            held = self._facts_of("three_public", year)
            side = self._leading_side(held)
            for row in held:
                if row["side"] == side:
                    sums[row["three_public_code"]][year] += row["amount_yuan"] or 0
        names = self._shared["three_public"]
        return [
            Series(*names.get(code, (code, code)), tuple(sums[code].get(year) for year in years), number)
            for number, code in enumerate(_THREE_PUBLIC)
            if code in sums
        ]

    # ---- one year

    def year(self, year: int) -> dict[str, Any]:
        """What the page of one year shows."""
        documents = [row for row in self.documents if row["fiscal_year"] == year]
        position = self.years.index(year)
        projects = [row for row in self.projects if row["fiscal_year"] == year]
        loose = [row for row in self._facts["indicator"] if row["fiscal_year"] == year and row["project_key"] is None]
        return {
            "year": year,
            "before": self.years[position - 1] if position else None,
            "after": self.years[position + 1] if position + 1 < len(self.years) else None,
            "scope": self._scope.get(year),
            "main": self._main.get(year),
            "overview": [row for row in self.overview if row["fiscal_year"] == year],
            "documents": documents,
            "presence": {d["document_key"]: self._presence.get(d["document_key"], []) for d in documents},
            "tables": {d["document_key"]: self._tables(d["document_key"]) for d in documents},
            "findings": [(d, self._findings.get(d["document_key"], [])) for d in documents if d["is_current"]],
            "function": self._subjects("function", year),
            "economic": self._subjects("economic", year),
            "income": self._plain("income", "measure_code", self._shared["income"], year),
            "three_public": self._plain("three_public", "three_public_code", self._shared["three_public"], year),
            "projects": projects,
            "loose_indicators": loose,
        }

    def _tables(self, key: str) -> list[dict[str, Any]]:
        """Tables of one document, each with how many of its figures findings name."""
        named = Counter(
            flag["table_ordinal"]
            for flag in self._parts.flags.get(key, [])
            if flag["side"] == 0 and flag["table_ordinal"] is not None
        )
        return [
            table
            | {"flags": named[table["table_ordinal"]], "title": grids.without_persons(table["title_printed"] or "")}
            for table in self._parts.tables.get(key, [])
        ]

    def _subjects(self, name: str, year: int) -> list[dict[str, Any]]:
        """Leaf subjects with budget and final, under the sums of their classes."""
        kind, code = ("functions", "functional") if name == "function" else ("economics", "economic")
        sums: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
        titles: dict[str, str] = {}
        for row in self._facts_of(name, year):
            known = self._shared[kind].get(row[f"{code}_key"])
            leaf = row[f"{code}_code"] or ""
            class_code = (known[2] if known else leaf[:3]) or ""
            titles[leaf] = (known[1] if known else None) or leaf
            titles.setdefault(class_code, (known[3] if known else None) or class_code)
            held = sums[class_code, leaf]
            held[row["side"]] = held.get(row["side"], Decimal(0)) + (row["amount_yuan"] or 0)
        made = []
        for class_code in sorted({key[0] for key in sums}):
            leaves = sorted(key[1] for key in sums if key[0] == class_code)
            total = {
                side: sum(
                    (sums[class_code, leaf][side] for leaf in leaves if side in sums[class_code, leaf]), Decimal(0)
                )
                for side in _SIDES
                if any(side in sums[class_code, leaf] for leaf in leaves)
            }
            if not any(total.values()):
                continue
            made.append({"code": class_code, "name": titles[class_code], "is_class": True, **_two(total)})
            made += [
                {"code": leaf, "name": titles[leaf], "is_class": False, **_two(sums[class_code, leaf])}
                for leaf in leaves
                if leaf != class_code and any(sums[class_code, leaf].values())
            ]
        return _with_bars(made)

    def _plain(self, name: str, column: str, names: dict[str, tuple[str, str]], year: int) -> list[dict[str, Any]]:
        sums: dict[str, dict[str, Decimal]] = defaultdict(dict)
        for row in self._facts_of(name, year):
            held = sums[row[column]]
            held[row["side"]] = held.get(row["side"], Decimal(0)) + (row["amount_yuan"] or 0)
        made = [
            {"code": code, "names": names.get(code, (code, code)), "is_class": False, **_two(held)}
            for code, held in sorted(
                sums.items(), key=lambda item: (-max(item[1].values(), default=Decimal(0)), item[0])
            )
        ]
        return _with_bars(made)


def _two(held: dict[str, Decimal]) -> dict[str, Decimal | None]:
    return {side: held.get(side) for side in _SIDES}


def _with_bars(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    most = max((abs(row[side]) for row in made for side in _SIDES if row[side] is not None), default=Decimal(0))
    return [row | {"bars": [bar(row["budget"], most, 8), bar(row["final"], most, 0)]} for row in made]
