-- Grain: one row per change, growth rate, completion or difference rate told in prose and rule on it (增减、增减率、完成率).
-- Rates: the interval of both figures carried through, and half of the rate's own last digit.
{% set rate_columns = [
    'document_key', 'amount_key', 'paragraph_number', 'subject_key', 'run_ordinal', 'base_code', 'direction', 'value',
    'half_unit'
] %}
{# 年初X,调整Y,全年Z: the change leads to the full-year budget where that fits better than the final figure #}
{% set takes_adjusted %}
own.value is null or (
            told.role = 'change'
            and abs(abs(told.value) - abs(adjusted.value - same_base.value))
            <= abs(abs(told.value) - abs(own.value - same_base.value))
        )
{%- endset %}
{% set told_columns = [
    'document_key', 'amount_key', 'paragraph_number', 'subject_key', 'run_ordinal', 'role', 'base_code',
    'direction', 'has_digits', 'value_printed', 'unit_code', 'value', 'signed_value', 'half_unit'
] %}
with

told as (

    select
        amount_key,
        document_key,
        paragraph_number,
        subject_key,
        parent_key,
        run_ordinal,
        role,
        direction,
        base_code,
        stage_code,
        stage_stated,
        line_code,
        unit_code,
        value_printed,
        value,
        signed_value,
        half_unit,
        has_digits,
        is_own_amount
    from {{ ref('int_recon__told') }}

),

amounts as (

    select
        document_key,
        paragraph_number,
        subject_key,
        run_ordinal,
        case when is_own_amount then 'own' else stage_stated end as stage,
        min(value) as value,
        max(half_unit) as half_unit,
        min(amount_key) as amount_key
    from told
    where role = 'amount' and has_digits and unit_code = '元'
    group by
        document_key,
        paragraph_number,
        subject_key,
        run_ordinal,
        case when is_own_amount then 'own' else stage_stated end
    -- two figures of one stage in one run: which of them is meant cannot be told
    having min(value) = max(value)

),

own as (

    select document_key, paragraph_number, subject_key, run_ordinal, value, half_unit, amount_key
    from amounts
    where stage = 'own'

),

-- 公务接待费支出1.67万元 … 公务接待费支出决算比上年减少0.73万元: one line under two names
own_lines as (

    select document_key, paragraph_number, line_code, value, half_unit, amount_key
    from told
    where is_own_amount
        and unit_code = '元'
        and (
            line_code like 'tp%'
            or line_code in (
                'income_grand_total', 'expenditure_grand_total', 'income_this_year', 'expenditure_this_year',
                'operating_cost', 'procurement_total'
            )
        )

),

own_by_line as (

    select
        document_key,
        paragraph_number,
        line_code,
        min(value) as value,
        max(half_unit) as half_unit,
        min(amount_key) as amount_key
    from own_lines
    group by document_key, paragraph_number, line_code
    having min(value) = max(value)

),

-- 三公经费 are told in one paragraph and compared with last year's in the next; where a document tells two figures of
-- one line, which of them is meant cannot be told
own_in_document as (

    select
        document_key,
        line_code,
        min(value) as value,
        max(half_unit) as half_unit,
        min(amount_key) as amount_key
    from own_lines
    where line_code like 'tp%'
    group by document_key, line_code
    having min(value) = max(value)

),

-- 运行维护费66万元,其中:加油26.4万元,其他6.6万元,比上年减少23万元: what follows a list may be said of its whole
wholes as (

    select
        document_key,
        paragraph_number,
        subject_key,
        min(value) as value,
        max(half_unit) as half_unit,
        min(amount_key) as amount_key
    from own
    group by document_key, paragraph_number, subject_key
    having min(value) = max(value)

),

-- the budget a rate compares with, whatever stage it is said to be, when only one is told
budgets as (

    select
        document_key,
        paragraph_number,
        subject_key,
        run_ordinal,
        min(value) as value,
        max(half_unit) as half_unit,
        min(amount_key) as amount_key
    from amounts
    where stage in ('initial_budget', 'full_year_budget', 'budget_unspecified')
    group by document_key, paragraph_number, subject_key, run_ordinal
    having min(value) = max(value)

),

priors as (

    select
        document_key,
        paragraph_number,
        subject_key,
        run_ordinal,
        min(value) as value,
        max(half_unit) as half_unit,
        min(amount_key) as amount_key
    from amounts
    where stage in ('prior_final', 'prior_budget', 'prior_execution')
    group by document_key, paragraph_number, subject_key, run_ordinal
    having min(value) = max(value)

),

-- this year's figure and the one it is compared with, for every change and rate
found as (

    select
        told.document_key,
        told.amount_key,
        told.paragraph_number,
        told.subject_key,
        told.run_ordinal,
        told.role,
        told.base_code,
        told.direction,
        told.has_digits,
        told.value_printed,
        told.unit_code,
        told.value,
        told.signed_value,
        told.half_unit,
        coalesce(
            case when {{ takes_adjusted }} then adjusted.value else own.value end, own_by_line.value, own_in_document.value
        ) as own_value,
        coalesce(
            case when {{ takes_adjusted }} then adjusted.half_unit else own.half_unit end, own_by_line.half_unit, own_in_document.half_unit
        ) as own_half_unit,
        coalesce(
            case when {{ takes_adjusted }} then adjusted.amount_key else own.amount_key end, own_by_line.amount_key, own_in_document.amount_key
        ) as own_amount_key,
        coalesce(
            case when told.base_code = 'opening' then earlier.value end,
            same_base.value,
            case when told.base_code like 'prior%' then priors.value end,
            case
                when told.role in ('completion_rate', 'difference_rate') and told.base_code <> 'target'
                    then budgets.value
            end
        ) as base_value,
        coalesce(
            case when told.base_code = 'opening' then earlier.half_unit end,
            same_base.half_unit,
            case when told.base_code like 'prior%' then priors.half_unit end,
            budgets.half_unit
        ) as base_half_unit,
        coalesce(
            case when told.base_code = 'opening' then earlier.amount_key end,
            same_base.amount_key,
            case when told.base_code like 'prior%' then priors.amount_key end,
            budgets.amount_key
        ) as base_amount_key,
        wholes.value as whole_value,
        wholes.half_unit as whole_half_unit,
        wholes.amount_key as whole_amount_key
    from told
    left join own
        on told.document_key = own.document_key
        and told.paragraph_number = own.paragraph_number
        and told.subject_key = own.subject_key
        and told.run_ordinal = own.run_ordinal
    left join own_by_line
        on told.document_key = own_by_line.document_key
        and told.paragraph_number = own_by_line.paragraph_number
        and told.line_code = own_by_line.line_code
        and told.base_code like 'prior%'
        and own.value is null
    left join own_in_document
        on told.document_key = own_in_document.document_key
        and told.line_code = own_in_document.line_code
        and told.base_code like 'prior%'
        and own.value is null
        and own_by_line.value is null
    -- 年初X,调整Y,全年Z,调整率: compares two budgets
    left join amounts as adjusted
        on told.document_key = adjusted.document_key
        and told.paragraph_number = adjusted.paragraph_number
        and told.subject_key = adjusted.subject_key
        and told.run_ordinal = adjusted.run_ordinal
        and adjusted.stage = 'full_year_budget'
        and told.base_code = 'initial_budget'
    -- 年初X,年末Y,增加Z: the run before is the opening
    left join own as earlier
        on told.base_code = 'opening'
        and told.document_key = earlier.document_key
        and told.paragraph_number = earlier.paragraph_number
        and told.subject_key = earlier.subject_key
        and told.run_ordinal = earlier.run_ordinal + 1
    left join amounts as same_base
        on told.document_key = same_base.document_key
        and told.paragraph_number = same_base.paragraph_number
        and told.subject_key = same_base.subject_key
        and told.run_ordinal = same_base.run_ordinal
        and told.base_code = same_base.stage
    left join priors
        on told.document_key = priors.document_key
        and told.paragraph_number = priors.paragraph_number
        and told.subject_key = priors.subject_key
        and told.run_ordinal = priors.run_ordinal
    left join budgets
        on told.document_key = budgets.document_key
        and told.paragraph_number = budgets.paragraph_number
        and told.subject_key = budgets.subject_key
        and told.run_ordinal = budgets.run_ordinal
    left join wholes
        on told.document_key = wholes.document_key
        and told.paragraph_number = wholes.paragraph_number
        and told.parent_key = wholes.subject_key
        and told.parent_key <> told.subject_key
    where told.role in ('change', 'change_rate', 'completion_rate', 'difference_rate')

),

paired as (

    select
        {{ told_columns | join(',\n        ') }},
        own_value,
        own_half_unit,
        own_amount_key,
        base_value,
        base_half_unit,
        base_amount_key,
        whole_value,
        whole_half_unit,
        whole_amount_key,
        coalesce(
            role = 'change'
            and abs(abs(value) - abs(whole_value - base_value)) <= half_unit + whole_half_unit + base_half_unit
            and abs(abs(value) - abs(own_value - base_value)) > half_unit + own_half_unit + base_half_unit,
            false
        ) as is_of_whole
    from found

),

-- the whole's figure where the change fits it and not the part's
joined as (

    select
        {{ told_columns | join(',\n        ') }},
        case when is_of_whole then whole_value else own_value end as own_value,
        case when is_of_whole then whole_half_unit else own_half_unit end as own_half_unit,
        case when is_of_whole then whole_amount_key else own_amount_key end as own_amount_key,
        base_value,
        base_half_unit,
        base_amount_key,
        whole_value,
        whole_half_unit,
        whole_amount_key
    from paired

),

changes as (

    select
        document_key,
        paragraph_number,
        subject_key,
        run_ordinal,
        base_code,
        min(amount_key) as amount_key,
        min(signed_value) as signed_value,
        max(half_unit) as half_unit
    from joined
    where role = 'change' and unit_code = '元' and has_digits
    group by document_key, paragraph_number, subject_key, run_ordinal, base_code
    having min(signed_value) = max(signed_value)

),

rates as (

    select
        joined.document_key,
        joined.amount_key,
        joined.role,
        joined.direction,
        joined.value,
        joined.half_unit,
        joined.own_value,
        joined.own_half_unit,
        joined.own_amount_key,
        joined.base_value,
        joined.base_half_unit,
        joined.base_amount_key,
        changes.signed_value as change_value,
        changes.half_unit as change_half_unit,
        changes.amount_key as change_amount_key,
        joined.whole_value,
        joined.whole_half_unit,
        joined.whole_amount_key,
        -- a base the figures imply, where none is printed
        joined.own_value - changes.signed_value as implied_base,
        joined.own_half_unit + changes.half_unit as implied_base_half_unit
    from joined
    left join changes
        on joined.document_key = changes.document_key
        and joined.paragraph_number = changes.paragraph_number
        and joined.subject_key = changes.subject_key
        and joined.run_ordinal = changes.run_ordinal
        and joined.base_code = changes.base_code
    where joined.role <> 'change' and joined.has_digits and joined.base_code <> 'target'

),

-- each way the rate may have been computed: what stands above and below the line
ways as (

    select document_key, amount_key, role, direction, value, half_unit, 1 as way,
        abs(change_value) as above, change_half_unit as above_half_unit,
        abs(base_value) as below, base_half_unit as below_half_unit,
        change_amount_key as above_amount_key, base_amount_key as below_amount_key
    from rates
    where role in ('change_rate', 'difference_rate') and change_value is not null and base_value is not null
    union all
    select document_key, amount_key, role, direction, value, half_unit, 2 as way,
        abs(change_value) as above, change_half_unit as above_half_unit,
        abs(implied_base) as below, implied_base_half_unit as below_half_unit,
        change_amount_key as above_amount_key, own_amount_key as below_amount_key
    from rates
    where role in ('change_rate', 'difference_rate') and implied_base is not null
    union all
    select document_key, amount_key, role, direction, value, half_unit, 3 as way,
        abs(own_value - base_value) as above, own_half_unit + base_half_unit as above_half_unit,
        abs(base_value) as below, base_half_unit as below_half_unit,
        own_amount_key as above_amount_key, base_amount_key as below_amount_key
    from rates
    where role in ('change_rate', 'difference_rate') and own_value is not null and base_value is not null
    union all
    -- the only figure told may be this year's, whatever stage its words suggest
    select document_key, amount_key, role, direction, value, half_unit, 4 as way,
        abs(change_value) as above, change_half_unit as above_half_unit,
        abs(base_value - change_value) as below, base_half_unit + change_half_unit as below_half_unit,
        change_amount_key as above_amount_key, base_amount_key as below_amount_key
    from rates
    where role = 'change_rate' and own_value is null and base_value is not null and change_value is not null
    union all
    select document_key, amount_key, role, direction, value, half_unit, 5 as way,
        abs(change_value) as above, change_half_unit as above_half_unit,
        abs(whole_value - change_value) as below, whole_half_unit + change_half_unit as below_half_unit,
        change_amount_key as above_amount_key, whole_amount_key as below_amount_key
    from rates
    where role = 'change_rate' and whole_value is not null and change_value is not null
    union all
    select document_key, amount_key, role, direction, value, half_unit, 1 as way,
        abs(own_value) as above, own_half_unit as above_half_unit,
        abs(base_value) as below, base_half_unit as below_half_unit,
        own_amount_key as above_amount_key, base_amount_key as below_amount_key
    from rates
    where role = 'completion_rate' and own_value is not null and base_value is not null

),

computed as (

    select
        document_key,
        amount_key,
        role,
        way,
        value,
        below,
        above_amount_key,
        below_amount_key,
        case when below <> 0 then 100 * cast(above as decimal(24, 6)) / below end as expected,
        case
            when below <> 0
                then half_unit + 100 * (above_half_unit + cast(above as decimal(24, 6)) / below * below_half_unit) / below
        end as tolerance
    from ways

),

-- the way that fits best speaks: 完成率 of a rounded change may fit only one of them
chosen as (

    select
        document_key,
        amount_key,
        role,
        way,
        value,
        below,
        expected,
        tolerance,
        above_amount_key,
        below_amount_key,
        row_number() over (
            partition by amount_key
            order by
                case when expected is null then 2 when abs(value - expected) <= tolerance then 0 else 1 end,
                way
        ) as preference
    from computed

)

select
    rules.rule_id,
    chosen.document_key,
    chosen.amount_key as left_amount_key,
    chosen.below_amount_key as right_amount_key,
    chosen.above_amount_key as other_amount_key,
    cast(chosen.value as decimal(24, 6)) as left_value,
    cast(chosen.expected as decimal(24, 6)) as right_value,
    cast(chosen.value - cast(chosen.expected as decimal(24, 6)) as decimal(24, 6)) as difference,
    cast(chosen.tolerance as decimal(24, 6)) as tolerance,
    '%' as unit_code,
    case when chosen.below = 0 then '基数为零' end as missing
from chosen
inner join {{ ref('rules') }} as rules
    on rules.method = case chosen.role
        when 'change_rate' then 'growth'
        when 'completion_rate' then 'completion'
        when 'difference_rate' then 'difference_rate'
    end
where chosen.preference = 1 and rules.is_default = 'Y'
union all
-- 增减额 = 本年数 − 上年数
select
    rules.rule_id,
    joined.document_key,
    joined.amount_key as left_amount_key,
    joined.own_amount_key as right_amount_key,
    joined.base_amount_key as other_amount_key,
    cast(joined.signed_value as decimal(24, 6)) as left_value,
    cast(joined.own_value - joined.base_value as decimal(24, 6)) as right_value,
    -- a wrong word alone is the next rule's; here the amounts are compared
    cast(
        case
            when joined.signed_value * (joined.own_value - joined.base_value) >= 0
                then joined.signed_value - (joined.own_value - joined.base_value)
            else abs(joined.signed_value) - abs(joined.own_value - joined.base_value)
        end as decimal(24, 6)
    ) as difference,
    cast(joined.half_unit + joined.own_half_unit + joined.base_half_unit as decimal(24, 6)) as tolerance,
    '元' as unit_code,
    cast(null as {{ dbt.type_string() }}) as missing
from joined
inner join {{ ref('rules') }} as rules on rules.method = 'change' and rules.is_default = 'Y'
where joined.role = 'change'
    and joined.unit_code = '元'
    and joined.has_digits
    and joined.own_value is not null
    and joined.base_value is not null
union all
-- 增加 where the figure fell: the word against the sign
select
    rules.rule_id,
    joined.document_key,
    joined.amount_key as left_amount_key,
    joined.own_amount_key as right_amount_key,
    joined.base_amount_key as other_amount_key,
    cast(joined.signed_value as decimal(24, 6)) as left_value,
    cast(joined.own_value - joined.base_value as decimal(24, 6)) as right_value,
    cast(
        case
            when joined.direction * (joined.own_value - joined.base_value) < 0
                then abs(joined.signed_value - (joined.own_value - joined.base_value))
            else 0
        end as decimal(24, 6)
    ) as difference,
    cast(joined.half_unit + joined.own_half_unit + joined.base_half_unit as decimal(24, 6)) as tolerance,
    '元' as unit_code,
    cast(null as {{ dbt.type_string() }}) as missing
from joined
inner join {{ ref('rules') }} as rules on rules.method = 'direction' and rules.is_default = 'Y'
where joined.role = 'change'
    and joined.unit_code = '元'
    and joined.has_digits
    and joined.direction in (1, -1)
    and joined.signed_value <> 0
    and joined.own_value is not null
    and joined.base_value is not null
union all
-- 持平: no difference; 基本持平 promises less and is not held to it
select
    rules.rule_id,
    joined.document_key,
    joined.own_amount_key as left_amount_key,
    joined.base_amount_key as right_amount_key,
    joined.amount_key as other_amount_key,
    cast(joined.own_value as decimal(24, 6)) as left_value,
    cast(joined.base_value as decimal(24, 6)) as right_value,
    cast(joined.own_value - joined.base_value as decimal(24, 6)) as difference,
    cast(joined.own_half_unit + joined.base_half_unit as decimal(24, 6)) as tolerance,
    '元' as unit_code,
    cast(null as {{ dbt.type_string() }}) as missing
from joined
inner join {{ ref('rules') }} as rules on rules.method = 'unchanged' and rules.is_default = 'Y'
where joined.role = 'change'
    and joined.direction = 0
    and joined.value_printed in ('持平', '一致', '相同', '无变化', '不变')
    and joined.own_value is not null
    and joined.base_value is not null
