{#
  What holds the figures of one place of a rule together (勾稽位置): the letters of the rule's hold say what is kept
  equal, document, scope and year always. T table, R row, C column, by its label where it has one, as rows may have
  slipped, L column label, S stage, I line, M measure, F fund, D flow, P item of the three public expenses, K subject,
  H subject and its parts, E and G the same for economic subjects, A paragraph, B section.

  recon_place_parts: the list of a place's parts, each empty where its letter is not held. figures: alias of the rows that
  have the columns; hold, side: SQL expressions; of: 'address' for what a figure's address decides, 'table' for where in a
  table it stands, 'prose' for where in the text. A place is named by table, address and prose parts, in that order.
#}
{% macro recon_place_parts(figures, hold, side='null', of='address') -%}
{% set text = dbt.type_string() %}
{% set letters = {
    'table': {
        'T': 'cast(' ~ figures ~ '.table_ordinal as ' ~ text ~ ')',
        'R': 'cast(' ~ figures ~ '.row_ordinal as ' ~ text ~ ')',
        'C': 'coalesce(nullif(' ~ figures ~ ".column_label, ''), cast(" ~ figures ~ '.column_ordinal as ' ~ text ~ '))',
        'L': figures ~ '.column_label'
    },
    'address': {
        'S': figures ~ '.stage_code',
        'I': figures ~ '.line_code',
        'M': figures ~ '.measure_code',
        'F': figures ~ '.fund_code',
        'D': figures ~ '.flow',
        'P': figures ~ '.three_public_code',
        'K': 'coalesce(' ~ figures ~ '.functional_code, ' ~ figures ~ '.row_kind)',
        'H': 'case ' ~ side ~ " when 'left' then " ~ figures ~ ".functional_code when 'right' then " ~ figures
            ~ ".parent_functional_code else '*' end",
        'E': figures ~ '.economic_code',
        'G': 'case ' ~ side ~ " when 'left' then " ~ figures ~ ".economic_code when 'right' then " ~ figures
            ~ ".parent_economic_code else '*' end"
    },
    'prose': {
        'A': 'cast(' ~ figures ~ '.paragraph_ordinal as ' ~ text ~ ')',
        'B': figures ~ '.section'
    }
} %}
{% set parts = [] %}
{% for letter, expression in letters[of].items() %}
{% do parts.append(
    'case when instr(' ~ hold ~ ", '" ~ letter ~ "') > 0 then ':' || coalesce(" ~ expression ~ ", '') else '' end"
) %}
{% endfor %}
{{ return(parts) }}
{%- endmacro %}
