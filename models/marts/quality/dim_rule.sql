-- Grain: one row per reconciliation identity (勾稽规则).
select
    rule_id,
    source_number,
    rule_kind,
    method,
    comparison,
    name_zh as rule_name_zh,
    name_en as rule_name_en,
    formula,
    cast(basis as {{ dbt.type_string() }}) as basis,
    basis_verified = 'Y' as basis_verified,
    severity,
    is_default = 'Y' as is_default,
    evidence,
    document_kinds,
    cast(valid_from_year as integer) as valid_from_year,
    cast(valid_to_year as integer) as valid_to_year,
    exceptions_zh,
    scope_zh as scope
from {{ ref('rules') }}
