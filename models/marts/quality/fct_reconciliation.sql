-- Grain: one row per identity and place it applies (勾稽结果). left_value is what our facts add up to, right_value what
-- the document prints; the tolerance comes from the printed digits alone.
select
    sums.rule_id || ':' || sums.amount_key as reconciliation_key,
    sums.rule_id,
    sums.document_key,
    sums.unit_key,
    sums.fiscal_year,
    sums.scope_code,
    sums.stage_code,
    sums.fund_code,
    sums.subject_code,
    sums.place,
    cast(sums.left_value as decimal(24, 6)) as left_value,
    cast(sums.right_value as decimal(24, 6)) as right_value,
    cast(sums.left_value - sums.right_value as decimal(24, 6)) as difference,
    cast(sums.tolerance as decimal(24, 6)) as tolerance,
    '元' as unit_of_measure,
    {{ reconciliation_status('(sums.left_value - sums.right_value)', 'sums.tolerance', 'sums.is_certain') }} as status,
    sums.place || '：末级科目合计' || cast(sums.left_value as {{ dbt.type_string() }}) || '元，打印合计'
    || cast(sums.right_value as {{ dbt.type_string() }}) || '元，相差'
    || cast(sums.left_value - sums.right_value as {{ dbt.type_string() }}) || '元，容差'
    || cast(sums.tolerance as {{ dbt.type_string() }}) || '元' as message_zh,
    sums.place || ': leaves add up to ' || cast(sums.left_value as {{ dbt.type_string() }}) || ' yuan, printed total '
    || cast(sums.right_value as {{ dbt.type_string() }}) || ' yuan, difference '
    || cast(sums.left_value - sums.right_value as {{ dbt.type_string() }}) || ', tolerance '
    || cast(sums.tolerance as {{ dbt.type_string() }}) as message_en
from {{ ref('int_reconciliation__leaf_sum') }} as sums
