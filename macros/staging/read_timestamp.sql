{# Timestamp in UTC. An offset is converted, a time without one is in the time zone of the var input_timezone, a date without a time
   is midnight in the shop's time zone. The input views have already converted columns of a timestamp type. #}
{% macro read_timestamp(column) -%}
    {{ return(adapter.dispatch('read_timestamp')(column)) }}
{%- endmacro %}

{% macro default__read_timestamp(column) -%}
    {%- set written = "regexp_replace(" ~ read_text(column) ~ ", '([.][0-9]{6})[0-9]+', '\\1')" -%}
    {%- set offset = "translate(substring(" ~ written ~ " from ':[0-9.]+ ?([+-][0-9:]+)'), ':', '')" -%}
    {%- set local = "(" ~ read_date(column) ~ " + cast(substring(" ~ written
        ~ " from '[Tt ]([0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)') as interval))" -%}
    case
        when cast(pg_typeof({{ column }}) as text) like 'timestamp%' then cast({{ read_text(column) }} as timestamp)
        when {{ regexp_full_match(read_text(column), pattern('day')) }}
            then {{ to_utc("cast(" ~ read_date(column) ~ " as timestamp)") }}
        when {{ regexp_full_match(read_text(column), pattern('day') ~ pattern('time_of_day')) }}
            then {{ to_utc(local, is_raw=true) }}
        when {{ regexp_full_match(read_text(column), pattern('day') ~ pattern('time_of_day') ~ pattern('offset')) }}
            then
                {{ local }}
                - coalesce(
                    make_interval(
                        hours => cast(substr({{ offset }}, 1, 3) as integer),
                        mins => cast(substr({{ offset }}, 1, 1) || coalesce(nullif(substr({{ offset }}, 4, 2), ''), '0') as integer)
                    ),
                    interval '0'
                )
    end
{%- endmacro %}

{% macro duckdb__read_timestamp(column) -%}
    {%- set written = "replace(" ~ read_text(column) ~ ", '/', '-')" -%}
    {#- DuckDB does not read a small t, which is too rare to replace it in every row -#}
    {%- set local = "coalesce(try_cast(" ~ written ~ " as timestamp), try_cast(upper(" ~ written ~ ") as timestamp))" -%}
    {%- set offset = "replace(regexp_extract(" ~ read_text(column) ~ ", ':[0-9.]+ ?([+-][0-9:]+)', 1), ':', '')" -%}
    case
        when typeof({{ column }}) like 'TIMESTAMP%' then try_cast({{ column }} as timestamp)
        when {{ regexp_full_match(read_text(column), pattern('day') ~ pattern('time_of_day')) }}
            then {{ to_utc(local, is_raw=true) }}
        when {{ regexp_full_match(read_text(column), pattern('day')) }}
            then {{ to_utc("try_cast(" ~ written ~ " as timestamp)") }}
        when {{ regexp_full_match(read_text(column), pattern('day') ~ pattern('time_of_day') ~ pattern('offset')) }}
            then
                try_cast(upper(regexp_extract({{ written }}, '^[0-9-]+[Tt ][0-9:.]+')) as timestamp)
                - to_minutes(coalesce(
                    60 * try_cast(substr({{ offset }}, 1, 3) as integer)
                    + try_cast(substr({{ offset }}, 1, 1) || coalesce(nullif(substr({{ offset }}, 4, 2), ''), '0') as integer),
                    0
                ))
    end
{%- endmacro %}

{% macro spark__read_timestamp(column) -%}
    {%- set written = "replace(replace(" ~ read_text(column) ~ ", '/', '-'), 't', 'T')" -%}
    {%- set offset = "replace(regexp_extract(" ~ read_text(column) ~ ", ':[0-9.]+ ?([+-][0-9:]+)', 1), ':', '')" -%}
    {%- set local = "try_cast(regexp_extract(" ~ written ~ ", '^[^ T]+[ T][0-9:.]+', 0) as timestamp)" -%}
    case
        when typeof({{ column }}) = 'timestamp' then cast({{ column }} as timestamp)
        when {{ regexp_full_match(read_text(column), pattern('day')) }}
            then {{ to_utc("try_cast(" ~ written ~ " as timestamp)") }}
        when {{ regexp_full_match(read_text(column), pattern('day') ~ pattern('time_of_day')) }}
            then {{ to_utc(local, is_raw=true) }}
        when {{ regexp_full_match(read_text(column), pattern('day') ~ pattern('time_of_day') ~ pattern('offset')) }}
            then
                {{ local }}
                - make_dt_interval(
                    0,
                    coalesce(try_cast(substr({{ offset }}, 1, 3) as integer), 0),
                    coalesce(try_cast(substr({{ offset }}, 1, 1) || substr({{ offset }}, 4, 2) as integer), 0)
                )
    end
{%- endmacro %}
