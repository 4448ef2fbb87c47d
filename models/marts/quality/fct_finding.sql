-- Grain: one row per finding (发现的问题): the root cause of discrepant results of one document, or one thing wrong that is
-- no arithmetic. A wrong figure breaks every identity it stands in; the figure that breaks most and agrees with fewest
-- is named, with what it would have to be. Where several are as likely, a slip of the pen tells: two digits exchanged,
-- a decimal point moved, a word of the wrong direction.
{% set text = dbt.type_string() %}
{% set turned = "coalesce(figures.role = 'change' and figures.compared_value * (figures.compared_value + firsts.move) < 0, false)" %}
with

rooted as (

    select causes.reconciliation_key, causes.rule_id, causes.document_key, causes.place, causes.left_value,
        causes.right_value, causes.unit_of_measure, causes.tolerance, causes.amount_key, causes.move,
        causes.part_amount_key, causes.is_sure, causes.unit_place, causes.wrong_unit, causes.unit_page,
        causes.unit_line, causes.root_key, causes.rule_kind, causes.weight, causes.message_zh, causes.message_en,
        -- not more than: says what the figure may be at most, never what it is
        case when rules.comparison = '<=' then 1 else 0 end as is_bound
    from {{ ref('int_recon__cause') }} as causes
    left join {{ ref('rules') }} as rules on causes.rule_id = rules.rule_id

),

-- the figures named
figures as (

    select amount_key, origin, statement_code, label, place, role, column_label, value_printed, unit_printed, unit_code,
        compared_value
    from {{ ref('int_recon__suspect') }}
    where is_addressed

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
        -- of a row's part and its sum the part is shown first
        min(case when part_amount_key is not null then amount_key end) as sum_amount_key,
        max(weight) as weight,
        count(*) as results,
        -- one move mends them all: by the same sum, rounding apart
        coalesce(
            min(is_sure) = 1
            and (
                count(*) = 1
                or (count(move) = count(*) and max(move) - min(move) <= 2 * max(tolerance) and max(move) * min(move) > 0)
            ),
            false
        ) as mends_all,
        -- the result that says most exactly what the figure would have to be: a rate taken of it says so last
        {{ at_greatest(
            'reconciliation_key',
            '(case when is_bound = 1 then 0 else 1000000000 end'
            ~ ' + case when part_amount_key is null then 500000000 else 0 end'
            ~ ' - case when move is null then 100000000 else 0 end - tolerance)',
            can_tie=true
        ) }} as first_key,
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
            case when {{ turned }} then {{ direction_word('figures.compared_value') }} else '' end
            || figures.value_printed || coalesce(figures.unit_printed, ''),
            {{ shown_number('firsts.left_value') }} || firsts.unit_of_measure
        ) as printed,
        case
            when firsts.wrong_unit is not null
                then '金额单位：' || case firsts.wrong_unit when '元' then '万元' else '元' end
            -- 51.20元 for 51.20万元: the digits are right, the unit is not
            when figures.unit_printed = '元'
                and figures.compared_value <> 0
                and abs(figures.compared_value * 9999 - firsts.move) <= firsts.tolerance
                and abs(figures.compared_value) * 9999 > firsts.tolerance
                then figures.value_printed || '万元'
            when figures.amount_key is not null and figures.unit_code = '元' and firsts.move is not null
                then case when {{ turned }} then {{ direction_word('figures.compared_value + firsts.move') }} else '' end
                || {{ shown_number(
                    "(case when figures.role = 'change' then abs(figures.compared_value + firsts.move)"
                    ~ " else figures.compared_value + firsts.move end)"
                    ~ " / case when figures.unit_printed = '万元' then 10000 else 1 end"
                ) }} || case when figures.unit_printed = '万元' then '万元' else '元' end
            when firsts.unit_of_measure = '%'
                then case when figures.unit_code = '元' then '按所列数计算的比率 ' else '' end
                || {{ shown_number('cast(firsts.right_value as decimal(24, 2))') }} || '%'
            else {{ shown_number('firsts.right_value') }} || firsts.unit_of_measure
        end
        -- the sum of the row is wrong by as much
        || coalesce('（同行 ' || sums.column_label || ' ' || sums.value_printed || ' 相应更正）', '') as expected,
        firsts.amount_key,
        grouped.results as result_count,
        grouped.mends_all,
        firsts.unit_page,
        firsts.unit_line,
        grouped.message_zh,
        grouped.message_en
    from grouped
    inner join rooted as firsts on grouped.first_key = firsts.reconciliation_key
    inner join named_rules
        on grouped.document_key = named_rules.document_key and grouped.root_key = named_rules.root_key
    left join figures on firsts.amount_key = figures.amount_key
    left join figures as sums on grouped.sum_amount_key = sums.amount_key
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
        rules.name_zh || '：' || coalesce(observations.place, '') || ' “' || coalesce(observations.printed, '') || '”，'
        || coalesce(observations.expected, '') as message_zh,
        rules.name_en || ': ' || coalesce(observations.place, '') || ' "' || coalesce(observations.printed, '') || '"'
            as message_en
    from {{ ref('int_recon__observation') }} as observations
    inner join {{ ref('rules') }} as rules on observations.rule_id = rules.rule_id

),

-- page and line of the figures named
printed_lines as (

    {% for fact in ['fct_statement_amount', 'fct_narrative_amount'] -%}
    select facts.amount_key, facts.page, facts.source_line
    from {{ ref(fact) }} as facts
    where facts.amount_key in (select rooted.amount_key from rooted where rooted.amount_key is not null)
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select arithmetic.finding_key, arithmetic.document_key, arithmetic.kind, arithmetic.severity, arithmetic.rule_ids,
    arithmetic.place, coalesce(printed_lines.page, arithmetic.unit_page) as page,
    coalesce(printed_lines.source_line, arithmetic.unit_line) as source_line, arithmetic.printed, arithmetic.expected,
    arithmetic.amount_key, arithmetic.result_count, arithmetic.mends_all, arithmetic.message_zh, arithmetic.message_en
from arithmetic
left join printed_lines on arithmetic.amount_key = printed_lines.amount_key
union all
select finding_key, document_key, kind, severity, rule_ids, place,
    -- what is no figure knows its place in words only (figure_place)
    cast({{ regex_part('place', '(?:^|（)第([0-9]+)页') }} as integer) as page,
    cast({{ regex_part('place', '(?:^|（)第([0-9]+)行') }} as integer) as source_line,
    printed, expected, amount_key, result_count, mends_all, message_zh, message_en
from observed
