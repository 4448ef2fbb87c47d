-- Grain: one row per document that was fetched (下载的文档): the address it first came from, and when.
with

ranked as (

    select
        document_key,
        url,
        page_url,
        fetched_at,
        row_number() over (partition by document_key order by fetched_at asc, url asc) as fetch_rank
    from {{ ref('stg_landing__fetches') }}

)

select document_key, url as source_url, page_url, fetched_at
from ranked
where fetch_rank = 1
