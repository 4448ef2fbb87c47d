-- Grain: one row per scope (口径).
select
    code as scope_code,
    name_zh,
    name_en,
    definition_en || ' (' || definition_zh || ')' as definition,
    definition_zh,
    definition_en
from {{ ref('scopes') }}
