"""Pages above the units: overview, regions, subjects, findings, comparison, downloads, search (总览与索引)."""

from __future__ import annotations

import json
import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment

from gongkai.chinese_views import purpose_of
from gongkai.home import Home
from gongkai.site_chart import Series, chart
from gongkai.site_document import rows
from gongkai.site_text import page_name, write_page
from gongkai.site_unit import COMPARED

ROWS_PER_PAGE = 300
_POSTINGS_PER_SHARD = 1_500
"""Entries of one part of the search index: some tens of kilobytes."""

_MOST_PER_PAIR, _KEPT_OF_COMMON = 1_500, 400
_SEARCH_ORDER = {"u": 0, "f": 1, "e": 2, "p": 3}

EXPORTED = (
    "mart_unit_year", "fct_expenditure", "fct_income", "fct_economic_expenditure", "fct_three_public",
    "fct_unit_statistic", "fct_project_funding", "fct_performance_indicator", "fct_finding", "dim_unit", "dim_region",
    "dim_document", "dim_project", "dim_functional_subject", "dim_economic_subject", "dim_rule", "dim_statement",
)  # fmt: skip
"""Tables offered whole, as CSV and Parquet."""

_UNIT_ROWS = """
create or replace temp table unit_row as
with best as (
    select *, row_number() over (partition by unit_key order by fiscal_year desc,
        case scope_code when 'consolidated' then 0 when 'unit' then 1 else 2 end) as place
    from site_year
),
finding as (select unit_key, count(*) as findings from site_finding group by unit_key),
document as (
    select unit_key, count(*) as documents, min(fiscal_year) as first_year, max(fiscal_year) as last_year
    from site_document where is_current group by unit_key
)
select units.unit_key, units.unit_name, units.unit_level, coalesce(units.region_key, '') as region_key,
    units.region_name, best.fiscal_year, best.expenditure_budget_yuan, best.expenditure_final_yuan,
    best.three_public_final_yuan, coalesce(finding.findings, 0) as findings,
    coalesce(document.documents, 0) as documents, document.first_year, document.last_year
from site_unit as units
left join best on units.unit_key = best.unit_key and best.place = 1
left join finding on units.unit_key = finding.unit_key
left join document on units.unit_key = document.unit_key
"""
_BY_YEAR = """
with document as (
    select fiscal_year, count(*) as documents, count(distinct unit_key) as units
    from site_document where is_current and fiscal_year is not null group by fiscal_year
),
spent as (
    select fiscal_year, sum(expenditure_budget_yuan) filter (where is_counted_budget) as budget,
        sum(expenditure_final_yuan) filter (where is_counted_final) as final
    from site_year group by fiscal_year
),
finding as (select fiscal_year, count(*) as findings from site_finding group by fiscal_year)
select document.*, spent.budget, spent.final, coalesce(finding.findings, 0) as findings
from document left join spent using (fiscal_year) left join finding using (fiscal_year) order by fiscal_year
"""


def pages_of(count: int) -> int:
    """How many pages a list takes; at least one."""
    return max(1, math.ceil(count / ROWS_PER_PAGE))


