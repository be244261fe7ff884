{# Whether a text contains an email address or a phone number; is_whole: the phone number must be the whole text.
   Every phone number has a 1 or a plus sign, and checking for these first is faster than the pattern. #}
{% macro holds_contact(text, is_whole=false) -%}
    {%- set holds_phone = regexp_full_match(text, pattern('phone')) if is_whole else adapter.dispatch('contains_match')(text, pattern('phone')) -%}
    ({{ text }} like '%@%' or (({{ text }} like '%1%' or {{ text }} like '%+%') and {{ holds_phone }}))
{%- endmacro %}

{# Whether any part of the text matches the pattern. #}
{% macro default__contains_match(text, pattern) -%}
    {{ text }} ~ '{{ pattern }}'
{%- endmacro %}

{% macro duckdb__contains_match(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__contains_match(text, pattern) -%}
    {{ text }} rlike '{{ pattern }}'
{%- endmacro %}
