{#
  Seeds on Spark (种子). dbt-spark binds values unquoted, writes a blank as the text None, and wants a length behind
  varchar; these two take the place of its macros. Text is written as a literal of the SQL, blanks as null.
#}
{% macro spark__create_csv_table(model, agate_table) %}
  {% set sql %}
    create table {{ this }} (
      {%- for name in agate_table.column_names %}
      {{ adapter.quote(name) }} {{ spark_seed_type(model, agate_table, loop.index0) }}
      {%- if not loop.last %},{% endif %}
      {%- endfor %}
    )
    {{ file_format_clause() }} {{ location_clause() }} {{ comment_clause() }}
  {% endset %}
  {% call statement('_') %}{{ sql }}{% endcall %}
  {{ return(sql) }}
{% endmacro %}

{% macro spark__load_csv_rows(model, agate_table) %}
  {% set types = [] %}
  {% for name in agate_table.column_names %}
    {% do types.append(spark_seed_type(model, agate_table, loop.index0)) %}
  {% endfor %}
  {% set sql %}
    insert into {{ this }}
    select
      {%- for type in types %}
      cast(c{{ loop.index }} as {{ type }}){% if not loop.last %},{% endif %}
      {%- endfor %}
    from values
      {%- for row in agate_table.rows %}
      ({% for value in row %}{{ spark_seed_literal(value) }}{% if not loop.last %}, {% endif %}{% endfor %})
      {%- if not loop.last %},{% endif %}
      {%- else %}
      ({% for type in types %}null{% if not loop.last %}, {% endif %}{% endfor %})
      {%- endfor %}
      as seed({% for type in types %}c{{ loop.index }}{% if not loop.last %}, {% endif %}{% endfor %})
    {% if agate_table.rows | length == 0 %}where false{% endif %}
  {% endset %}
  {% do adapter.add_query(sql, abridge_sql_log=True) %}
  {{ return('insert into ' ~ this ~ ' values …') }}
{% endmacro %}

{# Declared type of a seed's column, in Spark's words. #}
{% macro spark_seed_type(model, agate_table, position) -%}
  {%- set inferred = adapter.convert_type(agate_table, position) -%}
  {%- set type = model['config'].get('column_types', {}).get(agate_table.column_names[position], inferred) -%}
  {{ return(dbt.type_string() if type == 'varchar' else type) }}
{%- endmacro %}

{% macro spark_seed_literal(value) -%}
  {%- if value is none -%}
    {{ return('null') }}
  {%- endif -%}
  {{ return("'" ~ (value | string).replace('\\', '\\\\').replace("'", "\\'") ~ "'") }}
{%- endmacro %}
