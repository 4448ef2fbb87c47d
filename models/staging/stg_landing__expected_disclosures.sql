-- Grain: one row per disclosure that an entry of the list of sources expects (应公开清单).
select
    source_name,
    unit_name,
    region,
    fiscal_year,
    document_kind,
    due_on,
    looked_on
from {{ source('landing', 'expected_disclosures') }}
