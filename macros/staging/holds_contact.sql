{# Whether a text holds an e-mail address or a telephone number; is_whole: whether it is a telephone number and nothing else.
   Every number has a 1 or a plus sign, which is found faster than the pattern. #}
{% macro holds_contact(text, is_whole=false) -%}
    {%- set holds_phone = regexp_full_match(text, pattern('phone')) if is_whole else adapter.dispatch('contains_match')(text, pattern('phone')) -%}
    ({{ text }} like '%@%' or (({{ text }} like '%1%' or {{ text }} like '%+%') and {{ holds_phone }}))
{%- endmacro %}

{# Whether a part of the text fits the pattern. #}
{% macro default__contains_match(text, pattern) -%}
    {{ text }} ~ '{{ pattern }}'
{%- endmacro %}

{% macro duckdb__contains_match(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__contains_match(text, pattern) -%}
    {{ text }} rlike '{{ pattern }}'
{%- endmacro %}
