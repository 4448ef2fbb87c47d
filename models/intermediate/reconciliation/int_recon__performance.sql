-- Grain: one row per performance sheet or indicator and rule on it (绩效表勾稽): weights, scores, totals, and indicators
-- told twice. An execution score that is no share of its weight is computed from the rate, so that one wrong cell does
-- not excuse another.
with

printed_indicators as (

    select
        indicators.document_key,
        indicators.unit_key,
        indicators.fiscal_year,
        indicators.indicator_key,
        indicators.statement_code,
        indicators.table_ordinal,
        indicators.row_ordinal,
        indicators.origin,
        indicators.level3,
        {{ label_key('indicators.level3') }} as name_key,
        indicators.weight,
        indicators.score,
        {{ first_number(folded_name('indicators.prior_actual_printed')) }} as prior_printed_value,
        indicators.actual_value as actual_printed_value,
        {{ label_key(regex_remove(folded_name('indicators.actual_printed'), '[-+0-9.,=<>≥≤＝]+')) }} as actual_unit,
        {{ regex_remove(folded_name('indicators.actual_printed'), '[-+0-9.,=<>≥≤＝]+') }} as actual_unit_shown,
        {{ label_key(regex_remove(folded_name('indicators.prior_actual_printed'), '[-+0-9.,=<>≥≤＝]+')) }} as prior_unit,
        {{ figure_place('indicators.page', 'indicators.source_line', 'null', 'null') }} as place,
        indicators.source_line
    from {{ ref('fct_performance_indicator') }} as indicators
    where indicators.is_current

),

-- money in yuan, everything else in its printed unit
indicators as (

    select
        printed.document_key,
        printed.unit_key,
        printed.fiscal_year,
        printed.indicator_key,
        printed.statement_code,
        printed.table_ordinal,
        printed.row_ordinal,
        printed.origin,
        printed.level3,
        printed.name_key,
        printed.weight,
        printed.score,
        printed.prior_printed_value * coalesce(cast(prior_units.yuan_factor as decimal(12, 0)), 1) as prior_value,
        printed.actual_printed_value * coalesce(cast(actual_units.yuan_factor as decimal(12, 0)), 1) as actual_value,
        case when actual_units.yuan_factor is not null then '元' else printed.actual_unit end as actual_unit,
        case when actual_units.yuan_factor is not null then '元' else printed.actual_unit_shown end as actual_unit_shown,
        case when prior_units.yuan_factor is not null then '元' else printed.prior_unit end as prior_unit,
        printed.place,
        printed.source_line
    from printed_indicators as printed
    left join {{ ref('units_of_measure') }} as actual_units
        on printed.actual_unit = actual_units.unit_of_measure and actual_units.yuan_factor is not null
    left join {{ ref('units_of_measure') }} as prior_units
        on printed.prior_unit = prior_units.unit_of_measure and prior_units.yuan_factor is not null

),

sheets as (

    select
        document_key,
        table_ordinal,
        min(statement_code) as statement_code,
        count(*) as indicators,
        sum(case when weight is not null then 1 else 0 end) as weighted,
        sum(case when score is not null then 1 else 0 end) as scored,
        sum(weight) as weight,
        sum(score) as score
    from indicators
    where origin = 'table'
    group by document_key, table_ordinal

),

cells as (

    select
        document_key,
        table_ordinal,
        row_ordinal,
        amount_key,
        role,
        line_code,
        stage_code,
        compared_value as value,
        compared_half_unit as half_unit,
        place,
        doubt,
        {{ regex_matches("coalesce(label, '')", '^(总分|总计|合计|总得分|综合得分|自评总分|自评得分|得分合计|分值合计|总分合计)') }} as is_total_row
    from {{ ref('int_recon__figure') }}
    where statement_code like 'perf%'

),

