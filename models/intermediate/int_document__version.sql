-- Grain: one row per document (文档版本): whether it is the current version of what it discloses.
-- A later document of the same unit, year and kind supersedes an earlier one when it prints at least half of the
-- earlier one's statements again; a page that only adds (an attachment, one more project sheet) supersedes nothing, nor
-- does a report on performance that leaves out one of the earlier one's projects. A project under another name is not
-- left out where its sheet prints the same figures and another project is in both reports.
-- Later is what was published later. A document without a date is later than all of its unit, year and kind that had
-- been seen before it (a correction rarely says its day); of those first seen at one moment it counts as the oldest, as
-- nothing tells otherwise. It takes the latest date seen till then: comparing pairs instead could run in a circle.
with

seen as (

    select
        identity.document_key,
        identity.unit_key,
        identity.fiscal_year,
        identity.document_kind,
        identity.scope_code,
        coalesce(identity.published_on, documents.published_on) as published_on,
        coalesce(origins.fetched_at, documents.ingested_at) as seen_at
    from {{ ref('int_document__identity') }} as identity
    inner join {{ ref('stg_landing__documents') }} as documents on identity.document_key = documents.document_key
    left join {{ ref('int_document__origin') }} as origins on identity.document_key = origins.document_key
    where identity.is_disclosure and identity.unit_key is not null and identity.fiscal_year is not null

),

documents as (

    select
        seen.document_key,
        seen.unit_key,
        seen.fiscal_year,
        seen.document_kind,
        seen.scope_code,
        seen.seen_at,
        coalesce(seen.published_on, max(known.published_on), '') as effective_on
    from seen
    left join seen as known
        on seen.published_on is null
        and known.seen_at < seen.seen_at
        and seen.unit_key = known.unit_key
        and seen.fiscal_year = known.fiscal_year
        and coalesce(seen.document_kind, '') = coalesce(known.document_kind, '')
    group by
        seen.document_key, seen.unit_key, seen.fiscal_year, seen.document_kind, seen.scope_code, seen.seen_at,
        seen.published_on

),

items as (

    select distinct
        documents.document_key,
        documents.unit_key,
        documents.fiscal_year,
        documents.document_kind,
        tables.statement_code
        || '|' || coalesce(tables.scope_code, documents.scope_code)
        || '|' || coalesce(tables.project_name, '') as item,
        case when tables.project_name is not null then 1 else 0 end as is_project
    from documents
    inner join {{ ref('stg_landing__tables') }} as tables on documents.document_key = tables.document_key
    where tables.statement_code is not null

),

-- what the sheet of a project prints, whatever the project is called there
sheets as (

    select
        tables.document_key,
        tables.table_ordinal,
        tables.statement_code || '|' || coalesce(tables.scope_code, '') as kind,
        tables.project_name,
        count(*) as figure_count,
        sum({{ to_value('numbers.value_text') }}) as figure_sum
    from {{ ref('stg_landing__tables') }} as tables
    inner join documents
        on tables.document_key = documents.document_key and documents.document_kind = 'performance'
    inner join {{ ref('stg_landing__cell_numbers') }} as numbers
        on tables.document_key = numbers.document_key and tables.table_ordinal = numbers.table_ordinal
    where tables.project_name is not null and numbers.role = 'figure'
    group by
        tables.document_key, tables.table_ordinal, tables.statement_code || '|' || coalesce(tables.scope_code, ''),
        tables.project_name

),

-- projects of the earlier report that the later one prints under a name the earlier one does not have
renamed as (

    select
        earlier.document_key,
        later.document_key as later_document_key,
        count(distinct earlier.project_name) as projects
    from sheets as earlier
    inner join documents as earlier_documents on earlier.document_key = earlier_documents.document_key
    inner join documents as later_documents
        on earlier_documents.unit_key = later_documents.unit_key
        and earlier_documents.fiscal_year = later_documents.fiscal_year
        and earlier_documents.document_key <> later_documents.document_key
    inner join sheets as later
        on later_documents.document_key = later.document_key
        and earlier.kind = later.kind
        and earlier.figure_count = later.figure_count
        and earlier.figure_sum = later.figure_sum
        and earlier.project_name <> later.project_name
    left join sheets as kept
        on later.document_key = kept.document_key and earlier.project_name = kept.project_name
    left join sheets as known
        on earlier.document_key = known.document_key and later.project_name = known.project_name
    where earlier.figure_count >= 3 and kept.document_key is null and known.document_key is null
    group by earlier.document_key, later.document_key

),

item_counts as (

    select document_key, count(*) as item_count, sum(is_project) as project_count
    from items
    group by document_key

),

pairs as (

    select
        earlier.document_key,
        later.document_key as later_document_key,
        count(*) as shared_count,
        sum(earlier.is_project) as shared_projects
    from items as earlier
    inner join items as later
        on earlier.unit_key = later.unit_key
        and earlier.fiscal_year = later.fiscal_year
        and earlier.document_kind = later.document_kind
        and earlier.item = later.item
        and earlier.document_key <> later.document_key
    group by earlier.document_key, later.document_key

),

superseded as (

    select distinct pairs.document_key
    from pairs
    inner join item_counts on pairs.document_key = item_counts.document_key
    left join renamed
        on pairs.document_key = renamed.document_key
        and pairs.later_document_key = renamed.later_document_key
        and pairs.shared_projects > 0
    inner join documents as earlier on pairs.document_key = earlier.document_key
    inner join documents as later on pairs.later_document_key = later.document_key
    where (pairs.shared_count + coalesce(renamed.projects, 0)) * 2 >= item_counts.item_count
        and (
            earlier.document_kind <> 'performance'
            or pairs.shared_projects + coalesce(renamed.projects, 0) >= item_counts.project_count
        )
        and (
            later.effective_on > earlier.effective_on
            or (
                later.effective_on = earlier.effective_on
                and (
                    later.seen_at > earlier.seen_at
                    or (later.seen_at = earlier.seen_at and later.document_key > earlier.document_key)
                )
            )
        )

),

-- same unit, year and kind: the later document stands first where both print one statement
recency as (

    select
        document_key,
        row_number() over (
            partition by unit_key, fiscal_year
            order by effective_on desc, seen_at desc, document_key desc
        ) as recency_rank
    from documents

)

select
    identity.document_key,
    superseded.document_key is null as is_current,
    recency.recency_rank
from {{ ref('int_document__identity') }} as identity
left join superseded on identity.document_key = superseded.document_key
left join recency on identity.document_key = recency.document_key
