-- The schema. Views are public: their columns are a promise. Tables are internal and begin with an underscore.
--
-- Days are TEXT YYYY-MM-DD: `check (d is date(d))` refuses 2019-02-30 and accepts NULL. Instants are TEXT
-- YYYY-MM-DDTHH:MM:SSZ in UTC and whole seconds, so that they compare as text. Periods are half-open: ends_before is the
-- first day after the period; NULL: no end is known. Lists are JSON arrays. Sources are addresses, the best first; [] for
-- a fact from memory. `ordinal` is the order of the files and nothing else.

-- Marks the file as a database of this program ("trty").
pragma application_id = 1953657977;

-- The database itself, and how far it has been checked. One row.
create table _watch (
    one integer not null primary key check (one = 1),
    -- A version 4 UUID. It and the key of an alert make the id that receivers see, so a copy of the database sends under
    -- the same ids.
    database_id text not null check (length(database_id) = 36),
    -- When the first seeds were recorded; NULL: not yet.
    created_at text check (created_at is strftime('%Y-%m-%dT%H:%M:%SZ', created_at)),
    -- SHA-256 of the seeds that were recorded last.
    seeds_digest text,
    -- The version of the projection that wrote the derived tables.
    projected_by text,
    -- Alerts are raised for changes from this day on; NULL before the first start.
    began_on text check (began_on is date(began_on)),
    -- The last day that was checked, and when.
    checked_on text check (checked_on is date(checked_on)),
    checked_at text check (checked_at is strftime('%Y-%m-%dT%H:%M:%SZ', checked_at)),
    -- The version of the recorded facts: a later one replaces an earlier one, never the other way round. NULL: they come
    -- from a directory that names no version.
    seeds_version integer check (seeds_version > 0),
    -- The digest in _source_body of the data set that a source delivered last; NULL: none was delivered.
    dataset text,
    -- Flipped to test whether the database can be written: an update that changes nothing writes nothing.
    probe integer not null default 0 check (probe in (0, 1))
) strict;

-- States and other entities that can perform acts. A row is no position on statehood.
create table _state (
    -- ISO 3166 alpha-3 where there is one.
    state_id text not null primary key check (state_id glob '[A-Z][A-Z][A-Z]'),
    kind text not null check (kind in ('state', 'historic_state', 'entity')),
    name_en text not null,
    name_zh text,
    name_ru text,
    -- The first day on which it no longer existed.
    ended_on text check (ended_on is date(ended_on)),
    successors text not null check (json_valid(successors)),
    note text,
    -- The first day on which it existed; NULL: not known.
    began_on text check (began_on is date(began_on)),
    -- The regional group of the United Nations in which it is counted; NULL: none, or not known.
    regional_group text check (regional_group in
        ('african', 'asia-pacific', 'eastern-european', 'grulac', 'weog'))
) strict;

-- Other names under which sources list a state.
create table _state_alias (
    state_id text not null references _state (state_id),
    ordinal integer not null,
    alias text not null,
    primary key (state_id, ordinal)
) strict, without rowid;

-- Treaties and other instruments.
create table _treaty (
    treaty_id text not null primary key check (treaty_id glob '[a-z0-9]*'),
    kind text not null check (kind in
        ('treaty', 'resolution', 'political_commitment', 'expert_group', 'draft', 'statement')),
    form text not null check (form in ('bilateral', 'multilateral')),
    title_en text not null,
    title_zh text,
    title_ru text,
    short_title_en text not null,
    short_title_zh text,
    short_title_ru text,
    -- Languages whose titles no source supports.
    titles_from_memory text not null check (json_valid(titles_from_memory)),
    -- The facts are complete up to this day, as far as their sources are.
    facts_as_of text not null check (facts_as_of is date(facts_as_of)),
    -- Depositaries that are states; `depositary_note` names any other.
    depositaries text not null check (json_valid(depositaries)),
    depositary_note text,
    registration text,
    -- The set of instruments to which it belongs; NULL: a user's own.
    set_id text,
    -- The sources that its facts cite: objects with url, kind, title, publisher and on.
    citations text not null check (json_valid(citations)),
    -- Its notes and titles in Chinese and Russian: for each English text an object with en, zh and ru.
    translations text not null check (json_valid(translations)),
    -- Participants from the adoption on, of instruments that are not treaties.
    participants text not null check (json_valid(participants)),
    -- The readings between which the default one leaves the status `contested`.
    contested_between text not null check (json_valid(contested_between)),
    -- 1 if the list of parties is incomplete: a state that no act names may be a party.
    participation_incomplete integer not null default 0 check (participation_incomplete in (0, 1))
) strict;
-- A check searches for old facts by their day.
create index _treaty_facts_as_of on _treaty (facts_as_of);

-- Final clauses: the rules of a treaty, each with its article.
create table _clause (
    treaty_id text not null references _treaty (treaty_id),
    clause_id text not null,
    ordinal integer not null,
    -- As the treaty numbers it.
    article text not null,
    kind text not null check (kind in
        ('entry_into_force_by_exchange', 'entry_into_force_by_threshold', 'entry_into_force_by_date',
         'later_states', 'indefinite_duration', 'term', 'tacit_renewal', 'withdrawal', 'deadline',
         'reinstatement', 'lapse', 'protocols', 'supersession')),
    -- The rule with its periods, thresholds and anchors; it repeats `kind`.
    terms text not null check (json_valid(terms) and json_extract(terms, '$.kind') = kind),
    note text,
    sources text not null check (json_valid(sources)),
    basis text not null check (basis in ('depositary', 'text', 'official', 'agency', 'secondary', 'weak', 'memory')),
    confidence text not null check (confidence in ('high', 'medium', 'low')),
    primary key (treaty_id, clause_id)
) strict, without rowid;

-- Positions on a contested legal effect. The default reading has a row only where it needs a description.
create table _reading (
    treaty_id text not null references _treaty (treaty_id),
    reading_id text not null,
    ordinal integer not null,
    title text not null,
    asserted_by text not null check (json_valid(asserted_by)),
    disputed_by text not null check (json_valid(disputed_by)),
    note text,
    -- Labels of acts that have no effect in this reading.
    disregards text not null check (json_valid(disregards)),
    -- Pairs of label and day: acts that take effect on another day in this reading.
    effective text not null check (json_valid(effective)),
    -- NULL for the default reading, which nobody asserts.
    sources text check (sources is null or json_valid(sources)),
    basis text check (basis in ('depositary', 'text', 'official', 'agency', 'secondary', 'weak', 'memory')),
    confidence text check (confidence in ('high', 'medium', 'low')),
    primary key (treaty_id, reading_id),
    check ((sources is null) = (basis is null) and (sources is null) = (confidence is null))
) strict, without rowid;

