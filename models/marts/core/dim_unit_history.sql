-- Grain: one row per unit and span of years in which its superior and code stayed the same (单位沿革).
-- Built from what the documents of each year say; a year that says nothing changes nothing, and the first thing said
-- holds for the years before it too. A unit is a body of one name in one region, so a new name is another unit: where
-- the code of one body is printed for another under the same superior, in later years only, the later succeeds it.
with

coded as (

    select
        names.unit_key,
        identity.fiscal_year,
        codes.value as unit_code,
        count(*) as uses
    from {{ ref('stg_landing__claims') }} as codes
    -- 032002-某市某中心 makes two claims of one printed text
    inner join {{ ref('stg_landing__claims') }} as bodies
        on codes.document_key = bodies.document_key
        and codes.table_ordinal = bodies.table_ordinal
        and codes.text_printed = bodies.text_printed
        and bodies.claim_kind = case codes.claim_kind when 'unit_code' then 'unit_name' else 'parent_unit' end
    inner join {{ ref('int_document__unit_name') }} as names
        on bodies.document_key = names.document_key and bodies.value = names.name_printed
    inner join {{ ref('int_document__identity') }} as identity on codes.document_key = identity.document_key
    where codes.claim_kind in ('unit_code', 'parent_unit_code') and identity.fiscal_year is not null
    group by names.unit_key, identity.fiscal_year, codes.value

),

codes as (

    select unit_key, fiscal_year, {{ at_greatest('unit_code', 'uses', can_tie=true) }} as unit_code
    from coded
    group by unit_key, fiscal_year

),

superiors as (

    select unit_key, fiscal_year, {{ at_greatest('parent_unit_key', 'weight', can_tie=true) }} as parent_unit_key
    from (
        select unit_key, fiscal_year, parent_unit_key, sum(weight) as weight
        from {{ ref('int_unit__parent_vote') }}
        where fiscal_year is not null
        group by unit_key, fiscal_year, parent_unit_key
    ) as votes
    group by unit_key, fiscal_year

),

met as (

    select unit_key, fiscal_year from {{ ref('int_document__identity') }}
    union
    select tables.unit_key, identity.fiscal_year
    from {{ ref('int_table__identity') }} as tables
    inner join {{ ref('int_document__identity') }} as identity on tables.document_key = identity.document_key
    union
    select unit_key, fiscal_year from superiors
    union
    select parent_unit_key as unit_key, fiscal_year from superiors
    union
    select unit_key, fiscal_year from codes

),

years as (

    select
        units.unit_key,
        units.unit_name,
        met.fiscal_year,
        superiors.parent_unit_key,
        codes.unit_code,
        -- how many years have said so, so far: the years of one number hold what the first of them said
        count(superiors.parent_unit_key) over (
            partition by units.unit_key order by met.fiscal_year
        ) as superiors_said,
        count(codes.unit_code) over (partition by units.unit_key order by met.fiscal_year) as codes_said
    from met
    inner join {{ ref('dim_unit') }} as units on met.unit_key = units.unit_key
    left join superiors on met.unit_key = superiors.unit_key and met.fiscal_year = superiors.fiscal_year
    left join codes on met.unit_key = codes.unit_key and met.fiscal_year = codes.fiscal_year
    where met.fiscal_year is not null

),

filled as (

    select
        unit_key,
        unit_name,
        fiscal_year,
        coalesce(
            max(parent_unit_key) over (partition by unit_key, greatest(superiors_said, 1)), ''
        ) as parent_unit_key,
        coalesce(max(unit_code) over (partition by unit_key, greatest(codes_said, 1)), '') as unit_code
    from years

),

compared as (

    select
        unit_key,
        unit_name,
        fiscal_year,
        parent_unit_key,
        unit_code,
        case
            when parent_unit_key = lag(parent_unit_key) over (partition by unit_key order by fiscal_year)
                and unit_code = lag(unit_code) over (partition by unit_key order by fiscal_year)
                then 0
            else 1
        end as is_other
    from filled

),

numbered as (

    select
        unit_key,
        unit_name,
        fiscal_year,
        parent_unit_key,
        unit_code,
        sum(is_other) over (
            partition by unit_key order by fiscal_year rows between unbounded preceding and current row
        ) as span_number
    from compared

),

spans as (

    select
        unit_key,
        span_number,
        max(unit_name) as unit_name,
        max(parent_unit_key) as parent_unit_key,
        max(unit_code) as unit_code,
        min(fiscal_year) as first_year,
        max(fiscal_year) as last_year
    from numbered
    group by unit_key, span_number

),

-- the bodies that one code under one superior has stood for
bearers as (

    select unit_code, parent_unit_key, unit_key, min(first_year) as first_year, max(last_year) as last_year
    from spans
    where unit_code <> '' and parent_unit_key <> ''
    group by unit_code, parent_unit_key, unit_key

),

successions as (

    select
        earlier.unit_key,
        later.unit_key as successor_unit_key,
        later.first_year,
        row_number() over (
            partition by earlier.unit_key order by later.first_year asc, later.unit_key asc
        ) as successor_rank,
        row_number() over (
            partition by later.unit_key order by earlier.last_year desc, earlier.unit_key asc
        ) as predecessor_rank
    from bearers as earlier
    inner join bearers as later
        on earlier.unit_code = later.unit_code
        and earlier.parent_unit_key = later.parent_unit_key
        and earlier.unit_key <> later.unit_key
        and earlier.last_year < later.first_year

),

bounded as (

    select
        unit_key,
        span_number,
        unit_name,
        parent_unit_key,
        unit_code,
        first_year,
        lead(first_year) over (partition by unit_key order by span_number) - 1 as valid_to_year
    from spans

)

select
    bounded.unit_key || '@' || {{ year_text('bounded.first_year') }} as unit_history_key,
    bounded.unit_key,
    bounded.unit_name,
    nullif(bounded.parent_unit_key, '') as parent_unit_key,
    nullif(bounded.unit_code, '') as unit_code,
    bounded.first_year as valid_from_year,
    coalesce(bounded.valid_to_year, later.first_year - 1) as valid_to_year,
    case when bounded.span_number = 1 then earlier.unit_key end as predecessor_unit_key,
    case when bounded.valid_to_year is null then later.successor_unit_key end as successor_unit_key
from bounded
left join successions as later
    on bounded.unit_key = later.unit_key and later.successor_rank = 1 and later.predecessor_rank = 1
left join successions as earlier
    on bounded.unit_key = earlier.successor_unit_key and earlier.successor_rank = 1 and earlier.predecessor_rank = 1
