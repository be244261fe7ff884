{# Hashes of keys that occur in more than one raw row. It reads only the key columns, and later only these rows are sorted. Hash
   collisions do no harm. The content that identifies rows without a key is read only if there are such rows. #}
{% macro repeated_keys(table, where='true') -%}
    {%- set keys = contract(table) | selectattr('is_key') | list -%}
    {%- set may_lack_key = keys | length == 1 and not keys[0].is_required -%}
    with keys as (

        select
            {{ key_hash(read_column(keys[0].name, keys[0].data_type) if may_lack_key else row_key(table)) }} as key_hash,
            count(*) as times,
            count({{ keys[0].name if may_lack_key else '*' }}) as known_keys

        from {{ ref('input_shop__' ~ table) }}

        where {{ where }}

        group by key_hash

    )

    select key_hash from keys where times > 1
    {%- if may_lack_key %}

    union all

    select {{ key_hash(content_hash(table)) }} as key_hash
    from {{ ref('input_shop__' ~ table) }}
    where exists (select 1 from keys where known_keys = 0)
    group by key_hash
    having count(*) > 1
    {%- endif %}
{%- endmacro %}
