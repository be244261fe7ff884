{# The key of a rejected row as it may be shown: an identifier is personal, and words may hold anything. #}
{% macro shown_row_key(table) -%}
    {%- if table == 'identity_links' -%}
        concat_ws('|', {{ mask_personal("coalesce(identifier_type, '')") }}, '***', coalesce(cast(linked_at as {{ dbt.type_string() }}), ''))
    {%- elif table in ['subscriptions', 'ad_spend', 'exchange_rates'] -%} {{ mask_personal('row_key') }}
    {%- else -%} {{ replace_matches('row_key', email_pattern(), '***') }}
    {%- endif -%}
{%- endmacro %}
