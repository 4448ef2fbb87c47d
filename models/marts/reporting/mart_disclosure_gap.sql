-- Grain: one row per unit, region hint, year and kind that the list of sources expects (应公开而未公开).
-- Who is expected is what sources.yml says; a unit nobody listed has no row here.
with

wanted as (

    select
        unit_name,
        region,
        fiscal_year,
        document_kind,
        min(source_name) as source_name,
        min(due_on) as due_on,
        max(looked_on) as looked_on,
        {{ folded_name('unit_name') }} as name
    from {{ ref('stg_landing__expected_disclosures') }}
    group by unit_name, region, fiscal_year, document_kind

),

-- every way a unit is printed leads to it
bodies as (

    select {{ folded_name('name_printed') }} as name, unit_key, region_code
    from {{ ref('int_document__unit_name') }}
    union
    select {{ folded_name('unit_name') }} as name, unit_key, region_code
    from {{ ref('int_document__unit_name') }}

),

candidates as (

    select distinct wanted.unit_name, wanted.region, bodies.unit_key
    from wanted
    inner join bodies on wanted.name = bodies.name
    inner join {{ ref('dim_unit') }} as units on bodies.unit_key = units.unit_key
    left join {{ ref('dim_region') }} as regions on bodies.region_code = regions.region_code
    where
        wanted.region is null
        or bodies.region_code is null
        or wanted.region in (bodies.region_code, regions.region_name, regions.prefecture_name, regions.province_name)

),

-- one name, two bodies: better no answer than another unit's
matched as (

    select unit_name, region, max(unit_key) as unit_key, count(*) as body_count
    from candidates
    group by unit_name, region

),

-- a document is of its main kind and of the kinds of the statements in it
document_kinds as (

    select document_key, document_kind
    from {{ ref('dim_document') }}
    where document_kind is not null
    union
    select tables.document_key, statements.document_kind
    from {{ ref('stg_landing__tables') }} as tables
    inner join {{ ref('statements') }} as statements on tables.statement_code = statements.statement_code

),

published as (

    select
        documents.unit_key,
        documents.fiscal_year,
        document_kinds.document_kind,
        count(*) as document_count,
        min({{ dbt.safe_cast('documents.published_on', 'date') }}) as published_on,
        max(case when documents.is_current then documents.document_key end) as document_key
    from {{ ref('dim_document') }} as documents
    inner join document_kinds on documents.document_key = document_kinds.document_key
    where documents.state = 'disclosure' or documents.state is null
    group by documents.unit_key, documents.fiscal_year, document_kinds.document_kind

),

dated as (

    select
        wanted.unit_name,
        wanted.region,
        wanted.fiscal_year,
        wanted.document_kind,
        wanted.source_name,
        case when matched.body_count = 1 then matched.unit_key end as unit_key,
        matched.body_count,
        coalesce(published.document_count, 0) as document_count,
        published.document_key,
        published.published_on,
        {{ dbt.safe_cast('wanted.due_on', 'date') }} as due_on,
        {{ dbt.safe_cast('wanted.looked_on', 'date') }} as looked_on
    from wanted
    left join matched
        on wanted.unit_name = matched.unit_name and coalesce(wanted.region, '') = coalesce(matched.region, '')
    left join published
        on matched.unit_key = published.unit_key
        and matched.body_count = 1
        and wanted.fiscal_year = published.fiscal_year
        and wanted.document_kind = published.document_kind

)

select
    unit_name,
    region,
    unit_key,
    fiscal_year,
    document_kind,
    source_name,
    case
        when body_count > 1 then 'ambiguous'
        when document_count > 0 then 'found'
        when looked_on is null then 'not_looked'
        else 'missing'
    end as state,
    document_count,
    document_key,
    published_on,
    due_on,
    looked_on,
    -- of what is missing, late is what was still missing when the source was looked at after the last day
    case
        when body_count > 1 then null
        when document_count > 0 then published_on > due_on
        when looked_on > due_on then true
        when looked_on <= due_on then false
    end as is_late,
    cast(case
        when body_count > 1 then null
        when document_count > 0 and published_on > due_on then {{ dbt.datediff('due_on', 'published_on', 'day') }}
        when document_count = 0 and looked_on > due_on then {{ dbt.datediff('due_on', 'looked_on', 'day') }}
    end as integer) as days_late
from dated
