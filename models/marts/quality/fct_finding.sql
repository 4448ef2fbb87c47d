-- Grain: one row per finding (发现的问题): the root cause of discrepant results of one document, or one thing wrong that is
-- no arithmetic. A wrong figure breaks every identity it stands in; the figure that breaks most and agrees with fewest
-- is named, with what it would have to be.
{% set text = dbt.type_string() %}
with

rules as (

    select rule_id, rule_kind, method, comparison, severity, evidence
    from {{ ref('rules') }}

),

-- leaves that miss a printed total repeat what an identity of the table says already, or are no finding at all
accused as (

    select results.reconciliation_key, results.rule_id, results.document_key, results.place, results.left_value,
        results.right_value, results.difference, results.unit_of_measure, results.left_amount_key,
        results.is_truncation, results.message_zh, results.message_en
    from {{ ref('fct_reconciliation') }} as results
    inner join rules on results.rule_id = rules.rule_id
    where results.status = 'discrepant' and rules.method <> 'leaf_sum'

),

used as (

    select bridge.reconciliation_key, bridge.amount_key, bridge.coefficient, results.document_key, results.status,
        results.difference, results.unit_of_measure, rules.comparison
    from {{ ref('bridge_reconciliation_amount') }} as bridge
    inner join {{ ref('fct_reconciliation') }} as results on bridge.reconciliation_key = results.reconciliation_key
    inner join rules on results.rule_id = rules.rule_id and rules.method <> 'leaf_sum'
    where results.status <> 'incomplete'
        and results.document_key in (select distinct accused.document_key from accused)

),

-- by how much the figure would have to move to mend the result
moves as (

    select
        reconciliation_key,
        amount_key,
        case
            when unit_of_measure = '元' and coefficient <> 0 then cast(-difference / coefficient as decimal(24, 2))
        end as move
    from used
    where status = 'discrepant'

),

like_moves as (

    select amount_key, cast(move as decimal(24, 0)) as move, count(*) as mended
    from moves
    group by amount_key, cast(move as decimal(24, 0))

),

suspicions as (

    select
        amount_key,
        sum(case when status = 'discrepant' then 1 else 0 end) as broken,
        sum(case when status = 'discrepant' then 0 else 1 end) as kept,
        sum(case when status = 'discrepant' or comparison = '<=' then 0 else 1 end) as kept_equal
    from used
    group by amount_key

),

-- mends most: identities one move of the figure would mend, less those it would break; no figure falls below zero
candidates as (

    select
        moves.reconciliation_key,
        moves.amount_key,
        moves.move,
        case when coalesce(accused.left_amount_key = moves.amount_key, false) then 1 else 0 end as is_left,
        rank() over (
            partition by moves.reconciliation_key
            order by
                case when figures.compared_value >= 0 and figures.compared_value + moves.move < 0 then 1 else 0 end,
                -- a rate is wrong before the amounts it was taken of, unless they break something else as well
                case
                    when accused.unit_of_measure = '%' and figures.unit_code <> '%' and suspicions.broken = 1 then 1
                    else 0
                end,
                like_moves.mended - suspicions.kept desc,
                suspicions.broken - suspicions.kept desc
        ) as place_in_order
    from moves
    inner join suspicions on moves.amount_key = suspicions.amount_key
    inner join like_moves
        on moves.amount_key = like_moves.amount_key
        and coalesce(cast(moves.move as decimal(24, 0)), -1) = coalesce(like_moves.move, -1)
    inner join accused on moves.reconciliation_key = accused.reconciliation_key
    left join {{ ref('int_recon__figure') }} as figures on moves.amount_key = figures.amount_key

),

judged as (

    select
        reconciliation_key,
        amount_key,
        move,
        place_in_order,
        is_left,
        count(*) over (partition by reconciliation_key, place_in_order) as likes
    from candidates

),

-- where several parts are as likely, none of them is named: the sum is, or, where no figure is printed for it, the place
ranked as (

    select
        reconciliation_key,
        amount_key,
        move,
        case when place_in_order = 1 and likes = 1 then 1 else 0 end as is_sure,
        row_number() over (
            partition by reconciliation_key
            order by case when place_in_order = 1 then 0 else 1 end, is_left desc, amount_key
        ) as preference
    from judged
    where is_left = 1 or (place_in_order = 1 and likes = 1)

),

