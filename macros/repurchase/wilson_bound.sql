{# The lower (-) or upper (+) bound of Wilson's 95 % interval of a rate in doubles; null where there is no rate. #}
{% macro wilson_bound(rate, customers, sign) -%}
    (
        2 * {{ customers }} * {{ rate }} + power(1.959963984540054e0, 2)
        {{ sign }} 1.959963984540054e0
        * sqrt(power(1.959963984540054e0, 2) + 4 * {{ customers }} * {{ rate }} * (1 - {{ rate }}))
    ) / (2 * ({{ customers }} + power(1.959963984540054e0, 2)))
{%- endmacro %}
