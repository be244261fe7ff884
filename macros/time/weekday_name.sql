{# monday to sunday. extract(dow) starts on Sunday on most warehouses and does not exist on all. #}
{% macro weekday_name(column) -%}
    case {{ weekday_number(column) }}
        when 1 then 'monday' when 2 then 'tuesday' when 3 then 'wednesday' when 4 then 'thursday'
        when 5 then 'friday' when 6 then 'saturday' when 7 then 'sunday'
    end
{%- endmacro %}
