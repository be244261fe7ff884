{{ config(materialized='view') }}

select * from {{ ref('int_orders') }}

where order_number is not null
