-- Whether a person has said that the next answer of a source is to be believed, however much it differs from the last.
alter table source add column trusted integer not null default 0 check (trusted in (0, 1));

-- Each check asks which facts have grown old: by their day, not treaty by treaty.
create index treaty_facts_as_of on treaty (facts_as_of);
