-- Curated facts have a version: later ones take the place of earlier ones, never the other way round.
-- NULL: they were recorded before facts had versions, or come from a directory that names none.
alter table watch add column seeds_version integer check (seeds_version > 0);
-- The dataset that was taken from a source last: the digest of its body in source_body. NULL: none ever was.
alter table watch add column dataset text;

-- By which rules a source is read, as the configuration says: under others nothing that it said before counts.
-- NULL: it was last asked before rules were kept, and the first that come are taken for those.
alter table source add column rules text;
