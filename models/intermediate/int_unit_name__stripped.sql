-- Grain: one row per name of a body as printed (打印的单位名称): suffixes that tell the scope taken off, codes too.
with

names as (

    select value as name_printed
    from {{ ref('stg_landing__claims') }}
    where claim_kind in ('unit_name', 'parent_unit', 'member_unit') and value is not null
    union
    select unit_name_printed as name_printed
    from {{ ref('stg_landing__tables') }}
    where unit_name_printed is not null

),

folded as (

    select
        name_printed,
        -- 032002-长治市某局: the code of the unit stands before the name on performance sheets
        {{ regex_remove(folded_name('name_printed'), '^[0-9]{3,}[-_、.]?') }} as name
    from names

),

suffixes as (

    select suffix, scope_code, length(suffix) as suffix_length, not_after || suffix as kept_ending
    from {{ ref('unit_name_suffixes') }}

),

once as (

    select
        folded.name_printed,
        folded.name,
        max(suffixes.suffix_length) as cut,
        {{ at_greatest('suffixes.scope_code', 'suffixes.suffix_length') }} as scope_code
    from folded
    left join suffixes
        on right(folded.name, suffixes.suffix_length) = suffixes.suffix
        and length(folded.name) > suffixes.suffix_length + 2
        -- 某县文化主管部门 is called so; 某局部门 is the bureau as a department
        and right(folded.name, length(coalesce(suffixes.kept_ending, ' '))) <> coalesce(suffixes.kept_ending, ' ')
    group by folded.name_printed, folded.name

),

shortened as (

    select
        name_printed,
        left(name, length(name) - coalesce(cut, 0)) as name,
        scope_code
    from once

),

-- a seal's 公章 may stand behind the suffix: 某局(本级)(公章)
twice as (

    select
        shortened.name_printed,
        shortened.name,
        shortened.scope_code,
        max(suffixes.suffix_length) as cut,
        {{ at_greatest('suffixes.scope_code', 'suffixes.suffix_length') }} as inner_scope_code
    from shortened
    left join suffixes
        on right(shortened.name, suffixes.suffix_length) = suffixes.suffix
        and length(shortened.name) > suffixes.suffix_length + 2
        and right(shortened.name, length(coalesce(suffixes.kept_ending, ' '))) <> coalesce(suffixes.kept_ending, ' ')
    group by shortened.name_printed, shortened.name, shortened.scope_code

)

-- words of the form itself (实施单位 beside an empty cell) name nobody
select
    twice.name_printed,
    left(twice.name, length(twice.name) - coalesce(twice.cut, 0)) as name,
    coalesce(twice.scope_code, twice.inner_scope_code) as scope_code
from twice
left join {{ ref('unit_name_stopwords') }} as stopwords on twice.name = stopwords.word
where length(twice.name) - coalesce(twice.cut, 0) > 1 and stopwords.word is null
