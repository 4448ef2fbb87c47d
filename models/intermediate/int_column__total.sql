-- Grain: one row per figure column (栏目): its attributes, and whether it sums up other columns of its table or only
-- details one.
{% set kept = [
    'document_key', 'table_ordinal', 'role', 'flow', 'stage_code', 'has_stage', 'fund_code', 'measure_code',
    'has_own_measure', 'three_public_code', 'economic_code', 'line_item_code', 'context_ordinal', 'is_of_which'
] %}
-- 合计 | 基本支出 | 项目支出: the first is a total. 事业收入 | 其中:教育收费: the second is a detail, the first no total,
-- because 其中 alone does not cover the whole.
with

filled as (

    select distinct document_key, table_ordinal, column_ordinal
    from {{ ref('stg_landing__cell_numbers') }}
    where role = 'figure'

),

columns as (

    select
        attributes.table_number,
        attributes.section_ordinal,
        attributes.column_ordinal,
        attributes.role,
        attributes.flow,
        attributes.stage_code,
        attributes.is_of_which,
        attributes.is_detail,
        attributes.fund_code,
        coalesce(attributes.measure_code, 'total') as measure_code,
        coalesce(attributes.three_public_code, 'total') as three_public_code,
        coalesce(attributes.economic_code, '') as economic_code,
        filled.document_key is not null as is_filled
    from {{ ref('int_column__attributes') }} as attributes
    left join filled
        on attributes.document_key = filled.document_key
        and attributes.table_ordinal = filled.table_ordinal
        and attributes.column_ordinal = filled.column_ordinal

),

code_parts as (

    select code_list, code, part_code, coalesce(covers, 'N') = 'Y' as covers
    from {{ ref('code_parts') }}

),

pairs as (

    select
        whole.table_number,
        whole.column_ordinal,
        whole.section_ordinal,
        part.column_ordinal as part_column_ordinal,
        part.is_filled as is_part_filled,
        whole.is_filled as is_whole_filled,
        not part.is_of_which
        and coalesce(measures.covers, true)
        and coalesce(three_public.covers, true) as is_plain_part,
        coalesce(measures.covers, true) and coalesce(three_public.covers, true) as is_covering_part
    from columns as whole
    inner join columns as part
        on whole.table_number = part.table_number
        and whole.section_ordinal = part.section_ordinal
        and whole.column_ordinal <> part.column_ordinal
        and whole.role = part.role
        and coalesce(whole.flow, '') = coalesce(part.flow, '')
        and coalesce(whole.stage_code, '') = coalesce(part.stage_code, '')
    left join code_parts as funds
        on funds.code_list = 'fund' and whole.fund_code = funds.code and part.fund_code = funds.part_code
    left join code_parts as measures
        on measures.code_list = 'measure'
        and whole.measure_code = measures.code
        and part.measure_code = measures.part_code
    left join code_parts as three_public
        on three_public.code_list = 'three_public'
        and whole.three_public_code = three_public.code
        and part.three_public_code = three_public.part_code
    where not part.is_detail
        and (funds.code is not null or coalesce(whole.fund_code, '') = coalesce(part.fund_code, ''))
        and (measures.code is not null or whole.measure_code = part.measure_code)
        and (three_public.code is not null or whole.three_public_code = part.three_public_code)
        and (whole.economic_code = '' or whole.economic_code = part.economic_code)
        and (
            funds.code is not null
            or measures.code is not null
            or three_public.code is not null
            or (whole.economic_code = '' and part.economic_code <> '')
        )

),

covered as (

    select
        table_number,
        section_ordinal,
        column_ordinal,
        bool_or(is_plain_part) or count(distinct case when is_covering_part then part_column_ordinal end) > 1
            as is_covered
    from pairs
    group by table_number, section_ordinal, column_ordinal
    having bool_or(is_part_filled)

),

part_only as (

    select
        pairs.table_number,
        pairs.section_ordinal,
        pairs.part_column_ordinal as column_ordinal,
        bool_or(not pairs.is_covering_part or not coalesce(covered.is_covered, false)) as is_uncovered_part
    from pairs
    left join covered
        on pairs.table_number = covered.table_number
        and pairs.section_ordinal = covered.section_ordinal
        and pairs.column_ordinal = covered.column_ordinal
    where pairs.is_whole_filled
    group by pairs.table_number, pairs.section_ordinal, pairs.part_column_ordinal

)

select
    columns.table_number,
    columns.section_ordinal,
    columns.column_ordinal,
    {% for column in kept -%}
    columns.{{ column }},
    {% endfor -%}
    coalesce(covered.is_covered, false) as is_total,
    columns.is_detail or coalesce(part_only.is_uncovered_part, false) as is_detail
from {{ ref('int_column__attributes') }} as columns
left join covered
    on columns.table_number = covered.table_number
    and columns.section_ordinal = covered.section_ordinal
    and columns.column_ordinal = covered.column_ordinal
left join part_only
    on columns.table_number = part_only.table_number
    and columns.section_ordinal = part_only.section_ordinal
    and columns.column_ordinal = part_only.column_ordinal
