"""What the site shows, gathered once with set-based SQL into a work file and cut into chunks of units (网站用数据).

Ten thousand units times dozens of statements are too much for one query per page: everything is joined once, sorted
by chunk, and the processes that write pages read their chunk from neighbouring blocks of the work file.

The cells of statements come from the landing, where they stand as printed. A document that the landing no longer
holds in the reading the warehouse was made from is shown from ``fct_statement_amount`` instead.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from gongkai.home import Home
from gongkai.messages import GongkaiError

CHUNK_WEIGHT = 60_000
"""Figures a chunk holds, about: what a process keeps in memory at a time."""

_MEMORY = "1GB"
"""What DuckDB may hold while it gathers; it takes all it is given, and writes the rest beside the work file."""

_BUDGET_PREFERENCE = """case stage_code when 'final' then 1 when 'budget_unspecified' then 1
    when 'initial_budget' then 2 when 'full_year_budget' then 3 end"""
"""The order of mart_unit_year: the budget document's own figure, else 年初预算数, else 全年预算数."""

_UNITS = f"""
create table site_unit as
with weights as (
    select unit_key, count(*) as figures from pub.fct_statement_amount group by unit_key
),
laid as (
    select units.*, regions.region_name, regions.province_name, parents.unit_name as parent_name,
        coalesce(weights.figures, 0) + 300 as weight
    from pub.dim_unit as units
    left join weights on units.unit_key = weights.unit_key
    left join pub.dim_region as regions on units.region_key = regions.region_key
    left join pub.dim_unit as parents on units.parent_unit_key = parents.unit_key
)
select *, cast(floor((sum(weight) over (order by coalesce(region_key, '~'), unit_key rows unbounded preceding) - weight)
    / {CHUNK_WEIGHT}) as integer) as chunk
from laid
"""

# Documents that name no unit are pages too; they follow in chunks of their own.
_DOCUMENTS = """
create table site_document as
with loose as (
    select document_key, (select coalesce(max(chunk), -1) from site_unit)
        + cast(ceil(row_number() over (order by document_key) / 100.0) as integer) as chunk
    from pub.dim_document where unit_key is null or unit_key not in (select unit_key from site_unit)
)
select documents.*, units.unit_name, coalesce(units.chunk, loose.chunk) as chunk
from pub.dim_document as documents
left join site_unit as units on documents.unit_key = units.unit_key
left join loose on documents.document_key = loose.document_key
"""

_FROM_LANDING = """
create table site_table as
select documents.chunk, documents.document_key, tables.table_ordinal, tables.page, tables.source_line, tables.sheet,
    tables.title_printed, tables.code_printed, tables.statement_code, tables.unit_printed, tables.state,
    coalesce(tables.scope_code, documents.scope_code) as scope_code
from read_parquet({tables}, union_by_name = true) as tables
inner join site_document as documents on tables.document_id = documents.document_id
inner join held on documents.document_key = held.document_key;

create table site_cell as
select documents.chunk, documents.document_key, cells.table_ordinal, cells.row_ordinal, cells.column_ordinal,
    cells.page, cells.source_line, cells.sheet, cells.address, cells.box_x0, cells.box_top, cells.box_x1,
    cells.box_bottom, cells.row_span, cells.column_span, cells.text_printed, cells.cell_role
from read_parquet({cells}, union_by_name = true) as cells
inner join site_document as documents on cells.document_id = documents.document_id
inner join held on documents.document_key = held.document_key
order by documents.chunk, documents.document_key, cells.table_ordinal, cells.row_ordinal, cells.column_ordinal;

-- Text and Markdown are shown from their own lines; the others' paragraphs only the reader knows.
create table site_paragraph as
select documents.chunk, documents.document_key, paragraphs.paragraph_ordinal, paragraphs.level, paragraphs.page,
    paragraphs.text
from read_parquet({paragraphs}, union_by_name = true) as paragraphs
inner join site_document as documents on paragraphs.document_id = documents.document_id
inner join held on documents.document_key = held.document_key
where documents.file_format not in ('text', 'markdown')
order by documents.chunk, documents.document_key, paragraphs.paragraph_ordinal;
"""

_EMPTY_LANDING = """
create table site_table (chunk integer, document_key varchar, table_ordinal integer, page integer,
    source_line integer, sheet varchar, title_printed varchar, code_printed varchar, statement_code varchar,
    unit_printed varchar, state varchar, scope_code varchar);
create table site_cell (chunk integer, document_key varchar, table_ordinal integer, row_ordinal integer,
    column_ordinal integer, page integer, source_line integer, sheet varchar, address varchar, box_x0 float,
    box_top float, box_x1 float, box_bottom float, row_span integer, column_span integer, text_printed varchar,
    cell_role varchar);
create table site_paragraph (chunk integer, document_key varchar, paragraph_ordinal integer, level integer,
    page integer, text varchar);
"""

