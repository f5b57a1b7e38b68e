-- ?1: the names of treaties. Every row of their projections, written out, to be compared.
select treaty_id as "treaty_id!: TreatyId", row as "row!: String"
from (
    select treaty_id, json_array('treaty_period', reading_id, starts_on, ends_before, status, reason, rule, article,
        act_id, known_on) as row
    from _treaty_period
    union all
    select treaty_id, json_array('state_period', reading_id, state_id, starts_on, ends_before, status, reason, rule,
        article, act_id, known_on)
    from _state_period
    union all
    select treaty_id, json_array('state_override', reading_id, state_id)
    from _state_override
    union all
    select treaty_id, json_array('overlay', reading_id, ordinal, kind, state_id, jointly, towards, starts_on, ends_before,
        disputed_by, reason, rule, article, act_id, known_on)
    from _overlay
    union all
    select treaty_id, json_array('treaty_date', ordinal, date_id, reading_id, state_id, kind, on_date, from_date,
        precision, certainty, reason, rule, article, act_id, known_on)
    from _treaty_date
    union all
    select treaty_id, json_array('party_tally', reading_id, on_date, signed, consented, parties)
    from _party_tally
    union all
    select treaty_id, json_array('entry_progress', ordinal, needed, reached, missing, act_id, on_date)
    from _entry_progress
)
where treaty_id in (select value from json_each(?1))
