{% macro purchase_models() -%}
    {#- a customer who may also drop out after the first order has had one more chance to drop out than x -#}
    {%- for model, b in {'bg_nbd': 'b', 'mbg_nbd': 'b + 1'}.items() -%}
    select
        '{{ model }}' as model,
        snapshot_date,
        is_as_of,
        is_identified,
        r,
        alpha,
        a,
        {{ b }} as b

    from ({{ snapshot_parameters(model, ['r', 'alpha', 'a', 'b']) }}) as {{ model }}
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
