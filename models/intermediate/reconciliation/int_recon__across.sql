-- Grain: one row per rule on two documents and figure (跨文件勾稽): last year's closing balance, last year's account, the
-- budget behind the account, a department and its units. The later document, or the department, carries the result.
{% set text = dbt.type_string() %}
{% set certain = 'cast(null as ' ~ text ~ ')' %}
with

documents as (

    select document_key, document_kind, unit_key, fiscal_year
    from {{ ref('dim_document') }}
    where is_current and unit_key is not null and fiscal_year is not null

),

figures as (

    select
        figures.amount_key,
        figures.document_key,
        documents.unit_key,
        documents.document_kind,
        documents.fiscal_year as document_year,
        figures.fiscal_year,
        figures.scope_code,
        figures.statement_code,
        figures.row_kind,
        figures.line_code,
        coalesce(figures.functional_code, '') as functional_code,
        figures.economic_code,
        figures.project_key,
        figures.measure_code,
        figures.fund_code,
        figures.stage_code,
        figures.three_public_code,
        figures.role,
        figures.compared_value as value,
        figures.compared_half_unit as half_unit,
        figures.doubt,
        figures.label,
        figures.place
    from {{ ref('int_recon__figure') }} as figures
    inner join documents on figures.document_key = documents.document_key
    where figures.origin = 'table' and figures.unit_code = '元'

),

-- balances: opening of one year, closing of the year before, fund by fund
balances as (

    select
        document_key,
        unit_key,
        document_year,
        scope_code,
        statement_code,
        case
            when line_code like 'opening_%' then 'opening'
            when line_code = 'closing_balance' then 'closing'
        end as side,
        case
            when line_code = 'opening_balance' then case when fund_code = 'all' then 'all' else 'appropriation' end
            when line_code like 'opening_%' then substr(line_code, 9)
            else fund_code
        end as fund_code,
        min(value) as value,
        max(half_unit) as half_unit,
        min(amount_key) as amount_key,
        min(doubt) as doubt,
        min(label) as label,
        min(place) as place
    from figures
    where document_kind = 'final_account'
        and statement_code in ('final_summary', 'final_appropriation_summary')
        and line_code in (
            'opening_balance', 'opening_general', 'opening_gov_fund', 'opening_state_capital', 'closing_balance'
        )
        and stage_code = 'final'
    group by document_key, unit_key, document_year, scope_code, statement_code, line_code, fund_code
    having min(value) = max(value)

),

openings as (

    select {{ held_against(
        "'opening'", 'later', 'earlier',
        item_key="later.statement_code || ':' || later.fund_code || ':' || coalesce(later.scope_code, '')"
    ) }}
    from balances as later
    inner join balances as earlier
        on later.unit_key = earlier.unit_key
        and later.scope_code = earlier.scope_code
        and later.document_year = earlier.document_year + 1
        and later.statement_code = earlier.statement_code
        and later.fund_code = earlier.fund_code
    where later.side = 'opening' and earlier.side = 'closing'

),

-- what a document prints of the year before, against that year's own document
printed_before as (

    select {{ held_against("'prior'", 'later', 'earlier') }}
    from figures as later
    inner join figures as earlier
        on later.unit_key = earlier.unit_key
        and later.scope_code = earlier.scope_code
        and later.document_year = earlier.document_year + 1
        and later.fiscal_year = earlier.fiscal_year
        and later.statement_code = earlier.statement_code
        and later.row_kind = earlier.row_kind
        and coalesce(later.line_code, '') = coalesce(earlier.line_code, '')
        and later.functional_code = earlier.functional_code
        and coalesce(later.measure_code, '') = coalesce(earlier.measure_code, '')
        and coalesce(later.fund_code, '') = coalesce(earlier.fund_code, '')
        and coalesce(later.three_public_code, '') = coalesce(earlier.three_public_code, '')
    where later.role = 'amount'
        and earlier.role = 'amount'
        and (
            (later.stage_code = 'prior_final' and earlier.stage_code = 'final')
            or (later.stage_code = 'prior_budget' and earlier.stage_code in ('budget_unspecified', 'initial_budget'))
        )
        and later.row_kind in ('func', 'total', 'line')

),

