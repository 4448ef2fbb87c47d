-- Grain: one row per time a document says who a unit's superior is (主管部门的说法), with the document's year.
-- Sources: 主管部门 on its sheets, a department's document that carries the unit's sheets, and the units a department
-- lists as parts of its accounts (纳入部门预算编制范围的单位). Only units that disclose themselves are asked after.
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

-- in sentences and lists (table_ordinal 0), or down a column of a table
listed as (

    select
        claims.document_key,
        coalesce(claims.table_ordinal, 0) as list_ordinal,
        names.unit_key,
        min(claims.claim_ordinal) as claim_ordinal,
        bool_or(names.scope_code = 'own') as is_own_office
    from {{ ref('stg_landing__claims') }} as claims
    inner join {{ ref('int_document__unit_name') }} as names
        on claims.document_key = names.document_key and claims.value = names.name_printed
    where claims.claim_kind = 'member_unit'
    group by claims.document_key, coalesce(claims.table_ordinal, 0), names.unit_key

),

-- whose list it is: that of the body whose own office (本级) is on it; one that the document's own body stands on, but
-- not first, is its superior's, of which nothing more is said
lists as (

    select
        listed.document_key,
        listed.list_ordinal,
        coalesce(
            max(case when listed.is_own_office then listed.unit_key end), identity.unit_key
        ) as parent_unit_key
    from listed
    inner join {{ ref('int_document__identity') }} as identity on listed.document_key = identity.document_key
    where identity.is_disclosure and identity.unit_key is not null
    group by listed.document_key, listed.list_ordinal, identity.unit_key, identity.scope_code
    having count(distinct case when listed.is_own_office then listed.unit_key end) = 1
        or (
            coalesce(min(case when listed.unit_key = identity.unit_key then listed.claim_ordinal end), 0)
            <= min(listed.claim_ordinal)
            -- a unit's own tables name its superior in that column too
            and (listed.list_ordinal = 0 or identity.scope_code <> 'unit')
        )

),

disclosing as (

    select unit_key, bool_or(scope_code = 'consolidated') as is_department
    from {{ ref('int_document__identity') }}
    where is_disclosure and unit_key is not null
    group by unit_key

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
    union all
    select
        listed.document_key,
        listed.unit_key,
        lists.parent_unit_key,
        identity.fiscal_year,
        2 as weight
    from listed
    inner join lists
        on listed.document_key = lists.document_key and listed.list_ordinal = lists.list_ordinal
    inner join disclosing
        on listed.unit_key = disclosing.unit_key
        -- departments in a column of a table (money handed on to them) are nobody's part; only words make them one
        and (listed.list_ordinal = 0 or not disclosing.is_department)
    inner join {{ ref('int_document__identity') }} as identity on listed.document_key = identity.document_key

)

select document_key, unit_key, parent_unit_key, fiscal_year, weight
from votes
where unit_key <> parent_unit_key
