-- Grain: one row per list of shares of one whole and figure of it (文字所列占比的清单): a list is whole where its parts add up
-- to the whole the shares were taken of.
{% set text = dbt.type_string() %}
with

told as (

    select amount_key, document_key, paragraph_number, section, parent_key, functional_code, role, value,
        half_unit
    from {{ ref('int_recon__told') }}
    where has_digits

),

shares as (

    select
        told.document_key,
        told.amount_key,
        case
            when told.functional_code is not null
                then told.section || ':' || cast(length(told.functional_code) as {{ text }})
                    || ':' || coalesce(told.parent_key, '')
            else cast(told.paragraph_number as {{ text }}) || ':' || coalesce(told.parent_key, '')
        end as list_key,
        told.value,
        told.half_unit,
        parts.amount_key as part_amount_key,
        parts.value as part_value,
        parts.half_unit as part_half_unit,
        checked.other_amount_key as whole_amount_key,
        wholes.compared_value as whole_value,
        wholes.compared_half_unit as whole_half_unit
    from told
    inner join {{ ref('int_recon__share') }} as checked on told.amount_key = checked.left_amount_key
    inner join told as parts on checked.right_amount_key = parts.amount_key
    inner join {{ ref('int_recon__figure') }} as wholes on checked.other_amount_key = wholes.amount_key
    where told.role = 'share' and (told.parent_key is not null or told.functional_code is not null)

),

share_lists as (

    select
        document_key,
        list_key,
        max(whole_amount_key) as whole_amount_key,
        max(whole_value) as whole_value,
        max(whole_half_unit) as whole_half_unit,
        abs(sum(part_value) - max(whole_value)) <= sum(part_half_unit) + max(whole_half_unit) as makes_whole,
        -- shares of 100 % prove the list whole; then its parts must make up the whole
        abs(sum(value) - 100) <= sum(half_unit) and count(distinct whole_value) = 1 as makes_hundred
    from shares
    group by document_key, list_key
    having count(*) > 1 and count(distinct part_amount_key) = count(*) and sum(value) > 0

)

select 'share_sum' as method, shares.document_key, shares.list_key, 'part' as side, shares.amount_key, shares.value,
    shares.half_unit, '%' as unit_code
from share_lists as lists
inner join shares on lists.document_key = shares.document_key and lists.list_key = shares.list_key
where lists.makes_whole
union all
select 'parts' as method, shares.document_key, shares.list_key, 'part' as side, shares.part_amount_key as amount_key,
    shares.part_value as value, shares.part_half_unit as half_unit, '元' as unit_code
from share_lists as lists
inner join shares on lists.document_key = shares.document_key and lists.list_key = shares.list_key
where lists.makes_hundred
union all
select 'parts' as method, document_key, list_key, 'whole' as side, whole_amount_key as amount_key,
    whole_value as value, whole_half_unit as half_unit, '元' as unit_code
from share_lists
where makes_hundred
