-- Grain: one row per unit and year that it tells of which has a superior (当年主管部门): as the documents of that year say
-- most often; where they say nothing, as those of the last year before it that do, else of the first one after.
with

votes as (

    select unit_key, fiscal_year, parent_unit_key, sum(weight) as weight
    from {{ ref('int_unit__parent_vote') }}
    group by unit_key, fiscal_year, parent_unit_key

),

told as (

    select unit_key, fiscal_year
    from {{ ref('int_table__identity') }}
    where is_disclosure and fiscal_year is not null
    union
    select unit_key, fiscal_year
    from {{ ref('int_document__identity') }}
    where is_disclosure and fiscal_year is not null

),

ranked as (

    select
        told.unit_key,
        told.fiscal_year,
        votes.parent_unit_key,
        votes.weight,
        row_number() over (
            partition by told.unit_key, told.fiscal_year
            order by
                case
                    when votes.fiscal_year <= told.fiscal_year then told.fiscal_year - votes.fiscal_year
                    when votes.fiscal_year > told.fiscal_year then 1000 + votes.fiscal_year - told.fiscal_year
                    else 9999
                end asc,
                votes.weight desc,
                votes.parent_unit_key asc
        ) as vote_rank
    from told
    inner join votes on told.unit_key = votes.unit_key

)

-- two bodies that name each other: the better attested direction stands, as in int_unit__parent
select ranked.unit_key, ranked.fiscal_year, ranked.parent_unit_key
from ranked
left join ranked as reverse
    on ranked.unit_key = reverse.parent_unit_key
    and ranked.parent_unit_key = reverse.unit_key
    and ranked.fiscal_year = reverse.fiscal_year
    and reverse.vote_rank = 1
where ranked.vote_rank = 1
    and (
        reverse.unit_key is null
        or ranked.weight > reverse.weight
        or (ranked.weight = reverse.weight and ranked.unit_key < ranked.parent_unit_key)
    )
