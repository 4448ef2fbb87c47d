-- Grain: one row per figure and term it fills at a place (数字在勾稽式中的位置). place_key holds together what a rule
-- compares: the letters of its hold say what is kept equal (T table, R row, C column, by its label where it has one, as
-- rows may have slipped, L column label, S stage, I line, M measure, F fund, D side, P item of the three public expenses,
-- K subject, H subject and its parts, E and G the same for economic subjects, A paragraph, B section); figures of one
-- document, scope and year always.
{% set keep = {
    'T': "cast(figures.table_ordinal as " ~ dbt.type_string() ~ ")",
    'R': "cast(figures.row_ordinal as " ~ dbt.type_string() ~ ")",
    'C': "coalesce(nullif(figures.column_label, ''), cast(figures.column_ordinal as " ~ dbt.type_string() ~ "))",
    'L': "figures.column_label",
    'S': "figures.stage_code",
    'I': "figures.line_code",
    'M': "figures.measure_code",
    'F': "figures.fund_code",
    'D': "figures.flow",
    'P': "figures.three_public_code",
    'K': "coalesce(figures.functional_code, figures.row_kind)",
    'H': "case terms.side when 'left' then figures.functional_code when 'right' then figures.parent_functional_code else '*' end",
    'E': "figures.economic_code",
    'G': "case terms.side when 'left' then figures.economic_code when 'right' then figures.parent_economic_code else '*' end",
    'A': "cast(figures.paragraph_ordinal as " ~ dbt.type_string() ~ ")",
    'B': "figures.section"
} %}
select
    terms.rule_id,
    terms.branch,
    terms.term_ordinal,
    terms.side,
    terms.need,
    terms.coefficient,
    terms.method,
    figures.amount_key,
    figures.document_key,
    figures.scope_code,
    figures.fiscal_year,
    figures.unit_code,
    figures.compared_value,
    figures.compared_half_unit,
    figures.doubt,
    -- two cells with one address at one place are one figure printed twice
    case
        when instr(terms.hold, 'R') > 0 then cast(figures.column_ordinal as {{ dbt.type_string() }})
        when figures.row_kind in ('project', 'other')
            then figures.address || cast(figures.row_ordinal as {{ dbt.type_string() }})
        else figures.address
    end as item_key,
    -- prose is not split by scope: a file with two sets of statements tells of either
    case when terms.method = 'pair' then '' else coalesce(figures.scope_code, '') end || ':' || -- columns of the year before stand in the same row
    case
        when instr(terms.hold, 'R') > 0 then ''
        else cast(coalesce(figures.fiscal_year, 0) as {{ dbt.type_string() }})
    end
    || ':' || terms.branch
    {%- for letter, expression in keep.items() %}
    || case when instr(terms.hold, '{{ letter }}') > 0 then ':' || coalesce({{ expression }}, '') else '' end
    {%- endfor %} as place_key
from {{ ref('int_recon__figure') }} as figures
inner join {{ ref('int_recon__address_term') }} as terms on figures.address = terms.address
