-- Grain: one row per statement, document and cell of the expenditure fact (支出候选数): what each statement says of a
-- unit's expenditure by functional subject, fund and measure, before one of them is chosen.
{% set groups = [
    'unit_key', 'fiscal_year', 'scope_code', 'stage_code', 'fund_code', 'statement_code', 'document_key',
    'recency_rank', 'is_rollup', 'functional_code', 'functional_key', 'measure_code', 'origin'
] %}
with

amounts as (

    select
        additive.unit_key,
        additive.fiscal_year,
        additive.scope_code,
        additive.stage_code,
        case
            when additive.fund_code in ('fiscal_account', 'unit_funds', 'non_fiscal') then 'non_fiscal'
            else additive.fund_code
        end as fund_code,
        additive.statement_code,
        additive.document_key,
        additive.recency_rank,
        additive.is_rollup,
        additive.functional_code,
        additive.functional_key,
        case when additive.measure_code = 'total' then 'unsplit' else additive.measure_code end as measure_code,
        additive.origin,
        additive.amount_key,
        additive.amount_yuan,
        additive.half_unit_yuan
    from {{ ref('int_amount__additive') }} as additive
    inner join {{ ref('measures') }} as measures
        on additive.measure_code = measures.code and measures.kind = 'expenditure'
    where additive.flow = 'expenditure'
        and additive.economic_code is null
        -- a line such as 基本支出 in a total table, beside the classes, says the same money another way
        and (additive.functional_code is not null or additive.line_item_code is null)

),

cells as (

    select
        {% for column in groups -%}
        {{ column }},
        {% endfor -%}
        min(amount_key) as amount_key,
        count(*) as figure_count,
        sum(amount_yuan) as amount_yuan,
        {{ sum_of_half_units('amount_yuan', 'half_unit_yuan') }} as half_unit_yuan
    from amounts
    group by {{ groups | join(', ') }}

),

ranked as (

    select
        {% for column in groups -%}
        cells.{{ column }},
        {% endfor -%}
        cells.amount_key,
        cells.figure_count,
        cells.amount_yuan,
        cells.half_unit_yuan,
        precedence.precedence,
        min(precedence.precedence * 1000000 + cells.recency_rank) over (
            partition by cells.unit_key, cells.fiscal_year, cells.scope_code, cells.stage_code, cells.fund_code
        ) as best_rank
    from cells
    inner join {{ ref('statement_precedence') }} as precedence
        on precedence.fact = 'expenditure'
        and cells.statement_code = precedence.statement_code
        and cells.fund_code = precedence.part

)

select
    {% for column in groups -%}
    {{ column }},
    {% endfor -%}
    amount_key,
    figure_count,
    amount_yuan,
    half_unit_yuan,
    precedence,
    precedence * 1000000 + recency_rank = best_rank as is_chosen
from ranked
