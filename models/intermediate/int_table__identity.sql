-- Grain: one row per table (表): which statement of which unit, year and scope, and what its figures are by default.
-- table_number is a number for joins inside a build; it changes from build to build.
with

tables as (

    select
        tables.document_key,
        tables.table_ordinal,
        tables.part_ordinal,
        tables.statement_code,
        tables.title_printed,
        tables.code_printed,
        tables.unit_name_printed,
        tables.scope_code,
        tables.project_name,
        tables.alignment_confidence,
        tables.page,
        tables.source_line,
        statements.document_kind as statement_kind,
        statements.family,
        statements.row_vocabulary,
        statements.fund_code,
        statements.stage_code
    from {{ ref('stg_landing__tables') }} as tables
    left join {{ ref('statements') }} as statements on tables.statement_code = statements.statement_code

),

title_funds as (

    select
        tables.document_key,
        tables.table_ordinal,
        {{ at_greatest('funds.fund_code', 'length(funds.title_part)', can_tie=true) }} as fund_code
    from tables
    inner join {{ ref('title_funds') }} as funds
        on tables.statement_code = funds.statement_code and instr(tables.title_printed, funds.title_part) > 0
    group by tables.document_key, tables.table_ordinal

),

-- two statement sets in one file (汇总, 本级): each part says its own scope
part_scopes as (

    select
        document_key,
        part_ordinal,
        value as scope_code,
        row_number() over (partition by document_key, part_ordinal order by count(*) desc, value asc) as vote_rank
    from {{ ref('stg_landing__claims') }}
    where claim_kind = 'scope' and part_ordinal is not null and place in ('title', 'cover', 'heading', 'table_head')
    group by document_key, part_ordinal, value

),

resolved as (

    select
        tables.document_key,
        tables.table_ordinal,
        tables.part_ordinal,
        tables.statement_code,
        tables.statement_kind,
        tables.family,
        tables.row_vocabulary,
        tables.title_printed,
        tables.code_printed,
        tables.project_name,
        tables.alignment_confidence,
        tables.page,
        tables.source_line,
        coalesce(title_funds.fund_code, tables.fund_code) as fund_code,
        tables.stage_code,
        identity.fiscal_year,
        identity.is_disclosure,
        version.is_current,
        version.recency_rank,
        -- a department's budget carries the performance sheets of its units: there the sheet's own name decides
        case
            when tables.family like 'perf%' then coalesce(names.unit_key, identity.unit_key)
            else identity.unit_key
        end as unit_key,
        case
            when tables.family like 'perf%' and names.unit_key <> identity.unit_key
                then coalesce(tables.scope_code, names.scope_code, 'unit')
            else coalesce(tables.scope_code, names.scope_code, part_scopes.scope_code, identity.scope_code)
        end as scope_code
    from tables
    inner join {{ ref('int_document__identity') }} as identity on tables.document_key = identity.document_key
    inner join {{ ref('int_document__version') }} as version on tables.document_key = version.document_key
    left join title_funds
        on tables.document_key = title_funds.document_key and tables.table_ordinal = title_funds.table_ordinal
    left join part_scopes
        on tables.document_key = part_scopes.document_key
        and tables.part_ordinal = part_scopes.part_ordinal
        and part_scopes.vote_rank = 1
    left join {{ ref('int_document__unit_name') }} as names
        on tables.document_key = names.document_key and tables.unit_name_printed = names.name_printed

)

select
    row_number() over (order by document_key asc, table_ordinal asc) as table_number,
    document_key,
    table_ordinal,
    part_ordinal,
    statement_code,
    statement_kind,
    family,
    row_vocabulary,
    title_printed,
    code_printed,
    project_name,
    alignment_confidence,
    page,
    source_line,
    fund_code,
    stage_code,
    fiscal_year,
    is_disclosure,
    is_current,
    recency_rank,
    unit_key,
    scope_code
from resolved
