-- Grain: one row per linear identity and place (线性勾稽结果): weighted sums, equalities, inequalities, balances, rates of
-- two sums, and prose against the nearest table cell that may hold the same figure. One pass over int_recon__matched;
-- only int_recon__result reads it, so it is written once, there.
-- right_count is 2 where several terms stand on the right.
{{ config(materialized='view') }}
{% set two_sides = ['left', 'right'] %}
{% set other_sides = ['base', 'factor', 'or', 'or_base'] %}
with

terms as (

    select distinct term_number, rule_id, branch, term_ordinal, side, need, coefficient, method, hold
    from {{ ref('int_recon__address_term') }}

),

required as (

    select
        terms.rule_id,
        coalesce(terms.branch, '') as branch,
        sum(case when terms.need = 'required' then 1 else 0 end) as required_terms,
        max(case when terms.side = 'right' then 1 else 0 end) as has_right,
        max(case when terms.side = 'right' and terms.need in ('any', 'part') then 1 else 0 end) as has_any_right,
        max(case when terms.side = 'only' then 1 else 0 end) as has_only
    from {{ ref('rule_terms') }} as terms
    where terms.side in ('left', 'right', 'base', 'factor', 'only')
    group by terms.rule_id, coalesce(terms.branch, '')

),

-- one figure is one value, however often it is printed (a page break); two different ones at one place decide nothing
repeated as (

    select item_number
    from {{ ref('int_recon__matched') }}
    where not is_pair and side in ('left', 'right')
    group by item_number
    having count(*) > 1

),

items as (

    select
        matched.place_number,
        matched.term_number,
        matched.document_number,
        matched.compared_value as value,
        matched.compared_value as greatest_value,
        matched.compared_half_unit as half_unit,
        matched.figure_key,
        matched.unit_number,
        matched.unit_number as greatest_unit_number
    from {{ ref('int_recon__matched') }} as matched
    where not matched.is_pair
        and matched.side in ('left', 'right')
        and matched.item_number not in (select repeated.item_number from repeated)
    union all
    select
        min(matched.place_number) as place_number,
        min(matched.term_number) as term_number,
        min(matched.document_number) as document_number,
        min(matched.compared_value) as value,
        max(matched.compared_value) as greatest_value,
        max(matched.compared_half_unit) as half_unit,
        min(matched.figure_key) as figure_key,
        min(matched.unit_number) as unit_number,
        max(matched.unit_number) as greatest_unit_number
    from {{ ref('int_recon__matched') }} as matched
    inner join repeated on matched.item_number = repeated.item_number
    group by matched.item_number

),

-- bases, factors, guards and the like are few
other_items as (

    select
        place_number,
        term_number,
        min(compared_value) as value,
        max(compared_value) as greatest_value,
        max(compared_half_unit) as half_unit
    from {{ ref('int_recon__matched') }}
    where not is_pair and side not in ('left', 'right')
    group by place_number, term_number, item_number

),

sums as (

    select
        items.place_number,
        min(items.document_number) as document_number,
        min(items.term_number) as term_number,
        {% for side in two_sides -%}
        sum(case when terms.side = '{{ side }}' then {{ counted_times('terms.coefficient', 'items.value') | indent(8) }} end)
            as {{ side }}_value,
        sum(case when terms.side = '{{ side }}' then {{ counted_times('abs(terms.coefficient)', 'items.half_unit') | indent(8) }} end)
            as {{ side }}_half_unit,
        min(case when terms.side = '{{ side }}' then items.figure_key end) as {{ side }}_figure_key,
        {% endfor -%}
        min(case when terms.side = 'right' then items.term_number end) as least_right_term,
        max(case when terms.side = 'right' then items.term_number end) as greatest_right_term,
        max(case when items.value <> items.greatest_value then 1 else 0 end) as is_ambiguous,
        sum(case when terms.need = 'required' then 1 else 0 end) as matched_terms,
        min(items.unit_number) as least_unit_number,
        max(items.greatest_unit_number) as greatest_unit_number
    from items
    inner join terms on items.term_number = terms.term_number
    group by items.place_number

),

other_sums as (

    select
        items.place_number,
        {% for side in other_sides -%}
        sum(case when terms.side = '{{ side }}' then {{ counted_times('terms.coefficient', 'items.value') | indent(8) }} end)
            as {{ side }}_value,
        sum(case when terms.side = '{{ side }}' then {{ counted_times('abs(terms.coefficient)', 'items.half_unit') | indent(8) }} end)
            as {{ side }}_half_unit,
        {% endfor -%}
        max(case when terms.side = 'guard' and items.value <> 0 then 1 else 0 end) as is_guarded,
        max(case when terms.side = 'unless' then 1 else 0 end) as is_excepted,
        max(case when terms.side = 'only' then 1 else 0 end) as is_meant,
        max(case when terms.side in ('guard', 'unless', 'only') or items.value = items.greatest_value then 0 else 1 end)
            as is_ambiguous,
        sum(case when terms.need = 'required' and terms.side in ('base', 'factor') then 1 else 0 end) as matched_terms
    from other_items as items
    inner join terms on items.term_number = terms.term_number
    group by items.place_number

),

