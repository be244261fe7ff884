{# Hashes of keys that occur in more than one raw row. It reads only the key columns, and later only these rows are sorted. Hash
   collisions do no harm. The content that identifies rows without a key is read only if there are such rows. #}
{% macro repeated_keys(table, where='true') -%}
    {%- set key = contract(table) | selectattr('is_key') | first | default({'is_required': true}) -%}
    {%- if key.is_required -%}
    select {{ key_hash(row_key(table)) }} as key_hash
    from {{ ref('input_shop__' ~ table) }}
    where {{ where }}
    group by {{ key_hash(row_key(table)) }}
    having count(*) > 1
    {%- else -%}
    {%- set hashed_key = key_hash(read_column(key.name, key.data_type)) -%}
    with keys as (

        select
            {{ hashed_key }} as key_hash,
            count(*) as times,
            count({{ key.name }}) as known_keys

        from {{ ref('input_shop__' ~ table) }}

        group by {{ hashed_key }}

    )

    select key_hash from keys where times > 1

    union all

    select {{ key_hash(content_hash(table)) }} as key_hash
    from {{ ref('input_shop__' ~ table) }}
    where exists (select 1 from keys where known_keys = 0)
    group by {{ key_hash(content_hash(table)) }}
    having count(*) > 1
    {%- endif %}
{%- endmacro %}
