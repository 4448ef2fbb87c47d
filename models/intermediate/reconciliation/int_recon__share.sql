-- Grain: one row per share told in prose (占比): part, whole and what the share should be. The whole is sought where a
-- reader would: named in the paragraph, named elsewhere in the document, or the table's total; a share stands accused
-- only if it fits none of them.
with

told as (

    select
        amount_key,
        document_key,
        paragraph_number,
        char_start,
        section,
        sentence,
        subject_key,
        parent_key,
        parent_printed,
        functional_code,
        role,
        stage_stated,
        line_code,
        fund_code,
        unit_code,
        value,
        half_unit,
        has_digits,
        is_own_amount,
        run_ordinal
    from {{ ref('int_recon__told') }}

),

shares as (

    select
        amount_key,
        document_key,
        paragraph_number,
        char_start,
        section,
        subject_key,
        parent_key,
        functional_code,
        line_code,
        run_ordinal,
        value,
        half_unit,
        -- 占授予中小企业合同金额的51.39%: the share's own words name its whole
        coalesce(
            instr({{ without_blanks('sentence') }}, '占' || {{ without_blanks('parent_printed') }}) > 0, false
        ) as names_whole
    from told
    where role = 'share' and has_digits

),

-- the part stands before its share
parts as (

    select
        shares.amount_key,
        parts.amount_key as part_amount_key,
        parts.value as part_value,
        parts.half_unit as part_half_unit,
        parts.unit_code,
        row_number() over (partition by shares.amount_key order by parts.char_start desc) as nearness
    from shares
    inner join told as parts
        on shares.document_key = parts.document_key
        and shares.paragraph_number = parts.paragraph_number
        and shares.subject_key = parts.subject_key
        and parts.is_own_amount
        and parts.unit_code = '元'
        and parts.char_start < shares.char_start

),

named as (

    select {{ label_key('subject') }} as name_key, line_item_code, coalesce(fund_code, 'all') as fund_code
    from {{ ref('rule_subjects') }}

),

-- the line a whole's name ends in, by the longest name: 项目支出预算 is no 支出预算
whole_names as (

    select
        shares.amount_key,
        shares.document_key,
        {{ at_greatest('named.line_item_code', 'length(named.name_key)') }} as line_item_code
    from shares
    inner join named
        on length(shares.parent_key) >= length(named.name_key)
        and right(shares.parent_key, length(named.name_key)) = named.name_key
    group by shares.amount_key, shares.document_key

),

printed_totals as (

    select
        document_key,
        amount_key,
        compared_value as value,
        compared_half_unit as half_unit,
        case
            when line_code in ('income_this_year', 'income_grand_total', 'expenditure_this_year', 'expenditure_grand_total')
                then line_code
            when line_code in ('procurement_total', 'tp_total') then line_code
            when three_public_code = 'total' and row_kind <> 'func' then 'tp_total'
            when flow = 'income' and measure_code = 'total' then 'income_this_year'
            when measure_code = 'total' then 'expenditure_this_year'
            when measure_code = 'basic' then 'expenditure_basic'
            when measure_code = 'project' then 'expenditure_project'
        end as line_code
    from {{ ref('int_recon__figure') }}
    where origin = 'table'
        and role = 'amount'
        and unit_code = '元'
        and stage_code in ('final', 'budget_unspecified', 'initial_budget')
        and (row_kind in ('total', 'line') or three_public_code = 'total')

),

-- statements repeat each other's totals; a share is held against each value once
table_totals as (

    select document_key, line_code, value, half_unit, min(amount_key) as amount_key
    from printed_totals
    where line_code is not null
    group by document_key, line_code, value, half_unit

),

