-- Grain: one row per measure and kind (支出类型或收入来源): total is a measure of both kinds.
select
    kind as measure_kind,
    code as measure_code,
    name_zh,
    name_en,
    definition_en || ' (' || definition_zh || ')' as definition,
    definition_zh,
    definition_en,
    case when code in ('personnel', 'public') then 'basic' else code end as measure_group_code
from {{ ref('measures') }}
