-- A figure whose unit is money has its yuan and its half unit, and no other figure has any.
select amounts.amount_key, amounts.value_printed, amounts.unit_of_measure, amounts.amount_yuan
from {{ ref('fct_statement_amount') }} as amounts
left join {{ ref('units_of_measure') }} as units on amounts.unit_of_measure = units.unit_of_measure
where (coalesce(units.kind, '') = 'money' and (amounts.amount_yuan is null or amounts.half_unit_yuan is null))
    or (coalesce(units.kind, '') <> 'money' and amounts.amount_yuan is not null)
