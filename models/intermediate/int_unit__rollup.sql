-- Grain: one row per consolidated set of statements (unit × year × kind) whose own units are in the warehouse too:
-- such a set counts its units' money a second time (汇总口径与所属单位重复).
with

sets as (

    select distinct unit_key, fiscal_year, statement_kind, scope_code
    from {{ ref('int_table__identity') }}
    where is_current and is_disclosure and statement_kind in ('budget', 'final_account')

),

members as (

    select sets.unit_key as department_unit_key, sets.fiscal_year, sets.statement_kind
    from sets
    where sets.scope_code = 'own'
    union
    select parents.parent_unit_key as department_unit_key, sets.fiscal_year, sets.statement_kind
    from sets
    inner join {{ ref('int_unit__parent_year') }} as parents
        on sets.unit_key = parents.unit_key and sets.fiscal_year = parents.fiscal_year

)

select distinct sets.unit_key, sets.fiscal_year, sets.statement_kind, sets.scope_code
from sets
inner join members
    on sets.unit_key = members.department_unit_key
    and sets.fiscal_year = members.fiscal_year
    and sets.statement_kind = members.statement_kind
where sets.scope_code = 'consolidated'