# Without a landing: the figures alone, under their column labels. Row 0 holds the labels, column 0 the rows' names.
_FROM_STAR = """
create table star_cell as
select documents.chunk, figures.document_key, figures.table_ordinal, figures.row_ordinal, figures.column_ordinal,
    figures.page, figures.source_line, figures.sheet, figures.address, figures.box_x0, figures.box_top,
    figures.box_x1, figures.box_bottom, figures.row_label, figures.row_code, figures.column_label,
    figures.value_printed, figures.statement_code, figures.scope_code
from pub.fct_statement_amount as figures
inner join site_document as documents on figures.document_key = documents.document_key
where figures.document_key not in (select document_key from held)
order by documents.chunk, figures.document_key, figures.table_ordinal;

insert into site_table
select chunk, document_key, table_ordinal, min(page), min(source_line), min(sheet), null, null, min(statement_code),
    null, 'present', min(scope_code)
from star_cell group by chunk, document_key, table_ordinal;

insert into site_cell
select chunk, document_key, table_ordinal, row_ordinal, column_ordinal, page, source_line, sheet, address, box_x0,
    box_top, box_x1, box_bottom, 1, 1, string_agg(value_printed, ' '), 'figure'
from star_cell group by all
union all
select chunk, document_key, table_ordinal, row_ordinal, 0, null, null, null, null, null, null, null, null, 1, 1,
    concat_ws(' ', min(row_code), min(row_label)), 'label'
from star_cell group by chunk, document_key, table_ordinal, row_ordinal
union all
select chunk, document_key, table_ordinal, 0, column_ordinal, null, null, null, null, null, null, null, null, 1, 1,
    min(column_label), 'header'
from star_cell group by chunk, document_key, table_ordinal, column_ordinal;

drop table star_cell;
"""

# The stage of a side is chosen once per unit, year and scope, as mart_unit_year does, so that parts add up to it.
_SERIES = """
create table site_{name} as
with staged as (
    select unit_key, fiscal_year, scope_code, {columns},
        case stage_code when 'final' then 'final' else 'budget' end as side,
        {preference} as preference, amount_yuan, not is_counted as is_rollup
    from pub.{fact} where {where}
),
best as (
    select unit_key, fiscal_year, scope_code, side, min(preference) as preference
    from staged group by unit_key, fiscal_year, scope_code, side
)
select units.chunk, staged.unit_key, staged.fiscal_year, staged.scope_code, {columns}, staged.side, staged.is_rollup,
    sum(staged.amount_yuan) as amount_yuan
from staged
inner join best using (unit_key, fiscal_year, scope_code, side, preference)
inner join site_unit as units on staged.unit_key = units.unit_key
group by all
order by units.chunk, staged.unit_key
"""

# Subjects with all those below them: 类 213, 款 21303, 项 2130305. Those with money have a page.
_SUBJECT_SUMS = """
create table site_{kind}_sum as
with leaf as (
    select unit_key, fiscal_year, side, {code} as code, sum(amount_yuan) as yuan
    from site_{kind} where not is_rollup and {code} is not null group by all
),
branch as (
    select unnest(list_distinct([left(code, 3), left(code, 5), code])) as code, unit_key, fiscal_year, side, yuan
    from leaf
)
select code, unit_key, fiscal_year, sum(yuan) filter (where side = 'budget') as budget,
    sum(yuan) filter (where side = 'final') as final
from branch group by code, unit_key, fiscal_year;

create table site_{kind}_page as
select distinct code from (
    select code from site_{kind}_sum group by code, fiscal_year
    having coalesce(sum(budget), 0) <> 0 or coalesce(sum(final), 0) <> 0
);
"""

# A budget of the general budget alone beside a final account of all money would tell of an excess that is none.
_COMPARABLE = """stage_code = 'final' or (unit_key, fiscal_year, scope_code) in (
        select (unit_key, fiscal_year, scope_code) from pub.mart_unit_year where expenditure_budget_yuan is not null)"""

_SERIES_OF = (
    ("function", "fct_expenditure", "functional_code, functional_key", _COMPARABLE),
    ("economic", "fct_economic_expenditure", "economic_code, economic_key", "scheme = 'department'"),
    ("income", "fct_income", "measure_code", "measure_code <> 'carry_over'"),
    ("three_public", "fct_three_public", "three_public_code", "true"),
)

