-- Grain: one row per unit, year, scope, stage, fund, scheme, economic leaf and measure (经济分类支出事实).
-- Additive within one scheme: department (301…) and government (501…) classes tell the same money twice.
with

united as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        scheme,
        economic_code,
        max(economic_key) as economic_key,
        measure_code,
        case when measure_code in ('personnel', 'public') then 'basic' else measure_code end as measure_group_code,
        cast(sum(amount_yuan) as decimal(20, 2)) as amount_yuan,
        cast({{ sum_of_half_units('amount_yuan', 'half_unit_yuan') }} as decimal(20, 6)) as half_unit_yuan,
        min(amount_key) as amount_key,
        cast(count(*) as integer) as figure_count,
        min(document_key) as document_key,
        min(statement_code) as source_statement_code,
        bool_or(is_derived) as is_derived,
        bool_or(is_rollup) as is_rollup,
        min(origin) as origin
    from {{ ref('int_economic_expenditure__chosen') }}
    group by unit_key, fiscal_year, scope_code, stage_code, fund_code, scheme, economic_code, measure_code

)

{{ counted_rows('economic_expenditure', [
    'unit_key', 'fiscal_year', 'scope_code', 'stage_code', 'fund_code',
    'scheme', 'economic_code', 'economic_key', 'measure_code', 'measure_group_code',
    'amount_yuan', 'half_unit_yuan', 'amount_key', 'figure_count', 'document_key',
    'source_statement_code', 'is_derived', 'is_rollup'
]) }}
