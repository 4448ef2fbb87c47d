-- Grain: one row per unit that has a superior (主管部门): the superior most often named for it.
with

counted as (

    select unit_key, parent_unit_key, sum(weight) as weight
    from {{ ref('int_unit__parent_vote') }}
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
