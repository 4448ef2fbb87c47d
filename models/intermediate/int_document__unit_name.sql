-- Grain: one row per document and name of a body printed in it (文档中的单位名称), with the unit it names.
-- A region that the name alone leaves open (普陀区: two provinces; 市数字化发展局: which city?) is read from the
-- other names of the document; where they do not tell, the unit is known by its full name without a region. A unit that
-- a department only lists as its own (第二中学) is of the department's region.
{% set locality = '^[一-龥]{2,5}(市|县|自治州|自治县|区|旗|盟|镇|乡|街道)[一-龥]{2,}' %}
{% set locality_head = '^([一-龥]{2,5}?(市|县|自治州|自治县|区|旗|盟|镇|乡|街道))[一-龥]{2,}' %}
with

claimed as (

    select document_key, value as name_printed, place, claim_kind = 'member_unit' as is_listed
    from {{ ref('stg_landing__claims') }}
    where claim_kind in ('unit_name', 'parent_unit', 'member_unit') and value is not null
    union all
    select document_key, unit_name_printed as name_printed, 'table_head' as place, false as is_listed
    from {{ ref('stg_landing__tables') }}
    where unit_name_printed is not null

),

printed as (

    select
        claimed.document_key,
        claimed.name_printed,
        sum(weights.weight) as weight,
        bool_and(claimed.is_listed) as is_only_listed
    from claimed
    left join {{ ref('claim_weights') }} as weights on claimed.place = weights.place
    group by claimed.document_key, claimed.name_printed

),

stripped as (

    select
        printed.document_key,
        printed.name_printed,
        printed.weight,
        printed.is_only_listed,
        names.name,
        names.scope_code
    from printed
    inner join {{ ref('int_unit_name__stripped') }} as names on printed.name_printed = names.name_printed

),

certain as (

    select
        stripped.document_key,
        regions.region_code,
        sum(stripped.weight) as weight
    from stripped
    inner join {{ ref('int_unit_name__region') }} as regions
        on stripped.name = regions.name and regions.region_count = 1
    where not stripped.is_only_listed
    group by stripped.document_key, regions.region_code

),

-- the region that most of the document's names stand in
home as (

    select
        document_key,
        {{ at_greatest('region_code', 'coalesce(weight, 0)', can_tie=true) }} as region_code
    from certain
    group by document_key

),

open_regions as (

    select
        stripped.document_key,
        stripped.name,
        max(regions.region_code) as region_code,
        max(regions.body_name) as body_name
    from stripped
    inner join {{ ref('int_unit_name__region') }} as regions
        on stripped.name = regions.name and regions.region_count > 1
    inner join home
        on stripped.document_key = home.document_key
        and left(home.region_code, 2) = left(regions.region_code, 2)
    group by stripped.document_key, stripped.name
    having count(distinct regions.region_code) = 1

),

-- 市某局, 县某局: the region word alone, meant of the region of the document
words as (

    select home.document_key, regions.region_code, right(regions.region_name, words.word_length) as word
    from home
    inner join {{ ref('regions') }} as own on home.region_code = own.region_code
    inner join {{ ref('regions') }} as regions
        on own.region_code = regions.region_code
        or (own.prefecture_name = regions.region_name and regions.region_level = 'prefecture'
            and own.province_name = regions.province_name)
        or (own.province_name = regions.region_name and regions.region_level = 'province')
    cross join (select 1 as word_length union all select 3 as word_length) as words

),

worded as (

    select stripped.document_key, stripped.name, max(words.region_code) as region_code,
        max(substr(stripped.name, length(words.word) + 1)) as body_name
    from stripped
    inner join words
        on stripped.document_key = words.document_key
        and left(stripped.name, length(words.word)) = words.word
        and words.word in ('省', '自治区', '州', '市', '县', '区', '旗')
    group by stripped.document_key, stripped.name

),

resolved as (

    select
        stripped.document_key,
        stripped.name_printed,
        stripped.weight,
        stripped.is_only_listed,
        stripped.scope_code,
        stripped.name,
        coalesce(regions.region_code, open_regions.region_code) is not null
        or {{ regex_matches('stripped.name', locality) }} as has_region_head,
        coalesce(regions.region_code, open_regions.region_code, worded.region_code) as region_code,
        coalesce(regions.body_name, open_regions.body_name, worded.body_name, stripped.name) as body_name
    from stripped
    left join {{ ref('int_unit_name__region') }} as regions
        on stripped.name = regions.name and regions.region_count = 1
    left join open_regions
        on stripped.document_key = open_regions.document_key and stripped.name = open_regions.name
    left join worded on stripped.document_key = worded.document_key and stripped.name = worded.name

),

-- 行政服务中心 beside 某市行政服务中心 in one document is the same body
borrowed as (

    select document_key, body_name, max(region_code) as region_code
    from resolved
    where region_code is not null
    group by document_key, body_name
    having count(distinct region_code) = 1

),

-- the locality that the document's own name goes on with, '' where it has none
localities as (

    select
        document_key,
        case
            when {{ regex_matches('body_name', locality) }} then {{ regex_part('body_name', locality_head) }}
            else ''
        end as locality,
        coalesce(weight, 0) as weight
    from resolved
    where not is_only_listed

),

own_locality as (

    select document_key, {{ at_greatest('locality', 'weight', can_tie=true) }} as locality
    from (
        select document_key, locality, sum(weight) as weight
        from localities
        group by document_key, locality
    ) as told
    group by document_key

),

settled as (

    select
        resolved.document_key,
        resolved.name_printed,
        resolved.weight,
        resolved.scope_code,
        resolved.name,
        resolved.has_region_head,
        case
            when resolved.is_only_listed and not resolved.has_region_head and borrowed.region_code is null
                and resolved.region_code is null
                then coalesce(own_locality.locality, '') || resolved.body_name
            else resolved.body_name
        end as body_name,
        coalesce(
            resolved.region_code,
            borrowed.region_code,
            case when resolved.is_only_listed and not resolved.has_region_head then home.region_code end
        ) as region_code
    from resolved
    left join borrowed
        on resolved.document_key = borrowed.document_key and resolved.body_name = borrowed.body_name
    left join own_locality on resolved.document_key = own_locality.document_key
    left join home on resolved.document_key = home.document_key

)

select
    document_key,
    name_printed,
    weight,
    scope_code,
    name as unit_name,
    has_region_head,
    region_code,
    body_name,
    -- A body whose name goes on with a locality the list of regions does not know (山西省某市水务局) is known by that
    -- locality: the province before it may be said or left out.
    case
        when {{ regex_matches('body_name', locality) }}
            then {{ stable_key(["''", 'body_name']) }}
        else {{ stable_key(['region_code', 'body_name']) }}
    end as unit_key
from settled
