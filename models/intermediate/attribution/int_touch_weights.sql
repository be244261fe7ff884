with touches as (

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

fitted as (

    select count(*) > 0 as is_fitted
    from effects

),

described as (

    select
        touches.*,
        fitted.is_fitted,
        count(*) over (partition by touches.person_key, touches.path_number, touches.source) as touches_of_source,
        max(touches.started_at) over path as last_started_at,
        coalesce(max(case when touches.source <> 'direct' then touches.touch_number end) over path, touches.touches) as last_non_direct_touch,
        coalesce(effects.removal_effect, other_effects.removal_effect, 0) as removal_effect,
        max(coalesce(effects.removal_effect, other_effects.removal_effect, 0)) over path as largest_effect

    from touches
    cross join fitted
    left join effects on touches.source = effects.source
    left join effects as other_effects on other_effects.source = '(other)'

    window path as (partition by touches.person_key, touches.path_number)

),

final as (

    select
        person_key,
        path_number,
        order_id,
        session_key,
        touch_number,
        touches,
        all_touches,
        case when touch_number = 1 then 1e0 else 0e0 end as first_weight,
        case when touch_number = touches then 1e0 else 0e0 end as last_weight,
        case when touch_number = last_non_direct_touch then 1e0 else 0e0 end as last_non_direct_weight,
        1e0 as linear_weight,
        case
            when touches <= 2 then 1e0
            when touch_number in (1, touches) then 2e0
            else 1e0 / (touches - 2)
        end as position_weight,
        {{ power_of(2, '-' ~ microseconds_between('started_at', 'last_started_at') ~ ' / 86400e6 / ' ~ var('attribution_half_life_days')) }}
            as time_decay_weight,
        -- an older fit may know none of the sources of a path
        case
            when largest_effect > 0 then removal_effect
            when is_fitted then 1e0
        end as markov_weight,
        1e0 / touches_of_source as shapley_weight

    from described

)

select * from final
