-- Grain: one row per time a document says who a unit's superior is (主管部门的说法), with the document's year.
-- Sources: 主管部门 on its sheets, and a department's document that carries the unit's sheets.
with

parent_claims as (

    select
        claims.document_key,
        claims.table_ordinal,
        names.unit_key as parent_unit_key
    from {{ ref('stg_landing__claims') }} as claims
    inner join {{ ref('int_document__unit_name') }} as names
        on claims.document_key = names.document_key and claims.value = names.name_printed
    where claims.claim_kind = 'parent_unit'

),

votes as (

    select
        parent_claims.document_key,
        coalesce(tables.unit_key, identity.unit_key) as unit_key,
        parent_claims.parent_unit_key,
        identity.fiscal_year,
        2 as weight
    from parent_claims
    inner join {{ ref('int_document__identity') }} as identity on parent_claims.document_key = identity.document_key
    left join {{ ref('int_table__identity') }} as tables
        on parent_claims.document_key = tables.document_key and parent_claims.table_ordinal = tables.table_ordinal
    union all
    select
        tables.document_key,
        tables.unit_key,
        identity.unit_key as parent_unit_key,
        identity.fiscal_year,
        1 as weight
    from {{ ref('int_table__identity') }} as tables
    inner join {{ ref('int_document__identity') }} as identity on tables.document_key = identity.document_key
    where tables.unit_key <> identity.unit_key and identity.scope_code = 'consolidated'

)

select document_key, unit_key, parent_unit_key, fiscal_year, weight
from votes
where unit_key <> parent_unit_key
