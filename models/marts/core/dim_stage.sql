-- Grain: one row per stage (预决算阶段).
select
    code as stage_code,
    name_zh,
    name_en,
    definition_en || ' (' || definition_zh || ')' as definition,
    definition_zh,
    definition_en
from {{ ref('stages') }}
