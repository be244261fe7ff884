{% macro read_email_hash(column) -%}
    {{ sha256_hex("lower(" ~ read_text(column) ~ ")") }}
{%- endmacro %}
