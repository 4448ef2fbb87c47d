-- Grain: one row per scope (口径).
select
    code as scope_code,
    name_zh as scope_name_zh,
    name_en as scope_name_en,
    definition_zh,
    definition_en
from {{ ref('scopes') }}
