{# Contract column parsed to its declared type. Text in keys is normalized to one case, so that keys are comparable. #}
{% macro read_column(name, data_type) -%}
    {%- if name in ['order_id', 'product_id', 'refund_id', 'campaign_id'] -%} {{ read_id(name) }}
    {%- elif name.endswith('_id') or name == 'identifier' -%} {{ read_person_id(name) }}
    {%- elif name == 'currency' -%} upper({{ read_text(name) }})
    {%- elif name in ['identifier_type', 'channel'] -%} lower({{ read_text(name) }})
    {%- elif name == 'line_number' -%} {{ read_integer(name, 18) }}
    {%- elif name == 'rate_to_reporting' -%} {{ read_decimal(name, 8) }}
    {%- else -%} {{ {
        'text': read_text, 'decimal': read_decimal, 'integer': read_integer,
        'boolean': read_boolean, 'timestamp': read_timestamp, 'date': read_date,
    }[data_type](name) }}
    {%- endif -%}
{%- endmacro %}
