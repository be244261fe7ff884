{# The columns that leave staging: those of the contract, the e-mail address as its hash, no telephone number. #}
{% macro staged_columns(table) -%}
    {%- set names = [] -%}
    {%- for column in contract(table) if column.name != 'phone' -%}
        {%- do names.append('email_hash' if column.name == 'email' else column.name) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}