-- Relations of an instrument to others.
create table _link (
    treaty_id text not null references _treaty (treaty_id),
    ordinal integer not null,
    kind text not null check (kind in
        ('supersedes', 'superseded_by', 'follows', 'followed_by', 'endorses', 'endorsed_by', 'protocol_to',
         'context')),
    linked_id text not null references _treaty (treaty_id) deferrable initially deferred,
    primary key (treaty_id, ordinal)
) strict, without rowid;

-- Upcoming dates that no clause computes.
create table _scheduled_date (
    treaty_id text not null references _treaty (treaty_id),
    date_id text not null,
    ordinal integer not null,
    kind text not null check (kind in
        ('entry_into_force', 'state_entry_into_force', 'expiry', 'last_notice_day', 'renewal',
         'withdrawal_effect', 'reinstatement', 'deadline', 'conference', 'meeting', 'end_of_mandate',
         'offer_ends', 'watch')),
    -- The first day of the month or year, where only that is known.
    on_date text not null check (on_date is date(on_date)),
    precision text not null check (precision in ('day', 'month', 'year')),
    known_on text not null check (known_on is date(known_on)),
    certainty text not null check (certainty in
        ('computed', 'contested', 'scheduled', 'expected', 'nominal')),
    note text,
    sources text not null check (json_valid(sources)),
    basis text not null check (basis in ('depositary', 'text', 'official', 'agency', 'secondary', 'weak', 'memory')),
    confidence text not null check (confidence in ('high', 'medium', 'low')),
    primary key (treaty_id, date_id)
) strict, without rowid;

-- Events that changed no legal status: an announcement, a vote, an offer.
create table _note (
    treaty_id text not null references _treaty (treaty_id),
    ordinal integer not null,
    on_date text not null check (on_date is date(on_date)),
    precision text not null check (precision in ('day', 'month', 'year')),
    -- In words of the catalogue; no fixed list.
    kind text not null,
    actor text not null,
    text text not null,
    -- Where sources disagree.
    disagreement text,
    sources text not null check (json_valid(sources)),
    basis text not null check (basis in ('depositary', 'text', 'official', 'agency', 'secondary', 'weak', 'memory')),
    confidence text not null check (confidence in ('high', 'medium', 'low')),
    primary key (treaty_id, ordinal)
) strict, without rowid;

-- Known gaps in the facts about a state.
create table _missing (
    treaty_id text not null references _treaty (treaty_id),
    ordinal integer not null,
    state_id text not null references _state (state_id),
    text text not null,
    primary key (treaty_id, ordinal)
) strict, without rowid;

-- Statements whose paragraphs name treaties.
create table _statement (
    statement_id text not null primary key,
    -- The statement as an instrument.
    treaty_id text not null references _treaty (treaty_id),
    title_en text not null,
    title_zh text,
    title_ru text,
    source text not null,
    facts_as_of text not null check (facts_as_of is date(facts_as_of))
) strict;

-- The paragraphs of a statement: what each claims, and the facts since.
create table _statement_paragraph (
    statement_id text not null references _statement (statement_id),
    number integer not null,
    -- Instruments and subjects that it names and that are not in _treaty.
    also_named text not null check (json_valid(also_named)),
    claim_en text not null,
    claim_zh text,
    claim_ru text,
    since_en text not null,
    since_zh text,
    since_ru text,
    -- Whether later facts contradict the claim.
    overtaken text not null check (overtaken in ('no', 'partly', 'yes')),
    sources text not null check (json_valid(sources)),
    confidence text not null check (confidence in ('high', 'medium', 'low')),
    primary key (statement_id, number)
) strict, without rowid;

-- The treaties that a paragraph names.
create table _statement_treaty (
    statement_id text not null,
    number integer not null,
    ordinal integer not null,
    treaty_id text not null references _treaty (treaty_id),
    primary key (statement_id, number, ordinal),
    foreign key (statement_id, number) references _statement_paragraph (statement_id, number)
) strict, without rowid;

