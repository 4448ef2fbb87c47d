-- Grain: one row per told rate that is accused and figure that may be the slip (不符的比率及其所涉数字): the rate itself
-- (role rate), and each of the two amounts it is taken of with the other one beside it. Only where the figure breaks
-- nothing else, as a slip of the pen would.
with

suspects as (

    select amount_key, broken, kept_equal, is_addressed, role, unit_code, compared_value, compared_half_unit
    from {{ ref('int_recon__suspect') }}

),

told_rates as (

    select
        accused.reconciliation_key,
        accused.left_amount_key,
        rates.compared_half_unit as rate_half_unit,
        abs(accused.left_value) as left_value,
        abs(accused.right_value) as right_value,
        accused.tolerance
    from {{ ref('int_recon__accused') }} as accused
    inner join suspects as rates on accused.left_amount_key = rates.amount_key and rates.is_addressed and rates.broken = 1
    where accused.unit_of_measure = '%'
        and accused.method in ('growth', 'completion', 'share', 'difference_rate')
        and accused.right_value <> 0

),

uses as (

    select reconciliation_key, amount_key
    from {{ ref('int_recon__accused_use') }}
    where status = 'discrepant'

)

select
    reconciliation_key,
    left_amount_key as amount_key,
    'rate' as role,
    left_value,
    right_value,
    tolerance,
    left_value as compared_value,
    rate_half_unit as compared_half_unit,
    cast(null as decimal(24, 6)) as other_value,
    cast(tolerance as decimal(24, 10)) as scaled_tolerance
from told_rates
union all
select
    told_rates.reconciliation_key,
    figures.amount_key,
    figures.role,
    told_rates.left_value,
    told_rates.right_value,
    told_rates.tolerance,
    figures.compared_value,
    figures.compared_half_unit,
    others.compared_value as other_value,
    -- the digits a moved decimal point leaves
    cast(
        told_rates.rate_half_unit + told_rates.left_value * (
            figures.compared_half_unit / abs(figures.compared_value)
            + others.compared_half_unit / nullif(abs(others.compared_value), 0)
        ) as decimal(24, 10)
    ) as scaled_tolerance
from told_rates
inner join uses on told_rates.reconciliation_key = uses.reconciliation_key and uses.amount_key <> told_rates.left_amount_key
inner join suspects as figures on uses.amount_key = figures.amount_key and figures.is_addressed
inner join uses as other_uses
    on told_rates.reconciliation_key = other_uses.reconciliation_key
    and other_uses.amount_key <> uses.amount_key
    and other_uses.amount_key <> told_rates.left_amount_key
inner join suspects as others on other_uses.amount_key = others.amount_key and others.is_addressed
where figures.kept_equal = 0
    and figures.compared_value <> 0
    and figures.compared_half_unit > 0
    and figures.unit_code = '元'
