{# A condition on raw rows, with all rows of a key or none: the key has a row that has come since the last finished run, or
   one that the day of the run judges (impossible then, perhaps not now, or the other way round), or one that queries for
   further row keys name. True for all rows where the run starts from nothing. #}
{% macro is_row_to_read(table, further_keys=[]) -%}
    {%- if is_continued() -%}
    {{ row_key(table) }} in (
        select {{ row_key(table) }} as row_key
        from {{ source('shop', table) }}
        where coalesce({{ read_possible_time('loaded_at') }} >= ({{ reads_from(table) }}), true)

        union all

        select row_key
        from {{ model_relation('base_shop__' ~ table) }}
        where
            rejection_reason = 'impossible_time'
            or changed_values like '%impossible:%'
            {%- for column in contract(table) if column.data_type == 'timestamp' %}
            or not {{ is_possible_time(column.name) }}
            {%- endfor %}
        {%- for query in further_keys %}

        union all

        {{ query }}
        {%- endfor %}
    )
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}
