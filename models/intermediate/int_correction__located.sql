-- Grain: one row per human correction (人工更正): its locator taken apart. Locator: t3r12c4n1, as in amount_key.
select
    {{ document_key('document_id') }} as document_key,
    cast({{ regex_part('locator', '^t([0-9]+)r') }} as integer) as table_ordinal,
    cast({{ regex_part('locator', 'r([0-9]+)c') }} as integer) as row_ordinal,
    cast({{ regex_part('locator', 'c([0-9]+)n') }} as integer) as column_ordinal,
    cast({{ regex_part('locator', 'n([0-9]+)$') }} as integer) as number_ordinal,
    printed,
    corrected,
    length(corrected) - coalesce(nullif(instr(corrected, '.'), 0), length(corrected)) as decimals
from {{ ref('corrections') }}