-- Treaty actions, as sourced facts. A row is never deleted, and its facts are never edited: a correction is a new row.
-- Only `superseded_by`, the `retract...` columns and the `..._on` columns of checks are written later.
create table _act (
    -- natural_id; a later version ends in ~2, ~3.
    act_id text not null primary key,
    -- Treaty, state, kind, day and place: the same act has the same id in every data set.
    natural_id text not null,
    treaty_id text not null references _treaty (treaty_id),
    -- NULL for an act of the treaty as such.
    state_id text references _state (state_id),
    kind text not null check (kind in
        ('proposal', 'adoption', 'endorsement', 'opening_for_signature', 'signature',
         'intention_not_to_become_party', 'provisional_application',
         'end_of_provisional_application', 'definitive_signature', 'ratification', 'acceptance', 'approval',
         'accession', 'succession', 'formal_confirmation', 'consent_to_be_bound', 'exchange_of_instruments',
         'entry_into_force', 'declaration', 'reservation', 'withdrawal_of_reservation',
         'modification_of_reservation', 'objection', 'amendment', 'extension', 'indefinite_extension', 'conference',
         'suspension', 'resumption', 'notice_of_withdrawal', 'suspension_of_notice', 'revocation_of_notice',
         'withdrawal', 'revocation_of_ratification', 'notice_of_reinstatement', 'deadline_extension', 'deadline_met',
         'end_of_statehood', 'supersession', 'termination')),
    -- The first day of the month or year, where only that is known.
    on_date text not null check (on_date is date(on_date)),
    precision text not null check (precision in ('day', 'month', 'year')),
    -- The last day, for a conference.
    to_date text check (to_date is date(to_date)),
    -- The first day on which it was known.
    known_on text not null check (known_on is date(known_on)),
    -- The recorded day of effect, which takes precedence over the computed one.
    effective_on text check (effective_on is date(effective_on)),
    -- For an extension: the first day on which the treaty is no longer in force.
    ends_before text check (ends_before is date(ends_before)),
    -- For an act about a deadline of a state: the clause that sets it, and the new last day of an extension.
    deadline text,
    until text check (until is date(until)),
    place text,
    -- The name by which clauses and readings of the treaty refer to it.
    label text,
    -- The states that gave a common notice, where no single state acted.
    jointly text not null check (json_valid(jointly)),
    -- The parties that a suspension, its end or an objection concerns; []: all.
    towards text not null default '[]' check (json_valid(towards)),
    -- Whether an objection keeps the treaty from entering into force between the two.
    precludes_entry_into_force integer not null default 0 check (precludes_entry_into_force in (0, 1)),
    successors text not null check (json_valid(successors)),
    disputed_by text not null check (json_valid(disputed_by)),
    note text,
    sources text not null check (json_valid(sources)),
    basis text not null check (basis in ('depositary', 'text', 'official', 'agency', 'secondary', 'weak', 'memory')),
    confidence text not null check (confidence in ('high', 'medium', 'low')),
    -- Who recorded it. Seeds correct and retract only acts that seeds recorded.
    origin text not null check (origin in ('seed', 'user')),
    recorded_at text not null check (recorded_at is strftime('%Y-%m-%dT%H:%M:%SZ', recorded_at)),
    -- The row that this one corrects, and the row that corrects this one.
    supersedes text references _act (act_id),
    superseded_by text references _act (act_id) deferrable initially deferred,
    -- When it was retracted: no version of it is in effect.
    retracted_at text check (retracted_at is strftime('%Y-%m-%dT%H:%M:%SZ', retracted_at)),
    -- The day of the check that first took it into account; NULL: none yet.
    watched_on text check (watched_on is date(watched_on)),
    -- The day of the check that first took its retraction into account.
    retraction_watched_on text check (retraction_watched_on is date(retraction_watched_on)),
    retracted_by text check (retracted_by in ('seed', 'user')),
    -- The reason that a user gave.
    retraction_note text,
    check ((deadline is not null) = (kind in ('deadline_extension', 'deadline_met'))),
    check ((until is not null) = (kind = 'deadline_extension')),
    check (superseded_by is null or retracted_at is null),
    check (retraction_watched_on is null or retracted_at is not null)
) strict;
create index _act_treaty on _act (treaty_id, on_date, act_id);
create index _act_natural on _act (natural_id);
-- An act has one current version.
create unique index _act_current on _act (natural_id) where superseded_by is null and retracted_at is null;
-- The next check finds new acts by this index.
create index _act_unwatched on _act (known_on, treaty_id) where watched_on is null;
create index _act_retraction_unwatched on _act (treaty_id)
    where retracted_at is not null and retraction_watched_on is null;
create index _act_known on _act (known_on, treaty_id);
create index _act_supersedes on _act (supersedes) where supersedes is not null;
create index _act_superseded_by on _act (superseded_by) where superseded_by is not null;

-- Derived tables, made anew from the facts at any time: this one and those up to _entry_progress.
--
-- The status of an instrument in time: the spans of a reading neither overlap nor leave a gap.
create table _treaty_period (
    treaty_id text not null references _treaty (treaty_id),
    reading_id text not null,
    starts_on text not null check (starts_on is date(starts_on)),
    ends_before text check (ends_before is date(ends_before)),
    status text not null check (status in
        ('draft', 'pending', 'in_force', 'terminated', 'expired', 'superseded', 'abandoned', 'proposed',
         'adopted', 'in_effect', 'ended', 'concluded', 'contested')),
    reason text not null,
    rule text not null check (rule in
        ('act', 'recorded', 'exchange', 'threshold', 'delay', 'original_party', 'later_state',
         'succession', 'succession_undated', 'term', 'extension', 'renewal', 'notice', 'lapse', 'supersession',
         'state_ended', 'treaty_ended', 'reinstatement', 'readings_differ', 'scheduled')),
    article text,
    act_id text references _act (act_id),
    known_on text not null check (known_on is date(known_on)),
    primary key (treaty_id, reading_id, starts_on),
    check (starts_on < ends_before)
) strict, without rowid;
create index _treaty_period_starts on _treaty_period (starts_on);

-- Of readings other than the default one, only the states of `state_override` have rows here.
create table _state_period (
    treaty_id text not null references _treaty (treaty_id),
    reading_id text not null,
    state_id text not null references _state (state_id),
    starts_on text not null check (starts_on is date(starts_on)),
    ends_before text check (ends_before is date(ends_before)),
    status text not null check (status in
        ('signatory', 'contracting', 'party', 'withdrawn', 'former_party', 'non_party', 'participating',
         'ceased', 'contested')),
    reason text not null,
    rule text not null check (rule in
        ('act', 'recorded', 'exchange', 'threshold', 'delay', 'original_party', 'later_state',
         'succession', 'succession_undated', 'term', 'extension', 'renewal', 'notice', 'lapse', 'supersession',
         'state_ended', 'treaty_ended', 'reinstatement', 'readings_differ', 'scheduled')),
    article text,
    act_id text references _act (act_id),
    known_on text not null check (known_on is date(known_on)),
    primary key (treaty_id, reading_id, state_id, starts_on),
    check (starts_on < ends_before)
) strict, without rowid;
create index _state_period_starts on _state_period (starts_on);
create index _state_period_state on _state_period (state_id);

-- States whose periods in a reading differ from the default one. A state that takes no part in that reading has a row
-- here and none in _state_period.
create table _state_override (
    treaty_id text not null references _treaty (treaty_id),
    reading_id text not null,
    state_id text not null references _state (state_id),
    primary key (treaty_id, reading_id, state_id)
) strict, without rowid;

-- Notices, suspensions, provisional application and reinstatements: they hold in addition to a status, and several may
-- hold at once.
create table _overlay (
    treaty_id text not null references _treaty (treaty_id),
    reading_id text not null,
    ordinal integer not null,
    kind text not null check (kind in
        ('notice', 'suspension', 'provisional_application', 'reinstatement', 'exclusion', 'no_intention')),
    -- NULL for the treaty as such.
    state_id text references _state (state_id),
    jointly text not null check (json_valid(jointly)),
    -- The parties that it concerns; []: all.
    towards text not null default '[]' check (json_valid(towards)),
    -- For a notice: from the day on which it was given to the day of its effect, or on which it was stopped.
    starts_on text not null check (starts_on is date(starts_on)),
    ends_before text check (ends_before is date(ends_before)),
    disputed_by text not null check (json_valid(disputed_by)),
    reason text not null,
    rule text not null check (rule in
        ('act', 'recorded', 'exchange', 'threshold', 'delay', 'original_party', 'later_state',
         'succession', 'succession_undated', 'term', 'extension', 'renewal', 'notice', 'lapse', 'supersession',
         'state_ended', 'treaty_ended', 'reinstatement', 'readings_differ', 'scheduled')),
    article text,
    act_id text references _act (act_id),
    known_on text not null check (known_on is date(known_on)),
    primary key (treaty_id, reading_id, ordinal)
) strict, without rowid;
create index _overlay_starts on _overlay (starts_on);
create index _overlay_ends on _overlay (ends_before) where ends_before is not null;

