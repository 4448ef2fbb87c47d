-- Grain: one row per unit, year, scope, stage, fund and income source told in prose (文字收入数据). Sources that do not
-- add up to the income told stand as one unsplit figure.
{% set cell = ['unit_key', 'fiscal_year', 'scope_code', 'stage_code'] %}
with

best as (

    select {{ cell | join(', ') }}, min(document_rank) as document_rank
    from {{ ref('int_prose__total') }}
    where line_item_code in ('income_this_year', 'income_appropriation', 'income_general')
    group by {{ cell | join(', ') }}

),

told as (

    select
        {% for column in cell -%}
        totals.{{ column }},
        {% endfor -%}
        totals.document_key,
        totals.line_item_code,
        lines.measure_code,
        case
            when totals.line_item_code = 'income_appropriation' then 'unsplit'
            when totals.line_item_code in ('income_general', 'income_gov_fund', 'income_state_capital')
                then lines.fund_code
            else 'non_fiscal'
        end as fund_code,
        totals.fund_code as told_fund_code,
        totals.amount_key,
        totals.amount_yuan,
        totals.half_unit_yuan,
        totals.is_rollup
    from {{ ref('int_prose__total') }} as totals
    inner join best
        on {% for column in cell %}totals.{{ column }} = best.{{ column }} and {% endfor %}
        totals.document_rank = best.document_rank
    inner join {{ ref('line_items') }} as lines on totals.line_item_code = lines.line_item_code
    where totals.line_item_code in (
        'income_this_year', 'income_appropriation', 'income_general', 'income_gov_fund', 'income_state_capital',
        'income_superior_subsidy', 'income_undertaking', 'income_operating', 'income_affiliated', 'income_other',
        'income_fiscal_account'
    )

),

-- one figure per line: the whole before what one fund's section says
lines_once as (

    select
        {{ cell | join(', ') }},
        document_key,
        line_item_code,
        measure_code,
        fund_code,
        amount_key,
        amount_yuan,
        half_unit_yuan,
        is_rollup,
        row_number() over (
            partition by {{ cell | join(', ') }}, line_item_code
            order by
                case
                    when line_item_code = 'income_this_year' and told_fund_code = 'all' then 0
                    when line_item_code = 'income_this_year' then 9
                    else 1
                end asc,
                amount_key asc
        ) as line_rank,
        line_item_code = 'income_this_year' and told_fund_code <> 'all' as is_of_one_fund
    from told

),

sides as (

    select
        {{ cell | join(', ') }},
        max(case when line_item_code = 'income_this_year' then amount_yuan end) as total_yuan,
        max(case when line_item_code = 'income_this_year' then half_unit_yuan end) as total_half_yuan,
        max(case when line_item_code = 'income_appropriation' then amount_yuan end) as appropriation_yuan,
        sum(case when fund_code in ('general', 'gov_fund', 'state_capital') then amount_yuan else 0 end) as split_yuan,
        {{ sum_of_half_units(
            "case when fund_code in ('general', 'gov_fund', 'state_capital') then amount_yuan else 0 end", 'half_unit_yuan'
        ) }} as split_half_yuan,
        max(case when line_item_code = 'income_appropriation' then half_unit_yuan end) as appropriation_half_yuan,
        sum(case when fund_code = 'non_fiscal' and line_item_code <> 'income_this_year' then amount_yuan else 0 end)
            as other_yuan,
        {{ sum_of_half_units(
            "case when fund_code = 'non_fiscal' and line_item_code <> 'income_this_year' then amount_yuan else 0 end",
            'half_unit_yuan'
        ) }} as other_half_yuan
    from lines_once
    where line_rank = 1 and not is_of_one_fund
    group by {{ cell | join(', ') }}

),

judged as (

    select
        {{ cell | join(', ') }},
        split_yuan <> 0
        and (
            appropriation_yuan is null
            or abs(split_yuan - appropriation_yuan) <= split_half_yuan + appropriation_half_yuan
        ) as is_split,
        total_yuan is null
        or abs(total_yuan - other_yuan - coalesce(appropriation_yuan, split_yuan))
        <= total_half_yuan + other_half_yuan + coalesce(appropriation_half_yuan, split_half_yuan) as adds_up
    from sides

)

select
    {% for column in cell -%}
    lines_once.{{ column }},
    {% endfor -%}
    lines_once.document_key,
    case when lines_once.line_item_code = 'income_this_year' then 'unsplit' else lines_once.fund_code end as fund_code,
    case
        when lines_once.line_item_code = 'income_this_year' then 'unsplit' else lines_once.measure_code
    end as measure_code,
    lines_once.amount_key,
    lines_once.amount_yuan,
    lines_once.half_unit_yuan,
    lines_once.is_rollup
from lines_once
inner join judged
    on {% for column in cell %}lines_once.{{ column }} = judged.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}
where lines_once.line_rank = 1
    and not lines_once.is_of_one_fund
    and case
        when lines_once.line_item_code = 'income_this_year' then not judged.adds_up
        when not judged.adds_up then false
        when lines_once.fund_code in ('general', 'gov_fund', 'state_capital') then judged.is_split
        when lines_once.line_item_code = 'income_appropriation' then not judged.is_split
        else true
    end