totals as (

    select
        document_key,
        table_ordinal,
        max(case when role = 'weight' and line_code = 'perf_fund_total' then value end) as fund_weight,
        max(case when role = 'score' and line_code = 'perf_fund_total' then value end) as fund_score,
        max(case when role = 'score' and line_code = 'perf_fund_total' then amount_key end) as fund_score_key,
        max(case when role = 'weight' and line_code = 'perf_fund_total' then amount_key end) as fund_weight_key,
        max(case when role = 'amount' and line_code = 'perf_fund_total' and stage_code = 'final' then value end) as executed,
        max(case
            when role = 'amount' and line_code = 'perf_fund_total' and stage_code = 'full_year_budget' then value
        end) as budget,
        max(case when role = 'weight' and is_total_row then value end) as total_weight,
        max(case when role = 'weight' and is_total_row then amount_key end) as total_weight_key,
        max(case when role = 'score' and is_total_row then value end) as total_score,
        max(case when role = 'score' and is_total_row then half_unit end) as total_score_half_unit,
        max(case when role = 'score' and is_total_row then amount_key end) as total_score_key,
        min(place) as place,
        min(doubt) as doubt
    from cells
    group by document_key, table_ordinal

),

-- what prose says of a sheet that leaves its execution row blank: 得分为85.56分, 执行率为95.62%
told_scores as (

    select
        scores.document_key,
        scores.value as score,
        scores.amount_key,
        -- the score of the whole, not of one indicator or of a weight
        {{ regex_matches('scores.subject_key', '(自评|综合|整体支出|总得分|总分|评价)') }}
        and not {{ regex_matches('scores.subject_key', '(率|分值|权重|指标)') }}
        and scores.value > 40 as is_whole,
        max(rates.value) as execution_rate
    from {{ ref('int_recon__told') }} as scores
    left join {{ ref('int_recon__told') }} as rates
        on scores.document_key = rates.document_key
        and scores.paragraph_number = rates.paragraph_number
        and scores.subject_key = rates.subject_key
        and rates.role = 'completion_rate'
        and rates.base_code <> 'target'
    where scores.role = 'score'
    group by scores.document_key, scores.value, scores.amount_key, scores.subject_key

),

told_rates as (

    select document_key, score, max(execution_rate) as execution_rate
    from told_scores
    group by document_key, score
    having min(execution_rate) = max(execution_rate)

),

sheet_totals as (

    select
        sheets.document_key,
        sheets.table_ordinal,
        sheets.statement_code,
        sheets.indicators,
        sheets.weighted,
        sheets.scored,
        sheets.weight,
        sheets.score,
        totals.fund_weight,
        totals.fund_score,
        totals.fund_score_key,
        totals.fund_weight_key,
        totals.total_weight,
        totals.total_weight_key,
        totals.total_score,
        coalesce(totals.total_score_half_unit, 0) as total_score_half_unit,
        totals.total_score_key,
        coalesce(totals.budget > 0 and totals.executed is not null, false) as has_rate,
        totals.place,
        totals.doubt,
        -- points for execution: as printed where they can be, else from the rate
        case
            when totals.fund_score <= totals.fund_weight then totals.fund_score
            when totals.fund_weight is not null and totals.budget > 0
                then totals.fund_weight
                    * case when totals.executed >= totals.budget then 1
                    else cast(totals.executed as decimal(24, 6)) / totals.budget end
            when totals.fund_score is not null then totals.fund_score
            when sheets.weight = 90 and told_rates.execution_rate is not null
                then 10 * case when told_rates.execution_rate >= 100 then 1
                else cast(told_rates.execution_rate as decimal(24, 6)) / 100 end
        end as execution_points
    from sheets
    left join totals on sheets.document_key = totals.document_key and sheets.table_ordinal = totals.table_ordinal
    left join told_rates on sheets.document_key = told_rates.document_key and totals.total_score = told_rates.score

),

