{#- weight of a touch in its path; its credit is its share of the weights of the path -#}
{%- set weights = {
    'first': 'case when touch_number = 1 then 1 else 0 end',
    'last': 'case when touch_number = touches then 1 else 0 end',
    'last_non_direct': 'case when touch_number = last_non_direct_touch then 1 else 0 end',
    'linear': '1',
    'position': 'case when touches <= 2 then 1 when touch_number in (1, touches) then 2 else 1e0 / (touches - 2) end',
    'time_decay': power_of(2, '-' ~ microseconds_between('started_at', 'last_started_at') ~ ' / 86400e6 / ' ~ var('attribution_half_life_days')),
    'markov': 'case when largest_effect > 0 then removal_effect else 1 end',
    'shapley': '1e0 / touches_of_source',
} -%}

with orders as (

    select * from {{ ref('int_orders') }}

    where is_valid

),

touches as (

    select * from {{ ref('int_path_touches') }}

    where order_id is not null

),

fits as (

    select
        parameters.parameter,
        parameters.value,
        dense_rank() over (order by parameters.trained_through desc) as fit_rank

    from ({{ fitted_parameters('markov') }}) as parameters
    inner join {{ ref('int_as_of') }} as as_of on parameters.trained_through <= as_of.as_of_date

),

effects as (

    select
        substr(parameter, length('removal_effect.') + 1) as source,
        value as removal_effect

    from fits

    where fit_rank = 1

),

models as (

    {% for model in weights -%}
    select '{{ model }}' as model
    {%- if model == 'markov' %}
    from effects
    having count(*) > 0
    {%- endif %}
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

),

described as (

    select
        touches.*,
        count(*) over (partition by touches.person_key, touches.path_number, touches.source) as touches_of_source,
        max(touches.started_at) over path as last_started_at,
        coalesce(max(case when touches.source <> 'direct' then touches.touch_number end) over path, touches.touches) as last_non_direct_touch,
        coalesce(effects.removal_effect, other_effects.removal_effect, 0) as removal_effect,
        -- an older fit may know none of the sources of a path
        max(coalesce(effects.removal_effect, other_effects.removal_effect, 0)) over path as largest_effect

    from touches
    left join effects on touches.source = effects.source
    left join effects as other_effects on other_effects.source = '(other)'

    window path as (partition by touches.person_key, touches.path_number)

),

weighted as (

    select
        described.*,
        {% for model, weight in weights.items() -%}
        cast({{ weight }} as {{ type_double() }}) as {{ model }}_weight
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from described

),

totals as (

    select
        person_key,
        path_number,
        {% for model in weights -%}
        sum({{ model }}_weight) as {{ model }}_weight
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from weighted

    group by person_key, path_number

),

-- amounts are rounded to 6 places first, because a sixth of 0.03 is half a cent
valued as (

    select
        weighted.person_key,
        weighted.path_number,
        weighted.touch_number,
        weighted.touches,
        sessions.source,
        sessions.medium,
        sessions.campaign,
        orders.order_id,
        orders.order_date,
        orders.ordered_at,
        orders.is_first_order,
        orders.net_amount,
        {% for model in weights -%}
        {%- set share = 'case when weighted.touch_number < weighted.touches then weighted.' ~ model ~ '_weight / totals.' ~ model ~ '_weight end' -%}
        cast({{ share }} as numeric(18, 12)) as {{ model }}_credit,
        cast(round(cast(({{ share }}) * orders.net_amount as numeric(18, 6)), 2) as numeric(18, 2)) as {{ model }}_amount
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from weighted
    inner join totals on weighted.person_key = totals.person_key and weighted.path_number = totals.path_number
    inner join orders on weighted.order_id = orders.order_id
    inner join {{ ref('int_sessions') }} as sessions on weighted.session_key = sessions.session_key

),

-- the last touch takes what the others leave
rounded as (

    select
        person_key,
        path_number,
        {% for model in weights -%}
        coalesce(sum({{ model }}_credit), 0) as {{ model }}_credit,
        coalesce(sum({{ model }}_amount), 0) as {{ model }}_amount
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from valued

    group by person_key, path_number

),

-- halves of a cent may add up to more than a small order: then the last touch takes all of it
touched as (

    select
        valued.order_id,
        valued.order_date,
        valued.ordered_at,
        valued.is_first_order,
        valued.source,
        valued.medium,
        valued.campaign,
        valued.touch_number,
        valued.touches,
        models.model,
        case models.model
            {%- for model in weights %}
            when '{{ model }}' then coalesce(valued.{{ model }}_credit, 1 - rounded.{{ model }}_credit)
            {%- endfor %}
        end as credit,
        case models.model
            {%- for model in weights %}
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
        orders.ordered_at,
        orders.is_first_order,
        '(none)' as source,
        '(none)' as medium,
        '(none)' as campaign,
        0 as touch_number,
        0 as touches,
        models.model,
        1 as credit,
        orders.net_amount as attributed_amount

    from orders
    cross join models
    left join touches on orders.order_id = touches.order_id

    where touches.order_id is null

),

tracking as (

    select min(started_at) + interval '{{ var("attribution_lookback_days") }} days' as complete_from

    from {{ ref('int_sessions') }}

),

final as (

    select
        touched.order_id,
        touched.model,
        cast(touched.touch_number as integer) as touch_number,
        cast(touched.touches as integer) as touches,
        touched.order_date,
        touched.source,
        touched.medium,
        touched.campaign,
        cast(touched.credit as numeric(18, 12)) as credit,
        cast(touched.attributed_amount as numeric(18, 2)) as attributed_amount,
        touched.is_first_order,
        coalesce(touched.ordered_at < tracking.complete_from, true) as before_tracking

    from touched
    cross join tracking

)

select * from final