-- Dates that follow from clauses and acts. The date_id stays the same when the day moves; several readings may have it.
create table _treaty_date (
    treaty_id text not null references _treaty (treaty_id),
    ordinal integer not null,
    date_id text not null,
    reading_id text not null,
    state_id text references _state (state_id),
    kind text not null check (kind in
        ('entry_into_force', 'state_entry_into_force', 'expiry', 'last_notice_day', 'renewal',
         'withdrawal_effect', 'effect', 'reinstatement', 'deadline', 'conference', 'meeting',
         'end_of_mandate', 'offer_ends', 'watch')),
    -- The last day of the month or year, where only that is known: "2027" is past once the year is.
    on_date text not null check (on_date is date(on_date)),
    -- The first day of it, on which alerts are due.
    from_date text not null check (from_date is date(from_date)),
    precision text not null check (precision in ('day', 'month', 'year')),
    certainty text not null check (certainty in
        ('computed', 'contested', 'conditional', 'scheduled', 'expected', 'nominal')),
    reason text not null,
    rule text not null check (rule in
        ('act', 'recorded', 'exchange', 'threshold', 'delay', 'original_party', 'later_state',
         'succession', 'succession_undated', 'term', 'extension', 'renewal', 'notice', 'lapse', 'supersession',
         'state_ended', 'treaty_ended', 'reinstatement', 'readings_differ', 'scheduled')),
    article text,
    -- The clause that sets the day; NULL where the general law or a scheduled date does.
    clause_id text,
    act_id text references _act (act_id),
    known_on text not null check (known_on is date(known_on)),
    primary key (treaty_id, ordinal)
) strict, without rowid;
create index _treaty_date_due on _treaty_date (from_date);
create index _treaty_date_on on _treaty_date (on_date);
create index _treaty_date_name on _treaty_date (date_id);

-- How many had signed, had consented and were parties: a row for each day on which a number changes.
create table _party_tally (
    treaty_id text not null references _treaty (treaty_id),
    reading_id text not null,
    on_date text not null check (on_date is date(on_date)),
    signed integer not null check (signed >= 0),
    consented integer not null check (consented >= 0),
    parties integer not null check (parties >= 0),
    -- 1 if the facts are incomplete, so that the true numbers are higher.
    incomplete integer not null default 0 check (incomplete in (0, 1)),
    primary key (treaty_id, reading_id, on_date)
) strict, without rowid;

-- Progress toward the threshold of entry into force: row 0 before any step, then a row for each.
create table _entry_progress (
    treaty_id text not null references _treaty (treaty_id),
    ordinal integer not null,
    needed integer not null check (needed >= 0),
    reached integer not null check (reached >= 0),
    -- Named states that have not consented.
    missing text not null check (json_valid(missing)),
    -- The act that made the step, and its day; NULL in row 0.
    act_id text references _act (act_id),
    on_date text check (on_date is date(on_date)),
    primary key (treaty_id, ordinal),
    check ((ordinal = 0) = (on_date is null))
) strict, without rowid;

-- Raised alerts. A log that outlives what it is about, so it has no foreign keys.
create table _alert (
    -- The id that receivers see, the same for every delivery and attempt.
    alert_id text not null primary key,
    -- What it is about, for all time: no two alerts have the same key.
    key text not null unique,
    kind text not null check (kind in
        ('act.corrected', 'threshold.progress', 'date.moved', 'date.cancelled', 'status.changed',
         'date.reached', 'date.approaching', 'act.recorded', 'facts.stale', 'source.changed', 'source.failing',
         'source.recovered', 'endpoint.failing', 'database.failing', 'digest', 'report')),
    -- Further kinds that it is of.
    also text not null check (json_valid(also)),
    -- NULL: not about a treaty.
    treaty_id text,
    -- The name of the source or endpoint that it is about.
    about text,
    state_id text,
    reading_id text not null,
    -- The day that it is about.
    on_date text not null check (on_date is date(on_date)),
    -- For an approaching date: how many days before it.
    lead_days integer check (lead_days >= 0),
    -- 1 if it was raised after the day on which it was due, or about an event long past.
    late integer not null check (late in (0, 1)),
    severity text not null check (severity in ('info', 'notice', 'warning', 'critical')),
    sentence text not null,
    -- The alert in JSON, with its sentences in three languages.
    body text not null check (json_valid(body)),
    raised_at text not null check (raised_at is strftime('%Y-%m-%dT%H:%M:%SZ', raised_at)),
    -- The day that was checked when it was raised; it may be long before `raised_at`.
    told_on text check (told_on is date(told_on))
) strict;
create index _alert_raised on _alert (raised_at);
create index _alert_treaty on _alert (treaty_id, raised_at);
create index _alert_told on _alert (told_on);

-- Treaties that the last check could not evaluate. Each check tries them again, from the day of their own last check.
create table _set_aside (
    treaty_id text not null primary key,
    -- The last day on which it was checked.
    since text not null check (since is date(since))
) strict, without rowid;

-- Endpoints by the name that the configuration gives them. No address and no secret is here.
create table _endpoint (
    name text not null primary key,
    -- When the receiver answered 410 Gone, and with what text; NULL: it gets messages.
    stopped_at text check (stopped_at is strftime('%Y-%m-%dT%H:%M:%SZ', stopped_at)),
    stopped_reason text,
    -- The end of the pause that the receiver asked for (429 or 503 with Retry-After); NULL or past: no pause.
    slowed_until text check (slowed_until is strftime('%Y-%m-%dT%H:%M:%SZ', slowed_until)),
    -- The last due times of which it got the digest and the report; NULL: none yet.
    digested_to text check (digested_to is strftime('%Y-%m-%dT%H:%M:%SZ', digested_to)),
    reported_to text check (reported_to is strftime('%Y-%m-%dT%H:%M:%SZ', reported_to)),
    -- Since when it fails: stopped by 410, or a delivery became a dead letter; NULL: it does not. The next delivery that
    -- arrives, or a retry of what failed, ends it. One alert for each such time goes to the other endpoints.
    failing_since text check (failing_since is strftime('%Y-%m-%dT%H:%M:%SZ', failing_since)),
    check ((stopped_at is null) = (stopped_reason is null))
) strict, without rowid;

