{# A query for the keys of rows whose customer is to be erased, or was: erased rows no longer say whose they are, so they are
   judged anew in every run. #}
{% macro erasures(table, was_erased="kept.rejection_reason = 'erased'") -%}
    {%- set erased_ids = depends_on('base_shop__erased_ids') -%}
    {%- if is_continued() -%}
    select kept.row_key
    from {{ model_relation('base_shop__' ~ table) }} as kept
    left join {{ erased_ids }} as erased_ids on kept.customer_id = erased_ids.customer_id
    where erased_ids.customer_id is not null or {{ was_erased }}
    {%- endif -%}
{%- endmacro %}
