-- Grain: one row per stage (预决算阶段).
select
    code as stage_code,
    name_zh as stage_name_zh,
    name_en as stage_name_en,
    definition_zh,
    definition_en
from {{ ref('stages') }}