doubts as (

    select place_number, min(doubt) as doubt
    from {{ ref('int_recon__matched') }}
    where doubt is not null
    group by place_number

),

placed as (

    select
        sums.place_number,
        sums.document_number,
        terms.rule_id,
        terms.branch,
        terms.hold,
        sums.left_figure_key,
        sums.right_figure_key,
        case
            when sums.least_right_term is null then 0
            when sums.least_right_term = sums.greatest_right_term then 1
            else 2
        end as right_count,
        sums.left_value,
        sums.left_half_unit,
        sums.right_value,
        sums.right_half_unit,
        {% for side in other_sides -%}
        others.{{ side }}_value,
        others.{{ side }}_half_unit,
        {% endfor -%}
        sums.is_ambiguous = 1 or coalesce(others.is_ambiguous, 0) = 1 as is_ambiguous,
        sums.matched_terms + coalesce(others.matched_terms, 0) as matched_terms,
        coalesce(others.is_guarded, 0) as is_guarded,
        coalesce(others.is_meant, 0) as is_meant,
        sums.least_unit_number,
        sums.greatest_unit_number
    from sums
    inner join terms on sums.term_number = terms.term_number
    left join other_sums as others on sums.place_number = others.place_number
    where sums.left_value is not null and coalesce(others.is_excepted, 0) = 0

),

compared as (

    select
        placed.rule_id,
        placed.branch,
        placed.hold,
        placed.place_number,
        placed.document_number,
        placed.left_figure_key,
        placed.right_figure_key,
        placed.right_count,
        placed.left_value,
        rules.comparison,
        case
            when rules.comparison in ('rate', 'capped') then null
            when rules.comparison = 'among' and placed.or_value is not null
                and (
                    placed.right_value is null
                    or abs(placed.left_value - placed.or_value) < abs(placed.left_value - placed.right_value)
                )
                then placed.or_value
            when required.has_right = 0 then 0
            else placed.right_value
        end as right_value,
        -- what is divided has more decimals than what is added up: apart from it, so that few rows carry them
        case
            when rules.comparison in ('rate', 'capped') then case
                when placed.base_value = 0 then null
                when rules.comparison = 'rate' then {{ quotient('100 * placed.right_value', 'placed.base_value') }}
                else placed.factor_value
                    * case
                        when placed.right_value >= placed.base_value then 1
                        else {{ quotient('placed.right_value', 'placed.base_value', 10) }}
                    end
            end
        end as reckoned_value,
        -- the other base a form may use
        case
            when rules.comparison = 'rate' and placed.or_base_value <> 0
                then {{ quotient('100 * placed.right_value', 'placed.or_base_value') }}
            when rules.comparison = 'capped' and placed.or_base_value <> 0
                then placed.factor_value
                    * case
                        when placed.right_value >= placed.or_base_value then 1
                        else {{ quotient('placed.right_value', 'placed.or_base_value', 10) }}
                    end
            when rules.comparison = 'capped' and placed.or_value is not null
                then placed.factor_value * case when placed.or_value >= 100 then 1 else {{ quotient('placed.or_value', '100', 10) }} end
        end as other_value,
        placed.left_half_unit + coalesce(placed.right_half_unit, 0)
        + case when rules.comparison = 'among' and placed.right_value is null then placed.or_half_unit else 0 end
            as tolerance,
        case
            when rules.comparison in ('rate', 'capped') and placed.base_value <> 0
                -- points are rounded or cut off as each place pleases: one whole last digit
                then placed.left_half_unit * case when rules.comparison = 'rate' then 1 else 2 end
                    + case when rules.comparison = 'rate' then 100 else placed.factor_value end
                    * {{ quotient(
                        'placed.right_half_unit + abs(' ~ quotient('placed.right_value', 'placed.base_value', 10)
                        ~ ') * placed.base_half_unit',
                        'abs(placed.base_value)', 10
                    ) }}
        end as reckoned_tolerance,
        coalesce(rules.comparison in ('rate', 'capped') and placed.base_value <> 0, false) as has_base,
        case
            when placed.is_ambiguous then '同一位置有两个不同的数'
            when placed.matched_terms < required.required_terms then '缺少需要的数'
            when required.has_any_right = 1 and placed.right_count = 0 and placed.or_value is null then '各部分均未列示'
            when rules.comparison in ('rate', 'capped') and placed.base_value = 0 then '分母为零'
            when placed.least_unit_number <> placed.greatest_unit_number and rules.comparison not in ('rate', 'capped')
                then '计量单位不同'
        end as missing,
        placed.is_guarded
    from placed
    inner join {{ ref('rules') }} as rules on placed.rule_id = rules.rule_id
    inner join required on placed.rule_id = required.rule_id and placed.branch = required.branch
    -- with nothing on the other side there is no identity here; the coverage says so for the document
    where (required.has_right = 0 or placed.right_count > 0 or placed.or_value is not null)
        and placed.is_meant = required.has_only

),

