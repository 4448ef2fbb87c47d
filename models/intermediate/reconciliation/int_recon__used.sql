-- Grain: one row per result and figure it rests on (勾稽所用数字). result_number is the result's, see int_recon__result.
with

matched as (

    select
        results.result_number,
        concat(results.document_key, '-', matched.figure_key) as amount_key,
        case when matched.side in ('right', 'or') then -terms.coefficient else terms.coefficient end as coefficient
    from {{ ref('int_recon__matched') }} as matched
    inner join {{ ref('int_recon__result') }} as results
        on matched.place_number = results.result_number and results.is_sum
    inner join (
        select distinct term_number, coefficient
        from {{ ref('int_recon__address_term') }}
    ) as terms on matched.term_number = terms.term_number
    where not matched.is_pair and matched.side not in ('guard', 'unless', 'only')

),

{% for side, coefficient in {'left': '1', 'right': '-1', 'other': '-1'}.items() -%}
{{ side }}_sides as (

    select result_number, {{ side }}_amount_key as amount_key, cast({{ coefficient }} as decimal(9, 4)) as coefficient
    from {{ ref('int_recon__result') }}
    where not is_sum and {{ side }}_amount_key is not null

),

{% endfor -%}
-- sums over a sheet rest on all its weights, or all its scores
sheet_parts as (

    select
        results.result_number,
        figures.amount_key,
        cast(case when figures.amount_key = results.left_amount_key then 1 else -1 end as decimal(9, 4)) as coefficient
    from {{ ref('int_recon__result') }} as results
    inner join {{ ref('rules') }} as rules
        on results.rule_id = rules.rule_id and rules.method in ('weights', 'weights_agree', 'total_score')
    inner join {{ ref('int_recon__performance') }} as sheets
        on results.reconciliation_key = sheets.rule_id || ':' || sheets.document_key || ':' || sheets.item_key
    inner join {{ ref('int_recon__figure') }} as figures
        on sheets.document_key = figures.document_key
        and sheets.item_key = cast(figures.table_ordinal as {{ dbt.type_string() }})
        and figures.role = case rules.method when 'total_score' then 'score' else 'weight' end
        -- the points of the execution rate stand on the right where they are counted
        and (figures.line_code is null or (figures.line_code = 'perf_fund_total' and rules.method <> 'total_score'))
    where figures.amount_key <> coalesce(results.left_amount_key, '')
        and figures.amount_key <> coalesce(results.right_amount_key, '')

),

-- a closed list rests on all its parts; a list of shares has no other whole than 100 %
list_parts as (

    select
        results.result_number,
        members.amount_key,
        cast(case when members.method = 'share_sum' then 1 else -1 end as decimal(9, 4)) as coefficient
    from {{ ref('int_recon__result') }} as results
    inner join {{ ref('rules') }} as rules on results.rule_id = rules.rule_id
    inner join {{ ref('int_recon__list_member') }} as lefts
        on results.left_amount_key = lefts.amount_key
        and rules.method = lefts.method
        and (lefts.side = 'whole' or lefts.method = 'share_sum')
    inner join {{ ref('int_recon__list_member') }} as members
        on lefts.document_key = members.document_key
        and lefts.method = members.method
        and lefts.list_key = members.list_key
        and members.side = 'part'
    where members.amount_key <> results.left_amount_key
        and members.amount_key <> coalesce(results.right_amount_key, '')
        and members.amount_key <> coalesce(results.other_amount_key, '')

),

-- a department rests on its own body and all its units
department_parts as (

    select results.result_number, parts.part_amount_key as amount_key, cast(-1 as decimal(9, 4)) as coefficient
    from {{ ref('int_recon__result') }} as results
    inner join {{ ref('rules') }} as rules on results.rule_id = rules.rule_id and rules.method = 'department'
    inner join {{ ref('int_recon__department_part') }} as parts on results.left_amount_key = parts.amount_key
    where parts.part_amount_key <> results.right_amount_key

),

gathered as (

    {% for part in ['matched', 'left_sides', 'right_sides', 'other_sides', 'sheet_parts', 'list_parts', 'department_parts'] -%}
    select result_number, amount_key, coefficient
    from {{ part }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select result_number, amount_key, sum(coefficient) as coefficient
from gathered
group by result_number, amount_key
