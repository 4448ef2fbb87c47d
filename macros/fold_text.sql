{#
  Printed text folded for comparison (文字归一): blanks removed, full-width brackets, digits and signs made half-width.
  folded_name keeps punctuation (names of bodies and projects); label_key also takes the punctuation out, like
  ingest.text.label_key does for labels without ordinals.
#}
{% macro folded_name(expression) -%}
translate({{ without_blanks(expression) }}, '（）０１２３４５６７８９％：，—－', '()0123456789%:,--')
{%- endmacro %}

{# Blanks of all kinds removed, also full-width and zero-width ones. Engines name classes of blanks differently. #}
{% macro without_blanks(expression) -%}
{{ regex_remove(expression, '[ \t\r\n\u00a0\u3000\u200b\ufeff]+') }}
{%- endmacro %}

{% macro label_key(expression) -%}
{{ regex_remove(folded_name(expression), '[-–―_、，,。.:；;“”"‘’「」『』()【】〔〕<>《》〈〉*·…/／+]+') }}
{%- endmacro %}