-- The outbox: one row for each alert and endpoint.
create table _delivery (
    delivery_id integer not null primary key,
    alert_id text not null references _alert (alert_id),
    endpoint text not null references _endpoint (name),
    -- `held` waits for the next digest or the end of a snooze, and is `digested` once a digest contains it.
    -- `acknowledged` is not sent, because the date is acknowledged.
    state text not null check (state in
        ('pending', 'delivered', 'dead', 'stopped', 'held', 'digested', 'acknowledged')),
    -- Why it is or was held.
    held_for text check (held_for in ('digest', 'snooze')),
    -- Also the fence: only the result of the latest attempt counts.
    attempts integer not null check (attempts >= 0),
    -- Failed attempts since it last became due; the backoff depends on them. An attempt that a crash cut short is not
    -- counted.
    failures integer not null default 0 check (failures between 0 and attempts),
    next_attempt_at text not null check (next_attempt_at is strftime('%Y-%m-%dT%H:%M:%SZ', next_attempt_at)),
    -- The end of the lease of the running attempt; NULL: no attempt is running.
    leased_until text check (leased_until is strftime('%Y-%m-%dT%H:%M:%SZ', leased_until)),
    last_error text,
    -- The digest that contains it.
    digest_id text references _alert (alert_id),
    finished_at text check (finished_at is strftime('%Y-%m-%dT%H:%M:%SZ', finished_at)),
    unique (alert_id, endpoint),
    check ((state in ('pending', 'held')) = (finished_at is null)),
    check ((state = 'digested') = (digest_id is not null)),
    check ((state in ('held', 'digested')) = (held_for is not null)),
    check (state = 'pending' or leased_until is null)
) strict;
create index _delivery_due on _delivery (endpoint, next_attempt_at, delivery_id) where state = 'pending';
create index _delivery_held on _delivery (endpoint) where state = 'held';
create index _delivery_leased on _delivery (leased_until) where leased_until is not null;
create index _delivery_endpoint on _delivery (endpoint, state);

-- Jobs, and when each is due next.
create table _job (
    name text not null primary key,
    next_at text check (next_at is strftime('%Y-%m-%dT%H:%M:%SZ', next_at))
) strict, without rowid;

-- Runs of jobs. One due time is run once.
create table _job_run (
    run_id integer not null primary key,
    job text not null references _job (name),
    due_at text not null check (due_at is strftime('%Y-%m-%dT%H:%M:%SZ', due_at)),
    started_at text not null check (started_at is strftime('%Y-%m-%dT%H:%M:%SZ', started_at)),
    finished_at text check (finished_at is strftime('%Y-%m-%dT%H:%M:%SZ', finished_at)),
    -- NULL while it is running.
    outcome text check (outcome in ('ok', 'failed')),
    -- What it did, in JSON.
    report text check (report is null or json_valid(report)),
    error text,
    unique (job, due_at),
    check ((outcome is null) = (finished_at is null))
) strict;
create index _job_run_running on _job_run (run_id) where outcome is null;

-- The definition of a treaty as of the last check, where newer seeds have replaced it since: the next check raises
-- alerts for the dates and statuses that this changed.
create table _earlier_definition (
    treaty_id text not null primary key references _treaty (treaty_id),
    definition text not null check (json_valid(definition))
) strict, without rowid;

-- The days on which a check ran. Alerts of other days were raised late.
create table _checked_day (
    on_date text not null primary key check (on_date is date(on_date)),
    -- When the last one ran.
    checked_at text not null check (checked_at is strftime('%Y-%m-%dT%H:%M:%SZ', checked_at))
) strict, without rowid;

-- Acknowledged dates: no reminder is sent before the day. A row is never deleted, it gets an end. Dates are derived
-- rows, so there is no foreign key to them.
create table _acknowledgement (
    acknowledgement_id integer not null primary key,
    date_id text not null,
    treaty_id text not null references _treaty (treaty_id),
    -- The acknowledged day. If the date moves, the acknowledgement ends.
    on_date text not null check (on_date is date(on_date)),
    author text not null check (author <> ''),
    note text,
    made_at text not null check (made_at is strftime('%Y-%m-%dT%H:%M:%SZ', made_at)),
    ended_at text check (ended_at is strftime('%Y-%m-%dT%H:%M:%SZ', ended_at)),
    -- Who undid it; NULL: it ended by itself.
    ended_by text,
    end_reason text check (end_reason in ('undone', 'moved', 'reached')),
    check ((ended_at is null) = (end_reason is null)),
    check ((end_reason is 'undone') = (ended_by is not null))
) strict;
create unique index _acknowledgement_holds on _acknowledgement (date_id, on_date) where ended_at is null;

-- Snoozed treaties: their alerts are held, except critical ones.
create table _snooze (
    snooze_id integer not null primary key,
    treaty_id text not null references _treaty (treaty_id),
    starts_on text not null check (starts_on is date(starts_on)),
    ends_before text not null check (ends_before is date(ends_before)),
    author text not null check (author <> ''),
    note text,
    made_at text not null check (made_at is strftime('%Y-%m-%dT%H:%M:%SZ', made_at)),
    ended_at text check (ended_at is strftime('%Y-%m-%dT%H:%M:%SZ', ended_at)),
    -- Who ended it early; NULL: it expired.
    ended_by text,
    end_reason text check (end_reason in ('ended', 'expired')),
    check (starts_on < ends_before),
    check ((ended_at is null) = (end_reason is null)),
    check ((end_reason is 'ended') = (ended_by is not null))
) strict;
create unique index _snooze_holds on _snooze (treaty_id) where ended_at is null;

