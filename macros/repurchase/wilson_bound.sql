{# Lower (-) or upper (+) bound of the 95% Wilson interval of a rate, in doubles; null if the rate is null. #}
{% macro wilson_bound(rate, customers, sign) -%}
    (
        2 * {{ customers }} * {{ rate }} + power(1.959963984540054e0, 2)
        {{ sign }} 1.959963984540054e0
        * sqrt(power(1.959963984540054e0, 2) + 4 * {{ customers }} * {{ rate }} * (1 - {{ rate }}))
    ) / (2 * ({{ customers }} + power(1.959963984540054e0, 2)))
{%- endmacro %}
