-- Grain: one row per unit, year, scope, stage, fund, income source and functional leaf (收入事实). Additive.
-- 教育收费 is a part of 事业收入 and not here. Carried-over money is a source in budgets, where the printed total holds
-- it; in final accounts it is a balance (fct_balance).
-- Prose comes in where no table says anything of the unit, year, scope and stage.
with

tables as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        measure_code,
        functional_code,
        max(functional_key) as functional_key,
        cast(sum(amount_yuan) as decimal(20, 2)) as amount_yuan,
        cast(sum(half_unit_yuan) as decimal(20, 6)) as half_unit_yuan,
        min(amount_key) as amount_key,
        cast(sum(figure_count) as integer) as figure_count,
        min(document_key) as document_key,
        min(statement_code) as source_statement_code,
        bool_or(is_derived) as is_derived,
        bool_or(is_rollup) as is_rollup,
        min(origin) as origin
    from {{ ref('int_income__chosen') }}
    group by unit_key, fiscal_year, scope_code, stage_code, fund_code, measure_code, functional_code

),

told as (

    select distinct unit_key, fiscal_year, scope_code, stage_code
    from tables

),

united as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        measure_code,
        functional_code,
        functional_key,
        amount_yuan,
        half_unit_yuan,
        amount_key,
        figure_count,
        document_key,
        source_statement_code,
        is_derived,
        is_rollup,
        origin
    from tables
    union all
    select
        {{ columns_of('stated', cell_columns()) }},
        stated.fund_code,
        stated.measure_code,
        cast(null as {{ dbt.type_string() }}) as functional_code,
        cast(null as {{ dbt.type_string() }}) as functional_key,
        cast(stated.amount_yuan as decimal(20, 2)) as amount_yuan,
        cast(stated.half_unit_yuan as decimal(20, 6)) as half_unit_yuan,
        stated.amount_key,
        1 as figure_count,
        stated.document_key,
        'prose' as source_statement_code,
        false as is_derived,
        stated.is_rollup,
        'prose' as origin
    from {{ ref('int_prose__income') }} as stated
    left join told on {{ same_columns('stated', 'told') }}
    where told.unit_key is null

)

{{ counted_rows('income', [
    'unit_key', 'fiscal_year', 'scope_code', 'stage_code', 'fund_code',
    'measure_code', 'functional_code', 'functional_key', 'amount_yuan', 'half_unit_yuan',
    'amount_key', 'figure_count', 'document_key', 'source_statement_code', 'is_derived',
    'is_rollup'
]) }}
