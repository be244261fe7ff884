{# Key of an order, product, refund or campaign; one with an email address is replaced by a stable pseudonym. Digits of such keys
   are never phone or card numbers: one order number of 16 digits in ten has the check digit of a card. #}
{% macro read_id(column) -%}
    {%- set id = read_text(column) -%}
    case
        when {{ id }} like '%@%' or {{ id }} like '%＠%' or {{ id }} like '%!%40%' escape '!' then 'person:' || substr({{ read_email_hash(column) }}, 1, 32)
        else {{ id }}
    end
{%- endmacro %}