-- a form that says 元 where it means 万元: everything on it is ten thousand times off, and that is one finding
apart as (

    select reconciliation_key, document_key
    from accused
    where unit_of_measure = '元'
        and left_value <> 0
        and right_value <> 0
        and (
            abs(left_value) between 9900 * abs(right_value) and 10100 * abs(right_value)
            or abs(right_value) between 9900 * abs(left_value) and 10100 * abs(left_value)
        )

),

apart_figures as (

    select distinct
        apart.reconciliation_key,
        apart.document_key,
        figures.table_ordinal,
        figures.statement_code,
        figures.unit_printed
    from apart
    inner join used on apart.reconciliation_key = used.reconciliation_key
    inner join {{ ref('int_recon__figure') }} as figures on used.amount_key = figures.amount_key
    where figures.origin = 'table' and figures.unit_printed in ('元', '万元')

),

units_used as (

    select document_key, unit_printed, count(distinct table_ordinal) as tables
    from {{ ref('int_recon__figure') }}
    where origin = 'table' and document_key in (select distinct apart.document_key from apart)
    group by document_key, unit_printed

),

-- of two forms that contradict each other only, the one whose unit fewer forms bear
apart_tables as (

    select
        figures.document_key,
        figures.table_ordinal,
        min(figures.statement_code) as statement_code,
        min(figures.unit_printed) as unit_printed,
        row_number() over (
            partition by figures.document_key
            order by
                count(distinct figures.reconciliation_key) desc,
                min(units_used.tables) asc,
                figures.table_ordinal
        ) as preference
    from apart_figures as figures
    inner join units_used
        on figures.document_key = units_used.document_key and figures.unit_printed = units_used.unit_printed
    group by figures.document_key, figures.table_ordinal
    having count(distinct figures.reconciliation_key) > 2 and min(figures.unit_printed) = max(figures.unit_printed)

),

wrong_units as (

    select
        apart_figures.reconciliation_key,
        'unit:' || cast(apart_tables.table_ordinal as {{ text }}) as root_key,
        statements.name_zh || coalesce('（' || nullif({{ figure_place('tables.page', 'tables.source_line', 'null', 'null') }}, '') || '）', '')
            as place,
        apart_tables.unit_printed
    from apart_tables
    inner join apart_figures
        on apart_tables.document_key = apart_figures.document_key
        and apart_tables.table_ordinal = apart_figures.table_ordinal
    inner join {{ ref('stg_landing__tables') }} as tables
        on apart_tables.document_key = tables.document_key and apart_tables.table_ordinal = tables.table_ordinal
    left join {{ ref('statements') }} as statements on apart_tables.statement_code = statements.statement_code
    where apart_tables.preference = 1

),

rooted as (

    select
        accused.reconciliation_key,
        accused.rule_id,
        accused.document_key,
        accused.place,
        accused.left_value,
        accused.right_value,
        accused.unit_of_measure,
        accused.message_zh,
        accused.message_en,
        case when wrong_units.root_key is null then ranked.amount_key end as amount_key,
        case when wrong_units.root_key is null then ranked.move end as move,
        -- nothing that agrees would break if the figure named were changed
        case
            when wrong_units.root_key is not null then 0
            else ranked.is_sure * case when suspicions.kept_equal = 0 then 1 else 0 end
        end as is_sure,
        wrong_units.place as unit_place,
        wrong_units.unit_printed as wrong_unit,
        -- the second subject of 收入、支出总计0.3万元 stands in the first one's place
        coalesce(
            wrong_units.root_key,
            case
                when figures.origin = 'prose'
                    then figures.place || ':' || cast(figures.paragraph_ordinal as {{ text }}) || ':'
                        || cast(figures.char_start as {{ text }})
            end,
            ranked.amount_key,
            accused.reconciliation_key
        ) as root_key,
        rules.rule_kind,
        case when accused.is_truncation then 1 else case rules.severity when 'critical' then 3 when 'major' then 2 when 'minor' then 1 else 0 end end as weight
    from accused
    inner join rules on accused.rule_id = rules.rule_id
    left join ranked on accused.reconciliation_key = ranked.reconciliation_key and ranked.preference = 1
    left join suspicions on ranked.amount_key = suspicions.amount_key
    left join {{ ref('int_recon__figure') }} as figures on ranked.amount_key = figures.amount_key
    left join wrong_units on accused.reconciliation_key = wrong_units.reconciliation_key

),

