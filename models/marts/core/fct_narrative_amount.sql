-- Grain: one row per number or implied fact stated in prose (文字数据), of all document versions.
-- What could not be resolved keeps its words; nothing is left out.
with

stated as (

    select
        amounts.document_key,
        amounts.amount_ordinal,
        identity.unit_key as body_key,
        identity.fiscal_year as document_fiscal_year,
        rollups.unit_key is not null as is_rollup,
        identity.scope_code,
        versions.is_current,
        amounts.section,
        amounts.sentence,
        amounts.subject_printed,
        amounts.parent_printed,
        amounts.class_name,
        amounts.group_name,
        amounts.item_name,
        amounts.role,
        amounts.direction,
        amounts.base_code,
        amounts.stage_code,
        coalesce(
            amounts.year_stated,
            case
                when {{ is_prior_stage('amounts.stage_code') }} then identity.fiscal_year - 1
                else identity.fiscal_year
            end
        ) as fiscal_year,
        amounts.value_printed,
        {{ to_value('amounts.value_text') }} as value,
        amounts.decimals,
        amounts.unit_of_measure,
        cast(units.yuan_factor as decimal(12, 0)) as yuan_factor,
        coalesce(amounts.is_implied, false) as is_implied,
        amounts.page,
        amounts.source_line,
        amounts.paragraph_ordinal,
        amounts.table_ordinal,
        amounts.row_ordinal,
        amounts.column_ordinal,
        amounts.char_start,
        amounts.char_end,
        amounts.pattern,
        amounts.subject_key,
        coalesce(units.kind, '') as measured_kind,
        case amounts.unit_of_measure
            when '名' then '人'
            when '台' then '台（套）'
            when '套' then '台（套）'
            when '台(套)' then '台（套）'
            when '位' then '人'
            else coalesce(amounts.unit_of_measure, '')
        end as unit_key,
        {{ label_key('amounts.class_name') }} as class_key,
        {{ label_key('amounts.group_name') }} as group_key,
        {{ label_key('amounts.item_name') }} as item_key,
        case
            when left(amounts.code_printed, 1) = '2' and length(amounts.code_printed) in (3, 5, 7)
                then amounts.code_printed
        end as functional_code_printed,
        -- the basic-spending section lists economic subjects; some of their names are functional ones too (住房公积金)
        (
            instr(coalesce(amounts.section, ''), '基本支出') > 0
            or {{ regex_matches(
                "coalesce(amounts.parent_printed, '')", '人员经费|公用经费|人员支出|公用支出|工资福利|商品和服务|对个人和家庭|机关运行经费'
            ) }}
        ) as is_economic_section
    from {{ ref('stg_landing__narrative_amounts') }} as amounts
    inner join {{ ref('int_document__identity') }} as identity on amounts.document_key = identity.document_key
    inner join {{ ref('int_document__version') }} as versions on amounts.document_key = versions.document_key
    left join {{ ref('units_of_measure') }} as units on amounts.unit_of_measure = units.unit_of_measure
    left join {{ ref('int_unit__rollup') }} as rollups
        on identity.unit_key = rollups.unit_key
        and identity.fiscal_year = rollups.fiscal_year
        and identity.document_kind = rollups.statement_kind
        and identity.scope_code = rollups.scope_code
    where identity.is_disclosure

),

