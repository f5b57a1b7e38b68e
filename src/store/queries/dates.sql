-- ?1: the names of treaties. Dates after ?2, up to ?3, that were known on ?2.
select
    treaty_id as "treaty_id: TreatyId",
    date_id as "date_id: DateId",
    reading_id as "reading_id: Label",
    state_id as "state_id: StateId",
    kind as "kind: DateKind",
    from_date as "from_date: NaiveDate",
    precision as "precision: Precision",
    certainty as "certainty: Certainty",
    rule as "rule: Rule",
    article,
    clause_id as "clause_id: Label",
    act_id as "act_id: ActId",
    known_on as "known_on: NaiveDate"
from _treaty_date
where treaty_id in (select value from json_each(?1))
  and from_date > ?2 and from_date <= ?3 and known_on <= ?2
order by treaty_id, ordinal
