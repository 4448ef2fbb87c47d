-- Grain: one row per fund (资金性质).
select
    code as fund_code,
    name_zh as fund_name_zh,
    name_en as fund_name_en,
    definition_zh,
    definition_en
from {{ ref('funds') }}
