{# Whether a line of all income or all expenditure is said of the money behind a part of it:
   “三公”经费支出18.77万元（其中：一般公共预算支出18.77万元，政府性基金预算支出0万元）. parent: the whole's words; line: its code. #}
{% macro is_paid_for(parent, line) -%}
(
    coalesce({{ line }}, '') in (
        'expenditure_this_year', 'expenditure_grand_total', 'expenditure_basic', 'expenditure_project',
        'income_this_year', 'income_grand_total', 'income_appropriation', 'income_general', 'income_gov_fund',
        'income_state_capital', 'income_other'
    )
    and {{ regex_matches(
        "coalesce(" ~ parent ~ ", '')", '三公|出国|公务用车|公务接待|会议费|培训费|差旅费|采购|购买服务|机关运行'
    ) }}
)
{%- endmacro %}
