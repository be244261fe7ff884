with pairs as (

    select * from {{ ref('int_product_pairs') }}

),

previous_kinds as (

    select distinct
        level,
        kind

    from pairs

    where period = 'previous'

),

listed as (

    select
        current_pairs.*,
        case when previous_kinds.kind is not null then coalesce(previous_pairs.lift_low > 1, false) end as held_before,
        row_number() over (
            partition by current_pairs.level, current_pairs.kind
            order by
                current_pairs.kulczynski desc, current_pairs.orders_together desc, current_pairs.confidence desc,
                {{ binary_collation('current_pairs.antecedent') }}, {{ binary_collation('current_pairs.consequent') }}
        ) as pair_rank

    from pairs as current_pairs
    left join previous_kinds on current_pairs.level = previous_kinds.level and current_pairs.kind = previous_kinds.kind
    left join pairs as previous_pairs
        on
            previous_pairs.period = 'previous'
            and current_pairs.level = previous_pairs.level
            and current_pairs.kind = previous_pairs.kind
            and current_pairs.antecedent = previous_pairs.antecedent
            and current_pairs.consequent = previous_pairs.consequent

    where current_pairs.period = 'current' and current_pairs.lift_low > 1

),

names as (

    select
        'product' as level,
        product_id as item,
        product_name as name_en,
        product_name as name_zh

    from {{ ref('stg_shop__products') }}

    union all

    select
        code_type as level,
        code as item,
        label_en as name_en,
        label_zh as name_zh

    from {{ ref('labels') }}

    where code_type = 'category'

),

final as (

    select
        listed.level,
        listed.kind,
        cast(listed.pair_rank as integer) as rank,
        {% for item in ['antecedent', 'consequent'] -%}
        listed.{{ item }},
        {% for language in ['en', 'zh'] -%}
        coalesce({{ item }}s.name_{{ language }}, listed.{{ item }}) as {{ item }}_{{ language }},
        {% endfor -%}
        {% endfor -%}
        listed.orders_together,
        listed.antecedent_orders,
        listed.consequent_orders,
        listed.baskets,
        listed.baskets_left_out,
        listed.support,
        listed.confidence,
        listed.confidence_low,
        listed.lift,
        listed.lift_low,
        listed.kulczynski,
        listed.imbalance,
        listed.held_before

    from listed
    {% for item in ['antecedent', 'consequent'] -%}
    left join names as {{ item }}s on listed.level = {{ item }}s.level and listed.{{ item }} = {{ item }}s.item
    {% endfor %}
)

select * from final
