-- Grain: one row per administrative division (行政区划), those given up since included.
select
    region_code as region_key,
    region_code,
    region_name,
    region_level,
    province_name,
    prefecture_name,
    short_name as region_short_name,
    former_names,
    is_current = 'true' as is_current
from {{ ref('regions') }}
