-- Grain: one row per discrepant result and figure that may be named for it (勾稽不符的候选数字), the best first (preference 1):
-- the one most likely wrong, one wrong by as much as a sure one of its row, and the result's own left side. Where several
-- parts are as likely, none of them is named: the sum is, or, where no figure is printed for it, the place.
with

moves as (

    select reconciliation_key, amount_key, document_key, move, tolerance
    from {{ ref('int_recon__accused_use') }}
    where status = 'discrepant'

),

suspects as (

    select amount_key, broken, kept, broken_at_home, document_key, table_ordinal, row_ordinal, role, unit_code,
        compared_value, compared_half_unit
    from {{ ref('int_recon__suspect') }}

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

-- mends most: identities one move of the figure would mend, less those it would break; no figure falls below zero
candidates as (

    select
        moves.reconciliation_key,
        moves.amount_key,
        moves.document_key,
        coalesce(rate_slips.move, moves.move) as move,
        suspects.table_ordinal,
        suspects.row_ordinal,
        case when coalesce(accused.left_amount_key = moves.amount_key, false) then 1 else 0 end as is_left,
        rank() over (
            partition by moves.reconciliation_key
            order by
                case when rate_slips.amount_key is not null then 0 else 1 end,
                case
                    when suspects.role <> 'change' and suspects.compared_value >= 0 and suspects.compared_value + moves.move < 0
                        then 1
                    else 0
                end,
                -- a rate is wrong before the amounts it was taken of, unless they break something else as well
                case
                    when accused.unit_of_measure = '%' and suspects.unit_code <> '%' and suspects.broken = 1 then 1
                    else 0
                end,
                -- another year's document is not this one's fault, unless it contradicts itself
                case when suspects.document_key <> moves.document_key and suspects.broken_at_home = 0 then 1 else 0 end,
                like_moves.mended - suspects.kept desc,
                suspects.broken - suspects.kept desc,
                case
                    when {{ is_slip('suspects.compared_value', 'suspects.compared_half_unit', 'moves.move') }} then 0
                    else 1
                end
        ) as place_in_order
    from moves
    inner join suspects on moves.amount_key = suspects.amount_key
    inner join like_moves
        on moves.amount_key = like_moves.amount_key and moves.reconciliation_key = like_moves.reconciliation_key
    inner join {{ ref('int_recon__accused') }} as accused on moves.reconciliation_key = accused.reconciliation_key
    left join {{ ref('int_recon__rate_slip') }} as rate_slips
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

)

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
