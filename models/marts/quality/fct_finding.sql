-- Grain: one row per finding (发现的问题): the root cause of discrepant results of one document, or one thing wrong that is
-- no arithmetic. A wrong figure breaks every identity it stands in; the figure that breaks most and agrees with fewest
-- is named, with what it would have to be. Where several are as likely, a slip of the pen tells: two digits exchanged,
-- a decimal point moved, a word of the wrong direction.
{% set text = dbt.type_string() %}
{% set of_wrong_form = "figures.table_ordinal = apart_tables.table_ordinal and figures.document_key = apart_tables.document_key
            and figures.origin = 'table'" %}
{% set turned = "coalesce(figures.role = 'change' and figures.compared_value * (figures.compared_value + firsts.move) < 0, false)" %}
{% set unit_factor = "case when " ~ of_wrong_form ~ "
            then case apart_tables.unit_printed when '元' then 10000 else 0.0001 end else 1 end" %}
with

digits as (

    {% for digit in range(10) -%}
    select {{ digit }} as digit
    {%- if not loop.last %} union all {% endif %}
    {%- endfor %}

),

scales as (

    select 10 as factor
    union all
    select 100 as factor
    union all
    select 10000 as factor

),

rules as (

    select rule_id, rule_kind, method, comparison, severity, evidence
    from {{ ref('rules') }}

),

-- leaves that miss a printed total repeat what an identity of the table says already, or are no finding at all
accused as (

    select results.reconciliation_key, results.rule_id, results.document_key, results.place, results.left_value,
        results.right_value, results.difference, results.tolerance, results.unit_of_measure, results.left_amount_key,
        results.is_truncation, rules.method, rules.comparison, results.message_zh, results.message_en
    from {{ ref('fct_reconciliation') }} as results
    inner join rules on results.rule_id = rules.rule_id
    where results.status = 'discrepant' and rules.method <> 'leaf_sum'

),

used as (

    select
        bridge.reconciliation_key,
        bridge.amount_key,
        -- last year's figure is this year's less the change
        case
            when rules.method in ('prior_implied', 'prior_budget_implied') and bridge.amount_key = results.left_amount_key
                then -bridge.coefficient
            else bridge.coefficient
        end as coefficient,
        results.document_key,
        results.status,
        results.difference,
        results.tolerance,
        results.unit_of_measure,
        rules.comparison
    from {{ ref('bridge_reconciliation_amount') }} as bridge
    inner join {{ ref('fct_reconciliation') }} as results on bridge.reconciliation_key = results.reconciliation_key
    inner join rules on results.rule_id = rules.rule_id and rules.method <> 'leaf_sum'
    where results.status <> 'incomplete'
        and results.document_key in (select distinct accused.document_key from accused)

),

-- the figures of what is accused
figures as (

    select amount_key, document_key, origin, statement_code, table_ordinal, row_ordinal, role, unit_code, unit_printed,
        compared_value, compared_half_unit
    from {{ ref('int_recon__figure') }}
    where amount_key in (select used.amount_key from used where used.status = 'discrepant')

),

-- by how much the figure would have to move to mend the result
moves as (

    select
        used.reconciliation_key,
        used.amount_key,
        used.document_key,
        case
            when used.unit_of_measure = '元' and used.coefficient <> 0
                then cast(-used.difference / used.coefficient as decimal(24, 2))
        end as move,
        used.tolerance
    from used
    where used.status = 'discrepant'

),

-- identities that the same move would mend: by the same sum, rounding apart
like_moves as (

    select moves.reconciliation_key, moves.amount_key, count(*) as mended
    from moves
    inner join moves as others
        on moves.amount_key = others.amount_key
        and (
            (moves.move is null and others.move is null)
            or abs(moves.move - others.move) <= moves.tolerance + others.tolerance
        )
    group by moves.reconciliation_key, moves.amount_key

),

-- 收、支总计各减少3.51万元 is one number told of two subjects: that both agree says nothing
told_twice as (

    select used.reconciliation_key
    from used
    inner join {{ ref('int_recon__figure') }} as told
        on used.amount_key = told.amount_key and told.origin = 'prose'
    where used.status <> 'discrepant'
        and used.document_key in (select figures.document_key from figures where figures.origin = 'prose')
    group by used.reconciliation_key
    having count(*) = 2
        and min(told.paragraph_ordinal) = max(told.paragraph_ordinal)
        and min(told.char_start) = max(told.char_start)

),

suspicions as (

    select
        amount_key,
        sum(case when status = 'discrepant' then 1 else 0 end) as broken,
        sum(case when status = 'discrepant' then 0 else 1 end) as kept,
        sum(case when status = 'discrepant' or comparison = '<=' then 0 else 1 end) as kept_equal,
        -- of identities of its own document, where another document's figure is compared
        sum(case when status = 'discrepant' and left(amount_key, length(document_key)) = document_key then 1 else 0 end)
            as broken_at_home
    from used
    where used.reconciliation_key not in (select told_twice.reconciliation_key from told_twice)
    group by amount_key

),

-- ---- slips of the pen: what a figure may have been, one digit or one sign away from what is printed
told_rates as (

    select
        accused.reconciliation_key,
        accused.left_amount_key,
        rates.compared_half_unit as rate_half_unit,
        abs(accused.left_value) as left_value,
        abs(accused.right_value) as right_value,
        accused.tolerance
    from accused
    inner join figures as rates on accused.left_amount_key = rates.amount_key
    inner join suspicions on accused.left_amount_key = suspicions.amount_key and suspicions.broken = 1
    where accused.unit_of_measure = '%'
        and accused.method in ('growth', 'completion', 'share', 'difference_rate')
        and accused.right_value <> 0

),

-- the two amounts a rate is taken of, each beside the other
rated as (

    select
        told_rates.reconciliation_key,
        told_rates.left_value,
        told_rates.right_value,
        told_rates.tolerance,
        figures.amount_key,
        figures.role,
        figures.compared_value,
        figures.compared_half_unit,
        others.compared_value as other_value,
        -- the digits a moved decimal point leaves
        told_rates.rate_half_unit + told_rates.left_value * (
            figures.compared_half_unit / abs(figures.compared_value)
            + others.compared_half_unit / nullif(abs(others.compared_value), 0)
        ) as scaled_tolerance
    from told_rates
    inner join moves on told_rates.reconciliation_key = moves.reconciliation_key
    inner join figures
        on moves.amount_key = figures.amount_key and moves.amount_key <> told_rates.left_amount_key
    inner join moves as other_moves
        on told_rates.reconciliation_key = other_moves.reconciliation_key
        and other_moves.amount_key <> moves.amount_key
        and other_moves.amount_key <> told_rates.left_amount_key
    inner join figures as others on other_moves.amount_key = others.amount_key
    inner join suspicions on moves.amount_key = suspicions.amount_key and suspicions.kept_equal = 0
    where figures.compared_value <> 0 and figures.compared_half_unit > 0 and figures.unit_code = '元'

),

edited as (

    select amount_key, compared_value, compared_half_unit, role
    from rated
    union
    select left_amount_key as amount_key, left_value as compared_value, rate_half_unit as compared_half_unit, 'rate' as role
    from told_rates
    where rate_half_unit > 0

),

edits as (

    {% for place in range(9) -%}
    select
        edited.amount_key,
        cast(
            edited.compared_value + case when edited.compared_value < 0 then -1 else 1 end
            * (digits.digit - {{ digit_of('edited.compared_value', 'edited.compared_half_unit', place) }})
            * {{ 10 ** place }} * 2 * edited.compared_half_unit as decimal(24, 6)
        ) as value,
        1 as factor
    from edited
    cross join digits
    where edited.role = 'rate' or abs(edited.compared_value) >= {{ 10 ** place }} * 2 * edited.compared_half_unit
    union all
    {% endfor -%}
    {% for place in range(8) -%}
    select
        amount_key,
        cast(compared_value + {{ exchanged('compared_value', 'compared_half_unit', place) }} as decimal(24, 6)) as value,
        1 as factor
    from edited
    union all
    {% endfor -%}
    select edited.amount_key, cast(edited.compared_value * scales.factor as decimal(24, 6)) as value, scales.factor
    from edited
    cross join scales
    union all
    select edited.amount_key, cast(edited.compared_value / scales.factor as decimal(24, 6)) as value, scales.factor
    from edited
    cross join scales
    union all
    select amount_key, -compared_value as value, 1 as factor
    from edited
    where role = 'change'

),

-- a rate that is itself one digit away from the right one is what is wrong
slipped_rates as (

    select distinct told_rates.reconciliation_key
    from told_rates
    inner join edits on told_rates.left_amount_key = edits.amount_key
    where abs(edits.value - told_rates.right_value) <= told_rates.tolerance

),

slipped_amounts as (

    select
        rated.reconciliation_key,
        rated.amount_key,
        edits.value - rated.compared_value as move,
        row_number() over (
            partition by rated.reconciliation_key, rated.amount_key
            order by
                {% for way in ['xy', 'yx', 'x_yx', 'y_xy', 'xy_y', 'xy_x'] -%}
                case
                    when abs({{ rate_of(way, 'rated.compared_value', 'rated.other_value') }} - rated.right_value) <= 0.0001
                        then abs({{ rate_of(way, 'edits.value', 'rated.other_value') }} - rated.left_value)
                end asc nulls last,
                {% endfor -%}
                edits.value
        ) as preference
    from rated
    inner join edits on rated.amount_key = edits.amount_key and edits.value <> rated.compared_value
    left join slipped_rates on rated.reconciliation_key = slipped_rates.reconciliation_key
    where slipped_rates.reconciliation_key is null
        and (
            {% for way in ['xy', 'yx', 'x_yx', 'y_xy', 'xy_y', 'xy_x'] -%}
            (
                abs({{ rate_of(way, 'rated.compared_value', 'rated.other_value') }} - rated.right_value) <= 0.0001
                and abs({{ rate_of(way, 'edits.value', 'rated.other_value') }} - rated.left_value)
                <= case when edits.factor = 1 then rated.tolerance else rated.scaled_tolerance end
            ){% if not loop.last %} or {% endif %}
            {% endfor -%}
        )

),

rate_slips as (

    select reconciliation_key, amount_key, move
    from (
        select reconciliation_key, amount_key, move, count(*) over (partition by reconciliation_key) as likes
        from slipped_amounts
        where preference = 1
    ) as first_slips
    where likes = 1

),

-- mends most: identities one move of the figure would mend, less those it would break; no figure falls below zero
candidates as (

    select
        moves.reconciliation_key,
        moves.amount_key,
        moves.document_key,
        coalesce(rate_slips.move, moves.move) as move,
        figures.table_ordinal,
        figures.row_ordinal,
        case when coalesce(accused.left_amount_key = moves.amount_key, false) then 1 else 0 end as is_left,
        rank() over (
            partition by moves.reconciliation_key
            order by
                case when rate_slips.amount_key is not null then 0 else 1 end,
                case
                    when figures.role <> 'change' and figures.compared_value >= 0 and figures.compared_value + moves.move < 0
                        then 1
                    else 0
                end,
                -- a rate is wrong before the amounts it was taken of, unless they break something else as well
                case
                    when accused.unit_of_measure = '%' and figures.unit_code <> '%' and suspicions.broken = 1 then 1
                    else 0
                end,
                -- another year's document is not this one's fault, unless it contradicts itself
                case when figures.document_key <> moves.document_key and suspicions.broken_at_home = 0 then 1 else 0 end,
                like_moves.mended - suspicions.kept desc,
                suspicions.broken - suspicions.kept desc,
                case
                    when {{ is_slip('figures.compared_value', 'figures.compared_half_unit', 'moves.move') }} then 0
                    else 1
                end
        ) as place_in_order
    from moves
    inner join suspicions on moves.amount_key = suspicions.amount_key
    inner join like_moves
        on moves.amount_key = like_moves.amount_key and moves.reconciliation_key = like_moves.reconciliation_key
    inner join accused on moves.reconciliation_key = accused.reconciliation_key
    left join figures on moves.amount_key = figures.amount_key
    left join rate_slips
        on moves.reconciliation_key = rate_slips.reconciliation_key and moves.amount_key = rate_slips.amount_key

),

judged as (

    select
        reconciliation_key,
        amount_key,
        document_key,
        move,
        table_ordinal,
        row_ordinal,
        place_in_order,
        is_left,
        count(*) over (partition by reconciliation_key, place_in_order) as likes,
        min(case when place_in_order = 1 then amount_key end) over (partition by reconciliation_key) as first_likely
    from candidates

),

-- a row wrong in one column is wrong by as much in the column that holds it
sure_rows as (

    select distinct document_key, table_ordinal, row_ordinal, move
    from judged
    where place_in_order = 1 and likes = 1 and move <> 0 and row_ordinal is not null

),

-- where several parts are as likely, none of them is named: the sum is, or, where no figure is printed for it, the place
ranked as (

    select
        reconciliation_key,
        amount_key,
        document_key,
        table_ordinal,
        row_ordinal,
        move,
        first_likely,
        is_sure,
        is_in_sure_row,
        row_number() over (
            partition by reconciliation_key
            order by
                is_sure desc,
                is_in_sure_row desc,
                case when place_in_order = 1 then 0 else 1 end,
                is_left desc,
                amount_key
        ) as preference
    from (
        select
            judged.reconciliation_key,
            judged.amount_key,
            judged.document_key,
            judged.table_ordinal,
            judged.row_ordinal,
            judged.move,
            judged.place_in_order,
            judged.is_left,
            judged.first_likely,
            case when judged.place_in_order = 1 and judged.likes = 1 then 1 else 0 end as is_sure,
            max(case
                when judged.place_in_order = 1 and abs(judged.move - sure_rows.move) <= 300 then 1
                else 0
            end) as is_in_sure_row
        from judged
        left join sure_rows
            on judged.document_key = sure_rows.document_key
            and judged.table_ordinal = sure_rows.table_ordinal
            and judged.row_ordinal = sure_rows.row_ordinal
        group by
            judged.reconciliation_key, judged.amount_key, judged.document_key, judged.table_ordinal, judged.row_ordinal,
            judged.move, judged.place_in_order, judged.is_left, judged.first_likely, judged.likes
    ) as chosen
    where is_left = 1 or is_sure = 1 or is_in_sure_row = 1

),

-- 项目支出 and 合计 of one row wrong by the same: the part is named, the sum goes with it
row_pairs as (

    select
        sums.amount_key,
        min(parts.amount_key) as part_amount_key,
        min(kept_with.kept) as kept_together
    from (select distinct document_key, table_ordinal, row_ordinal, amount_key, move from ranked where preference = 1) as sums
    inner join
        (select distinct document_key, table_ordinal, row_ordinal, amount_key, move from ranked where preference = 1) as parts
        on sums.document_key = parts.document_key
        and sums.table_ordinal = parts.table_ordinal
        and sums.row_ordinal = parts.row_ordinal
        and sums.amount_key <> parts.amount_key
        and abs(sums.move - parts.move) <= 300
        and sums.move * parts.move > 0
    inner join (
        select wholes.amount_key, members.amount_key as part_amount_key, count(*) as kept
        from used as wholes
        inner join used as members
            on wholes.reconciliation_key = members.reconciliation_key and members.coefficient < 0
        where wholes.coefficient > 0 and wholes.status <> 'discrepant' and wholes.comparison = '='
            and wholes.amount_key in (select ranked.amount_key from ranked)
            and members.amount_key in (select ranked.amount_key from ranked)
        group by wholes.amount_key, members.amount_key
    ) as kept_with
        on sums.amount_key = kept_with.amount_key and parts.amount_key = kept_with.part_amount_key
    group by sums.amount_key

),

-- a form that says 元 where it means 万元: everything on it is ten thousand times off from what other forms say, not from
-- its own sums, and that is one finding
between_forms as (

    select used.reconciliation_key
    from used
    inner join figures on used.amount_key = figures.amount_key
    where used.status = 'discrepant'
    group by used.reconciliation_key
    having count(distinct coalesce(figures.table_ordinal, 0)) > 1 or count(distinct figures.document_key) > 1

),

apart as (

    select reconciliation_key, document_key
    from accused
    where reconciliation_key in (select between_forms.reconciliation_key from between_forms)
        and unit_of_measure = '元'
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
        figures.unit_printed,
        figures.amount_key,
        case when suspicions.kept_equal > 0 then 1 else 0 end as agrees
    from apart
    inner join used on apart.reconciliation_key = used.reconciliation_key
    inner join figures on used.amount_key = figures.amount_key and figures.document_key = apart.document_key
    inner join suspicions on used.amount_key = suspicions.amount_key
    where figures.origin = 'table' and figures.unit_printed in ('元', '万元')

),

units_used as (

    select document_key, unit_printed, tables, sum(tables) over (partition by document_key) as forms
    from (
        select document_key, unit_printed, count(distinct table_ordinal) as tables
        from {{ ref('int_recon__figure') }}
        where origin = 'table'
            and unit_printed in ('元', '万元')
            and statement_code not like 'perf%'
            and document_key in (select distinct apart.document_key from apart)
        group by document_key, unit_printed
    ) as counted

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
    having min(figures.unit_printed) = max(figures.unit_printed)
        and (
            (count(distinct figures.reconciliation_key) > 2 and count(distinct figures.amount_key) > 1)
            -- its own sums hold, and no other form bears its unit
            or (min(figures.agrees) = 1 and min(units_used.tables) = 1 and min(units_used.forms) > 3)
        )

),

-- everything that holds once the form is read in the other unit goes with it
mended_by_unit as (

    select used.reconciliation_key, apart_tables.document_key
    from apart_tables
    inner join accused on apart_tables.document_key = accused.document_key and accused.unit_of_measure = '元'
    inner join used on accused.reconciliation_key = used.reconciliation_key
    inner join figures on used.amount_key = figures.amount_key
    where apart_tables.preference = 1
    group by used.reconciliation_key, apart_tables.document_key, accused.comparison
    having max(case when {{ of_wrong_form }} then 1 else 0 end) = 1
        and min(case when {{ of_wrong_form }} then 1 else 0 end) = 0
        and case
            when accused.comparison = '<=' then sum(used.coefficient * figures.compared_value * {{ unit_factor }})
            else abs(sum(used.coefficient * figures.compared_value * {{ unit_factor }}))
        end <= sum(abs(used.coefficient) * figures.compared_half_unit * {{ unit_factor }})

),

wrong_units as (

    select
        held.reconciliation_key,
        'unit:' || cast(apart_tables.table_ordinal as {{ text }}) as root_key,
        {{ titled_place('statements.name_zh', figure_place('tables.page', 'tables.source_line', 'tables.sheet', 'null')) }}
            as place,
        apart_tables.unit_printed,
        tables.page,
        tables.source_line
    from apart_tables
    inner join (
        select reconciliation_key, document_key, table_ordinal from apart_figures
        union
        select mended_by_unit.reconciliation_key, mended_by_unit.document_key, wrong.table_ordinal
        from mended_by_unit
        inner join apart_tables as wrong
            on mended_by_unit.document_key = wrong.document_key and wrong.preference = 1
    ) as held
        on apart_tables.document_key = held.document_key
        and apart_tables.table_ordinal = held.table_ordinal
    inner join {{ ref('stg_landing__tables') }} as tables
        on apart_tables.document_key = tables.document_key and apart_tables.table_ordinal = tables.table_ordinal
    left join {{ ref('statements') }} as statements on apart_tables.statement_code = statements.statement_code
    where apart_tables.preference = 1

),

-- one error among the same parts breaks several sums (本年支出合计, 支出总计): one finding, though no part can be told
told_together as (

    select reconciliation_key, 'p:' || first_likely || ':' || cast(cast(abs(move) as decimal(24, 0)) as {{ text }}) as root_key
    from (
        select
            reconciliation_key,
            first_likely,
            move,
            count(*) over (partition by first_likely, cast(abs(move) as decimal(24, 0))) as results
        from ranked
        where preference = 1 and is_sure = 0 and is_in_sure_row = 0 and first_likely <> amount_key and move <> 0
    ) as unsure
    where results > 1

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
        accused.tolerance,
        accused.message_zh,
        accused.message_en,
        case when wrong_units.root_key is null then ranked.amount_key end as amount_key,
        case when wrong_units.root_key is null then ranked.move end as move,
        row_pairs.part_amount_key,
        -- nothing that agrees would break if the figure named were changed
        case
            when wrong_units.root_key is not null then 0
            when ranked.is_sure = 0 and ranked.is_in_sure_row = 0 then 0
            when suspicions.kept_equal <= coalesce(row_pairs.kept_together, pair_sums.kept_together, 0) then 1
            else 0
        end as is_sure,
        wrong_units.place as unit_place,
        wrong_units.unit_printed as wrong_unit,
        wrong_units.page as unit_page,
        wrong_units.source_line as unit_line,
        -- the second subject of 收入、支出总计0.3万元 stands in the first one's place
        coalesce(
            wrong_units.root_key,
            row_pairs.part_amount_key,
            told_together.root_key,
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
    left join row_pairs on ranked.amount_key = row_pairs.amount_key
    left join (
        select part_amount_key, min(kept_together) as kept_together from row_pairs group by part_amount_key
    ) as pair_sums on ranked.amount_key = pair_sums.part_amount_key
    left join told_together on accused.reconciliation_key = told_together.reconciliation_key
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
            '(case when part_amount_key is null then 1000000000 else 0 end'
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
    left join {{ ref('int_recon__figure') }} as figures on firsts.amount_key = figures.amount_key
    left join {{ ref('int_recon__figure') }} as sums on grouped.sum_amount_key = sums.amount_key
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

),

-- page and line of the figures named
printed_lines as (

    {% for fact in ['fct_statement_amount', 'fct_narrative_amount'] -%}
    select facts.amount_key, facts.page, facts.source_line
    from {{ ref(fact) }} as facts
    where facts.amount_key in (select arithmetic.amount_key from arithmetic where arithmetic.amount_key is not null)
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
