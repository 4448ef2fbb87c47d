-- Grain: one row per unit, year, scope, stage and statistic (单位统计事实): counts, areas and the money of procurement and
-- running costs. Parts and wholes are statistics of their own (vehicles_total, vehicles_special): do not add them up. What no table
-- prints comes from prose; there 实有人数 is told apart by its meaning (staff_actual_on_post, …_with_retired, …_with_others).
with

amounts as (

    select
        amounts.unit_key,
        amounts.fiscal_year,
        amounts.scope_code,
        amounts.stage_code,
        coalesce(
            amounts.statistic_code,
            case when amounts.three_public_code in ('meeting', 'training', 'operating_cost') then amounts.three_public_code end
        ) as statistic_code,
        amounts.value,
        amounts.unit_of_measure,
        amounts.amount_yuan,
        amounts.amount_key,
        amounts.document_key,
        amounts.statement_code,
        amounts.is_rollup,
        amounts.origin,
        row_number() over (
            partition by
                amounts.unit_key,
                amounts.fiscal_year,
                amounts.scope_code,
                amounts.stage_code,
                coalesce(
                    amounts.statistic_code,
                    case
                        when amounts.three_public_code in ('meeting', 'training', 'operating_cost')
                            then amounts.three_public_code
                    end
                )
            order by
                precedence.precedence asc,
                versions.recency_rank asc,
                amounts.is_detail asc,
                amounts.table_ordinal asc,
                amounts.row_ordinal asc,
                amounts.column_ordinal asc,
                amounts.number_ordinal asc
        ) as choice_rank
    from {{ ref('fct_statement_amount') }} as amounts
    inner join {{ ref('int_document__version') }} as versions on amounts.document_key = versions.document_key
    inner join {{ ref('statement_precedence') }} as precedence
        on precedence.fact = 'unit_statistic' and amounts.statement_code = precedence.statement_code
    where amounts.is_current
        and amounts.role = 'amount'
        and (
            amounts.statistic_code is not null
            or amounts.three_public_code in ('meeting', 'training', 'operating_cost')
        )
        and not {{ is_prior_stage('amounts.stage_code') }}
        and amounts.unit_key is not null
        and amounts.fiscal_year is not null

),

tables as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        statistic_code,
        value,
        unit_of_measure,
        amount_yuan,
        amount_key,
        document_key,
        statement_code as source_statement_code,
        is_rollup,
        origin
    from amounts
    where choice_rank = 1

),

united as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        statistic_code,
        value,
        unit_of_measure,
        amount_yuan,
        amount_key,
        document_key,
        source_statement_code,
        is_rollup,
        origin
    from tables
    union all
    select
        {{ columns_of('stated', cell_columns()) }},
        stated.statistic_code,
        stated.value,
        stated.unit_of_measure,
        stated.amount_yuan,
        stated.amount_key,
        stated.document_key,
        'prose' as source_statement_code,
        stated.is_rollup,
        'prose' as origin
    from {{ ref('int_prose__statistic') }} as stated
    left join tables on {{ same_columns('stated', 'tables', cell_columns() + ['statistic_code']) }}
    where tables.unit_key is null

)

{{ counted_rows('unit_statistic', [
    'unit_key', 'fiscal_year', 'scope_code', 'stage_code', 'statistic_code',
    'value', 'unit_of_measure', 'amount_yuan', 'amount_key', 'document_key',
    'source_statement_code', 'is_rollup'
]) }}