named_rules as (

    select document_key, root_key, {{ joined_text('rule_id', ',', 'rule_id') }} as rule_list
    from (select distinct document_key, root_key, rule_id from rooted) as distinct_rules
    group by document_key, root_key

),

grouped as (

    select
        document_key,
        root_key,
        max(amount_key) as amount_key,
        max(weight) as weight,
        count(*) as results,
        -- one move mends them all: by the same sum, rounding apart
        coalesce(
            min(is_sure) = 1
            and (
                count(*) = 1
                or (count(move) = count(*) and max(move) - min(move) <= 300 and max(move) * min(move) > 0)
            ),
            false
        ) as mends_all,
        min(reconciliation_key) as first_key,
        {{ at_greatest('move', 'weight', can_tie=true) }} as move,
        {{ joined_text('message_zh', '；', 'rule_id, reconciliation_key') }} as message_zh,
        {{ joined_text('message_en', '; ', 'rule_id, reconciliation_key') }} as message_en
    from rooted
    group by document_key, root_key

),

arithmetic as (

    select
        'f:' || grouped.document_key || ':' || grouped.root_key as finding_key,
        grouped.document_key,
        case when firsts.wrong_unit is not null then 'unit' else firsts.rule_kind end as kind,
        case grouped.weight when 3 then 'critical' when 2 then 'major' when 1 then 'minor' else 'style' end as severity,
        named_rules.rule_list as rule_ids,
        coalesce(
            firsts.unit_place,
            coalesce(
                case when figures.origin = 'prose' then '文字说明·' else statements.name_zh || '·' end, ''
            ) || figures.label || coalesce('（' || nullif(figures.place, '') || '）', ''),
            firsts.place
        ) as place,
        coalesce(
            '金额单位：' || firsts.wrong_unit,
            figures.value_printed || coalesce(figures.unit_printed, ''),
            {{ shown_number('firsts.left_value') }} || firsts.unit_of_measure
        ) as printed,
        case
            when firsts.wrong_unit is not null
                then '金额单位：' || case firsts.wrong_unit when '元' then '万元' else '元' end
            when figures.amount_key is not null and figures.unit_code = '元' and grouped.move is not null
                then {{ shown_number(
                    "(figures.compared_value + grouped.move) / case when figures.unit_printed = '万元' then 10000 else 1 end"
                ) }} || case when figures.unit_printed = '万元' then '万元' else '元' end
            when firsts.unit_of_measure = '%'
                then {{ shown_number('cast(firsts.right_value as decimal(24, 2))') }} || '%'
            else {{ shown_number('firsts.right_value') }} || firsts.unit_of_measure
        end as expected,
        grouped.amount_key,
        grouped.results as result_count,
        grouped.mends_all,
        grouped.message_zh,
        grouped.message_en
    from grouped
    inner join rooted as firsts on grouped.first_key = firsts.reconciliation_key
    inner join named_rules
        on grouped.document_key = named_rules.document_key and grouped.root_key = named_rules.root_key
    left join {{ ref('int_recon__figure') }} as figures on grouped.amount_key = figures.amount_key
    left join {{ ref('statements') }} as statements on figures.statement_code = statements.statement_code

),

observed as (

    select
        'o:' || observations.observation_key as finding_key,
        observations.document_key,
        rules.method as kind,
        rules.severity,
        observations.rule_id as rule_ids,
        observations.place,
        observations.printed,
        observations.expected,
        cast(null as {{ text }}) as amount_key,
        0 as result_count,
        false as mends_all,
        definitions.name_zh || '：' || coalesce(observations.place, '') || ' “' || coalesce(observations.printed, '') || '”，'
        || coalesce(observations.expected, '') as message_zh,
        definitions.name_en || ': ' || coalesce(observations.place, '') || ' "' || coalesce(observations.printed, '') || '"'
            as message_en
    from {{ ref('int_recon__observation') }} as observations
    inner join rules on observations.rule_id = rules.rule_id
    inner join {{ ref('rules') }} as definitions on observations.rule_id = definitions.rule_id

)

{% for part in ['arithmetic', 'observed'] -%}
select finding_key, document_key, kind, severity, rule_ids, place, printed, expected, amount_key, result_count,
    mends_all, message_zh, message_en
from {{ part }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
