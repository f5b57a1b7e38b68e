-- ?1: the names of treaties. ?2: all versions, or only those that count.
select
    act_id as "act_id: ActId",
    natural_id as "natural_id: ActId",
    treaty_id as "treaty_id: TreatyId",
    state_id as "state_id: StateId",
    kind as "kind: ActKind",
    on_date as "on_date: NaiveDate",
    precision as "precision: Precision",
    to_date as "to_date: NaiveDate",
    known_on as "known_on: NaiveDate",
    effective_on as "effective_on: NaiveDate",
    ends_before as "ends_before: NaiveDate",
    deadline as "deadline: Label",
    until as "until: NaiveDate",
    place,
    label as "label: Label",
    jointly as "jointly: Json<Vec<StateId>>",
    towards as "towards: Json<Vec<StateId>>",
    precludes_entry_into_force as "precludes_entry_into_force: bool",
    successors as "successors: Json<Vec<StateId>>",
    disputed_by as "disputed_by: Json<Vec<StateId>>",
    note,
    sources as "sources: Json<Vec<String>>",
    basis as "basis: Basis",
    confidence as "confidence: Confidence",
    origin as "origin: Origin",
    superseded_by as "superseded_by: ActId",
    retracted_at is not null as "retracted!: bool",
    retracted_by as "retracted_by: Origin",
    watched_on is not null as "watched!: bool",
    retraction_watched_on is not null as "retraction_watched!: bool"
from _act
where treaty_id in (select value from json_each(?1))
  and (?2 or (superseded_by is null and retracted_at is null))
order by treaty_id, on_date, act_id
