-- Grain: one row per statement of performance work or of reasons and rule on it (绩效与原因说明的勾稽): goals against the
-- indicators of their sheet, the rate of change of the three public expenses, evaluated projects within project
-- spending, additions within the increase they explain. Left side first; the last two may not exceed the right.
{% set text = dbt.type_string() %}
with

told as (

    select
        amount_key,
        document_key,
        paragraph_number,
        char_start,
        sentence,
        subject_printed,
        subject_key,
        functional_code,
        role,
        direction,
        base_code,
        stage_stated,
        line_code,
        unit_code,
        value,
        half_unit,
        has_digits,
        is_own_amount,
        run_ordinal,
        label,
        place
    from {{ ref('int_recon__told') }}

),

indicators as (

    select
        document_key,
        indicator_key,
        table_ordinal,
        origin,
        level3,
        {{ regex_remove(label_key('level3'), '(数量|人数|个数|次数|数)(个|部|台|辆|条|套|座)?$') }} as name_key,
        target_printed,
        target_operator,
        target_value,
        actual_printed,
        actual_value,
        {{ label_key(regex_remove(folded_name('target_printed'), '[-+0-9.,=<>≥≤＝]+')) }} as target_unit,
        {{ figure_place('page', 'source_line', 'null', 'null') }} as place
    from {{ ref('fct_performance_indicator') }}
    where is_current

),

-- ---- 三公经费变动率: one rate of change for the body's three public expenses, wherever it is told
public_rates as (

    select
        document_key,
        min(amount_key) as amount_key,
        min(case when direction = -1 then -value else value end) as rate,
        max(half_unit) as half_unit
    from told
    where role = 'change_rate' and line_code = 'tp_total' and base_code = 'prior_final' and has_digits
    group by document_key
    having min(case when direction = -1 then -value else value end)
        = max(case when direction = -1 then -value else value end)

),

public_indicators as (

    select
        'public_rate' as method,
        indicators.document_key,
        indicators.indicator_key as item_key,
        cast(null as {{ text }}) as left_amount_key,
        -- which of the two is wrong cannot be told
        cast(null as {{ text }}) as right_amount_key,
        indicators.actual_value as left_value,
        -- 变动率3% of a fall of 3% says the same
        case
            when abs(abs(indicators.actual_value) - abs(public_rates.rate))
                <= public_rates.half_unit + {{ half_unit_of_text('indicators.actual_printed') }}
                then case when indicators.actual_value < 0 then -abs(public_rates.rate) else abs(public_rates.rate) end
            else public_rates.rate
        end as right_value,
        public_rates.half_unit + {{ half_unit_of_text('indicators.actual_printed') }} as tolerance,
        '%' as unit_code,
        indicators.place,
        indicators.level3 || '·实际完成值' as label
    from indicators
    inner join public_rates on indicators.document_key = public_rates.document_key
    where {{ regex_matches('indicators.level3', '三公.{0,8}(变动率|增减率|增长率|变化率)') }}
        and instr(indicators.actual_printed, '%') > 0
        and indicators.actual_value is not null

),

-- ---- 预期指标值80%,实际完成指标值84%,指标完成率105%
indicator_rates as (

    select
        indicators.document_key,
        told.amount_key,
        told.value,
        told.half_unit,
        indicators.place,
        indicators.level3,
        case when indicators.target_unit = '%' then indicators.actual_value end as actual_rate,
        indicators.target_operator as operator,
        100 * cast(indicators.actual_value as decimal(24, 6)) / indicators.target_value as ratio,
        100 * {{ half_unit_of_text('indicators.actual_printed') }} / indicators.target_value
        + 100 * cast(indicators.actual_value as decimal(24, 6)) / indicators.target_value
            * {{ half_unit_of_text('indicators.target_printed') }} / indicators.target_value as ratio_half_unit,
        case
            when indicators.actual_value > 0
                then 100 * cast(indicators.target_value as decimal(24, 6)) / indicators.actual_value
        end as inverse
    from indicators
    inner join told
        on indicators.document_key = told.document_key
        and indicators.place = told.place
        and told.role = 'completion_rate'
        and told.base_code = 'target'
        and told.has_digits
        and {{ regex_remove('told.subject_key', '(数量|人数|个数|次数|数)$') }} = indicators.name_key
    where indicators.origin = 'prose'
        and indicators.actual_value is not null
        and indicators.target_value > 0
        and {{ label_key(regex_remove(folded_name('indicators.actual_printed'), '[-+0-9.,=<>≥≤＝]+')) }}
        = indicators.target_unit

),