-- Watched sources, by the name that the configuration gives them.
create table _source (
    name text not null primary key,
    kind text not null check (kind in ('untc', 'unoda', 'page', 'feed', 'dataset')),
    -- NULL: not about one treaty.
    treaty_id text,
    url text not null,
    policy text not null check (policy in ('auto', 'review')),
    -- 0 if the configuration no longer names it: its history stays.
    configured integer not null check (configured in (0, 1)),
    -- The last poll, valid response, change and failure.
    asked_at text check (asked_at is strftime('%Y-%m-%dT%H:%M:%SZ', asked_at)),
    good_at text check (good_at is strftime('%Y-%m-%dT%H:%M:%SZ', good_at)),
    changed_at text check (changed_at is strftime('%Y-%m-%dT%H:%M:%SZ', changed_at)),
    failed_at text check (failed_at is strftime('%Y-%m-%dT%H:%M:%SZ', failed_at)),
    next_at text check (next_at is strftime('%Y-%m-%dT%H:%M:%SZ', next_at)),
    -- Failures since the last valid response, and since when; both stay until its recovery has raised an alert.
    failures integer not null default 0 check (failures >= 0),
    failing_since text check (failing_since is strftime('%Y-%m-%dT%H:%M:%SZ', failing_since)),
    last_error text,
    -- 1 if its failure has raised an alert, and its recovery none yet.
    told integer not null default 0 check (told in (0, 1)),
    -- The validators of its last response, for conditional requests.
    etag text,
    last_modified text,
    -- The baseline: the last response that was accepted.
    seen text check (seen is null or json_valid(seen)),
    -- The digest of a changed page before the next poll confirms the change.
    unconfirmed text,
    -- The parsing rules of the configuration under which the baseline was made: under others it does not count. NULL: it
    -- was never polled.
    rules text,
    -- 1 if a person accepted the next response in advance, however much it differs from the baseline.
    trusted integer not null default 0 check (trusted in (0, 1)),
    -- `running`: the source is being polled. `interrupted`: the program ended during its last poll. NULL: neither.
    poll text check (poll in ('running', 'interrupted')),
    -- Since when polls are skipped because the host asked for a pause. NULL: the last poll was made.
    paused_since text check (paused_since is strftime('%Y-%m-%dT%H:%M:%SZ', paused_since)),
    -- How the page varies, in JSON, if each poll differed from the one before. NULL: the last two were the same.
    variation text check (variation is null or json_valid(variation)),
    -- The last day on which its list agreed with the record. NULL: never, or it lists no participants, as feeds and
    -- pages.
    agreed_on text check (agreed_on is date(agreed_on))
) strict, without rowid;
create index _source_agreed_on on _source (agreed_on, treaty_id);
create index _source_treaty on _source (treaty_id, agreed_on);

-- Responses that differed from the one before, as received, compressed with gzip: an improved parser can read them
-- again.
create table _source_body (
    source text not null references _source (name),
    -- SHA-256 of the body, in hexadecimal.
    digest text not null,
    fetched_at text not null check (fetched_at is strftime('%Y-%m-%dT%H:%M:%SZ', fetched_at)),
    body blob not null,
    primary key (source, digest)
) strict;

-- Findings: differences between sources and the record, and how they were reviewed. No row is deleted.
create table _source_finding (
    finding_id integer not null primary key,
    source text not null references _source (name),
    -- What it is about: the same difference is one finding, however often it is seen.
    key text not null,
    finding text not null check (json_valid(finding)),
    found_at text not null check (found_at is strftime('%Y-%m-%dT%H:%M:%SZ', found_at)),
    -- `settled`: the source and the record agree again.
    state text not null check (state in ('open', 'accepted', 'rejected', 'settled')),
    decided_at text check (decided_at is strftime('%Y-%m-%dT%H:%M:%SZ', decided_at)),
    -- The reviewer, or `auto` for the policy of the source.
    decided_by text,
    note text,
    -- The act that was recorded, corrected or retracted by accepting it.
    act_id text references _act (act_id),
    check ((state = 'open') = (decided_at is null)),
    check (state not in ('accepted', 'rejected') or decided_by is not null)
) strict;
-- A finding that is open or was rejected is not raised again.
create unique index _source_finding_asked on _source_finding (source, key) where state in ('open', 'rejected');
create index _source_finding_state on _source_finding (state, finding_id);

-- Names of states in sources, accepted in review; those of the catalogue are in _state_alias.
create table _source_alias (
    name text not null primary key,
    state_id text not null references _state (state_id),
    decided_at text not null check (decided_at is strftime('%Y-%m-%dT%H:%M:%SZ', decided_at)),
    decided_by text not null
) strict, without rowid;

-- Further keys of an alert: one alert covers a date that many states share, and none of them gets a second one.
create table _alert_key (
    -- The key that an alert about one of the states would have. No alert has it as its own.
    key text not null primary key,
    -- The alert that covers it.
    alert_id text not null references _alert (alert_id)
) strict, without rowid;
create index _alert_key_of on _alert_key (alert_id);

-- The status of each instrument today.
create view treaty_status as
select
    t.treaty_id,
    t.short_title_en as title,
    t.kind,
    p.status,
    p.starts_on,
    p.ends_before,
    p.reason,
    p.article,
    -- Notices whose period has not ended, as `USA effective 2019-08-02`.
    (select group_concat(one, '; ') from (
        select coalesce(o.state_id, 'treaty') || coalesce(' effective ' || o.ends_before, '') as one
        from _overlay o
        where o.treaty_id = t.treaty_id and o.reading_id = 'default' and o.kind = 'notice'
          and o.starts_on <= date('now') and (o.ends_before is null or o.ends_before > date('now'))
        order by o.starts_on, o.state_id)) as notices,
    -- Suspensions, as `RUS since 2023-02-28` or `USA since 2011-11-22 towards RUS`; `treaty` stands for all parties
    -- together.
    (select group_concat(one, '; ') from (
        select coalesce(o.state_id, 'treaty') || ' since ' || o.starts_on || case when o.towards = '[]' then ''
            else ' towards ' || (select group_concat(value, ' ') from json_each(o.towards)) end as one
        from _overlay o
        where o.treaty_id = t.treaty_id and o.reading_id = 'default' and o.kind = 'suspension'
          and o.starts_on <= date('now') and (o.ends_before is null or o.ends_before > date('now'))
        order by o.starts_on, o.state_id)) as suspensions,
    -- Other readings today: those between which a contested status lies, else those that differ.
    (select group_concat(one, '; ') from (
        select r.reading_id || ': ' || coalesce(q.status, 'none') as one
        from _reading r
        left join _treaty_period q
          on q.treaty_id = r.treaty_id and q.reading_id = r.reading_id
          and q.starts_on <= date('now') and (q.ends_before is null or q.ends_before > date('now'))
        where r.treaty_id = t.treaty_id and r.reading_id <> 'default'
          and q.status is not p.status
          and (p.status is not 'contested'
               or r.reading_id in (select value from json_each(t.contested_between)))
        order by r.ordinal)) as readings,
    max(t.facts_as_of, coalesce(
        (select max(s.agreed_on) from _source s where s.treaty_id = t.treaty_id), t.facts_as_of)) as facts_as_of,
    t.title_en as full_title,
    t.set_id
