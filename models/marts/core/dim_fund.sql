-- Grain: one row per fund (资金性质).
select
    code as fund_code,
    name_zh,
    name_en,
    definition_en || ' (' || definition_zh || ')' as definition,
    definition_zh,
    definition_en
from {{ ref('funds') }}
