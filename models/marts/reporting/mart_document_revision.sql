-- Grain: one row per figure of a superseded document or of the one that took its place (更正对照).
-- A figure is the same one where statement, meaning and labels agree; of several alike the first goes with the first.
with

documents as (

    select
        documents.document_key,
        documents.unit_key,
        documents.fiscal_year,
        documents.document_kind,
        documents.is_current,
        versions.recency_rank
    from {{ ref('dim_document') }} as documents
    inner join {{ ref('int_document__version') }} as versions on documents.document_key = versions.document_key
    where documents.unit_key is not null and documents.fiscal_year is not null

),

printed as (

    select distinct document_key, statement_code
    from {{ ref('fct_statement_amount') }}

),

-- the newer document that prints most of it again; of two alike the one that came next
successors as (

    select
        earlier.document_key,
        later.document_key as later_document_key,
        row_number() over (
            partition by earlier.document_key
            order by count(*) desc, max(later.recency_rank) desc, later.document_key asc
        ) as successor_rank
    from documents as earlier
    inner join documents as later
        on earlier.unit_key = later.unit_key
        and earlier.fiscal_year = later.fiscal_year
        and earlier.document_kind = later.document_kind
        and later.recency_rank < earlier.recency_rank
    inner join printed as earlier_printed on earlier.document_key = earlier_printed.document_key
    inner join printed as later_printed
        on later.document_key = later_printed.document_key
        and earlier_printed.statement_code = later_printed.statement_code
    where not earlier.is_current
    group by earlier.document_key, later.document_key

),

revisions as (

    select
        {{ stable_key(['successors.document_key', 'successors.later_document_key']) }} as revision_key,
        successors.document_key as earlier_document_key,
        successors.later_document_key,
        documents.unit_key,
        documents.fiscal_year,
        documents.document_kind
    from successors
    inner join documents on successors.document_key = documents.document_key
    where successors.successor_rank = 1

),

figures as (

    select
        document_key,
        amount_key,
        scope_code,
        statement_code,
        stage_code,
        row_code,
        row_label,
        column_label,
        value,
        value_printed,
        unit_of_measure,
        amount_yuan,
        table_ordinal,
        row_ordinal,
        column_ordinal,
        number_ordinal,
        {{ stable_key([
            'scope_code', 'statement_code', 'stage_code', 'fund_code', 'measure_code', 'functional_code',
            'economic_code', 'line_item_code', 'project_name', 'side', 'row_path', 'row_label', 'column_label'
        ]) }} as meaning
    from {{ ref('fct_statement_amount') }}
    where
        document_key in (select earlier_document_key from revisions)
        or document_key in (select later_document_key from revisions)

),

counted as (

    select
        figures.document_key,
        figures.amount_key,
        figures.scope_code,
        figures.statement_code,
        figures.stage_code,
        figures.row_code,
        figures.row_label,
        figures.column_label,
        figures.value,
        figures.value_printed,
        figures.unit_of_measure,
        figures.amount_yuan,
        figures.meaning,
        row_number() over (
            partition by figures.document_key, figures.meaning
            order by figures.table_ordinal, figures.row_ordinal, figures.column_ordinal, figures.number_ordinal
        ) as occurrence
    from figures

),

earlier as (

    select
        revisions.revision_key,
        counted.amount_key,
        counted.scope_code,
        counted.statement_code,
        counted.stage_code,
        counted.row_code,
        counted.row_label,
        counted.column_label,
        counted.value,
        counted.value_printed,
        counted.unit_of_measure,
        counted.amount_yuan,
        counted.meaning,
        counted.occurrence
    from counted
    inner join revisions on counted.document_key = revisions.earlier_document_key

),

later as (

    select
        revisions.revision_key,
        counted.amount_key,
        counted.scope_code,
        counted.statement_code,
        counted.stage_code,
        counted.row_code,
        counted.row_label,
        counted.column_label,
        counted.value,
        counted.value_printed,
        counted.unit_of_measure,
        counted.amount_yuan,
        counted.meaning,
        counted.occurrence
    from counted
    inner join revisions on counted.document_key = revisions.later_document_key

),

paired as (

    select
        coalesce(earlier.revision_key, later.revision_key) as revision_key,
        coalesce(earlier.scope_code, later.scope_code) as scope_code,
        coalesce(earlier.statement_code, later.statement_code) as statement_code,
        coalesce(earlier.stage_code, later.stage_code) as stage_code,
        coalesce(earlier.row_code, later.row_code) as row_code,
        coalesce(earlier.row_label, later.row_label) as row_label,
        coalesce(earlier.column_label, later.column_label) as column_label,
        earlier.amount_key as earlier_amount_key,
        later.amount_key as later_amount_key,
        earlier.value_printed as earlier_value_printed,
        later.value_printed as later_value_printed,
        earlier.value as earlier_value,
        later.value as later_value,
        earlier.unit_of_measure as earlier_unit_of_measure,
        later.unit_of_measure as later_unit_of_measure,
        earlier.amount_yuan as earlier_amount_yuan,
        later.amount_yuan as later_amount_yuan
    from earlier
    full outer join later
        on earlier.revision_key = later.revision_key
        and earlier.meaning = later.meaning
        and earlier.occurrence = later.occurrence

)

select
    paired.revision_key,
    revisions.earlier_document_key,
    revisions.later_document_key,
    revisions.unit_key,
    revisions.fiscal_year,
    revisions.document_kind,
    paired.scope_code,
    paired.statement_code,
    paired.stage_code,
    paired.row_code,
    paired.row_label,
    paired.column_label,
    paired.earlier_amount_key,
    paired.later_amount_key,
    paired.earlier_value_printed,
    paired.later_value_printed,
    paired.earlier_unit_of_measure,
    paired.later_unit_of_measure,
    paired.earlier_amount_yuan,
    paired.later_amount_yuan,
    paired.later_amount_yuan - paired.earlier_amount_yuan as difference_yuan,
    case
        when paired.earlier_amount_key is null then 'added'
        when paired.later_amount_key is null then 'removed'
        -- 185.62 万元 printed as 1856200 元 is the same money
        when paired.later_amount_yuan = paired.earlier_amount_yuan then 'same'
        when
            paired.later_value = paired.earlier_value
            and coalesce(paired.later_unit_of_measure, '') = coalesce(paired.earlier_unit_of_measure, '')
            then 'same'
        else 'changed'
    end as state
from paired
inner join revisions on paired.revision_key = revisions.revision_key
