{%- set models = ['first', 'last', 'last_non_direct', 'linear', 'position', 'time_decay', 'markov', 'shapley'] -%}

with tracking as (

    select min(started_at) + interval '{{ var("attribution_lookback_days") }} days' as complete_from
    from {{ ref('int_sessions') }}

),

orders as (

    select
        orders.order_id,
        orders.order_date,
        orders.is_first_order,
        orders.net_amount,
        coalesce(orders.ordered_at < tracking.complete_from, true) as before_tracking

    from {{ ref('int_orders') }} as orders
    cross join tracking

    where orders.is_valid

),

weights as (

    select * from {{ ref('int_touch_weights') }}

),

totals as (

    select
        person_key,
        path_number,
        {% for model in models -%}
        sum({{ model }}_weight) as {{ model }}_weight
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from weights

    group by person_key, path_number

),

-- amounts are rounded to 6 places first, because a sixth of 0.03 is half a cent
valued as (

    select
        weights.person_key,
        weights.path_number,
        weights.touch_number,
        weights.touches,
        weights.all_touches,
        sessions.source,
        sessions.medium,
        sessions.campaign,
        orders.*,
        {% for model in models -%}
        {%- set share = 'case when weights.touch_number < weights.touches then weights.' ~ model ~ '_weight / totals.' ~ model ~ '_weight end' -%}
        cast({{ share }} as numeric(18, 12)) as {{ model }}_credit,
        cast(round(cast(({{ share }}) * orders.net_amount as numeric(18, 6)), 2) as numeric(18, 2)) as {{ model }}_amount
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from weights
    inner join totals on weights.person_key = totals.person_key and weights.path_number = totals.path_number
    inner join orders on weights.order_id = orders.order_id
    inner join {{ ref('int_sessions') }} as sessions on weights.session_key = sessions.session_key

),

-- the last touch takes what the others leave
rounded as (

    select
        person_key,
        path_number,
        {% for model in models -%}
        coalesce(sum({{ model }}_credit), 0) as {{ model }}_credit,
        coalesce(sum({{ model }}_amount), 0) as {{ model }}_amount
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from valued

    group by person_key, path_number

),

-- without a fit, the Markov model has no weights and no rows
models as (

    {% for model in models -%}
    select '{{ model }}' as model
    from weights
    having {{ 'count(markov_weight) > 0' if model == 'markov' else 'true' }}
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

),

-- halves of a cent may add up to more than a small order: then the last touch takes all of it
credited as (

    select
        valued.order_id,
        valued.order_date,
        valued.is_first_order,
        valued.before_tracking,
        valued.source,
        valued.medium,
        valued.campaign,
        valued.touch_number,
        valued.touches,
        valued.all_touches,
        models.model,
        case models.model
            {%- for model in models %}
            when '{{ model }}' then coalesce(valued.{{ model }}_credit, 1 - rounded.{{ model }}_credit)
            {%- endfor %}
        end as credit,
        case models.model
            {%- for model in models %}
            when '{{ model }}'
                then case
                    when rounded.{{ model }}_amount > valued.net_amount
                        then case when valued.touch_number = valued.touches then valued.net_amount else 0 end
                    else coalesce(valued.{{ model }}_amount, valued.net_amount - rounded.{{ model }}_amount)
                end
            {%- endfor %}
        end as attributed_amount

    from valued
    inner join rounded on valued.person_key = rounded.person_key and valued.path_number = rounded.path_number
    cross join models

    union all

    select
        orders.order_id,
        orders.order_date,
        orders.is_first_order,
        orders.before_tracking,
        '(none)' as source,
        '(none)' as medium,
        '(none)' as campaign,
        0 as touch_number,
        0 as touches,
        0 as all_touches,
        models.model,
        1 as credit,
        orders.net_amount as attributed_amount

    from orders
    cross join models
    left join weights on orders.order_id = weights.order_id

    where weights.order_id is null

),

final as (

    select
        order_id,
        model,
        cast(touch_number as integer) as touch_number,
        cast(touches as integer) as touches,
        cast(all_touches as bigint) as all_touches,
        order_date,
        source,
        medium,
        campaign,
        cast(credit as numeric(18, 12)) as credit,
        cast(attributed_amount as numeric(18, 2)) as attributed_amount,
        is_first_order,
        before_tracking

    from credited

)

select * from final