_BY_UNIT = """
create table site_year as
select units.chunk, years.* from pub.mart_unit_year as years
inner join site_unit as units on years.unit_key = units.unit_key order by units.chunk, years.unit_key;

create table site_project as
select units.chunk, projects.* from pub.dim_project as projects
inner join site_unit as units on projects.unit_key = units.unit_key order by units.chunk;

create table site_funding as
select units.chunk, funding.* from pub.fct_project_funding as funding
inner join site_unit as units on funding.unit_key = units.unit_key order by units.chunk;

create table site_indicator as
select units.chunk, indicators.* from pub.fct_performance_indicator as indicators
inner join site_unit as units on indicators.unit_key = units.unit_key
where indicators.is_current order by units.chunk;

create table site_presence as
select documents.chunk, presence.*, documents.unit_key, documents.fiscal_year
from pub.mart_statement_presence as presence
inner join site_document as documents on presence.document_key = documents.document_key order by documents.chunk;

create table site_unread as
select documents.chunk, unread.* from pub.mart_unread as unread
inner join site_document as documents on unread.document_key = documents.document_key order by documents.chunk;

-- files that are not in the star at all: unreadable, or in quarantine
create table site_unread_file as
select rejects.file_name, case rejects.code when 'quarantined' then 'quarantined' else rejects.stage end as unread_kind,
    rejects.place, rejects.page, rejects.code, rejects.reason
from pub.meta_reject as rejects
left join pub.dim_document as documents on rejects.document_id = documents.document_id
where documents.document_id is null and rejects.stage = 'file';
"""

# Both sides of a finding: the figure named, then the main figures of the results it breaks; where a result compares
# with a sum, the figures of the sum. A finding that names no figure carries its result's key in its own.
_FINDINGS = """
create table site_finding as
select documents.chunk, findings.* replace (replace(findings.place, '（）', '') as place), documents.unit_key,
    documents.unit_name, documents.fiscal_year,
    row_number() over (partition by findings.document_key order by
        case findings.severity when 'critical' then 0 when 'major' then 1 when 'minor' then 2 else 3 end,
        findings.place, findings.finding_key) as number
from pub.fct_finding as findings
inner join site_document as documents on findings.document_key = documents.document_key
order by documents.chunk;

create table finding_result as
select distinct findings.finding_key, results.reconciliation_key, results.left_amount_key, results.right_amount_key
from site_finding as findings
inner join pub.bridge_reconciliation_amount as bridge on findings.amount_key = bridge.amount_key
inner join pub.fct_reconciliation as results on bridge.reconciliation_key = results.reconciliation_key
where results.status = 'discrepant'
union
select findings.finding_key, results.reconciliation_key, results.left_amount_key, results.right_amount_key
from site_finding as findings
inner join pub.fct_reconciliation as results
    on substr(findings.finding_key, length(findings.document_key) + 4) = results.reconciliation_key
where findings.finding_key like 'f:%' and results.status = 'discrepant';

create table finding_amount as
with named as (
    select finding_key, amount_key, 0 as side from site_finding where amount_key is not null
    union all
    select finding_key, left_amount_key, 1 from finding_result where left_amount_key is not null
    union all
    select finding_key, right_amount_key, 2 from finding_result where right_amount_key is not null
    union all
    select results.finding_key, bridge.amount_key, 3
    from finding_result as results
    inner join pub.bridge_reconciliation_amount as bridge using (reconciliation_key)
)
select finding_key, amount_key, side
from (select finding_key, amount_key, min(side) as side from named group by finding_key, amount_key)
qualify row_number() over (partition by finding_key order by side, amount_key) <= {most};

create table finding_place as
select amount_key, document_key, page, source_line, sheet, table_ordinal, row_ordinal, column_ordinal,
    value_printed, unit_of_measure, row_label, column_label, statement_code, null as sentence,
    null as paragraph_ordinal, null as char_start
from pub.fct_statement_amount where amount_key in (select amount_key from finding_amount)
union all
select amount_key, document_key, page, source_line, null, table_ordinal, row_ordinal, column_ordinal,
    value_printed, unit_of_measure, subject_printed, null, null, sentence, paragraph_ordinal, char_start
from pub.fct_narrative_amount where amount_key in (select amount_key from finding_amount);

create table site_quote as
select findings.chunk, amounts.finding_key, findings.document_key as finding_document_key, findings.number,
    amounts.side, places.*, documents.file_name, documents.fiscal_year, documents.chunk as document_chunk
from finding_amount as amounts
inner join site_finding as findings on amounts.finding_key = findings.finding_key
inner join finding_place as places on amounts.amount_key = places.amount_key
inner join site_document as documents on places.document_key = documents.document_key
order by findings.chunk, amounts.finding_key, amounts.side, amounts.amount_key;

-- figures of a document that findings speak of, its own and those of other documents
create table site_flag as
select document_chunk as chunk, document_key, amount_key, table_ordinal, row_ordinal, column_ordinal, page,
    source_line, paragraph_ordinal, char_start, value_printed, sentence,
    min(number) filter (where finding_document_key = document_key) as number, min(side) as side
from site_quote
group by all
order by document_chunk, document_key, amount_key;
"""

