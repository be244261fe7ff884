{# Value as written in a mapping seed: lower case, underscores for spaces and hyphens, half-width punctuation, no prefix. #}
{% macro word_key(column, seed=none) -%}
    {%- set prefix = {'order_status_mapping': 'wc_'}.get(seed) -%}
    {%- set word = "replace(translate(lower(" ~ column ~ "), ' -–，（）', '___,()'), '___', '_')" -%}
    {{ "regexp_replace(" ~ word ~ ", '^" ~ prefix ~ "', '')" if prefix else word }}
{%- endmacro %}