classed as (

    select
        stated.document_key,
        stated.amount_ordinal,
        stated.document_fiscal_year,
        stated.item_key,
        stated.group_key,
        stated.subject_key,
        stated.measured_kind,
        stated.unit_key,
        instr(coalesce(stated.parent_printed, ''), '购置') > 0 as is_bought,
        stated.is_economic_section,
        stated.functional_code_printed,
        classes.functional_code as class_code,
        coalesce(groups_in_class.functional_code, groups_anywhere.functional_code) as group_code,
        stated.class_key is not null or stated.group_key is not null or stated.item_key is not null as is_named
    from stated
    left join {{ ref('int_functional_name__code') }} as classes
        on classes.level = 'class'
        and classes.above_code = ''
        and stated.class_key = classes.name_key
        and stated.document_fiscal_year = classes.fiscal_year
    left join {{ ref('int_functional_name__code') }} as groups_in_class
        on groups_in_class.level = 'group'
        and classes.functional_code = groups_in_class.above_code
        and stated.group_key = groups_in_class.name_key
        and stated.document_fiscal_year = groups_in_class.fiscal_year
    left join {{ ref('int_functional_name__code') }} as groups_anywhere
        on groups_anywhere.level = 'group'
        and groups_anywhere.above_code = ''
        and stated.group_key = groups_anywhere.name_key
        and stated.document_fiscal_year = groups_anywhere.fiscal_year

),

-- 机关事业单位职业年金 in a group where one item begins with these words (…缴费支出), or else one holds them
worded as (

    select
        classed.document_key,
        classed.amount_ordinal,
        names.functional_code,
        left(names.name_key, length(classed.item_key)) = classed.item_key as is_beginning
    from classed
    inner join {{ ref('int_functional_name__code') }} as names
        on names.level = 'item'
        and classed.group_code = names.above_code
        and classed.document_fiscal_year = names.fiscal_year
        and length(classed.item_key) >= 4
        and instr(names.name_key, classed.item_key) > 0

),

contained as (

    select
        document_key,
        amount_ordinal,
        case
            when count(distinct case when is_beginning then functional_code end) = 1
                then min(case when is_beginning then functional_code end)
            when count(distinct functional_code) = 1 then min(functional_code)
        end as functional_code
    from worded
    group by document_key, amount_ordinal

),

resolved as (

    select
        classed.document_key,
        classed.amount_ordinal,
        classed.document_fiscal_year,
        coalesce(
            classed.functional_code_printed,
            items_in_group.functional_code,
            contained.functional_code,
            items_in_class.functional_code,
            items_anywhere.functional_code,
            -- an item that no list knows still has its group, not its own code
            case when classed.item_key is null then coalesce(classed.group_code, classed.class_code) end,
            case
                -- 国有资本经营预算支出 without （类） is what that budget spends, not the class of the same name
                when not classed.is_named and not classed.is_economic_section
                    and coalesce(lines.fund_code, '') <> 'state_capital'
                    then coalesce(subjects.functional_code, shorter.functional_code)
            end
        ) as functional_code,
        case
            when not classed.is_named
                and (
                    classed.is_economic_section
                    or coalesce(subjects.functional_code, shorter.functional_code) is null
                )
                then coalesce(economic.economic_code, shorter_economic.economic_code)
        end as economic_code,
        lines.line_item_code,
        lines.statistic_code,
        lines.fund_code
    from classed
    left join contained
        on classed.document_key = contained.document_key and classed.amount_ordinal = contained.amount_ordinal
    left join {{ ref('int_functional_name__code') }} as items_in_group
        on items_in_group.level = 'item'
        and classed.group_code = items_in_group.above_code
        and classed.item_key = items_in_group.name_key
        and classed.document_fiscal_year = items_in_group.fiscal_year
    left join {{ ref('int_functional_name__code') }} as items_in_class
        on items_in_class.level = 'item'
        and classed.class_code = items_in_class.above_code
        and classed.item_key = items_in_class.name_key
        and classed.document_fiscal_year = items_in_class.fiscal_year
    left join {{ ref('int_functional_name__code') }} as items_anywhere
        on items_anywhere.level = 'item'
        and items_anywhere.above_code = ''
        and classed.item_key = items_anywhere.name_key
        and classed.document_fiscal_year = items_anywhere.fiscal_year
    left join {{ ref('int_functional_name__code') }} as subjects
        on subjects.level = 'any'
        and classed.subject_key = subjects.name_key
        and classed.document_fiscal_year = subjects.fiscal_year
    left join {{ ref('int_economic_name__code') }} as economic
        on classed.subject_key = economic.name_key and classed.document_fiscal_year = economic.fiscal_year
    -- 行政运行支出, 对个人和家庭的补助支出: the noun said once more
    left join {{ ref('int_functional_name__code') }} as shorter
        on shorter.level = 'any'
        and right(classed.subject_key, 2) = '支出'
        and left(classed.subject_key, greatest(length(classed.subject_key) - 2, 0)) = shorter.name_key
        and classed.document_fiscal_year = shorter.fiscal_year
    left join {{ ref('int_economic_name__code') }} as shorter_economic
        on right(classed.subject_key, 2) = '支出'
        and left(classed.subject_key, greatest(length(classed.subject_key) - 2, 0)) = shorter_economic.name_key
        and classed.document_fiscal_year = shorter_economic.fiscal_year
    left join {{ ref('int_prose__subject') }} as lines
        on classed.subject_key = lines.subject_key
        and classed.unit_key = lines.unit_of_measure
        and classed.measured_kind = lines.measured_kind
        -- 安排购置车辆，其中机要通信用车: what is to be bought is not what is there
        and not (classed.is_bought and lines.line_item_code like 'vehicles!_%' escape '!' and lines.line_item_code <> 'vehicles_purchased')

)

