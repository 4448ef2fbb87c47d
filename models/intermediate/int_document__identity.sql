-- Grain: one row per document (文档): its unit, year, kind and scope by weighted majority of what it says of itself.
-- The claims stay as they are in landing; here only the decision. Ties go to the claim of the weightier place.
with

documents as (

    select document_key, document_id, title_printed, state
    from {{ ref('stg_landing__documents') }}

),

votes as (

    select
        claims.document_key,
        claims.claim_kind,
        claims.value,
        sum(coalesce(weights.weight, 1)) as weight,
        max(coalesce(weights.weight, 1)) as best_place
    from {{ ref('stg_landing__claims') }} as claims
    left join {{ ref('claim_weights') }} as weights on claims.place = weights.place
    where claims.claim_kind in ('fiscal_year', 'document_kind', 'scope', 'published_on') and claims.value is not null
    group by claims.document_key, claims.claim_kind, claims.value

),

ranked as (

    select
        document_key,
        claim_kind,
        value,
        row_number() over (
            partition by document_key, claim_kind order by weight desc, best_place desc, value desc
        ) as vote_rank
    from votes

),

decided as (

    select
        document_key,
        max(case when claim_kind = 'fiscal_year' then try_cast(value as integer) end) as fiscal_year,
        max(case when claim_kind = 'document_kind' then value end) as document_kind,
        max(case when claim_kind = 'published_on' then value end) as published_on
    from ranked
    where vote_rank = 1
    group by document_key

),

-- A department's budget carries one sheet per project, each headed by the unit that runs it: such heads say whose
-- the sheet is, and count for the document only where nothing else names a body.
unit_claims as (

    select
        claims.document_key,
        claims.value as name_printed,
        case
            when tables.statement_code in ('perf_project_target', 'perf_project_self') then 0
            else coalesce(weights.weight, 1)
        end as weight
    from {{ ref('stg_landing__claims') }} as claims
    left join {{ ref('claim_weights') }} as weights on claims.place = weights.place
    left join {{ ref('stg_landing__tables') }} as tables
        on claims.document_key = tables.document_key and claims.table_ordinal = tables.table_ordinal
    where claims.claim_kind = 'unit_name' and claims.value is not null

),

unit_votes as (

    select
        unit_claims.document_key,
        names.unit_key,
        sum(unit_claims.weight) as weight,
        count(*) as votes
    from unit_claims
    inner join {{ ref('int_document__unit_name') }} as names
        on unit_claims.document_key = names.document_key and unit_claims.name_printed = names.name_printed
    group by unit_claims.document_key, names.unit_key

),

units as (

    select
        document_key,
        unit_key,
        row_number() over (
            partition by document_key order by weight desc, votes desc, unit_key asc
        ) as vote_rank
    from unit_votes

),

-- scope: what is said of it, and what the endings of names tell; a document that holds a consolidated set is a
-- department's, whatever else it holds
scope_votes as (

    select document_key, value as scope_code, weight
    from votes
    where claim_kind = 'scope'
    union all
    select unit_claims.document_key, names.scope_code, unit_claims.weight
    from unit_claims
    inner join {{ ref('int_document__unit_name') }} as names
        on unit_claims.document_key = names.document_key and unit_claims.name_printed = names.name_printed
    where names.scope_code is not null

),

scopes as (

    select
        document_key,
        scope_code,
        row_number() over (
            partition by document_key
            order by case scope_code when 'consolidated' then 0 else 1 end asc, sum(weight) desc, scope_code asc
        ) as vote_rank
    from scope_votes
    group by document_key, scope_code

),

-- a sheet or report that does not say its scope has that of the unit's other documents; where they are both of the whole
-- department and of its own office, the department's: what is of the own office (本级) says so
unit_scopes as (

    select
        units.unit_key,
        scopes.scope_code,
        row_number() over (
            partition by units.unit_key
            order by
                case scopes.scope_code when 'own' then 1 else 0 end asc,
                count(*) desc,
                case scopes.scope_code when 'consolidated' then 0 else 1 end asc,
                scopes.scope_code asc
        ) as vote_rank
    from units
    inner join scopes on units.document_key = scopes.document_key and scopes.vote_rank = 1
    where units.vote_rank = 1
    group by units.unit_key, scopes.scope_code

),

-- one that lists other bodies as parts of its accounts is a department's, where nothing else tells
listing as (

    select distinct units.document_key
    from units
    inner join {{ ref('stg_landing__claims') }} as claims on units.document_key = claims.document_key
    inner join {{ ref('int_document__unit_name') }} as names
        on claims.document_key = names.document_key and claims.value = names.name_printed
    where units.vote_rank = 1
        and claims.claim_kind = 'member_unit'
        and claims.table_ordinal is null
        and names.unit_key <> units.unit_key

),

-- where no place says what the document is, its statements do
statement_kinds as (

    select tables.document_key, statements.document_kind,
        row_number() over (
            partition by tables.document_key order by count(*) desc, statements.document_kind asc
        ) as vote_rank
    from {{ ref('stg_landing__tables') }} as tables
    inner join {{ ref('statements') }} as statements on tables.statement_code = statements.statement_code
    group by tables.document_key, statements.document_kind

)

select
    documents.document_key,
    documents.document_id,
    documents.state,
    documents.state = 'disclosure' or documents.state is null as is_disclosure,
    units.unit_key,
    decided.fiscal_year,
    coalesce(decided.document_kind, statement_kinds.document_kind) as document_kind,
    coalesce(
        scopes.scope_code,
        case when listing.document_key is not null then 'consolidated' end,
        unit_scopes.scope_code,
        'unit'
    ) as scope_code,
    decided.published_on
from documents
left join decided on documents.document_key = decided.document_key
left join units on documents.document_key = units.document_key and units.vote_rank = 1
left join scopes on documents.document_key = scopes.document_key and scopes.vote_rank = 1
left join listing on documents.document_key = listing.document_key
left join unit_scopes on units.unit_key = unit_scopes.unit_key and unit_scopes.vote_rank = 1
left join statement_kinds on documents.document_key = statement_kinds.document_key and statement_kinds.vote_rank = 1
