{# Before raw rows are read: writes down the keys of which this run reads all rows, and moves reads_from back to the first of
   these rows. A key is read if it has a row that has come since the last finished run, one that the day of the run judges
   otherwise (impossible then and not now, or the other way round), or one that queries for further row keys name. #}
{% macro find_rows_to_read(table, further_keys=[]) -%}
    {%- set moment = reads_from(table) if is_continued() -%}
    {%- if moment -%}
    {%- set keys, kept = run_table('keys_to_read'), model_relation('base_shop__' ~ table) -%}
    {%- call statement() -%}
        delete from {{ keys }} where input = '{{ table }}';
        insert into {{ keys }} (input, row_key)

        select
            '{{ table }}',
            {{ row_key(table) }}
        from {{ source('shop', table) }}
        where {{ is_loaded_from(moment) }}

        union

        select
            '{{ table }}',
            row_key
        from {{ kept }}
        where
            changed_values like '%impossible:%'
            {%- for column in contract(table) if column.data_type == 'timestamp' %}
            or {{ is_possible_time(column.name) }}
            = {{ "coalesce(rejection_reason = 'impossible_time', false)" if column.is_required else 'false' }}
            {%- endfor %}
        {%- for query in further_keys %}

        union

        select
            '{{ table }}',
            row_key
        from ({{ query }}) as further_keys
        {%- endfor %};

        update {{ run_table('arrivals') }}
        set reads_from = (
            select least(cast('{{ moment }}' as timestamp), min(kept.loaded_at))
            from {{ kept }} as kept
            inner join {{ keys }} as keys_to_read on kept.row_key = keys_to_read.row_key
            where keys_to_read.input = '{{ table }}'
        )
        where input = '{{ table }}' and not is_finished
    {%- endcall -%}
    {%- endif -%}
{%- endmacro %}
