{# Fails on every unit that is its own superior within three steps (主管部门不得成环). #}
{% test no_ancestor_cycle(model) %}
select units.unit_key
from {{ model }} as units
left join {{ model }} as parents on units.parent_unit_key = parents.unit_key
left join {{ model }} as grandparents on parents.parent_unit_key = grandparents.unit_key
where units.unit_key in (units.parent_unit_key, parents.parent_unit_key, grandparents.parent_unit_key)
{% endtest %}
