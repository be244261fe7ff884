with user_agents as (

    select distinct user_agent
    from {{ ref('stg_shop__events') }}
    where user_agent is not null

),

patterns as (

    select
        pattern,
        replace(replace(lower(pattern), '_', '!_'), '*', '%') as like_pattern

    from {{ ref('bot_user_agents') }}

),

final as (

    select
        user_agents.user_agent,
        min({{ byte_order('patterns.pattern') }}) as pattern

    from user_agents
    inner join patterns on lower(user_agents.user_agent) like patterns.like_pattern escape '!'

    group by user_agents.user_agent

)

select * from final
