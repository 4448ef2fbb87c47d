{# Whether a stage is what this document says about the year before (上年口径). #}
{% macro is_prior_stage(stage_code) -%}
({{ stage_code }} in ('prior_budget', 'prior_final', 'prior_execution'))
{%- endmacro %}