-- 上年决算数 told in prose against last year's table, subject by subject
told_before as (

    select {{ held_against("'prior'", 'told', 'earlier', doubt=certain) }}
    from {{ ref('int_recon__told') }} as told
    inner join documents on told.document_key = documents.document_key
    inner join figures as earlier
        on documents.unit_key = earlier.unit_key
        and told.scope_code = earlier.scope_code
        and documents.fiscal_year = earlier.document_year + 1
        and told.functional_code = earlier.functional_code
        and earlier.row_kind = 'func'
        and earlier.measure_code = 'total'
        and (
            (
                told.stage_stated = 'prior_final'
                and earlier.stage_code = 'final'
                and earlier.statement_code = 'final_general_expenditure'
            )
            or (
                told.stage_stated = 'prior_budget'
                and earlier.stage_code in ('budget_unspecified', 'initial_budget')
                and earlier.statement_code = 'budget_general_expenditure'
            )
        )
    where told.role = 'amount' and told.unit_code = '元' and told.has_digits

),

-- 收入总计X,比上年增加C: the year before had X - C, which its own document prints (or its budget, where the change is
-- from last year's budget)
changed as (

    select
        changes.document_key,
        changes.scope_code,
        documents.unit_key,
        documents.fiscal_year,
        changes.amount_key,
        changes.base_code,
        changes.line_code,
        case when changes.line_code = 'tp_total' then 'all' else changes.fund_code end as fund_code,
        min(owns.value) - min(changes.signed_value) as value,
        max(owns.half_unit) + max(changes.half_unit) as half_unit,
        min(changes.place) as place,
        min(changes.label) as label
    from {{ ref('int_recon__told') }} as changes
    inner join documents on changes.document_key = documents.document_key
    inner join {{ ref('int_recon__told') }} as owns
        on changes.document_key = owns.document_key
        and changes.paragraph_number = owns.paragraph_number
        and changes.line_code = owns.line_code
        and changes.fund_code = owns.fund_code
        and owns.is_own_amount
        and owns.unit_code = '元'
    where changes.role = 'change'
        and changes.unit_code = '元'
        and changes.has_digits
        and changes.base_code in ('prior_final', 'prior_budget')
        and changes.line_code in (
            'income_grand_total', 'expenditure_grand_total', 'income_this_year', 'expenditure_this_year', 'tp_total'
        )
    group by
        changes.document_key, changes.scope_code, documents.unit_key, documents.fiscal_year, changes.amount_key,
        changes.base_code, changes.line_code, changes.fund_code
    having min(owns.value) = max(owns.value)

),

implied_before as (

    select {{ held_against(
        "case when changed.base_code = 'prior_final' then 'prior_implied' else 'prior_budget_implied' end",
        'changed', 'earlier', label="changed.label || '·推算上年数'", doubt=certain
    ) }}
    from changed
    inner join figures as earlier
        on changed.unit_key = earlier.unit_key
        and changed.scope_code = earlier.scope_code
        and changed.fiscal_year = earlier.document_year + 1
        and earlier.document_year = earlier.fiscal_year
        and earlier.role = 'amount'
        and (
            (
                changed.base_code = 'prior_final'
                and earlier.document_kind = 'final_account'
                and earlier.stage_code = 'final'
            )
            or (
                changed.base_code = 'prior_budget'
                and earlier.document_kind = 'budget'
                and earlier.stage_code in ('budget_unspecified', 'initial_budget')
            )
        )
        and (
            (
                changed.line_code = earlier.line_code
                and changed.fund_code = 'all'
                and earlier.statement_code in ('final_summary', 'budget_summary')
            )
            or (
                changed.line_code = earlier.line_code
                and changed.fund_code = 'appropriation'
                and earlier.fund_code = 'appropriation'
                and earlier.statement_code in ('final_appropriation_summary', 'budget_appropriation_summary')
            )
            or (
                changed.line_code = 'tp_total'
                and earlier.three_public_code = 'total'
                and earlier.statement_code in ('final_three_public', 'budget_three_public')
            )
        )

),

-- a project's funds on its sheet against the table of projects of the budget, where both call it by one name
project_budgets as (

    select {{ held_against("'project_budget'", 'sheets', 'budgets') }}
    from figures as sheets
    inner join figures as budgets
        on sheets.unit_key = budgets.unit_key
        and sheets.document_year = budgets.document_year
        and sheets.project_key = budgets.project_key
        and budgets.document_kind = 'budget'
        and budgets.statement_code = 'budget_general_project'
        and budgets.row_kind = 'project'
        and budgets.role = 'amount'
        and budgets.measure_code in ('total', 'project')
        and budgets.economic_code is null
        and budgets.stage_code in ('budget_unspecified', 'initial_budget')
    where sheets.statement_code in ('perf_project_target', 'perf_project_self')
        and sheets.line_code = 'perf_fund_total'
        and sheets.role = 'amount'
        and (
            sheets.stage_code = 'initial_budget'
            or (sheets.statement_code = 'perf_project_target' and sheets.stage_code = 'budget_unspecified')
        )

),

-- 年初预算数 of the three public expenses, printed in the account, against the budget document of the year
printed_budgets as (

    select {{ held_against("'budget'", 'accounts', 'budgets') }}
    from figures as accounts
    inner join figures as budgets
        on accounts.unit_key = budgets.unit_key
        and accounts.document_year = budgets.document_year
        and accounts.scope_code = budgets.scope_code
        and accounts.three_public_code = budgets.three_public_code
        and budgets.document_kind = 'budget'
        and budgets.statement_code = 'budget_three_public'
        and budgets.fiscal_year = budgets.document_year
        and budgets.role = 'amount'
        and budgets.stage_code in ('budget_unspecified', 'initial_budget')
    where accounts.document_kind = 'final_account'
        and accounts.statement_code = 'final_three_public'
        and accounts.fiscal_year = accounts.document_year
        and accounts.role = 'amount'
        and accounts.stage_code = 'initial_budget'

),

-- 年初预算数 told or printed in the account against the budget document of the year
told_budgets as (

    select {{ held_against("'budget'", 'told', 'budgets', doubt=certain) }}
    from {{ ref('int_recon__told') }} as told
    inner join documents on told.document_key = documents.document_key
    inner join figures as budgets
        on documents.unit_key = budgets.unit_key
        and documents.fiscal_year = budgets.document_year
        and told.scope_code = budgets.scope_code
        and budgets.document_kind = 'budget'
        and budgets.statement_code = 'budget_general_expenditure'
        and budgets.measure_code = 'total'
        and budgets.stage_code in ('budget_unspecified', 'initial_budget')
        and (
            (told.functional_code = budgets.functional_code and budgets.row_kind = 'func')
            or (
                told.functional_code is null
                and told.line_code = 'expenditure_this_year'
                and told.fund_code = 'general'
                and budgets.row_kind = 'total'
            )
        )
    where told.role = 'amount'
        and told.unit_code = '元'
        and told.has_digits
        and told.stage_stated = 'initial_budget'
        and documents.document_kind = 'final_account'

),

-- a department against its own body and its units
department_sums as (

    select
        'department' as method,
        document_key,
        functional_code || ':' || measure_code as item_key,
        amount_key as left_amount_key,
        min(part_amount_key) as right_amount_key,
        value as left_value,
        sum(part_value) as right_value,
        half_unit + sum(part_half_unit) as tolerance,
        place,
        label,
        coalesce(doubt, min(part_doubt)) as doubt,
        count(*) as part_count
    from {{ ref('int_recon__department_part') }}
    group by document_key, functional_code, measure_code, amount_key, value, half_unit, place, label, doubt

),

held as (

    {% for part in [
        'openings', 'printed_before', 'told_before', 'implied_before', 'told_budgets', 'printed_budgets', 'project_budgets'
    ] -%}
    select method, document_key, item_key, left_amount_key, left_value, left_half_unit, place, label, left_doubt,
        right_amount_key, right_value, right_half_unit, right_doubt
    from {{ part }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- the other document may print its figure in several places: they have to agree
results as (

    select
        method,
        document_key,
        item_key,
        left_amount_key,
        min(right_amount_key) as right_amount_key,
        left_value,
        min(right_value) as right_value,
        left_half_unit + max(right_half_unit) as tolerance,
        place,
        label,
        coalesce(left_doubt, min(right_doubt)) as doubt,
        1 as part_count
    from held
    group by method, document_key, item_key, left_amount_key, left_value, left_half_unit, place, label, left_doubt
    having min(right_value) = max(right_value)
    union all
    select method, document_key, item_key, left_amount_key, right_amount_key, left_value, right_value, tolerance, place,
        label, doubt, part_count
    from department_sums

)

select
    rules.rule_id || ':' || results.document_key || ':' || results.item_key as reconciliation_key,
    rules.rule_id,
    results.document_key,
    results.left_amount_key,
    results.right_amount_key,
    cast(results.left_value as decimal(24, 6)) as left_value,
    cast(results.right_value as decimal(24, 6)) as right_value,
    cast(results.left_value - results.right_value as decimal(24, 6)) as difference,
    cast(results.tolerance as decimal(24, 6)) as tolerance,
    '元' as unit_code,
    results.place,
    results.label,
    cast(null as {{ text }}) as missing,
    results.doubt,
    results.part_count
from results
inner join {{ ref('rules') }} as rules on results.method = rules.method and rules.is_default = 'Y'