told_rates as (

    select
        'indicator_rate' as method,
        document_key,
        amount_key as item_key,
        amount_key as left_amount_key,
        cast(null as {{ text }}) as right_amount_key,
        value as left_value,
        case
            -- a target that is met may be told as met, a ceiling may be counted backwards
            when value = 100 and (operator in ('<=', '<') or ratio >= 100) then value
            -- a rate reached may be told once more as the rate of completion
            when value = actual_rate then value
            when operator in ('<=', '<') and abs(value - inverse) < abs(value - ratio) then inverse
            else ratio
        end as right_value,
        half_unit + ratio_half_unit as tolerance,
        '%' as unit_code,
        place,
        level3 || '·指标完成率' as label
    from indicator_rates

),

-- ---- projects evaluated spent no more than all projects did
project_spending as (

    select
        document_key,
        min(case when line_code = 'expenditure_project' then amount_key end) as amount_key,
        min(case when line_code = 'expenditure_project' then value end) as least,
        max(case when line_code = 'expenditure_project' then value end) as spent,
        max(case when line_code = 'expenditure_project' then half_unit end) as half_unit,
        max(case when line_code = 'expenditure_this_year' then value end) as expenditure
    from told
    where is_own_amount and unit_code = '元' and line_code in ('expenditure_project', 'expenditure_this_year')
    group by document_key
    having min(case when line_code = 'expenditure_project' then value end)
        = max(case when line_code = 'expenditure_project' then value end)

),

project_limits as (

    select
        'project_limit' as method,
        told.document_key,
        told.amount_key as item_key,
        told.amount_key as left_amount_key,
        spending.amount_key as right_amount_key,
        told.value as left_value,
        case when told.value > spending.spent then spending.spent else told.value end as right_value,
        told.half_unit + spending.half_unit as tolerance,
        '元' as unit_code,
        told.place,
        told.label
    from told
    inner join project_spending as spending on told.document_key = spending.document_key
    where told.is_own_amount
        and told.stage_stated = 'final'
        and told.unit_code = '元'
        and told.functional_code is null
        and told.line_code is null
        and {{ regex_matches('told.subject_key', '(绩效评价项目|绩效自评项目|自评项目|评价项目)') }}
        and not {{ regex_matches('told.sentence', '(整体|转移支付|专项债|以前年度|上年)') }}
        -- more than all expenditure is no sum of this year's projects
        and told.value <= spending.expenditure

),

-- ---- 绩效评价项目2个,全年预算数A,全年执行数B: where the document has as many sheets, they add up to it
sheet_sums as (

    select
        document_key,
        stage_code,
        sum(compared_value) as value,
        sum(compared_half_unit) as half_unit,
        count(*) as sheets
    from {{ ref('int_recon__figure') }}
    where statement_code = 'perf_project_self'
        and line_code = 'perf_fund_total'
        and role = 'amount'
        and unit_code = '元'
        and doubt is null
    group by document_key, stage_code
    having count(*) = count(distinct table_ordinal)

),

all_sheets as (

    select document_key, count(distinct table_ordinal) as sheets
    from {{ ref('int_recon__figure') }}
    where statement_code = 'perf_project_self'
    group by document_key

),

project_sums as (

    select
        'project_sheets' as method,
        amounts.document_key,
        amounts.amount_key as item_key,
        amounts.amount_key as left_amount_key,
        cast(null as {{ text }}) as right_amount_key,
        amounts.value as left_value,
        sums.value as right_value,
        amounts.half_unit + sums.half_unit as tolerance,
        '元' as unit_code,
        amounts.place,
        amounts.label
    from told as counts
    inner join told as amounts
        on counts.document_key = amounts.document_key
        and counts.paragraph_number = amounts.paragraph_number
        and counts.subject_key = amounts.subject_key
        and amounts.role = 'amount'
        and amounts.unit_code = '元'
        and amounts.has_digits
    inner join sheet_sums as sums
        on amounts.document_key = sums.document_key
        and amounts.stage_stated = sums.stage_code
        and counts.value = sums.sheets
    inner join all_sheets on sums.document_key = all_sheets.document_key and sums.sheets = all_sheets.sheets
    where counts.role = 'count'
        and amounts.stage_stated in ('initial_budget', 'full_year_budget', 'final')
        and {{ regex_matches('counts.subject_key', '(绩效评价项目|绩效自评项目|自评项目|评价项目)$') }}

),

-- ---- 年初预算A,决算B,追加甲X万元、乙Y万元: what was added explains at most the increase
explained as (

    select
        own.document_key,
        own.amount_key,
        own.paragraph_number,
        own.sentence,
        own.char_start,
        own.value - budgets.value as increase,
        own.half_unit + budgets.half_unit as half_unit,
        own.place,
        own.label
    from told as own
    inner join told as budgets
        on own.document_key = budgets.document_key
        and own.paragraph_number = budgets.paragraph_number
        and own.subject_key = budgets.subject_key
        and own.run_ordinal = budgets.run_ordinal
        and budgets.role = 'amount'
        and budgets.stage_stated = 'initial_budget'
        and budgets.unit_code = '元'
        and budgets.has_digits
    where own.is_own_amount
        and own.unit_code = '元'
        and own.functional_code is not null
        and own.value > budgets.value
        and instr(own.sentence, '追加') > 0
        and not {{ regex_matches('own.sentence', '(减少|压减|调减|收回|结余|节约|下降)') }}

),

