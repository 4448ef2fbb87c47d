{#
  Key of a project (项目键): unit, fiscal year and the folded name; 部门专项-某费 and 部门专项—某费 are one project.
#}
{% macro project_key(unit_key, fiscal_year, project_name) -%}
{{ stable_key([unit_key, 'cast(' ~ fiscal_year ~ ' as ' ~ dbt.type_string() ~ ')', label_key(project_name)]) }}
{%- endmacro %}
