-- Grain: one row per number printed in a recognised statement table (报表数据), of all document versions.
-- Holds totals and parents beside their parts: sum it only where is_leaf, or use the additive facts.
{% set from_amounts = [
    'document_key', 'table_ordinal', 'row_ordinal', 'column_ordinal', 'header_column_ordinal', 'number_ordinal', 'unit_key', 'fiscal_year',
    'document_fiscal_year', 'scope_code', 'statement_code', 'statement_kind', 'stage_code', 'fund_code', 'measure_code',
    'functional_code', 'economic_code', 'line_item_code', 'three_public_code', 'statistic_code', 'project_name', 'side',
    'flow', 'role', 'row_label', 'row_code', 'row_path', 'column_label', 'is_of_which', 'value_printed',
    'unit_of_measure', 'page', 'source_line', 'sheet', 'address', 'box_x0', 'box_top', 'box_x1', 'box_bottom',
    'confidence', 'alignment_confidence', 'is_current'
] %}
with

-- columns of 三公 in which a row 合计 stands over one row per body
summed_columns as (

    select distinct
        numbers.document_key,
        numbers.table_ordinal,
        numbers.column_ordinal,
        numbers.line_item_code
    from {{ ref('stg_landing__cell_numbers') }} as numbers
    inner join {{ ref('int_table__identity') }} as tables
        on numbers.document_key = tables.document_key and numbers.table_ordinal = tables.table_ordinal
    where numbers.role = 'figure'
        and numbers.row_kind = 'total'
        and numbers.line_item_code is not null
        and tables.family = 'three_public'

),

joined as (

    select
        {% for column in from_amounts -%}
        amounts.{{ column }},
        {% endfor -%}
        {{ to_value(
            'case when amounts.value_text is not null then coalesce(corrections.corrected, amounts.value_text) end'
        ) }} as value,
        cast(coalesce(corrections.decimals, amounts.decimals) as integer) as decimals,
        corrections.corrected is not null as is_corrected,
        coalesce(amounts.is_ocr, false) as is_ocr,
        case
            when amounts.row_identity is null then 'other'
            when amounts.row_identity = '' then 'total'
            when amounts.row_line_item_code is not null then 'line'
            when right(amounts.row_identity, 1) = '/' then 'project'
            else 'subject'
        end as row_kind,
        cast(units.yuan_factor as decimal(9, 0)) as yuan_factor,
        coalesce(row_wholes.is_total, false) or amounts.is_total_column as is_total,
        coalesce(row_wholes.is_detail, false)
        or amounts.is_detail_column
        or (summed_columns.document_key is not null and amounts.row_kind <> 'total') as is_detail
    from {{ ref('int_amount__resolved') }} as amounts
    left join {{ ref('int_row__whole') }} as row_wholes
        on amounts.table_number = row_wholes.table_number
        and coalesce(amounts.row_identity, '?') = row_wholes.row_identity
        and case
            when amounts.row_line_item_code is null and length(amounts.row_identity) > 0 then amounts.context_ordinal
            else 0
        end = row_wholes.context_ordinal
        and (amounts.row_identity is not null or amounts.row_label is not null)
    left join summed_columns
        on amounts.document_key = summed_columns.document_key
        and amounts.table_ordinal = summed_columns.table_ordinal
        and amounts.column_ordinal = summed_columns.column_ordinal
        and amounts.row_line_item_code = summed_columns.line_item_code
    left join {{ ref('int_correction__located') }} as corrections
        on amounts.document_key = corrections.document_key
        and amounts.table_ordinal = corrections.table_ordinal
        and amounts.row_ordinal = corrections.row_ordinal
        and amounts.column_ordinal = corrections.column_ordinal
        and amounts.number_ordinal = corrections.number_ordinal
        and amounts.value_printed = corrections.printed
    left join {{ ref('units_of_measure') }} as units on amounts.unit_of_measure = units.unit_of_measure

)

select
    {{ amount_key(
        'joined.document_key', 'joined.table_ordinal', 'joined.row_ordinal', 'joined.column_ordinal',
        'joined.number_ordinal'
    ) }} as amount_key,
    joined.document_key,
    joined.unit_key,
    joined.fiscal_year,
    joined.scope_code,
    joined.statement_code,
    joined.stage_code,
    joined.fund_code,
    joined.measure_code,
    joined.functional_code,
    case
        when joined.functional_code is not null
            then coalesce(functional.functional_key, joined.functional_code || '@seen')
    end as functional_key,
    joined.economic_code,
    case
        when joined.economic_code is not null
            then coalesce(economic.economic_key, joined.economic_code || '@seen')
    end as economic_key,
    joined.line_item_code,
    joined.three_public_code,
    joined.statistic_code,
    case
        when joined.project_name is not null
            then {{ project_key('joined.unit_key', 'joined.document_fiscal_year', 'joined.project_name') }}
    end as project_key,
    joined.project_name,
    joined.side,
    joined.flow,
    joined.role,
    joined.row_label,
    joined.row_code,
    joined.row_path,
    joined.row_kind,
    joined.column_label,
    joined.value,
    joined.value_printed,
    joined.decimals,
    joined.unit_of_measure,
    {{ to_yuan('joined.value', 'joined.yuan_factor') }} as amount_yuan,
    {{ half_unit_yuan('joined.decimals', 'joined.yuan_factor') }} as half_unit_yuan,
    joined.page,
    joined.table_ordinal,
    joined.row_ordinal,
    joined.column_ordinal,
    coalesce(joined.header_column_ordinal, joined.column_ordinal) as header_column_ordinal,
    joined.number_ordinal,
    joined.source_line,
    joined.sheet,
    joined.address,
    joined.box_x0,
    joined.box_top,
    joined.box_x1,
    joined.box_bottom,
    joined.is_ocr,
    joined.confidence,
    joined.alignment_confidence,
    joined.is_of_which,
    joined.is_detail,
    joined.is_corrected,
    joined.is_total,
    -- money, neither a sum of other printed figures nor a detail of one: what the additive facts may use
    joined.yuan_factor is not null
    and joined.role = 'amount'
    and not joined.is_total
    and not joined.is_detail as is_leaf,
    joined.is_current,
    rollups.unit_key is not null as is_rollup,
    'table' as origin
from joined
left join {{ ref('int_functional_subject__year') }} as functional
    on joined.functional_code = functional.functional_code
    and joined.document_fiscal_year = functional.fiscal_year
left join {{ ref('int_economic_subject__year') }} as economic
    on joined.economic_code = economic.economic_code and joined.document_fiscal_year = economic.fiscal_year
left join {{ ref('int_unit__rollup') }} as rollups
    on joined.unit_key = rollups.unit_key
    and joined.document_fiscal_year = rollups.fiscal_year
    and joined.statement_kind = rollups.statement_kind
    and joined.scope_code = rollups.scope_code
where joined.value is not null
