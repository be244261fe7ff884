{# The columns that leave staging: those of the contract, the e-mail address as its hash, no telephone number. Events have no
   event_id, which their row_key repeats. #}
{% macro staged_columns(table) -%}
    {%- set names = [] -%}
    {%- for column in contract(table) if column.name not in ['phone', 'event_id'] -%}
        {%- do names.append('email_hash' if column.name == 'email' else column.name) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}
