-- Grain: one row per indicator row of a performance sheet, or indicator stated in prose (绩效指标), of all versions.
with

indicators as (

    select
        indicators.document_key,
        indicators.indicator_ordinal,
        indicators.origin,
        coalesce(indicators.statement_code, tables.statement_code) as statement_code,
        coalesce(tables.unit_key, identity.unit_key) as unit_key,
        identity.fiscal_year,
        coalesce(tables.scope_code, identity.scope_code) as scope_code,
        coalesce(indicators.project_name, tables.project_name) as project_name,
        indicators.level1,
        indicators.level2,
        indicators.level3,
        indicators.target_printed,
        indicators.target_initial_printed,
        indicators.actual_printed,
        indicators.prior_actual_printed,
        indicators.weight_printed,
        indicators.score_printed,
        indicators.completion_printed,
        indicators.deviation_reason,
        indicators.note,
        indicators.page,
        indicators.source_line,
        indicators.table_ordinal,
        indicators.row_ordinal,
        versions.is_current,
        rollups.unit_key is not null as is_rollup,
        {{ folded_name('indicators.target_printed') }} as target_text
    from {{ ref('stg_landing__indicators') }} as indicators
    inner join {{ ref('int_document__identity') }} as identity on indicators.document_key = identity.document_key
    inner join {{ ref('int_document__version') }} as versions on indicators.document_key = versions.document_key
    left join {{ ref('int_table__identity') }} as tables
        on indicators.document_key = tables.document_key and indicators.table_ordinal = tables.table_ordinal
    left join {{ ref('int_unit__rollup') }} as rollups
        on identity.unit_key = rollups.unit_key
        and identity.fiscal_year = rollups.fiscal_year
        and identity.document_kind = rollups.statement_kind
        and coalesce(tables.scope_code, identity.scope_code) = rollups.scope_code
    where identity.is_disclosure

),

told as (

    select
        document_key,
        indicator_ordinal,
        origin,
        statement_code,
        unit_key,
        fiscal_year,
        scope_code,
        project_name,
        level1,
        level2,
        level3,
        target_printed,
        target_initial_printed,
        actual_printed,
        prior_actual_printed,
        weight_printed,
        score_printed,
        completion_printed,
        deviation_reason,
        note,
        page,
        source_line,
        table_ordinal,
        row_ordinal,
        is_current,
        is_rollup,
        target_text,
        {{ target_operator('target_text') }} as target_operator
    from indicators

)

select
    document_key || '-i' || cast(indicator_ordinal as {{ dbt.type_string() }}) as indicator_key,
    document_key,
    unit_key,
    fiscal_year,
    scope_code,
    statement_code,
    case
        when project_name is not null then {{ project_key('unit_key', 'fiscal_year', 'project_name') }}
    end as project_key,
    project_name,
    level1,
    level2,
    level3,
    target_printed,
    target_operator,
    case when target_operator <> 'text' then {{ first_number('target_text') }} end as target_value,
    target_initial_printed,
    actual_printed,
    {{ first_number(folded_name('actual_printed')) }} as actual_value,
    prior_actual_printed,
    {{ first_number(folded_name('weight_printed')) }} as weight,
    {{ first_number(folded_name('score_printed')) }} as score,
    completion_printed,
    deviation_reason,
    note,
    page,
    source_line,
    table_ordinal,
    row_ordinal,
    is_current,
    is_rollup,
    origin
from told
