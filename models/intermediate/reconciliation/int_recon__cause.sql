-- Grain: one row per discrepant result and the cause it is put down to (不符的勾稽结果及其原因): results of one document with
-- one root_key are one finding. is_sure: nothing that agrees would break if the figure named were changed.
{% set text = dbt.type_string() %}
with

named as (

    select reconciliation_key, amount_key, document_key, table_ordinal, row_ordinal, move, first_likely, is_sure,
        is_in_sure_row
    from {{ ref('int_recon__candidate') }}
    where preference = 1

),

moved as (

    select distinct document_key, table_ordinal, row_ordinal, amount_key, move
    from named

),

uses as (

    select reconciliation_key, amount_key, coefficient
    from {{ ref('int_recon__accused_use') }}
    where status <> 'discrepant' and comparison = '='

),

kept_with as (

    select wholes.amount_key, members.amount_key as part_amount_key, count(*) as kept
    from uses as wholes
    inner join uses as members on wholes.reconciliation_key = members.reconciliation_key and members.coefficient < 0
    where wholes.coefficient > 0
        and wholes.amount_key in (select named.amount_key from named)
        and members.amount_key in (select named.amount_key from named)
    group by wholes.amount_key, members.amount_key

),

-- 项目支出 and 合计 of one row wrong by the same: the part is named, the sum goes with it
row_pairs as (

    select
        sums.amount_key,
        min(parts.amount_key) as part_amount_key,
        min(kept_with.kept) as kept_together
    from moved as sums
    inner join moved as parts
        on sums.document_key = parts.document_key
        and sums.table_ordinal = parts.table_ordinal
        and sums.row_ordinal = parts.row_ordinal
        and sums.amount_key <> parts.amount_key
        and abs(sums.move - parts.move) <= 300
        and sums.move * parts.move > 0
    inner join kept_with on sums.amount_key = kept_with.amount_key and parts.amount_key = kept_with.part_amount_key
    group by sums.amount_key

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
        from named
        where is_sure = 0 and is_in_sure_row = 0 and first_likely <> amount_key and move <> 0
    ) as unsure
    where results > 1

)

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
    case when wrong_units.root_key is null then named.amount_key end as amount_key,
    case when wrong_units.root_key is null then named.move end as move,
    row_pairs.part_amount_key,
    case
        when wrong_units.root_key is not null then 0
        when named.is_sure = 0 and named.is_in_sure_row = 0 then 0
        when figures.kept_equal <= coalesce(row_pairs.kept_together, pair_sums.kept_together, 0) then 1
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
        named.amount_key,
        accused.reconciliation_key
    ) as root_key,
    accused.rule_kind,
    case
        when accused.is_truncation then 1
        else case accused.severity when 'critical' then 3 when 'major' then 2 when 'minor' then 1 else 0 end
    end as weight
from {{ ref('int_recon__accused') }} as accused
left join named on accused.reconciliation_key = named.reconciliation_key
left join {{ ref('int_recon__suspect') }} as figures on named.amount_key = figures.amount_key
left join row_pairs on named.amount_key = row_pairs.amount_key
left join (
    select part_amount_key, min(kept_together) as kept_together from row_pairs group by part_amount_key
) as pair_sums on named.amount_key = pair_sums.part_amount_key
left join told_together on accused.reconciliation_key = told_together.reconciliation_key
left join {{ ref('int_recon__wrong_unit') }} as wrong_units
    on accused.reconciliation_key = wrong_units.reconciliation_key