-- sums of weights sheet by sheet, and the sum most sheets of the document have
weight_sums as (

    select
        document_key,
        table_ordinal,
        statement_code,
        -- a sheet that prints no weight for the execution rate is compared with its like
        fund_weight is not null as has_fund_weight,
        weight + coalesce(fund_weight, 0) as weight,
        count(*) over (partition by document_key, statement_code, fund_weight is not null) as sheets,
        count(*) over (
            partition by document_key, statement_code, fund_weight is not null, weight + coalesce(fund_weight, 0)
        ) as alike
    from sheet_totals
    where weighted = indicators and indicators > 2

),

common_weights as (

    select document_key, statement_code, has_fund_weight, max(weight) as weight
    from weight_sums
    where alike * 2 > sheets and sheets > 2
    group by document_key, statement_code, has_fund_weight

),

-- a target sheet continues a self-evaluation of the year before where it repeats at least half of its indicators, and
-- three at least: 服务对象满意度 stands on every sheet
named_once as (

    select
        document_key,
        table_ordinal,
        statement_code,
        unit_key,
        fiscal_year,
        name_key,
        min(indicator_key) as indicator_key,
        count(*) over (partition by document_key, table_ordinal) as names
    from indicators
    where origin = 'table' and statement_code in ('perf_project_self', 'perf_unit_self', 'perf_project_target')
    group by document_key, table_ordinal, statement_code, unit_key, fiscal_year, name_key
    having count(*) = 1

),

continued_sheets as (

    select
        earlier.document_key,
        earlier.table_ordinal,
        later.document_key as later_document_key,
        later.table_ordinal as later_table_ordinal
    from named_once as earlier
    inner join named_once as later
        on later.unit_key = earlier.unit_key
        and later.fiscal_year = earlier.fiscal_year + 1
        and later.name_key = earlier.name_key
    where earlier.statement_code <> 'perf_project_target' and later.statement_code = 'perf_project_target'
    group by
        earlier.document_key, earlier.table_ordinal, later.document_key, later.table_ordinal, earlier.names, later.names
    having count(*) >= 3 and count(*) * 2 >= case when earlier.names < later.names then earlier.names else later.names end

),