from _treaty t
left join _treaty_period p
  on p.treaty_id = t.treaty_id and p.reading_id = 'default'
  and p.starts_on <= date('now') and (p.ends_before is null or p.ends_before > date('now'));

-- The status of each state today in each instrument, in the default reading.
create view party_status as
select
    p.treaty_id,
    p.state_id,
    s.name_en as state,
    p.status,
    p.starts_on,
    p.ends_before,
    p.reason,
    -- The day of effect of a notice whose period has not ended.
    (select min(o.ends_before) from _overlay o
     where o.treaty_id = p.treaty_id and o.reading_id = 'default' and o.kind = 'notice'
       and o.state_id = p.state_id
       and o.starts_on <= date('now') and o.ends_before > date('now')) as notice_effective_on,
    -- 1 if the operation of the treaty is suspended for the state or for all, not towards some parties only.
    exists (select 1 from _overlay o
     where o.treaty_id = p.treaty_id and o.reading_id = 'default' and o.kind = 'suspension' and o.towards = '[]'
       and (o.state_id = p.state_id or o.state_id is null)
       and o.starts_on <= date('now') and (o.ends_before is null or o.ends_before > date('now'))) as suspended,
    -- Other readings in which its status differs, as `us-count: withdrawn`.
    (select group_concat(one, '; ') from (
        select o.reading_id || ': ' || coalesce(q.status, 'none') as one
        from _reading r
        join _state_override o
          on o.treaty_id = r.treaty_id and o.reading_id = r.reading_id and o.state_id = p.state_id
        left join _state_period q
          on q.treaty_id = o.treaty_id and q.reading_id = o.reading_id and q.state_id = o.state_id
          and q.starts_on <= date('now') and (q.ends_before is null or q.ends_before > date('now'))
        where r.treaty_id = p.treaty_id and r.reading_id <> 'default' and q.status is not p.status
        order by r.ordinal)) as readings,
    p.article
from _state_period p
join _state s on s.state_id = p.state_id
where p.reading_id = 'default'
  and p.starts_on <= date('now') and (p.ends_before is null or p.ends_before > date('now'));

-- Upcoming dates, the nearest first. Where only the month or the year is known, first_day and last_day are those of it,
-- on_date is the last day and days_left counts to the first one, down to 0.
create view upcoming_dates as
select
    d.date_id,
    d.treaty_id,
    d.state_id,
    d.kind,
    d.on_date,
    max(0, cast(julianday(d.from_date) - julianday(date('now')) as integer)) as days_left,
    d.certainty,
    d.reason,
    d.article,
    d.precision,
    d.reading_id as reading,
    d.known_on,
    d.from_date as first_day,
    d.on_date as last_day
from _treaty_date d
where d.on_date >= date('now')
order by d.on_date, d.treaty_id, d.ordinal;

-- The periods of each instrument, past and future, in each reading.
create view status_history as
select
    p.treaty_id,
    p.reading_id as reading,
    p.status,
    p.starts_on,
    p.ends_before,
    p.reason,
    p.article,
    nullif(r.asserted_by, '[]') as asserted_by,
    nullif(r.disputed_by, '[]') as disputed_by,
    p.rule,
    p.act_id,
    p.known_on
from _treaty_period p
left join _reading r on r.treaty_id = p.treaty_id and r.reading_id = p.reading_id;

-- The periods of each state in each instrument, past and future. Each reading is complete.
create view party_history as
select
    p.treaty_id,
    p.state_id,
    p.reading_id as reading,
    p.status,
    p.starts_on,
    p.ends_before,
    p.reason,
    p.article,
    nullif(r.asserted_by, '[]') as asserted_by,
    nullif(r.disputed_by, '[]') as disputed_by,
    p.rule,
    p.act_id,
    p.known_on
from _state_period p
left join _reading r on r.treaty_id = p.treaty_id and r.reading_id = p.reading_id
union all
select
    p.treaty_id,
    p.state_id,
    r.reading_id,
    p.status,
    p.starts_on,
    p.ends_before,
    p.reason,
    p.article,
    nullif(r.asserted_by, '[]'),
    nullif(r.disputed_by, '[]'),
    p.rule,
    p.act_id,
    p.known_on
from _reading r
join _state_period p on p.treaty_id = r.treaty_id and p.reading_id = 'default'
where r.reading_id <> 'default'
  and not exists (
    select 1 from _state_override o
    where o.treaty_id = r.treaty_id and o.reading_id = r.reading_id and o.state_id = p.state_id);

-- Notices, suspensions, provisional application, reinstatements and exclusions, past and future, in each reading.
create view overlays as
select
    o.treaty_id,
    o.state_id,
    o.reading_id as reading,
    o.kind,
    o.starts_on,
    o.ends_before,
    o.reason,
    o.article,
    nullif(r.asserted_by, '[]') as asserted_by,
    nullif(o.disputed_by, '[]') as disputed_by,
    nullif(o.jointly, '[]') as jointly,
    o.rule,
    o.act_id,
    o.known_on,
    nullif(o.towards, '[]') as towards
from _overlay o
left join _reading r on r.treaty_id = o.treaty_id and r.reading_id = o.reading_id;

-- Numbers of signatories, contracting States and parties: a row for each change; it holds until the next.
create view party_count as
select treaty_id, reading_id as reading, on_date, signed, consented, parties, incomplete
from _party_tally;

-- How far treaties are that are not in force yet.
create view entry_into_force_progress as
select
    e.treaty_id,
    e.needed,
    e.reached,
    nullif(e.missing, '[]') as missing,
    e.on_date as last_change_on,
    e.act_id as last_act_id
from _entry_progress e
join _treaty_period p
  on p.treaty_id = e.treaty_id and p.reading_id = 'default' and p.status = 'pending'
  and p.starts_on <= date('now') and (p.ends_before is null or p.ends_before > date('now'))
