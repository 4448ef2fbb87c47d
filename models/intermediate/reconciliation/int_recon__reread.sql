-- Grain: one row per figure of an accused identity whose place in the source does not hold the number (回读不符). Only
-- figures that are about to be accused are read back: the cell or paragraph at the locator must print the same digits.
with

accused as (

    select distinct used.amount_key
    from {{ ref('int_recon__used') }} as used
    inner join {{ ref('int_recon__result') }} as results on used.result_number = results.result_number
    where results.status_as_read = 'discrepant'

),

cells as (

    select
        amounts.amount_key,
        substr(cells.text_printed, numbers.char_start + 1, length(amounts.value_printed)) = amounts.value_printed
        and numbers.value_printed = amounts.value_printed
        and (
            amounts.is_corrected
            or {{ to_value(regex_remove(folded_name('amounts.value_printed'), '[,，%]+')) }} = amounts.value
        ) as reads_alike
    from {{ ref('fct_statement_amount') }} as amounts
    inner join accused on amounts.amount_key = accused.amount_key
    left join {{ ref('stg_landing__cell_numbers') }} as numbers
        on amounts.document_key = numbers.document_key
        and amounts.table_ordinal = numbers.table_ordinal
        and amounts.row_ordinal = numbers.row_ordinal
        and amounts.column_ordinal = numbers.column_ordinal
        and amounts.number_ordinal = numbers.number_ordinal
    left join {{ ref('stg_landing__cells') }} as cells
        on amounts.document_key = cells.document_key
        and amounts.table_ordinal = cells.table_ordinal
        and amounts.row_ordinal = cells.row_ordinal
        and amounts.column_ordinal = cells.column_ordinal

),

prose as (

    select
        amounts.amount_key,
        case
            when amounts.is_implied then instr(paragraphs.text, amounts.value_printed) > 0
            else substr(paragraphs.text, amounts.char_start + 1, length(amounts.value_printed)) = amounts.value_printed
        end as reads_alike
    from {{ ref('fct_narrative_amount') }} as amounts
    inner join accused on amounts.amount_key = accused.amount_key
    left join {{ ref('stg_landing__paragraphs') }} as paragraphs
        on amounts.document_key = paragraphs.document_key
        and amounts.paragraph_ordinal = paragraphs.paragraph_ordinal
    where amounts.paragraph_ordinal is not null

)

select amount_key
from cells
where not coalesce(reads_alike, false)
union all
select amount_key
from prose
where not coalesce(reads_alike, false)
