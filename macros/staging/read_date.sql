{# Date as written: a time of day or an offset after it does not change the day. #}
{% macro read_date(column) -%}
    {{ return(adapter.dispatch('read_date')(column)) }}
{%- endmacro %}

{# A pattern cannot check the length of a month, and casting an invalid date would fail the run. #}
{% macro default__read_date(column) -%}
    {%- set day = "split_part(translate(substr(" ~ read_text(column) ~ ", 1, 10), '/Tt ', '----'), '-', " -%}
    case
        when
            {{ regexp_full_match(read_text(column), pattern('day') ~ '(' ~ pattern('time_of_day') ~ '(' ~ pattern('offset') ~ ')?)?') }}
            then case
                when
                    cast({{ day }}3) as integer)
                    <= extract(day from make_date(cast({{ day }}1) as integer), cast({{ day }}2) as integer), 1) + interval '1 month' - interval '1 day')
                    then make_date(cast({{ day }}1) as integer), cast({{ day }}2) as integer), cast({{ day }}3) as integer))
            end
    end
{%- endmacro %}

{% macro duckdb__read_date(column) -%}
    case
        when typeof({{ column }}) = 'DATE' or typeof({{ column }}) like 'TIMESTAMP%' then try_cast({{ column }} as date)
        when
            {{ regexp_full_match(read_text(column), pattern('day') ~ '(' ~ pattern('time_of_day') ~ '(' ~ pattern('offset') ~ ')?)?') }}
            then try_cast(replace(regexp_extract({{ read_text(column) }}, '^[0-9]+[-/][0-9]+[-/][0-9]+'), '/', '-') as date)
    end
{%- endmacro %}

{% macro spark__read_date(column) -%}
    case
        when
            {{ regexp_full_match(read_text(column), pattern('day') ~ '(' ~ pattern('time_of_day') ~ '(' ~ pattern('offset') ~ ')?)?') }}
            then try_cast(replace(regexp_extract({{ read_text(column) }}, '^[0-9]+[-/][0-9]+[-/][0-9]+', 0), '/', '-') as date)
    end
{%- endmacro %}