where e.ordinal = (
    select max(l.ordinal) from _entry_progress l
    where l.treaty_id = e.treaty_id and (l.on_date is null or l.on_date <= date('now')));

-- Acts in their current version. on_date is the first day of the month or year, where only that is known.
create view acts_current as
select
    act_id,
    treaty_id,
    state_id,
    kind,
    on_date,
    effective_on,
    place,
    nullif(disputed_by, '[]') as disputed_by,
    note,
    json_extract(sources, '$[0]') as source_url,
    confidence,
    recorded_at,
    precision,
    known_on,
    ends_before,
    nullif(jointly, '[]') as jointly,
    basis,
    origin,
    supersedes,
    on_date as first_day,
    case precision
        when 'month' then date(on_date, '+1 month', '-1 day')
        when 'year' then date(on_date, '+1 year', '-1 day')
        else on_date
    end as last_day,
    deadline,
    until,
    nullif(towards, '[]') as towards,
    precludes_entry_into_force
from _act
where superseded_by is null and retracted_at is null;

-- The sources that acts, clauses, notes, dates and readings cite, by their address (`source_url`). `kind` is the rank of
-- the source, the best first: depositary, text, official, agency, secondary, weak. The days are those of its date, or
-- of the copy that was read; NULL: not known.
create view citations as
select
    t.treaty_id,
    c.value ->> '$.url' as url,
    c.value ->> '$.kind' as kind,
    c.value ->> '$.title' as title,
    c.value ->> '$.publisher' as publisher,
    c.value ->> '$.on.first_day' as first_day,
    c.value ->> '$.on.last_day' as last_day,
    c.value ->> '$.on.precision' as precision
from _treaty t, json_each(t.citations) c;

-- States and other entities. `regional_group` is that of the United Nations; began_on and ended_on (the first day on
-- which it no longer existed) are given where they are known and matter.
create view states as
select
    state_id,
    kind,
    name_en,
    name_zh,
    name_ru,
    regional_group,
    began_on,
    ended_on,
    nullif(successors, '[]') as successors,
    note
from _state;

-- The claims of a statement and the facts since: a row for each paragraph and instrument, and one without an instrument
-- for a paragraph that names none.
create view statement_claims as
select
    p.statement_id,
    p.number as paragraph,
    t.treaty_id,
    p.claim_en as claim,
    p.since_en as since_then,
    p.overtaken,
    nullif(p.also_named, '[]') as also_named,
    json_extract(p.sources, '$[0]') as source_url,
    p.confidence,
    p.claim_zh,
    p.since_zh,
    p.claim_ru,
    p.since_ru
from _statement_paragraph p
left join _statement_treaty t on t.statement_id = p.statement_id and t.number = p.number;

-- Raised alerts. on_date is the first day of the month or year, where only that is known.
create view alert_log as
select
    alert_id,
    kind,
    treaty_id,
    raised_at,
    severity,
    sentence,
    state_id,
    reading_id as reading,
    on_date,
    lead_days,
    late,
    nullif(also, '[]') as also,
    about,
    body ->> '$.headline' as headline,
    body ->> '$.on.precision' as precision,
    on_date as first_day,
    body ->> '$.on.last_day' as last_day
from _alert;

-- Deliveries of alerts to endpoints.
create view delivery_log as
select
    d.alert_id,
    d.endpoint,
    d.state,
    d.attempts,
    case when d.state = 'pending' then d.next_attempt_at end as next_attempt_at,
    d.last_error,
    d.finished_at,
    d.delivery_id,
    a.kind,
    a.treaty_id,
    a.raised_at,
    d.digest_id,
    d.held_for
from _delivery d
join _alert a on a.alert_id = d.alert_id;

-- Health of the jobs. `failures` counts those since the last success.
create view job_health as
select
    j.name,
    (select max(r.finished_at) from _job_run r where r.job = j.name and r.outcome = 'ok') as last_success_at,
    (select max(r.finished_at) from _job_run r where r.job = j.name and r.outcome = 'failed') as last_failure_at,
    (select count(*) from _job_run r
     where r.job = j.name and r.outcome = 'failed'
       and r.due_at > coalesce(
           (select max(k.due_at) from _job_run k where k.job = j.name and k.outcome = 'ok'), '')) as failures,
    j.next_at
from _job j;

-- Declarations, reservations and objections in their current version.
create view reservations as
select
    a.treaty_id,
    a.state_id,
    s.name_en as state,
    a.kind,
    a.on_date,
    a.note,
    a.source_url,
    a.basis,
    a.confidence,
    a.precision,
    a.act_id,
    a.first_day,
    a.last_day
from acts_current a
join _state s on s.state_id = a.state_id
where a.kind in
    ('declaration', 'reservation', 'withdrawal_of_reservation', 'modification_of_reservation', 'objection');

-- Acknowledged dates, also those that have ended.
create view acknowledgements as
select
    acknowledgement_id,
    date_id,
    treaty_id,
    on_date,
    author,
    note,
    made_at,
    ended_at,
    ended_by,
    end_reason
from _acknowledgement;

-- Snoozed treaties, also those that have ended.
create view snoozes as
select
    snooze_id,
    treaty_id,
    starts_on,
    ends_before,
    author,
    note,
    made_at,
    ended_at,
    ended_by,
    end_reason
from _snooze;

-- Health of the sources that the configuration names. `failures` counts those since the last success; `silent_days` is
-- the number of days (UTC) since then.
create view source_health as
select
    s.name,
    s.treaty_id,
    s.kind,
    s.url,
    s.policy,
    s.asked_at as last_asked_at,
    s.good_at as last_success_at,
    s.failed_at as last_failure_at,
    s.changed_at as last_change_at,
    s.failures,
    s.last_error,
    s.next_at,
    cast(julianday(date('now')) - julianday(substr(s.good_at, 1, 10)) as integer) as silent_days,
    (select count(*) from _source_finding f where f.source = s.name and f.state = 'open') as open_findings
from _source s
where s.configured = 1;

-- Differences between sources and the record, and how they were reviewed. `finding` has the details, in JSON.
create view source_findings as
select
    f.finding_id,
    f.source,
    s.treaty_id,
    f.finding ->> '$.finding' as kind,
    f.state,
    f.found_at,
    f.decided_at,
    f.decided_by,
    f.note,
    f.act_id,
    f.finding
from _source_finding f
join _source s on s.name = f.source;
