-- Grain: one row per unit, year, scope, stage, fund, functional leaf and measure (支出事实). Additive.
-- Which statement a figure comes from is decided by seeds/statement_precedence.csv per unit, year, scope, stage and
-- fund, and stands in source_statement_code. Prose comes in where no table says anything of the unit, year and stage.
with

candidates as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        functional_code,
        functional_key,
        measure_code,
        document_key,
        statement_code,
        precedence,
        amount_key,
        figure_count,
        amount_yuan,
        half_unit_yuan,
        is_rollup,
        origin
    from {{ ref('int_expenditure__candidate') }}
    where is_chosen

),

-- which funds are told apart for a unit, year, scope and stage
told as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        bool_or(fund_code in ('general', 'gov_fund', 'state_capital') and amount_yuan <> 0) as has_split,
        bool_or(fund_code = 'appropriation') as has_appropriation,
        bool_or(fund_code = 'all') as has_all
    from candidates
    group by unit_key, fiscal_year, scope_code, stage_code

),

printed as (

    select
        candidates.unit_key,
        candidates.fiscal_year,
        candidates.scope_code,
        candidates.stage_code,
        case
            when candidates.fund_code in ('all', 'appropriation') then 'unsplit'
            else candidates.fund_code
        end as fund_code,
        candidates.functional_code,
        candidates.functional_key,
        candidates.measure_code,
        candidates.document_key,
        candidates.statement_code as source_statement_code,
        candidates.precedence,
        candidates.amount_key,
        candidates.figure_count,
        candidates.amount_yuan,
        candidates.half_unit_yuan,
        candidates.is_rollup,
        false as is_derived,
        candidates.origin
    from candidates
    inner join told on {{ same_columns('candidates', 'told') }}
    where case
        when candidates.fund_code in ('general', 'gov_fund', 'state_capital') then told.has_split or not told.has_all
        -- all expenditure is known and nothing of it is split: it stands whole
        when candidates.fund_code = 'all' then not told.has_split
        when candidates.fund_code = 'appropriation' then not told.has_split and not told.has_all
        -- printed directly; derived instead where all expenditure is printed too
        when candidates.fund_code = 'non_fiscal' then not (told.has_all and told.has_split)
        else true
    end

),

derived as (

    select
        remainders.unit_key,
        remainders.fiscal_year,
        remainders.scope_code,
        remainders.stage_code,
        remainders.fund_code,
        remainders.functional_code,
        case
            when remainders.functional_code is not null
                then coalesce(subjects.functional_key, remainders.functional_code || '@seen')
        end as functional_key,
        remainders.measure_code,
        remainders.document_key,
        remainders.statement_code as source_statement_code,
        remainders.precedence,
        remainders.amount_key,
        remainders.figure_count,
        remainders.amount_yuan,
        remainders.half_unit_yuan,
        remainders.is_rollup,
        true as is_derived,
        'table' as origin
    from {{ ref('int_expenditure__non_fiscal') }} as remainders
    inner join told on {{ same_columns('remainders', 'told') }}
    left join {{ ref('int_functional_subject__year') }} as subjects
        on remainders.functional_code = subjects.functional_code
        and remainders.fiscal_year = subjects.fiscal_year
    where told.has_split

),

-- no table says anything of the unit, year, scope and stage
prose as (

    select
        {{ columns_of('stated', cell_columns()) }},
        stated.fund_code,
        stated.functional_code,
        stated.functional_key,
        stated.measure_code,
        stated.document_key,
        'prose' as source_statement_code,
        99 as precedence,
        stated.amount_key,
        stated.figure_count,
        stated.amount_yuan,
        stated.half_unit_yuan,
        stated.is_rollup,
        stated.is_derived,
        'prose' as origin
    from {{ ref('int_prose__expenditure_chosen') }} as stated
    left join told on {{ same_columns('stated', 'told') }}
    where told.unit_key is null

),

united as (

    {% for part in ['printed', 'derived', 'prose'] -%}
    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        functional_code,
        functional_key,
        measure_code,
        document_key,
        source_statement_code,
        precedence,
        amount_key,
        figure_count,
        amount_yuan,
        half_unit_yuan,
        is_rollup,
        is_derived,
        origin
    from {{ part }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    united.unit_key,
    united.fiscal_year,
    united.scope_code,
    united.stage_code,
    united.fund_code,
    united.functional_code,
    united.functional_key,
    united.measure_code,
    case when united.measure_code in ('personnel', 'public') then 'basic' else united.measure_code end as measure_group_code,
    cast(united.amount_yuan as decimal(20, 2)) as amount_yuan,
    cast(united.half_unit_yuan as decimal(20, 6)) as half_unit_yuan,
    united.amount_key,
    cast(united.figure_count as integer) as figure_count,
    united.document_key,
    united.source_statement_code,
    united.precedence,
    united.is_derived,
    united.is_rollup,
    uncounted.unit_key is null as is_counted,
    united.origin
from united
{{ left_join_uncounted('expenditure') }}
