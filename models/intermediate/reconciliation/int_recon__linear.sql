-- Grain: one row per linear identity and place (线性勾稽结果): weighted sums, equalities, inequalities, balances, rates of
-- two sums, and prose against the nearest table cell that may hold the same figure. One pass over int_recon__matched.
with

required as (

    select
        terms.rule_id,
        coalesce(terms.branch, '') as branch,
        sum(case when terms.need = 'required' then 1 else 0 end) as required_terms,
        max(case when terms.side = 'right' then 1 else 0 end) as has_right,
        max(case when terms.side = 'right' and terms.need in ('any', 'part') then 1 else 0 end) as has_any_right
    from {{ ref('rule_terms') }} as terms
    where terms.side in ('left', 'right', 'base', 'factor')
    group by terms.rule_id, coalesce(terms.branch, '')

),

-- the same cell printed twice (a page break) counts once; two different figures at one address decide nothing
items as (

    select
        rule_id,
        branch,
        document_key,
        place_key,
        term_ordinal,
        side,
        need,
        coefficient,
        item_key,
        min(unit_code) as unit_code,
        min(compared_value) as value,
        max(compared_value) as greatest_value,
        min(compared_half_unit) as half_unit,
        min(amount_key) as amount_key,
        min(doubt) as doubt
    from {{ ref('int_recon__matched') }}
    where method <> 'pair'
    group by rule_id, branch, document_key, place_key, term_ordinal, side, need, coefficient, item_key

),

-- parts add up over their items; a term that names one figure must find one value, however often it is printed
filled as (

    select
        rule_id,
        branch,
        document_key,
        place_key,
        term_ordinal,
        side,
        need,
        coefficient,
        case when need = 'any' then sum(value) else min(value) end as value,
        case when need = 'any' then sum(half_unit) else max(half_unit) end as half_unit,
        case
            when side in ('guard', 'unless') then 0
            when need = 'any' then max(case when value <> greatest_value then 1 else 0 end)
            when min(value) <> max(greatest_value) then 1
            else 0
        end as is_ambiguous,
        max(case when value <> 0 then 1 else 0 end) as is_filled,
        min(amount_key) as amount_key,
        min(doubt) as doubt,
        min(unit_code) as unit_code,
        max(unit_code) as greatest_unit_code
    from items
    group by rule_id, branch, document_key, place_key, term_ordinal, side, need, coefficient

),

sums as (

    select
        rule_id,
        branch,
        document_key,
        place_key,
        {% for side in ['left', 'right', 'base', 'factor', 'or', 'or_base'] -%}
        sum(case when side = '{{ side }}' then coefficient * value end) as {{ side }}_value,
        sum(case when side = '{{ side }}' then abs(coefficient) * half_unit end) as {{ side }}_half_unit,
        {% endfor -%}
        sum(case when side = 'right' then 1 else 0 end) as right_count,
        max(case when side = 'guard' then is_filled else 0 end) as is_guarded,
        max(case when side = 'unless' then 1 else 0 end) as is_excepted,
        max(is_ambiguous) as is_ambiguous,
        sum(case when need = 'required' and side in ('left', 'right', 'base', 'factor') then 1 else 0 end)
            as matched_terms,
        min(case when side = 'left' then amount_key end) as left_amount_key,
        min(case when side = 'right' then amount_key end) as right_amount_key,
        min(doubt) as doubt,
        min(case when side in ('left', 'right') then unit_code end) as least_unit_code,
        max(case when side in ('left', 'right') then greatest_unit_code end) as greatest_unit_code,
        min(case when side = 'left' then unit_code end) as unit_code
    from filled
    group by rule_id, branch, document_key, place_key

),