results as (

    select
        'weights' as method,
        document_key,
        cast(table_ordinal as {{ dbt.type_string() }}) as item_key,
        total_weight_key as left_amount_key,
        fund_weight_key as right_amount_key,
        coalesce(total_weight, case
            when abs(weight + coalesce(fund_weight, 0) - 100) <= abs(weight + coalesce(fund_weight, 0) - 90) then 100
            else 90
        end) as left_value,
        weight + coalesce(
            fund_weight,
            -- the ten points of the execution rate may be left out of a total of 100 that counts them
            case when total_weight = 100 and weight = 90 then 10 end,
            0
        ) as right_value,
        0 as tolerance,
        '分' as unit_code,
        place,
        '分值合计' as label,
        case when weighted < indicators then '有指标未列分值' when indicators < 3 then '指标过少' end as missing,
        doubt
    from sheet_totals
    where weight is not null
    union all
    select
        'weights_agree' as method,
        sums.document_key,
        cast(sums.table_ordinal as {{ dbt.type_string() }}) as item_key,
        sheet_totals.total_weight_key as left_amount_key,
        cast(null as {{ dbt.type_string() }}) as right_amount_key,
        sums.weight as left_value,
        common.weight as right_value,
        0 as tolerance,
        '分' as unit_code,
        sheet_totals.place,
        '分值合计' as label,
        cast(null as {{ dbt.type_string() }}) as missing,
        sheet_totals.doubt
    from weight_sums as sums
    inner join common_weights as common
        on sums.document_key = common.document_key
        and sums.statement_code = common.statement_code
        and sums.has_fund_weight = common.has_fund_weight
    inner join sheet_totals
        on sums.document_key = sheet_totals.document_key and sums.table_ordinal = sheet_totals.table_ordinal
    union all
    select
        'total_score' as method,
        document_key,
        cast(table_ordinal as {{ dbt.type_string() }}) as item_key,
        total_score_key as left_amount_key,
        -- points no share of their weight are an error of their own
        case when fund_score <= fund_weight then fund_score_key end as right_amount_key,
        total_score as left_value,
        score + coalesce(execution_points, 0) as right_value,
        total_score_half_unit as tolerance,
        '分' as unit_code,
        place,
        '总分' as label,
        case
            when scored < indicators then '有指标未列得分'
            when execution_points is null and coalesce(weight, 0) < 100 then '未列执行率得分'
        end as missing,
        doubt
    from sheet_totals
    where total_score is not null and score is not null
    union all
    -- a score told in prose belongs to the sheet where the document has one, or to none that prints it
    select
        'stated_score' as method,
        told_scores.document_key,
        told_scores.amount_key as item_key,
        told_scores.amount_key as left_amount_key,
        sheet_totals.total_score_key as right_amount_key,
        told_scores.score as left_value,
        case
            when sheet_totals.total_score = told_scores.score then sheet_totals.total_score
            else sheet_totals.score + coalesce(sheet_totals.execution_points, 0)
        end as right_value,
        sheet_totals.total_score_half_unit as tolerance,
        '分' as unit_code,
        sheet_totals.place,
        '文字所述得分' as label,
        case
            when sheet_totals.scored < sheet_totals.indicators then '有指标未列得分'
            when sheet_totals.execution_points is null and coalesce(sheet_totals.weight, 0) < 100 then '未列执行率得分'
        end as missing,
        sheet_totals.doubt
    from told_scores
    inner join (
        select document_key, min(table_ordinal) as table_ordinal
        from sheets
        where statement_code in ('perf_project_self', 'perf_unit_self') and score is not null
        group by document_key
        having count(*) = 1
    ) as only_sheets on told_scores.document_key = only_sheets.document_key
    inner join sheet_totals
        on only_sheets.document_key = sheet_totals.document_key
        and only_sheets.table_ordinal = sheet_totals.table_ordinal
    where told_scores.is_whole
    union all
    select
        'score_in_weight' as method,
        indicators.document_key,
        indicators.indicator_key as item_key,
        -- that a score is not more than its weight says little for either
        case when indicators.score > indicators.weight then scores.score_key end as left_amount_key,
        cast(null as {{ dbt.type_string() }}) as right_amount_key,
        indicators.score as left_value,
        case when indicators.score > indicators.weight then indicators.weight else indicators.score end as right_value,
        0 as tolerance,
        '分' as unit_code,
        indicators.place,
        indicators.level3 || '·得分' as label,
        cast(null as {{ dbt.type_string() }}) as missing,
        cast(null as {{ dbt.type_string() }}) as doubt
    from indicators
    left join (
        select
            document_key,
            table_ordinal,
            row_ordinal,
            max(amount_key) as score_key
        from cells
        where role = 'score'
        group by document_key, table_ordinal, row_ordinal
    ) as scores
        on indicators.document_key = scores.document_key
        and indicators.table_ordinal = scores.table_ordinal
        and indicators.row_ordinal = scores.row_ordinal
    where indicators.score is not null and indicators.weight is not null
    union all
    select
        'score_in_weight' as method,
        document_key,
        cast(table_ordinal as {{ dbt.type_string() }}) as item_key,
        fund_score_key as left_amount_key,
        fund_weight_key as right_amount_key,
        fund_score as left_value,
        case when fund_score > fund_weight then fund_weight else fund_score end as right_value,
        0 as tolerance,
        '分' as unit_code,
        place,
        '执行率得分' as label,
        cast(null as {{ dbt.type_string() }}) as missing,
        doubt
    from sheet_totals
    where fund_score is not null
        and fund_weight is not null
        -- with both budgets printed the execution rule judges the same cell
        and not has_rate
    union all
    -- an indicator told in prose and printed on a sheet of the same document
    select
        'indicator_repeat' as method,
        told.document_key,
        told.name_key as item_key,
        cast(null as {{ dbt.type_string() }}) as left_amount_key,
        cast(null as {{ dbt.type_string() }}) as right_amount_key,
        min(told.actual_value) as left_value,
        min(printed.actual_value) as right_value,
        0 as tolerance,
        coalesce(nullif(min(printed.actual_unit_shown), ''), '%') as unit_code,
        min(told.place) || coalesce('，绩效表' || nullif(min(printed.place), ''), '') as place,
        min(told.level3) || '·实际完成值' as label,
        cast(null as {{ dbt.type_string() }}) as missing,
        cast(null as {{ dbt.type_string() }}) as doubt
    from indicators as told
    inner join indicators as printed
        on told.document_key = printed.document_key
        and told.name_key = printed.name_key
        and coalesce(told.actual_unit, '') = coalesce(printed.actual_unit, '')
    where told.origin = 'prose'
        and printed.origin = 'table'
        and told.actual_value is not null
        and printed.actual_value is not null
    group by told.document_key, told.name_key
    having min(told.actual_value) = max(told.actual_value) and min(printed.actual_value) = max(printed.actual_value)
    union all
    -- the self-evaluation, written last, against the 上年完成值 the next year's target sheet had already stated
    select
        'indicator_prior' as method,
        earlier.document_key,
        earlier.indicator_key as item_key,
        cast(null as {{ dbt.type_string() }}) as left_amount_key,
        cast(null as {{ dbt.type_string() }}) as right_amount_key,
        earlier.actual_value as left_value,
        min(
            case
                when coalesce(later.prior_unit, '') = '' and earlier.actual_unit = '元'
                    and abs(later.prior_value * 10000 - earlier.actual_value) < abs(later.prior_value - earlier.actual_value)
                    then later.prior_value * 10000
                else later.prior_value
            end
        ) as right_value,
        0 as tolerance,
        coalesce(nullif(earlier.actual_unit_shown, ''), '%') as unit_code,
        earlier.place || coalesce('，次年绩效目标表' || nullif(min(later.place), ''), '') as place,
        earlier.level3 || '·实际完成值' as label,
        cast(null as {{ dbt.type_string() }}) as missing,
        cast(null as {{ dbt.type_string() }}) as doubt
    from indicators as earlier
    inner join named_once as once on earlier.indicator_key = once.indicator_key
    inner join continued_sheets as continued
        on earlier.document_key = continued.document_key and earlier.table_ordinal = continued.table_ordinal
    inner join indicators as later
        on continued.later_document_key = later.document_key
        and continued.later_table_ordinal = later.table_ordinal
        and later.name_key = earlier.name_key
        and (
            coalesce(later.prior_unit, '') = coalesce(earlier.actual_unit, '')
            -- money without its unit is 元 or 万元, whichever comes nearer
            or (coalesce(later.prior_unit, '') = '' and earlier.actual_unit = '元')
        )
    where later.prior_value is not null and earlier.actual_value is not null
    group by
        earlier.document_key, earlier.indicator_key, earlier.actual_value, earlier.actual_unit,
        earlier.actual_unit_shown, earlier.place, earlier.level3
    having min(later.prior_value) = max(later.prior_value)
    union all
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
        label,
        cast(null as {{ dbt.type_string() }}) as missing,
        cast(null as {{ dbt.type_string() }}) as doubt
    from {{ ref('int_recon__reported') }}

)

select
    rules.rule_id,
    results.document_key,
    results.item_key,
    results.left_amount_key,
    results.right_amount_key,
    cast(null as {{ dbt.type_string() }}) as other_amount_key,
    cast(results.left_value as decimal(24, 6)) as left_value,
    cast(results.right_value as decimal(24, 6)) as right_value,
    cast(results.left_value - cast(results.right_value as decimal(24, 6)) as decimal(24, 6)) as difference,
    cast(results.tolerance as decimal(24, 6)) as tolerance,
    results.unit_code,
    results.place,
    results.label,
    results.missing,
    results.doubt
from results
inner join {{ ref('rules') }} as rules on results.method = rules.method and rules.is_default = 'Y'