added as (

    select
        explained.document_key,
        explained.amount_key,
        min(parts.amount_key) as first_amount_key,
        sum(parts.value) as value,
        sum(parts.half_unit) as half_unit
    from explained
    inner join told as parts
        on explained.document_key = parts.document_key
        and explained.paragraph_number = parts.paragraph_number
        and parts.char_start > explained.char_start
        and parts.is_own_amount
        and parts.unit_code = '元'
        and parts.functional_code is null
        and parts.line_code is null
    -- up to the next subject of the catalogue
    left join told as others
        on explained.document_key = others.document_key
        and explained.paragraph_number = others.paragraph_number
        and others.char_start > explained.char_start
        and others.char_start < parts.char_start
        and others.role = 'amount'
        and others.functional_code is not null
    where others.amount_key is null
    group by explained.document_key, explained.amount_key
    having count(*) > 1 and max(case when instr(parts.subject_printed, '追加') > 0 then 1 else 0 end) = 1

),

additions as (

    select
        'additions' as method,
        added.document_key,
        added.amount_key as item_key,
        added.first_amount_key as left_amount_key,
        explained.amount_key as right_amount_key,
        added.value as left_value,
        case when added.value > explained.increase then explained.increase else added.value end as right_value,
        added.half_unit + explained.half_unit as tolerance,
        '元' as unit_code,
        explained.place,
        '追加数合计' as label
    from added
    inner join explained on added.document_key = explained.document_key and added.amount_key = explained.amount_key

),

-- ---- goals told on a sheet, against the indicator of the same thing and unit
goals as (

    select
        amounts.document_key,
        amounts.amount_key,
        amounts.table_ordinal,
        amounts.column_ordinal,
        {{ regex_remove(
            label_key('amounts.subject_printed'),
            '^(购买|采购|购置|聘请|聘用|保障|开展|完成|组织|举办|新建|维护)|(数量|人数|个数|次数|数)$'
        ) }} as subject_key,
        amounts.subject_printed,
        amounts.value,
        case amounts.unit_of_measure when '名' then '人' when '位' then '人' else amounts.unit_of_measure end as unit,
        {{ figure_place('amounts.page', 'amounts.source_line', 'null', 'null') }} as place
    from {{ ref('fct_narrative_amount') }} as amounts
    where amounts.is_current
        and amounts.table_ordinal is not null
        and amounts.role in ('count', 'area', 'amount')
        and not amounts.is_implied
        and amounts.value is not null

),

met_goals as (

    select
        goals.document_key,
        goals.amount_key,
        goals.subject_printed,
        goals.value,
        goals.unit,
        goals.place,
        indicators.indicator_key,
        indicators.target_value,
        indicators.actual_value,
        count(*) over (partition by goals.amount_key) as indicators_met,
        -- a self-evaluation tells its goals twice, as they were set and as they were met
        count(*) over (partition by indicators.indicator_key, goals.column_ordinal) as goals_met
    from goals
    inner join indicators
        on goals.document_key = indicators.document_key
        and goals.table_ordinal = indicators.table_ordinal
        and indicators.origin = 'table'
        and goals.unit = case indicators.target_unit when '名' then '人' when '位' then '人' else indicators.target_unit end
    where length(goals.subject_key) > 3
        and indicators.target_value is not null
        and (
            instr(indicators.name_key, goals.subject_key) > 0
            or (length(indicators.name_key) > 3 and instr(goals.subject_key, indicators.name_key) > 0)
            -- 95部对外咨询电话, 固定电话数量91部: a unit few things have, and the same last word
            or (
                goals.unit in ('部', '台', '辆', '条', '套', '座', '公里', '千米', '米', '亩', '公顷', '平方米', '盏', '株')
                and instr(goals.subject_key, right(indicators.name_key, 2)) > 0
            )
        )

),

goal_targets as (

    select
        'goal_target' as method,
        document_key,
        amount_key as item_key,
        amount_key as left_amount_key,
        cast(null as {{ text }}) as right_amount_key,
        value as left_value,
        case when value = actual_value then actual_value else target_value end as right_value,
        0 as tolerance,
        unit as unit_code,
        place,
        subject_printed as label
    from met_goals
    where indicators_met = 1 and goals_met = 1

)

{% for part in [
    'public_indicators', 'told_rates', 'project_limits', 'project_sums', 'additions', 'goal_targets'
] -%}
select
    method,
    document_key,
    item_key,
    left_amount_key,
    right_amount_key,
    left_value,
    right_value,
    tolerance,
    unit_code,
    place,
    label
from {{ part }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
