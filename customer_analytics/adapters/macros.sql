-- for the queries of all systems

-- a number inside a cell, with a decimal comma or point, with or without thousands separators
create macro cell_number(text) as try_cast(
    case
        when regexp_full_match(text, '-?[0-9.]*,[0-9]{1,2}') then replace(replace(text, '.', ''), ',', '.')
        else replace(text, ',', '')
    end as decimal(18, 4)
);

-- the contract has whole units: goods sold by weight or length count as one unit of their line
create macro whole_units(quantity) as case when quantity = floor(quantity) then cast(quantity as bigint) else 1 end;
