-- Grain: one row per reconciliation identity (勾稽规则).
select
    rule_id,
    name_zh as rule_name_zh,
    name_en as rule_name_en,
    formula,
    basis,
    basis_verified = 'Y' as basis_verified,
    severity,
    scope
from {{ ref('reconciliation_rules') }}
