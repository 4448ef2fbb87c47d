{#
  Where a model is put (放在哪个库). Steps on the way stay out of what people open: where `gongkai build` names a
  scratch file (attached as scratch, see profiles.yml), staging and intermediate models go there, so that the built file
  never holds them and need not be packed afterwards. Steps of the identities are many wide rows that no one reads when dbt
  has ended: where it says that they fit, they stay in memory (passing), and cost neither packing nor writing. A hand-run
  dbt puts all in one file, Spark in one schema.
#}
{% macro generate_database_name(custom_database_name=none, node=none) -%}
    {%- if env_var('GONGKAI_SCRATCH', '') and node is not none and node.resource_type == 'model'
        and node.fqn[1] in ('staging', 'intermediate') -%}
        {{ 'passing' if env_var('GONGKAI_PASSING', '') == 'memory' and 'reconciliation' in node.fqn else 'scratch' }}
    {%- else -%}
        {{ return(adapter.dispatch('generate_database_name', 'dbt')(custom_database_name, node)) }}
    {%- endif -%}
{%- endmacro %}
