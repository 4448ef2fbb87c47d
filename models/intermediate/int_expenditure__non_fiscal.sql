-- Grain: one row per cell of the expenditure fact that no statement prints (非财政拨款支出): what all expenditure holds
-- beyond the appropriations. Compared at the finest level both sides print: by item where both go that deep, by class
-- where one of them stops there; by measure where both split it. Differences that printed digits explain are none.
with

chosen as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        statement_code,
        document_key,
        is_rollup,
        functional_code,
        measure_code,
        amount_key,
        figure_count,
        amount_yuan,
        half_unit_yuan,
        precedence,
        case when fund_code = 'all' then 'all' else 'known' end as side
    from {{ ref('int_expenditure__candidate') }}
    where is_chosen and fund_code in ('all', 'general', 'gov_fund', 'state_capital')

),

-- how deep and how split each side is
sides as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        side,
        min(statement_depth) as depth,
        bool_or(has_unsplit) as has_unsplit,
        bool_or(fund_code = 'general') as has_general
    from (
        select
            unit_key,
            fiscal_year,
            scope_code,
            stage_code,
            side,
            fund_code,
            max(coalesce(length(functional_code), 0)) as statement_depth,
            bool_or(measure_code = 'unsplit' and amount_yuan <> 0) as has_unsplit
        from chosen
        group by unit_key, fiscal_year, scope_code, stage_code, side, fund_code
        -- a fund whose statement holds nothing but zeros says nothing about depth
        having sum(abs(amount_yuan)) > 0
    ) as statements
    group by unit_key, fiscal_year, scope_code, stage_code, side

),

levels as (

    select
        whole.unit_key,
        whole.fiscal_year,
        whole.scope_code,
        whole.stage_code,
        least(whole.depth, known.depth) as depth,
        whole.has_unsplit or known.has_unsplit as is_unsplit,
        known.has_general
    from sides as whole
    inner join sides as known
        on whole.unit_key = known.unit_key
        and whole.fiscal_year = known.fiscal_year
        and whole.scope_code = known.scope_code
        and whole.stage_code = known.stage_code
    where whole.side = 'all' and known.side = 'known'

),

remainders as (

    select
        chosen.unit_key,
        chosen.fiscal_year,
        chosen.scope_code,
        chosen.stage_code,
        bool_or(levels.has_general) as has_general,
        bool_or(chosen.is_rollup) as is_rollup,
        nullif(left(chosen.functional_code, levels.depth), '') as functional_code,
        case
            when levels.is_unsplit then 'unsplit'
            when chosen.measure_code in ('personnel', 'public') then 'basic'
            else chosen.measure_code
        end as measure_code,
        -- where the table of all expenditure lacks the row, the appropriation's figure is what the remainder rests on
        coalesce(min(case when chosen.side = 'all' then chosen.statement_code end), min(chosen.statement_code)) as statement_code,
        coalesce(min(case when chosen.side = 'all' then chosen.document_key end), min(chosen.document_key)) as document_key,
        coalesce(min(case when chosen.side = 'all' then chosen.amount_key end), min(chosen.amount_key)) as amount_key,
        coalesce(min(case when chosen.side = 'all' then chosen.precedence end), min(chosen.precedence)) as precedence,
        sum(chosen.figure_count) as figure_count,
        sum(case when chosen.side = 'all' then chosen.amount_yuan else -chosen.amount_yuan end) as amount_yuan,
        sum(chosen.half_unit_yuan) as half_unit_yuan
    from chosen
    inner join levels
        on chosen.unit_key = levels.unit_key
        and chosen.fiscal_year = levels.fiscal_year
        and chosen.scope_code = levels.scope_code
        and chosen.stage_code = levels.stage_code
    group by
        chosen.unit_key,
        chosen.fiscal_year,
        chosen.scope_code,
        chosen.stage_code,
        nullif(left(chosen.functional_code, levels.depth), ''),
        case
            when levels.is_unsplit then 'unsplit'
            when chosen.measure_code in ('personnel', 'public') then 'basic'
            else chosen.measure_code
        end

)

select
    unit_key,
    fiscal_year,
    scope_code,
    stage_code,
    -- where the general budget's own table is missing, the remainder holds it too
    case when has_general then 'non_fiscal' else 'unsplit' end as fund_code,
    statement_code,
    document_key,
    is_rollup,
    functional_code,
    measure_code,
    amount_key,
    precedence,
    figure_count,
    amount_yuan,
    half_unit_yuan
from remainders
where abs(amount_yuan) > half_unit_yuan
