-- Grain: one row per document, scope and statement announced or found (报表公开情况); titles no dictionary knows stand
-- each for itself.
with

part_scopes as (

    select document_key, part_ordinal, min(scope_code) as scope_code
    from {{ ref('int_table__identity') }}
    where part_ordinal is not null
    group by document_key, part_ordinal
    having count(distinct scope_code) = 1

),

announced as (

    select
        announcements.document_key,
        coalesce(announcements.scope_code, part_scopes.scope_code, identity.scope_code) as scope_code,
        announcements.statement_code,
        announcements.title_printed,
        announcements.announcement_kind,
        announcements.announcement_ordinal
    from {{ ref('stg_landing__announcements') }} as announcements
    inner join {{ ref('int_document__identity') }} as identity on announcements.document_key = identity.document_key
    left join part_scopes
        on announcements.document_key = part_scopes.document_key
        and announcements.part_ordinal = part_scopes.part_ordinal
    where identity.is_disclosure

),

found as (

    select
        tables.document_key,
        identity.scope_code,
        tables.statement_code,
        tables.title_printed,
        tables.state,
        tables.table_ordinal
    from {{ ref('stg_landing__tables') }} as tables
    inner join {{ ref('int_table__identity') }} as identity
        on tables.document_key = identity.document_key and tables.table_ordinal = identity.table_ordinal
    where tables.statement_code is not null and identity.is_disclosure

),

signs as (

    select
        document_key,
        scope_code,
        statement_code,
        title_printed,
        case state when 'present' then 4 when 'declared_empty' then 3 when 'empty' then 2 else 2 end as sign,
        1 as title_preference,
        table_ordinal as ordinal
    from found
    union all
    select
        document_key,
        scope_code,
        statement_code,
        title_printed,
        -- a statement that stands there is not left out, though what it prints could not be read (see the rejects)
        case announcement_kind when 'unread' then 4 when 'declared_empty' then 3 when 'blank' then 2 else 1 end as sign,
        case announcement_kind when 'announced' then 2 else 3 end as title_preference,
        announcement_ordinal as ordinal
    from announced

)

select
    document_key,
    scope_code,
    statement_code,
    {{ at_greatest('title_printed', '-(title_preference * 1000000 + ordinal)', can_tie=true) }} as title_printed,
    case max(sign) when 4 then 'present' when 3 then 'declared_empty' when 2 then 'empty' else 'missing' end as state,
    max(case when title_preference = 2 then 1 else 0 end) = 1 as is_announced,
    max(case when title_preference = 1 then 1 else 0 end) = 1 as is_found
from signs
group by
    document_key,
    scope_code,
    statement_code,
    case when statement_code is null then title_printed end
