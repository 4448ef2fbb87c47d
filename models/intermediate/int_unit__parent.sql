-- Grain: one row per unit that has a superior (主管部门): the superior most often named for it.
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

    select coalesce(tables.unit_key, identity.unit_key) as unit_key, parent_claims.parent_unit_key, 2 as weight
    from parent_claims
    inner join {{ ref('int_document__identity') }} as identity on parent_claims.document_key = identity.document_key
    left join {{ ref('int_table__identity') }} as tables
        on parent_claims.document_key = tables.document_key and parent_claims.table_ordinal = tables.table_ordinal
    union all
    select tables.unit_key, identity.unit_key as parent_unit_key, 1 as weight
    from {{ ref('int_table__identity') }} as tables
    inner join {{ ref('int_document__identity') }} as identity on tables.document_key = identity.document_key
    where tables.unit_key <> identity.unit_key and identity.scope_code = 'consolidated'

),

counted as (

    select unit_key, parent_unit_key, sum(weight) as weight
    from votes
    where unit_key <> parent_unit_key
    group by unit_key, parent_unit_key

),

ranked as (

    select
        counted.unit_key,
        counted.parent_unit_key,
        counted.weight,
        row_number() over (
            partition by counted.unit_key order by counted.weight desc, counted.parent_unit_key asc
        ) as vote_rank
    from counted

)

-- two bodies that name each other: the better attested direction stands; the test no_unit_is_its_own_ancestor checks
select ranked.unit_key, ranked.parent_unit_key
from ranked
left join ranked as reverse
    on ranked.unit_key = reverse.parent_unit_key
    and ranked.parent_unit_key = reverse.unit_key
    and reverse.vote_rank = 1
where ranked.vote_rank = 1
    and (
        reverse.unit_key is null
        or ranked.weight > reverse.weight
        or (ranked.weight = reverse.weight and ranked.unit_key < ranked.parent_unit_key)
    )