class OverviewWriter:
    """Writes everything that is not of one unit or document."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, environment: Environment, out: Path, shared: dict[str, Any]
    ) -> None:
        self._connection, self._environment, self._out, self._shared = connection, environment, out, shared
        connection.execute(_UNIT_ROWS)

    def write(self, *, has_sql: bool, exports: list[dict[str, Any]]) -> None:
        """All of them."""
        self._shared["has_sql"] = has_sql
        regions = self._write_regions()
        self._write_index(regions)
        entries = list(self._unit_entries())
        for kind, code, name, table in (
            ("function", "functional_code", "functional_name", "dim_functional_subject"),
            ("economic", "economic_code", "economic_name", "dim_economic_subject"),
        ):
            entries += self._write_subjects(kind, code, name, table)
        entries += self._project_entries()
        self._write_search(entries)
        self._write_findings()
        self._write_unread()
        self._page("compare.html", "compare", measures=COMPARED)
        self._page("about.html", "about")
        self._page("data.html", "data", exports=exports)
        self._page("search.html", "search")
        if has_sql:
            self._page("sql.html", "sql", exports=EXPORTED)

    def _page(self, name: str, page: str, *, root: str = "", template: str | None = None, **values: Any) -> None:
        made = self._environment.get_template(template or f"{page}.html")
        write_page(self._out, name, made.render(root=root, page=page, shared=self._shared, **values))

    def _rows(self, sql: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        return rows(self._connection, sql, values or [])

    def _batches(self, sql: str) -> Iterator[list[dict[str, Any]]]:
        """Rows a page at a time: a country has more of them than memory should hold."""
        cursor = self._connection.cursor().execute(sql)
        names = [column[0] for column in cursor.description]
        while batch := cursor.fetchmany(ROWS_PER_PAGE):
            yield [dict(zip(names, row, strict=True)) for row in batch]

    # ---- overview and regions

    def _write_index(self, regions: list[dict[str, Any]]) -> None:
        years = self._rows(_BY_YEAR)
        series = [
            Series(zh, en, tuple(row[side] for row in years), colour)
            for side, zh, en, colour in (("budget", "预算", "Budget", 8), ("final", "决算", "Final", 0))
        ]
        spent = chart(
            "all", ("公开支出合计", "Disclosed expenditure, all units"), [str(row["fiscal_year"]) for row in years],
            series, note=("只含已公开的单位，汇总与所属单位不重复计算。"
                          "没有公开全部资金预算的单位只在决算里，两者不可直接相比。",
                          "Disclosed units only; a department and its own units are not counted twice. Units that"
                          " disclose no budget of all their money are in the final accounts only."),
        )  # fmt: skip
        [counts] = self._rows(
            "select (select count(*) from site_unit) as units,"
            " (select count(*) from site_document where is_current) as documents,"
            " (select count(distinct region_key) from site_unit where region_key is not null) as regions,"
            " (select count(*) from site_finding) as findings,"
            " (select count(*) from site_project) as projects,"
            " (select count(*) from site_table) as statements"
        )
        severe = self._rows(
            "select * from site_finding order by case severity when 'critical' then 0 when 'major' then 1"
            " when 'minor' then 2 else 3 end, fiscal_year desc, unit_name, document_key, number limit 8"
        )
        largest = self._rows(
            "select * from unit_row order by coalesce(expenditure_final_yuan, expenditure_budget_yuan) desc nulls last,"
            " unit_name, unit_key limit 12"
        )
        unread = self._rows(
            "select * from site_document where unit_key is null order by file_name, document_key limit 200"
        )
        self._page(
            "index.html", "index", years=years, spent=spent, counts=counts, severe=severe, largest=largest,
            unread=unread, regions=[row for row in regions if row["parent"] is None],
        )  # fmt: skip

    def _write_regions(self) -> list[dict[str, Any]]:
        """One page for each region that holds units, itself or below it; region '' holds units of unknown place."""
        known = {row["region_key"]: row for row in self._rows("select * from dim_region")}
        own: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self._rows("select * from unit_row order by unit_name, unit_key"):
            own[row["region_key"]].append(row)
        held: dict[str, dict[str, Any]] = {}
        for key, units in own.items():
            above = list(_line_of(key, known))
            for place, region in enumerate(above):
                entry = held.setdefault(region, {
                    "key": region, "name": known[region]["region_name"] if region in known else "",
                    "parent": above[place + 1] if place + 1 < len(above) else None, "units": 0, "findings": 0,
                    "children": [],
                })  # fmt: skip
                entry["units"] += len(units)
                entry["findings"] += sum(row["findings"] for row in units)
        for entry in held.values():
            if entry["parent"] is not None:
                held[entry["parent"]]["children"].append(entry)
        ordered = sorted(held.values(), key=lambda entry: (entry["key"] == "", entry["key"]))
        for entry in ordered:
            units = own.get(entry["key"], [])
            crumbs = [held[region] for region in list(_line_of(entry["key"], known))[1:]][::-1]
            children = sorted(entry["children"], key=lambda child: child["key"])
            for number in range(pages_of(len(units))):
                part = units[number * ROWS_PER_PAGE : (number + 1) * ROWS_PER_PAGE]
                self._page(
                    region_page(entry["key"], number), "region", root="../", region=entry, crumbs=crumbs,
                    children=children, units=part, number=number, pages=pages_of(len(units)), own=len(units),
                    link=lambda key, page=0: region_page(key, page).removeprefix("r/"),
                )  # fmt: skip
        for entry in ordered:
            entry["href"] = region_page(entry["key"], 0)
        return ordered

    # ---- subjects

    def _write_subjects(self, kind: str, code: str, name: str, table: str) -> Iterator[list[str]]:
        """A page for each subject somebody spends on; yields entries of the search index."""
        names = {
            row["code"]: row["name"]
            for row in self._rows(f"select {code} as code, arg_max({name}, coalesce(valid_from_year, 0)) as name"
                                  f" from {table} group by 1")
        }  # fmt: skip
        totals: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self._rows(
            "select code, fiscal_year, count(distinct unit_key) as units, sum(budget) as budget, sum(final) as final"
            f" from site_{kind}_sum group by all having coalesce(sum(budget), 0) <> 0 or coalesce(sum(final), 0) <> 0"
            " order by code, fiscal_year"
        ):
            totals[row["code"]].append(row)
        largest = self._batches(
            f"select sums.*, units.unit_name, units.region_name from site_{kind}_sum as sums"
            " inner join site_unit as units on sums.unit_key = units.unit_key"
            " where coalesce(sums.budget, 0) <> 0 or coalesce(sums.final, 0) <> 0"
            " qualify row_number() over (partition by sums.code order by sums.fiscal_year desc,"
            f" coalesce(sums.final, sums.budget) desc, units.unit_key) <= {ROWS_PER_PAGE}"
            " order by sums.code, sums.fiscal_year desc, coalesce(sums.final, sums.budget) desc, units.unit_key"
        )
        ranked = groupby((row for batch in largest for row in batch), key=lambda row: row["code"])
        codes = sorted(totals)
        # Both come by code; amounts that cancel out leave rows without a total, which have no page.
        following = next(ranked, None)
        for own in codes:
            units: list[dict[str, Any]] = []
            while following is not None and following[0] < own:
                following = next(ranked, None)
            if following is not None and following[0] == own:
                units = list(following[1])
                following = next(ranked, None)
            years = totals[own]
            pair = [
                Series(zh, en, tuple(row[side] for row in years), colour)
                for side, zh, en, colour in (("budget", "预算", "Budget", 8), ("final", "决算", "Final", 0))
            ]
            spent = chart("subject", ("各单位合计", "All units"), [str(row["fiscal_year"]) for row in years], pair)
            above = [part for part in (own[:3], own[:5]) if part != own and part in names]
            below = [part for part in codes if part.startswith(own) and len(part) == len(own) + 2]
            self._page(
                f"s/{kind[0]}-{page_name(own)}.html", "subject", root="../", kind=kind, code=own, names=names,
                above=above, below=below, spent=spent, units=units, years=years,
            )  # fmt: skip
        return iter([[kind[0], names.get(own, own), own, f"s/{kind[0]}-{page_name(own)}.html"] for own in codes])

    # ---- search

    def _unit_entries(self) -> Iterator[list[str]]:
        for row in self._rows(
            "select unit_key, unit_name, region_name, unit_names_printed from site_unit order by 2, 1"
        ):
            others = [name for name in (row["unit_names_printed"] or "").split("; ") if name != row["unit_name"]]
            where = " · ".join(part for part in (row["region_name"], "；".join(others[:3])) if part)
            yield ["u", row["unit_name"], where, f"u/{page_name(row['unit_key'])}.html"]

    def _project_entries(self) -> Iterator[list[str]]:
        for row in self._rows(
            "select projects.*, units.unit_name from site_project as projects"
            " inner join site_unit as units on projects.unit_key = units.unit_key order by project_name, project_key"
        ):
            page = f"u/{page_name(row['unit_key'])}-{row['fiscal_year']}.html#p-{page_name(row['project_key'])}"
            yield ["p", row["project_name"], f"{row['unit_name']} · {row['fiscal_year']}", page]

    def _write_search(self, entries: Iterable[list[str]]) -> None:
        """An index in parts: an entry stands in the part of each pair of characters its name has.

        A pair that thousands of names share (财政) finds only the first of them, and the page says so; a search that
        holds any rarer pair goes by that one and is complete.
        """
        listed = sorted(entries, key=lambda entry: (_SEARCH_ORDER[entry[0]], len(entry[1]), entry))
        by_pair: dict[str, list[int]] = defaultdict(list)
        for number, entry in enumerate(listed):
            # The name of the unit beside a project only narrows a search.
            for pair in pairs_of(fold(entry[1] if entry[0] == "p" else f"{entry[1]} {entry[2]}")):
                by_pair[pair].append(number)
        common = sorted(pair for pair, held in by_pair.items() if len(held) > _MOST_PER_PAIR)
        for pair in common:
            del by_pair[pair][_KEPT_OF_COMMON:]
        count = max(1, math.ceil(sum(map(len, by_pair.values())) / _POSTINGS_PER_SHARD))
        shards: list[set[int]] = [set() for _ in range(count)]
        for pair, held in by_pair.items():
            shards[shard_of(pair, count)].update(held)
        for number, places in enumerate(shards):
            self._write_part(f"k/{number}", [listed[place] for place in sorted(places)])
        self._write_part("k/index", {"shards": count, "common": common})

    def _write_part(self, name: str, value: Any) -> None:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        (self._out / f"{name}.js").write_text(f'gongkai.part("{name}",{text});\n', encoding="utf-8")

    # ---- findings

    def _write_findings(self) -> None:
        [(total,)] = self._connection.execute("select count(*) from site_finding").fetchall()
        counts = self._rows(
            "select kind, severity, count(*) as findings, count(distinct document_key) as documents"
            " from site_finding group by all order by findings desc, kind, severity"
        )
        pages = pages_of(total)
        found = self._batches(
            "select * from site_finding order by case severity when 'critical' then 0 when 'major' then 1"
            " when 'minor' then 2 else 3 end, fiscal_year desc, unit_name, document_key, number"
        )
        for number in range(pages):
            self._page(
                findings_page(number), "findings", findings=next(found, []), counts=counts, number=number, pages=pages,
                total=total, link=findings_page,
            )  # fmt: skip

    # ---- what was not read

    def _write_unread(self) -> None:
        """Counts by kind, the files that are not in the star, and the documents with most of it; items stand there."""
        kinds = self._rows(
            "select unread_kind, count(*) as things, count(distinct owner) as documents from ("
            " select unread_kind, document_key as owner from site_unread"
            " union all select unread_kind, file_name from site_unread_file) as held"
            " group by all order by things desc, unread_kind"
        )
        files = self._rows(f"select * from site_unread_file order by file_name, reason limit {ROWS_PER_PAGE}")
        documents = self._rows(
            "select documents.document_key, documents.file_name, documents.title, documents.unit_key,"
            " documents.unit_name, documents.fiscal_year, count(*) as things from site_unread as unread"
            " inner join site_document as documents on unread.document_key = documents.document_key"
            f" group by all order by things desc, documents.document_key limit {ROWS_PER_PAGE}"
        )
        self._page("unread.html", "unread", kinds=kinds, files=files, documents=documents, most=ROWS_PER_PAGE)


def _line_of(key: str, known: dict[str, dict[str, Any]]) -> Iterator[str]:
    """A region and those above it, by the code: 331125 lies in 331100 and 330000."""
    yield key
    for above in dict.fromkeys((key[:4] + "00", key[:2] + "0000")):
        if above != key and above in known and key not in ("", above):
            yield above


def region_page(key: str, number: int) -> str:
    """File of a region's page; units without a region stand under ``none``."""
    return f"r/{page_name(key) or 'none'}{f'-{number + 1}' if number else ''}.html"


