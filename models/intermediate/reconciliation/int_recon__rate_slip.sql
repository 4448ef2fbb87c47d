-- Grain: one row per told rate that is accused and one slip of the pen explains (笔误致误的比率): the figure that is one
-- digit, one sign or one decimal point away from the amount the told rate would be right of. No row where the rate
-- itself is as near to the right one, or where both amounts may be the slip.
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

rated as (

    select reconciliation_key, amount_key, role, left_value, right_value, tolerance, compared_value, compared_half_unit,
        other_value, scaled_tolerance
    from {{ ref('int_recon__rated') }}

),

edited as (

    select distinct amount_key, compared_value, compared_half_unit, role
    from rated
    where compared_half_unit > 0

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

    select distinct rated.reconciliation_key
    from rated
    inner join edits on rated.amount_key = edits.amount_key
    where rated.role = 'rate' and abs(edits.value - rated.right_value) <= rated.tolerance

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
    where rated.role <> 'rate'
        and slipped_rates.reconciliation_key is null
        and (
            {% for way in ['xy', 'yx', 'x_yx', 'y_xy', 'xy_y', 'xy_x'] -%}
            (
                abs({{ rate_of(way, 'rated.compared_value', 'rated.other_value') }} - rated.right_value) <= 0.0001
                and abs({{ rate_of(way, 'edits.value', 'rated.other_value') }} - rated.left_value)
                <= case when edits.factor = 1 then rated.tolerance else rated.scaled_tolerance end
            ){% if not loop.last %} or {% endif %}
            {% endfor -%}
        )

)

select reconciliation_key, amount_key, move
from (
    select reconciliation_key, amount_key, move, count(*) over (partition by reconciliation_key) as likes
    from slipped_amounts
    where preference = 1
) as first_slips
where likes = 1
