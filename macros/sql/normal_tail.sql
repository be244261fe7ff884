{% macro normal_tail(z) -%}
    {#- half the complementary error function of |z| / sqrt(2); beyond 30 it would underflow -#}
    {%- set scaled = '(case when abs(' ~ z ~ ') > 30 then 30 else abs(' ~ z ~ ') end / sqrt(2e0))' -%}
    {%- set t = '(1 / (1 + ' ~ scaled ~ ' / 2))' -%}
    {%- set coefficients = '-0.82215223 1.48851587 -1.13520398 0.27886807 -0.18628806 0.09678418 0.37409196 1.00002368 -1.26551223' -%}
    {%- set polynomials = ['0.17087277e0'] -%}
    {%- for coefficient in coefficients.split() -%} {%- do polynomials.append(coefficient ~ 'e0 + ' ~ t ~ ' * (' ~ polynomials[-1] ~ ')') -%} {%- endfor -%}
    ({{ t }} / 2 * exp(-{{ scaled }} * {{ scaled }} + {{ polynomials[-1] }}))
{%- endmacro %}