paired_terms as (

    select
        matched.place_number,
        matched.document_number,
        matched.figure_key,
        matched.unit_number,
        matched.compared_value,
        matched.compared_half_unit,
        matched.doubt,
        terms.rule_id,
        terms.branch,
        terms.term_ordinal,
        terms.side,
        terms.need
    from {{ ref('int_recon__matched') }} as matched
    inner join terms on matched.term_number = terms.term_number
    where matched.is_pair

),

paired as (

    select
        told.rule_id,
        told.branch,
        told.place_number,
        told.document_number,
        told.figure_key as left_figure_key,
        cells.figure_key as right_figure_key,
        told.compared_value as left_value,
        cells.compared_value as right_value,
        told.compared_half_unit + cells.compared_half_unit as tolerance,
        coalesce(told.doubt, cells.doubt) as doubt,
        row_number() over (
            partition by told.rule_id, told.branch, told.document_number, told.figure_key
            order by
                case
                    when abs(told.compared_value - cells.compared_value)
                        <= told.compared_half_unit + cells.compared_half_unit then 0
                    else 1
                end,
                cells.term_ordinal,
                abs(told.compared_value - cells.compared_value),
                cells.figure_key
        ) as nearness,
        -- a stand-in (本年收入 for 收入总计) may agree; it accuses only beside the figure it stands in for
        max(case when cells.need = 'any' then 1 else 0 end) over (
            partition by told.rule_id, told.branch, told.document_number, told.figure_key
        ) as has_counterpart
    from paired_terms as told
    inner join paired_terms as cells
        on told.place_number = cells.place_number and told.unit_number = cells.unit_number
    where told.side = 'left' and cells.side = 'right'

),

-- the few results meet the many figures once
results as (

    select
        rule_id,
        branch,
        hold,
        false as is_pair,
        document_number,
        compared.place_number,
        left_figure_key,
        right_figure_key,
        right_count,
        left_value,
        case
            when comparison in ('rate', 'capped')
                then case
                    when other_value is not null and abs(left_value - other_value) < abs(left_value - reckoned_value)
                        then cast(other_value as decimal(24, 6))
                    else cast(reckoned_value as decimal(24, 6))
                end
            else cast(right_value as decimal(24, 6))
        end as right_value,
        case
            when has_base then cast(reckoned_tolerance as decimal(24, 6)) else cast(tolerance as decimal(24, 6))
        end as tolerance,
        comparison,
        missing,
        case
            when doubts.doubt is not null then doubts.doubt
            when is_guarded = 1 then '有未能识别的行，各部分可能不全'
        end as doubt
    from compared
    left join doubts on compared.place_number = doubts.place_number
    union all
    select
        rule_id,
        branch,
        '' as hold,
        true as is_pair,
        document_number,
        place_number,
        left_figure_key,
        right_figure_key,
        1 as right_count,
        left_value,
        right_value,
        tolerance,
        '=' as comparison,
        case when has_counterpart = 0 and abs(left_value - right_value) > tolerance then '报表未列示对应的数' end as missing,
        doubt
    from paired
    where nearness = 1

),

documents as (

    {{ numbered_texts('document_key', ref('int_recon__figure')) | indent(4) }}

),

-- what of a place's name the address of its left side decides
address_places as (

    select distinct address, hold, address_place
    from {{ ref('int_recon__address_term') }}
    where side = 'left'

)

select
    results.rule_id,
    results.branch,
    results.is_pair,
    figures.document_key,
    results.place_number,
    case
        when results.is_pair then figures.amount_key
        else concat(
            coalesce(figures.scope_code, ''),
            ':',
            -- columns of the year before stand in the same row
            case
                when instr(results.hold, 'R') > 0 then ''
                else cast(coalesce(figures.fiscal_year, 0) as {{ dbt.type_string() }})
            end,
            ':',
            results.branch,
            {{ recon_place_parts('figures', 'results.hold', of='table') | join(',\n            ') }},
            coalesce(address_places.address_place, ''),
            {{ recon_place_parts('figures', 'results.hold', of='prose') | join(',\n            ') }}
        )
    end as place_key,
    figures.amount_key as left_amount_key,
    case when results.right_figure_key is not null then concat(figures.document_key, '-', results.right_figure_key) end
        as right_amount_key,
    results.right_count,
    cast(results.left_value as decimal(24, 6)) as left_value,
    cast(results.right_value as decimal(24, 6)) as right_value,
    cast(results.tolerance as decimal(24, 6)) as tolerance,
    results.comparison,
    results.missing,
    results.doubt,
    figures.unit_code
from results
inner join documents on results.document_number = documents.text_ordinal
inner join {{ ref('int_recon__figure') }} as figures
    on concat(documents.document_key, '-', results.left_figure_key) = figures.amount_key
left join address_places on figures.address = address_places.address and results.hold = address_places.hold