select
    {{ narrative_amount_key('stated.document_key', 'stated.amount_ordinal') }} as amount_key,
    stated.document_key,
    stated.body_key as unit_key,
    stated.fiscal_year,
    stated.scope_code,
    stated.section,
    stated.sentence,
    stated.subject_printed,
    stated.parent_printed,
    stated.class_name,
    stated.group_name,
    stated.item_name,
    stated.role,
    stated.direction,
    stated.base_code,
    stated.stage_code,
    resolved.functional_code,
    case
        when resolved.functional_code is not null
            then coalesce(functional.functional_key, resolved.functional_code || '@seen')
    end as functional_key,
    resolved.economic_code,
    case
        when resolved.economic_code is not null
            then coalesce(economic.economic_key, resolved.economic_code || '@seen')
    end as economic_key,
    lines.line_item_code,
    lines.measure_code,
    coalesce(resolved.fund_code, lines.fund_code, {{ prose_fund('stated.section') }}) as fund_code,
    lines.three_public_code,
    coalesce(resolved.statistic_code, lines.statistic_code) as statistic_code,
    stated.value,
    stated.value_printed,
    stated.decimals,
    stated.unit_of_measure,
    {{ to_yuan('stated.value', 'stated.yuan_factor') }} as amount_yuan,
    {{ half_unit_yuan('stated.decimals', 'stated.yuan_factor') }} as half_unit_yuan,
    stated.is_implied,
    stated.page,
    stated.source_line,
    stated.paragraph_ordinal,
    stated.table_ordinal,
    stated.row_ordinal,
    stated.column_ordinal,
    stated.char_start,
    stated.char_end,
    stated.pattern,
    stated.is_current,
    stated.is_rollup,
    'prose' as origin
from stated
inner join resolved
    on stated.document_key = resolved.document_key and stated.amount_ordinal = resolved.amount_ordinal
left join {{ ref('int_functional_subject__year') }} as functional
    on resolved.functional_code = functional.functional_code
    and stated.document_fiscal_year = functional.fiscal_year
left join {{ ref('int_economic_subject__year') }} as economic
    on resolved.economic_code = economic.economic_code and stated.document_fiscal_year = economic.fiscal_year
left join {{ ref('line_items') }} as lines
    on resolved.line_item_code = lines.line_item_code
    -- “三公”经费支出…（其中：一般公共预算支出…）: what pays for a part of the expenditure is not the expenditure
    and not {{ is_paid_for('stated.parent_printed', 'resolved.line_item_code') }}
