-- Grain: one row per kind of statement (报表).
select
    statement_code,
    name_zh,
    name_en,
    document_kind,
    family,
    cast(ordinal as integer) as statement_ordinal,
    row_vocabulary,
    fund_code,
    stage_code,
    name_en || ' (' || name_zh || ')' as definition
from {{ ref('statements') }}
