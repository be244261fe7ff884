{# Integer hash of a text: faster to compare than the text. #}
{% macro key_hash(text) -%}
    {{ return(adapter.dispatch('key_hash')(text)) }}
{%- endmacro %}

{% macro default__key_hash(text) -%}
    hashtextextended({{ text }}, 0)
{%- endmacro %}

{% macro duckdb__key_hash(text) -%}
    hash({{ text }})
{%- endmacro %}

{% macro spark__key_hash(text) -%}
    xxhash64({{ text }})
{%- endmacro %}