compared as (

    select
        sums.rule_id,
        sums.branch,
        sums.document_key,
        sums.place_key,
        sums.left_amount_key,
        sums.right_amount_key,
        sums.right_count,
        sums.left_value,
        rules.comparison,
        rules.rule_kind,
        case
            when rules.comparison in ('rate', 'capped') then case
                when sums.base_value = 0 then null
                when rules.comparison = 'rate' then 100 * cast(sums.right_value as decimal(24, 6)) / sums.base_value
                else sums.factor_value
                    * case
                        when sums.right_value >= sums.base_value then 1
                        else cast(sums.right_value as decimal(24, 6)) / sums.base_value
                    end
            end
            when rules.comparison = 'among' and sums.or_value is not null
                and (
                    sums.right_value is null
                    or abs(sums.left_value - sums.or_value) < abs(sums.left_value - sums.right_value)
                )
                then sums.or_value
            when required.has_right = 0 then 0
            else sums.right_value
        end as right_value,
        -- the other base a form may use
        case
            when rules.comparison = 'rate' and sums.or_base_value <> 0
                then 100 * cast(sums.right_value as decimal(24, 6)) / sums.or_base_value
            when rules.comparison = 'capped' and sums.or_base_value <> 0
                then sums.factor_value
                    * case
                        when sums.right_value >= sums.or_base_value then 1
                        else cast(sums.right_value as decimal(24, 6)) / sums.or_base_value
                    end
            when rules.comparison = 'capped' and sums.or_value is not null
                then sums.factor_value * case when sums.or_value >= 100 then 100 else sums.or_value end / 100
        end as other_value,
        case
            when rules.comparison in ('rate', 'capped') and sums.base_value <> 0
                -- points are rounded or cut off as each place pleases: one whole last digit
                then sums.left_half_unit * case when rules.comparison = 'rate' then 1 else 2 end
                    + case when rules.comparison = 'rate' then 100 else sums.factor_value end
                    * (
                        sums.right_half_unit
                        + abs(cast(sums.right_value as decimal(24, 6)) / sums.base_value) * sums.base_half_unit
                    ) / abs(sums.base_value)
            else sums.left_half_unit + coalesce(sums.right_half_unit, 0)
                + case when rules.comparison = 'among' and sums.right_value is null then sums.or_half_unit else 0 end
        end as tolerance,
        case
            when sums.is_ambiguous = 1 then '同一位置有两个不同的数'
            when sums.matched_terms < required.required_terms then '缺少需要的数'
            when required.has_any_right = 1 and sums.right_count = 0 and sums.or_value is null then '各部分均未列示'
            when rules.comparison in ('rate', 'capped') and sums.base_value = 0 then '分母为零'
            when sums.least_unit_code <> sums.greatest_unit_code and rules.comparison not in ('rate', 'capped')
                then '计量单位不同'
        end as missing,
        sums.doubt,
        sums.is_guarded,
        sums.unit_code
    from sums
    inner join {{ ref('rules') }} as rules on sums.rule_id = rules.rule_id
    inner join required on sums.rule_id = required.rule_id and sums.branch = required.branch
    where sums.left_value is not null
        and sums.is_excepted = 0
        -- with nothing on the other side there is no identity here; the coverage says so for the document
        and (required.has_right = 0 or sums.right_count > 0 or sums.or_value is not null)

),

paired as (

    select
        told.rule_id,
        told.branch,
        told.document_key,
        told.amount_key as place_key,
        told.amount_key as left_amount_key,
        cells.amount_key as right_amount_key,
        told.compared_value as left_value,
        cells.compared_value as right_value,
        told.compared_half_unit + cells.compared_half_unit as tolerance,
        coalesce(told.doubt, cells.doubt) as doubt,
        told.unit_code,
        row_number() over (
            partition by told.rule_id, told.branch, told.amount_key
            order by
                case
                    when abs(told.compared_value - cells.compared_value)
                        <= told.compared_half_unit + cells.compared_half_unit then 0
                    else 1
                end,
                cells.term_ordinal,
                abs(told.compared_value - cells.compared_value),
                cells.amount_key
        ) as nearness,
        -- a stand-in (本年收入 for 收入总计) may agree; it accuses only beside the figure it stands in for
        max(case when cells.need = 'any' then 1 else 0 end) over (
            partition by told.rule_id, told.branch, told.amount_key
        ) as has_counterpart
    from {{ ref('int_recon__matched') }} as told
    inner join {{ ref('int_recon__matched') }} as cells
        on told.rule_id = cells.rule_id
        and told.document_key = cells.document_key
        and told.place_key = cells.place_key
    where told.method = 'pair' and told.side = 'left' and cells.side = 'right' and told.unit_code = cells.unit_code

)

select
    rule_id,
    branch,
    document_key,
    place_key,
    left_amount_key,
    right_amount_key,
    right_count,
    cast(left_value as decimal(24, 6)) as left_value,
    cast(
        case
            when other_value is not null and abs(left_value - other_value) < abs(left_value - right_value)
                then other_value
            else right_value
        end as decimal(24, 6)
    ) as right_value,
    cast(tolerance as decimal(24, 6)) as tolerance,
    comparison,
    missing,
    case
        when doubt is not null then doubt
        when is_guarded = 1 then '有未能识别的行，各部分可能不全'
    end as doubt,
    unit_code
from compared
union all
select
    rule_id,
    branch,
    document_key,
    place_key,
    left_amount_key,
    right_amount_key,
    1 as right_count,
    cast(left_value as decimal(24, 6)) as left_value,
    cast(right_value as decimal(24, 6)) as right_value,
    cast(tolerance as decimal(24, 6)) as tolerance,
    '=' as comparison,
    case when has_counterpart = 0 and abs(left_value - right_value) > tolerance then '报表未列示对应的数' end as missing,
    doubt,
    unit_code
from paired
where nearness = 1
