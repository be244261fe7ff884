{# Whether a text holds an e-mail address or a telephone number; is_whole: whether it is a telephone number and nothing else.
   Every number has a 1 or a plus sign, which is found faster than the pattern. #}
{% macro holds_contact(text, is_whole=false) -%}
    ({{ text }} like '%@%' or (({{ text }} like '%1%' or {{ text }} like '%+%') and {{ (matches if is_whole else contains_match)(text, pattern('phone')) }}))
{%- endmacro %}
