{# Amount of a row in its own currency, 0 if missing or unreadable; is_raw: read from the raw table. #}
{% macro row_amount(table, is_raw=false) -%}
    {%- set amounts = {
        'orders': [read_decimal('paid_amount'), 'paid_amount'],
        'refunds': [read_decimal('refund_amount'), 'refund_amount'],
        'order_items': [read_integer('quantity') ~ ' * ' ~ read_decimal('unit_price'), 'quantity * unit_price'],
    } -%}
    cast(coalesce({{ amounts[table][0 if is_raw else 1] if table in amounts else 0 }}, 0) as numeric(18, 4))
{%- endmacro %}
