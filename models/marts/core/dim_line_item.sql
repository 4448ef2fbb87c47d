-- Grain: one row per line of a statement (报表项目): total tables, three public expenses, statistics, performance funds.
select
    line_item_code,
    name_zh,
    name_en,
    side,
    families,
    parent_line_item_code,
    coalesce(is_total, 'N') = 'Y' as is_total,
    measure_code,
    fund_code,
    functional_code,
    three_public_code,
    economic_code,
    statistic_code,
    unit_of_measure,
    name_en || ' (' || name_zh || ')' as definition
from {{ ref('line_items') }}
