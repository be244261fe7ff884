with traits as (

    select
        traits.*,
        customers.lifetime_orders,
        customers.lifetime_net_amount

    from {{ ref('fct_customer_traits') }} as traits
    inner join {{ ref('dim_customers') }} as customers on traits.customer_id = customers.customer_id

),

-- a value called other would be confused with the pool, so it is always part of it
ranked as (

    select
        trait,
        value,
        row_number() over (
            partition by trait
            order by case when value = 'other' then 1 else 0 end, sum(lifetime_orders) desc, {{ binary_collation('value') }}
        ) as value_rank,
        count(*) over (partition by trait) as all_values

    from traits

    group by trait, value

),

-- pairs are counted by numbers, which costs less than by text
numbered as (

    select
        ranked.trait,
        ranked.value,
        case when ranked.value_rank > thresholds.breakdown_values then 'other' else ranked.value end as shown_value,
        case when ranked.value_rank > thresholds.breakdown_values then ranked.all_values - thresholds.breakdown_values end as pooled_values,
        dense_rank() over (order by ranked.trait) as trait_key,
        dense_rank() over (order by ranked.trait, least(ranked.value_rank, thresholds.breakdown_values + 1)) as value_key,
        kinds.is_group,
        kinds.is_profiled

    from ranked
    inner join {{ ref('profile_traits') }} as kinds on ranked.trait = kinds.trait
    cross join {{ ref('report_thresholds') }} as thresholds

),

shown as (

    select distinct
        value_key,
        trait,
        shown_value as value,
        pooled_values

    from numbered

),

members as (

    select
        traits.customer_id,
        traits.lifetime_orders,
        traits.lifetime_net_amount,
        numbered.trait_key,
        numbered.value_key,
        numbered.is_group,
        numbered.is_profiled

    from traits
    inner join numbered on traits.trait = numbered.trait and traits.value = numbered.value

),

shop as (

    select
        value_key,
        count(*) as value_customers,
        sum(count(*)) over (partition by trait_key) as known_customers

    from members

    where is_profiled

    group by trait_key, value_key

),

pairs as (

    select
        group_members.value_key as group_key,
        members.trait_key,
        members.value_key,
        count(*) as customers,
        sum(members.lifetime_orders) as orders,
        sum(members.lifetime_net_amount) as net_amount,
        sum(count(*)) over (partition by group_members.value_key, members.trait_key) as group_customers

    from members as group_members
    inner join members
        on group_members.customer_id = members.customer_id and group_members.trait_key <> members.trait_key

    where group_members.is_group and members.is_profiled

    group by group_members.value_key, members.trait_key, members.value_key

),

compared as (

    select
        pairs.*,
        shop.value_customers,
        shop.known_customers,
        shop.value_customers - pairs.customers as rest_value_customers,
        shop.known_customers - pairs.group_customers as rest_customers

    from pairs
    inner join shop on pairs.value_key = shop.value_key

),

tested as (

    select
        compared.*,
        thresholds.false_discovery_rate,
        case
            when
                least(compared.group_customers, compared.rest_customers) >= thresholds.profile_customers
                and compared.group_customers * compared.value_customers
                >= thresholds.profile_expected_customers * compared.known_customers
                then {{ two_sample_z(
                    'compared.customers', 'compared.group_customers', 'compared.rest_value_customers', 'compared.rest_customers'
                ) }}
        end as signed_z

    from compared
    cross join {{ ref('report_thresholds') }} as thresholds

),

p_values as (

    select
        tested.*,
        abs(signed_z) as z,
        count(signed_z) over () as tests,
        count(signed_z) over (order by abs(signed_z) desc nulls last) as larger_differences

    from tested

),

-- Benjamini & Hochberg (1995): all differences at least as large as the smallest that holds its own level
controlled as (

    select
        p_values.*,
        min(case
            when 2 * {{ normal_tail('z') }} * tests <= false_discovery_rate * larger_differences then z
        end) over () as smallest_z

    from p_values

),

final as (

    select
        profile_groups.trait as group_kind,
        group_kinds.label_en as group_kind_en,
        group_kinds.label_zh as group_kind_zh,
        profile_groups.value as group_value,
        coalesce(personas.persona_en, group_labels.label_en, profile_groups.value) as group_value_en,
        coalesce(personas.persona_zh, group_labels.label_zh, profile_groups.value) as group_value_zh,
        shown.trait,
        traits.label_en as trait_en,
        traits.label_zh as trait_zh,
        shown.value as trait_value,
        coalesce(value_labels.label_en, shown.value) as trait_value_en,
        coalesce(value_labels.label_zh, shown.value) as trait_value_zh,
        cast(profile_groups.pooled_values as integer) as pooled_groups,
        cast(shown.pooled_values as integer) as pooled_values,
        cast(row_number() over (
            partition by controlled.group_key
            order by
                case when controlled.z >= controlled.smallest_z then 0 else 1 end asc,
                controlled.signed_z desc nulls last,
                controlled.customers desc,
                controlled.value_key asc
        ) as integer) as rank,
        controlled.customers,
        cast(controlled.group_customers as bigint) as group_customers,
        controlled.rest_value_customers,
        cast(controlled.rest_customers as bigint) as rest_customers,
        cast(controlled.orders as bigint) as orders,
        cast(controlled.net_amount as numeric(18, 2)) as net_amount,
        {{ safe_divide('controlled.customers', 'controlled.group_customers') }} as share,
        {{ safe_divide('controlled.rest_value_customers', 'controlled.rest_customers') }} as rest_share,
        {{ safe_divide('controlled.value_customers', 'controlled.known_customers') }} as shop_share,
        {{ safe_divide('100 * controlled.customers * controlled.rest_customers', 'controlled.rest_value_customers * controlled.group_customers') }} as profile_index,
        cast(controlled.signed_z as numeric(18, 6)) as z_score,
        coalesce(controlled.z >= controlled.smallest_z, false) as is_beyond_chance

    from controlled
    inner join shown as profile_groups on controlled.group_key = profile_groups.value_key
    inner join shown on controlled.value_key = shown.value_key
    left join {{ ref('rpt_personas') }} as personas
        on profile_groups.trait = 'persona' and profile_groups.value = personas.persona
    left join {{ ref('labels') }} as group_kinds on group_kinds.code_type = 'dimension' and profile_groups.trait = group_kinds.code
    left join {{ ref('labels') }} as group_labels
        on
            case when profile_groups.pooled_values is null then profile_groups.trait else 'pool' end = group_labels.code_type
            and profile_groups.value = group_labels.code
    left join {{ ref('labels') }} as traits on traits.code_type = 'dimension' and shown.trait = traits.code
    left join {{ ref('labels') }} as value_labels
        on
            case when shown.pooled_values is null then shown.trait else 'pool' end = value_labels.code_type
            and shown.value = value_labels.code

)

select * from final