METRICS = ("expenditure_per_staff", "personnel_per_staff", "public_per_staff", "execution_rate", "score_rate")
"""Measures declared in ``models/semantics`` that a unit's page shows by year."""

_MOST_QUOTED = 10
"""Figures quoted for one finding; a class may have dozens of parts."""


def make_store(home: Home, path: Path) -> None:
    """Gather the site's data from the published file and the landing into a new DuckDB file at ``path``.

    Raises ``GongkaiError`` not_published or warehouse_damaged.
    """
    if not home.database.exists():
        raise GongkaiError("not_published", home=home.shown(home.root))
    connection = duckdb.connect(str(path), config={"memory_limit": _MEMORY, "threads": 2})
    try:
        _fill(connection, home)
    finally:
        connection.close()


def _fill(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    # Extensions would be fetched from outside.
    connection.execute("set autoinstall_known_extensions = false")
    connection.execute("set preserve_insertion_order = true")
    database = str(home.database.resolve()).replace("'", "''")
    try:
        connection.execute(f"attach '{database}' as pub (read_only)")
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise GongkaiError("warehouse_damaged", path=home.shown(home.database), reason=reason) from error
    connection.execute(_UNITS)
    connection.execute(_DOCUMENTS)
    _fill_cells(connection, home)
    for name, fact, columns, where in _SERIES_OF:
        connection.execute(
            _SERIES.format(name=name, fact=fact, columns=columns, where=where, preference=_BUDGET_PREFERENCE)
        )
    for kind, code in (("function", "functional_code"), ("economic", "economic_code")):
        connection.execute(_SUBJECT_SUMS.format(kind=kind, code=code))
    connection.execute(_BY_UNIT)
    connection.execute(_FINDINGS.format(most=_MOST_QUOTED))
    for name in ("statement", "rule", "measure", "scope", "region", "functional_subject", "economic_subject"):
        connection.execute(f"create table dim_{name} as from pub.dim_{name}")
    connection.execute(
        "create table line_names as select three_public_code as code, min(name_zh) as zh, min(name_en) as en"
        " from pub.dim_line_item where three_public_code is not null group by 1"
    )
    connection.execute("create table meta_run as from pub.meta_run")
    _fill_metrics(connection, home)
    connection.execute("detach pub")


def _fill_metrics(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Metrics of every unit and year, as ``gongkai metric`` gives them; none where MetricFlow is not installed."""
    from gongkai.metrics import semantics_of

    connection.execute("create table metric_label (name varchar, label varchar)")
    try:
        semantics = semantics_of(home)
    except GongkaiError as error:
        if error.code != "metrics_library_missing":
            raise
        connection.execute("create table site_metric (chunk integer, unit_key varchar, fiscal_year integer)")
        return
    metrics = [semantics.metric(name) for name in METRICS]
    connection.executemany("insert into metric_label values (?, ?)", [(one.name, one.label) for one in metrics])
    [(own,)] = connection.execute("select current_database()").fetchall()
    # The SQL names tables of the published file without their database.
    connection.execute("use pub")
    try:
        connection.execute(f'create table "{own}".main.metric as {semantics.by_unit(metrics)}')
    finally:
        connection.execute(f'use "{own}"')
    connection.execute(
        "create table site_metric as select units.chunk, metric.* from metric"
        " inner join site_unit as units on metric.unit_key = units.unit_key order by units.chunk, metric.unit_key"
    )


def _fill_cells(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    files = {
        name: [str(path) for path in sorted((home.landing / name).glob("*.parquet"))]
        for name in ("documents", "tables", "cells", "paragraphs")
    }
    connection.execute("create table held (document_key varchar)")
    if all(files.values()):
        connection.execute(
            "insert into held select documents.document_key from site_document as documents"
            f" inner join read_parquet({_literal(files['documents'])}, union_by_name = true) as landed"
            " on documents.document_id = landed.document_id and documents.reader_version = landed.reader_version"
        )
        connection.execute(
            _FROM_LANDING.format(
                tables=_literal(files["tables"]),
                cells=_literal(files["cells"]),
                paragraphs=_literal(files["paragraphs"]),
            )
        )
    else:
        connection.execute(_EMPTY_LANDING)
    connection.execute(_FROM_STAR)


def _literal(paths: list[str]) -> str:
    return "[" + ", ".join("'" + path.replace("'", "''") + "'" for path in paths) + "]"
