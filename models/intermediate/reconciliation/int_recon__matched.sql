-- Grain: one row per figure and term it fills at a place (数字在勾稽式中的位置). place_number holds together what a rule
-- compares (macro recon_place_parts), item_number what counts once for a term there. Only numbers and short keys, as every
-- figure stands in several rows: document_number is the document's place among all, figure_key the amount_key without the
-- document, and what else is to be known of a figure is joined to the few results that need it.
{% set numbered = {
    'documents': 'document_key', 'scopes': 'scope_code', 'labels': 'column_label', 'sections': 'section',
    'units': 'unit_code'
} %}
with

{% for name, column in numbered.items() -%}
{{ name }} as (

    {{ numbered_texts(column, ref('int_recon__figure')) | indent(4) }}

),

{% endfor -%}
figures as (

    select
        documents.text_ordinal as document_number,
        substr(figures.amount_key, length(figures.document_key) + 2) as figure_key,
        figures.address,
        figures.row_kind in ('project', 'other') as is_by_row,
        coalesce(scopes.text_ordinal, 0) as scope_number,
        coalesce(figures.fiscal_year, 0) as fiscal_year,
        figures.table_ordinal,
        figures.row_ordinal,
        figures.column_ordinal,
        case when figures.column_label <> '' then labels.text_ordinal end as label_number,
        figures.paragraph_ordinal,
        case when figures.section <> '' then sections.text_ordinal end as section_number,
        units.text_ordinal as unit_number,
        figures.compared_value,
        figures.compared_half_unit,
        figures.doubt
    from {{ ref('int_recon__figure') }} as figures
    inner join documents on figures.document_key = documents.document_key
    {% for name, column in numbered.items() if name != 'documents' -%}
    left join {{ name }} on figures.{{ column }} = {{ name }}.{{ column }}
    {% endfor %}
),

terms as (

    select
        address,
        address_number,
        term_number,
        address_part,
        side,
        method = 'pair' as is_pair,
        need = 'any' as adds_up,
        -- prose is not split by scope: a file with two sets of statements tells of either; columns of the year before
        -- stand in the same row
        method <> 'pair' as holds_scope,
        instr(hold, 'R') = 0 as holds_year,
        instr(hold, 'T') > 0 as holds_table,
        instr(hold, 'R') > 0 as holds_row,
        instr(hold, 'C') > 0 as holds_column,
        instr(hold, 'L') > 0 as holds_label,
        instr(hold, 'A') > 0 as holds_paragraph,
        instr(hold, 'B') > 0 as holds_section
    from {{ ref('int_recon__address_term') }}

),

placed as (

    select
        terms.term_number,
        terms.side,
        terms.is_pair,
        figures.document_number,
        figures.figure_key,
        {{ number_of([
            'figures.document_number',
            'terms.address_part',
            'case when terms.holds_scope then figures.scope_number end',
            'case when terms.holds_year then figures.fiscal_year end',
            'case when terms.holds_table then figures.table_ordinal end',
            'case when terms.holds_row then figures.row_ordinal when terms.holds_paragraph then figures.paragraph_ordinal end',
            'case when terms.holds_column and figures.label_number is null then figures.column_ordinal end',
            'case when terms.holds_column or terms.holds_label then figures.label_number end',
            'case when terms.holds_section then figures.section_number end'
        ]) | indent(8) }} as place_number,
        -- a term that names one figure finds one, however often it is printed; of parts that add up, two cells with one
        -- address at one place are one figure printed twice
        case
            when not terms.adds_up then 0
            when terms.holds_row then figures.column_ordinal
            else terms.address_number
        end as counted_once,
        case when terms.adds_up and not terms.holds_row and figures.is_by_row then figures.row_ordinal end as row_counted,
        figures.unit_number,
        figures.compared_value,
        figures.compared_half_unit,
        figures.doubt
    from figures
    inner join terms on figures.address = terms.address

)

select
    term_number,
    side,
    is_pair,
    document_number,
    figure_key,
    place_number,
    {{ number_of(['place_number', 'term_number', 'counted_once', 'row_counted']) }} as item_number,
    unit_number,
    compared_value,
    compared_half_unit,
    doubt
from placed