def findings_page(number: int) -> str:
    """File of one page of the list of findings."""
    return f"findings{f'-{number + 1}' if number else ''}.html"


def fold(text: str) -> str:
    """Text as it is searched: compatibility forms, lower case, no blanks. The script does the same."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def pairs_of(text: str) -> set[str]:
    """Neighbouring characters."""
    return {text[place : place + 2] for place in range(len(text) - 1)}


def shard_of(pair: str, count: int) -> int:
    """Part of the index a pair stands in. The script does the same."""
    return (ord(pair[0]) * 31 + ord(pair[1])) % count


def export_tables(home: Home, out: Path) -> list[dict[str, Any]]:
    """Whole tables as CSV and Parquet below ``<out>/data``; returns name, rows, sizes and description of each."""
    connection = duckdb.connect(config={"memory_limit": "1GB", "threads": 2})
    made = []
    try:
        connection.execute("set autoinstall_known_extensions = false")
        database = str(home.database.resolve()).replace("'", "''")
        connection.execute(f"attach '{database}' as pub (read_only)")
        comments = dict(
            connection.execute("select table_name, comment from duckdb_tables() where database_name = 'pub'").fetchall()
        )
        for table in EXPORTED:
            sizes = {}
            for kind, options in (("csv", "format csv, header"), ("parquet", "format parquet, compression zstd")):
                path = out / f"data/{table}.{kind}"
                target = str(path).replace("'", "''")
                connection.execute(f"copy (from pub.main.{table}) to '{target}' ({options})")
                sizes[kind] = path.stat().st_size
            count = connection.execute(f"select count(*) from pub.main.{table}").fetchall()[0][0]
            comment = comments.get(table) or ""
            words = purpose_of(comment) or comment
            made.append({"table": table, "rows": count, "comment": comment, "words": words, **sizes})
    finally:
        connection.close()
    return made
