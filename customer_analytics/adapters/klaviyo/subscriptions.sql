-- one row per profile, channel and change that the export knows: the consent, and the suppression of an address
with profiles as (

    select
        *,
        coalesce(lower("email"), "phone number", "klaviyo id") as id,
        coalesce("profile created on", "date added") as created_at,
        lower(coalesce("$consent", "consent")) as consents,
        coalesce("$consent timestamp", "consent timestamp") as consents_at,
        case
            when replace(lower("email suppressions"), ' ', '') not in ('[]', '{}', '0', 'false', 'no', 'none', 'null')
                then "email suppressions"
        end as suppressions
    from profiles_export
    qualify file_number = max(file_number) over (partition by coalesce(lower("email"), "phone number", "klaviyo id"))

),

consents as (

    select
        id,
        'email' as channel,
        coalesce(
            nullif(lower("email marketing consent"), 'true'),
            case when "email marketing consent" is not null or contains(consents, 'email') then 'subscribed' end
        ) as consent,
        coalesce("email marketing consent timestamp", consents_at, created_at) as changed_at
    from profiles
    -- without a time of its own, the suppression replaces the consent
    where suppressions is null or "email suppressions timestamp" is not null

    union all

    select
        id,
        'sms' as channel,
        coalesce(
            nullif(lower("sms marketing consent"), 'true'),
            case when "sms marketing consent" is not null or contains(consents, 'sms') then 'subscribed' end
        ) as consent,
        coalesce("sms marketing consent timestamp", consents_at, created_at) as changed_at
    from profiles

    union all

    select
        id,
        'email' as channel,
        'suppressed' as consent,
        coalesce("email suppressions timestamp", "email marketing consent timestamp", consents_at, created_at) as changed_at
    from profiles
    where suppressions is not null

)

select
    id as customer_id,
    channel,
    case consent when 'subscribed' then 'subscribed' else 'unsubscribed' end as status,
    changed_at
from consents
where consent <> 'never_subscribed'
order by customer_id, channel, changed_at, status