candidates as (

    -- named in the same paragraph
    select shares.amount_key, 1 as way, wholes.amount_key as whole_amount_key, wholes.value, wholes.half_unit
    from shares
    inner join told as wholes
        on shares.document_key = wholes.document_key
        and shares.paragraph_number = wholes.paragraph_number
        and shares.parent_key = wholes.subject_key
        and wholes.is_own_amount
        and wholes.unit_code = '元'
    union all
    -- named elsewhere under the same name
    select shares.amount_key, 2 as way, wholes.amount_key as whole_amount_key, wholes.value, wholes.half_unit
    from shares
    inner join told as wholes
        on shares.document_key = wholes.document_key
        and shares.parent_key = wholes.subject_key
        and shares.paragraph_number <> wholes.paragraph_number
        and wholes.is_own_amount
        and wholes.unit_code = '元'
    union all
    -- named by a line that tables print (占总支出)
    select whole_names.amount_key, 3 as way, wholes.amount_key as whole_amount_key, wholes.value, wholes.half_unit
    from whole_names
    inner join table_totals as wholes
        on whole_names.document_key = wholes.document_key and whole_names.line_item_code = wholes.line_code
    union all
    -- the same line told in prose under another name (占本部门全部项目支出预算)
    select whole_names.amount_key, 3 as way, wholes.amount_key as whole_amount_key, wholes.value, wholes.half_unit
    from whole_names
    inner join told as wholes
        on whole_names.document_key = wholes.document_key
        and whole_names.line_item_code = wholes.line_code
        and wholes.is_own_amount
        and wholes.unit_code = '元'
        and wholes.amount_key <> whole_names.amount_key
    union all
    -- an item of the three public expenses without a named whole: all three
    select shares.amount_key, 3 as way, wholes.amount_key as whole_amount_key, wholes.value, wholes.half_unit
    from shares
    inner join told as wholes
        on shares.document_key = wholes.document_key
        and wholes.line_code = 'tp_total'
        and wholes.is_own_amount
        and wholes.unit_code = '元'
    where shares.line_code like 'tp%'
    union all
    select shares.amount_key, 3 as way, wholes.amount_key as whole_amount_key, wholes.value, wholes.half_unit
    from shares
    inner join table_totals as wholes
        on shares.document_key = wholes.document_key and wholes.line_code = 'tp_total'
    where shares.line_code like 'tp%'
    union all
    -- a functional class without a named whole: the expenditure of the general public budget
    select shares.amount_key, 4 as way, wholes.amount_key as whole_amount_key, wholes.value, wholes.half_unit
    from shares
    inner join table_totals as wholes
        on shares.document_key = wholes.document_key
        and wholes.line_code in ('expenditure_this_year', 'expenditure_grand_total')
    where shares.functional_code is not null
    union all
    -- the same, told in prose
    select shares.amount_key, 5 as way, wholes.amount_key as whole_amount_key, wholes.value, wholes.half_unit
    from shares
    inner join told as wholes
        on shares.document_key = wholes.document_key
        and wholes.is_own_amount
        and wholes.unit_code = '元'
        and (
            wholes.line_code in ('expenditure_this_year', 'expenditure_grand_total')
            or (shares.parent_key is not null and wholes.line_code in ('income_this_year', 'income_grand_total'))
        )
    where shares.functional_code is not null or shares.parent_key is not null
    union all
    -- actual spending told by a report whose paragraph does not repeat the name (实际支出 … 占总支出)
    select shares.amount_key, 6 as way, wholes.amount_key as whole_amount_key, wholes.value, wholes.half_unit
    from shares
    inner join told as wholes
        on shares.document_key = wholes.document_key
        and shares.paragraph_number = wholes.paragraph_number
        and wholes.is_own_amount
        and wholes.unit_code = '元'
        and wholes.subject_key <> shares.subject_key
        and wholes.char_start < shares.char_start

),

computed as (

    select
        shares.document_key,
        shares.amount_key,
        parts.part_amount_key,
        candidates.whole_amount_key,
        candidates.way,
        max(case when shares.names_whole and candidates.way = 1 and candidates.value <> 0 then 1 else 0 end) over (
            partition by shares.amount_key
        ) as is_decided,
        shares.value,
        case when candidates.value <> 0 then 100 * cast(parts.part_value as decimal(24, 6)) / candidates.value end
            as expected,
        case
            when candidates.value <> 0
                then shares.half_unit + 100 * (
                    parts.part_half_unit
                    + cast(parts.part_value as decimal(24, 6)) / candidates.value * candidates.half_unit
                ) / candidates.value
        end as tolerance
    from shares
    inner join parts on shares.amount_key = parts.amount_key and parts.nearness = 1
    inner join candidates on shares.amount_key = candidates.amount_key

),

chosen as (

    select
        document_key,
        amount_key,
        part_amount_key,
        whole_amount_key,
        way,
        value,
        expected,
        tolerance,
        row_number() over (
            partition by amount_key
            order by
                case when is_decided = 1 and way > 1 then 1 else 0 end,
                case when expected is null then 2 when abs(value - expected) <= tolerance then 0 else 1 end,
                way,
                abs(value - expected),
                whole_amount_key
        ) as preference
    from computed

)

select
    rules.rule_id,
    chosen.document_key,
    chosen.amount_key as left_amount_key,
    chosen.part_amount_key as right_amount_key,
    chosen.whole_amount_key as other_amount_key,
    cast(chosen.value as decimal(24, 6)) as left_value,
    cast(chosen.expected as decimal(24, 6)) as right_value,
    cast(chosen.value - cast(chosen.expected as decimal(24, 6)) as decimal(24, 6)) as difference,
    cast(chosen.tolerance as decimal(24, 6)) as tolerance,
    '%' as unit_code,
    case
        when chosen.expected is null then '整体为零'
        -- a guess at the whole supports a share, it does not accuse one
        when chosen.way > 5 and abs(chosen.value - chosen.expected) > chosen.tolerance then '所占整体未能确定'
    end as missing
from chosen
inner join {{ ref('rules') }} as rules on rules.method = 'share' and rules.is_default = 'Y'
where chosen.preference = 1
