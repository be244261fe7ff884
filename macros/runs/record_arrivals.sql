{# Records up to when rows of an input were loaded, and from when this run has to read. Rows loaded earlier may only be taken as read
   if there are as many as the last run saw: rows that came late with an early time, or that were deleted, show there. #}
{% macro record_arrivals(table) -%}
    {%- set arrivals = run_table('arrivals') -%}
    {%- call statement() -%}
        insert into {{ arrivals }} (input, reads_from, loaded_until, rows_before, is_finished)
        with loaded as (
            select {{ read_possible_time('loaded_at') }} as loaded_at
            from {{ source('shop', table) }}
        ),
        finished as (
            select loaded_until, rows_before
            from {{ arrivals }}
            where input = '{{ table }}' and is_finished
        ),
        counted as (
            select
                (select max(loaded_at) from loaded) as loaded_until,
                count(case when loaded_at < (select loaded_until from finished) then 1 end) as rows_known,
                count(case when loaded_at < (select max(loaded_at) from loaded) then 1 end) as rows_before
            from loaded
        )
        select
            '{{ table }}',
            (select finished.loaded_until from finished where finished.rows_before = counted.rows_known),
            counted.loaded_until,
            counted.rows_before,
            false
        from counted
    {%- endcall -%}
{%- endmacro %}
