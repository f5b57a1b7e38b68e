-- Whether a person has said that the next answer of a source is to be believed, however much it differs from the last.
alter table source add column trusted integer not null default 0 check (trusted in (0, 1));
