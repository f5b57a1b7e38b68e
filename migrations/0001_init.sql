-- Tables are for the program; the views at the end are for everybody, and only they are a promise.
--
-- Days are TEXT YYYY-MM-DD: `check (d is date(d))` refuses 2019-02-30, and lets NULL pass.
-- Instants are TEXT YYYY-MM-DDTHH:MM:SSZ, in UTC and whole seconds, so that they compare as text.
-- Spans are half-open: ends_before is the first day on which it is no longer so; NULL: no end is known.
-- Lists are JSON arrays. Sources are addresses, the best first; [] for a fact from memory.
-- `ordinal` keeps the order of the files; it means nothing else.

-- Marks the file as one of this program's ("trty").
pragma application_id = 1953657977;

-- The database itself, and how far it has watched. One row.
create table watch (
    one integer not null primary key check (one = 1),
    -- A version 4 UUID. With an alert's key it makes the id that receivers see, so a copy of the
    -- database never sends under another id.
    database_id text not null check (length(database_id) = 36),
    -- When the first seeds were recorded; NULL before that.
    created_at text check (created_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    -- Of the seeds that were recorded last.
    seeds_digest text,
    -- The version of the program's projection that wrote the projection tables.
    projected_by text,
    -- The day from which on changes are told; NULL before the first start.
    began_on text check (began_on is date(began_on)),
    -- The last day that was checked, and when.
    checked_on text check (checked_on is date(checked_on)),
    checked_at text check (checked_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z')
) strict;

-- States and other entities that can perform acts. That one stands here is no position on its statehood.
create table state (
    -- ISO 3166 alpha-3 where there is one.
    state_id text not null primary key check (state_id glob '[A-Z][A-Z][A-Z]'),
    kind text not null check (kind in ('state', 'historic_state', 'entity')),
    name_en text not null,
    name_zh text,
    name_ru text,
    -- The first day on which it no longer existed.
    ended_on text check (ended_on is date(ended_on)),
    successors text not null check (json_valid(successors)),
    note text
) strict;

-- Other names under which sources list a state.
create table state_alias (
    state_id text not null references state (state_id),
    ordinal integer not null,
    alias text not null,
    primary key (state_id, ordinal)
) strict, without rowid;

-- Treaties and other instruments.
create table treaty (
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
    -- The day up to which the facts reach.
    facts_as_of text not null check (facts_as_of is date(facts_as_of)),
    -- Depositaries, where states are; in words, where no state is.
    depositaries text not null check (json_valid(depositaries)),
    depositary_note text,
    registration text,
    -- Who takes part from the adoption on, for instruments that are not treaties.
    participants text not null check (json_valid(participants)),
    -- Readings between which the default one does not choose.
    contested_between text not null check (json_valid(contested_between))
) strict;

-- Rules of a treaty, each with its article.
create table clause (
    treaty_id text not null references treaty (treaty_id),
    clause_id text not null,
    ordinal integer not null,
    -- As the treaty numbers it.
    article text not null,
    kind text not null check (kind in
        ('entry_into_force_by_exchange', 'entry_into_force_by_threshold', 'entry_into_force_by_date',
         'later_states', 'indefinite_duration', 'term', 'tacit_renewal', 'withdrawal', 'deadline',
         'reinstatement', 'supersession')),
    -- What it orders, with the same kind.
    terms text not null check (json_valid(terms) and json_extract(terms, '$.kind') = kind),
    note text,
    sources text not null check (json_valid(sources)),
    basis text not null check (basis in ('depositary', 'official', 'secondary', 'memory')),
    confidence text not null check (confidence in ('high', 'medium', 'low')),
    primary key (treaty_id, clause_id)
) strict, without rowid;

-- Views of a contested legal effect. The default reading has a row only where it needs a description.
create table reading (
    treaty_id text not null references treaty (treaty_id),
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
    -- The default reading is the program's way of showing things and has no source.
    sources text check (json_valid(sources)),
    basis text check (basis in ('depositary', 'official', 'secondary', 'memory')),
    confidence text check (confidence in ('high', 'medium', 'low')),
    primary key (treaty_id, reading_id),
    check ((sources is null) = (basis is null) and (sources is null) = (confidence is null))
) strict, without rowid;

-- How another instrument is related to this one.
create table link (
    treaty_id text not null references treaty (treaty_id),
    ordinal integer not null,
    kind text not null check (kind in
        ('supersedes', 'superseded_by', 'follows', 'followed_by', 'endorses', 'endorsed_by', 'context')),
    linked_id text not null references treaty (treaty_id) deferrable initially deferred,
    primary key (treaty_id, ordinal)
) strict, without rowid;

-- Days to come that no clause computes.
create table scheduled_date (
    treaty_id text not null references treaty (treaty_id),
    date_id text not null,
    ordinal integer not null,
    kind text not null check (kind in
        ('entry_into_force', 'state_entry_into_force', 'expiry', 'last_notice_day', 'renewal',
         'withdrawal_effect', 'reinstatement', 'deadline', 'conference', 'meeting', 'end_of_mandate',
         'offer_ends', 'watch')),
    -- The first day that it can be: of the month or year, where only that is known.
    on_date text not null check (on_date is date(on_date)),
    precision text not null check (precision in ('day', 'month', 'year')),
    known_on text not null check (known_on is date(known_on)),
    certainty text not null check (certainty in
        ('computed', 'contested', 'scheduled', 'expected', 'nominal')),
    note text,
    sources text not null check (json_valid(sources)),
    basis text not null check (basis in ('depositary', 'official', 'secondary', 'memory')),
    confidence text not null check (confidence in ('high', 'medium', 'low')),
    primary key (treaty_id, date_id)
) strict, without rowid;

-- What happened and changed no legal status: an announcement, a vote, an offer.
create table note (
    treaty_id text not null references treaty (treaty_id),
    ordinal integer not null,
    on_date text not null check (on_date is date(on_date)),
    precision text not null check (precision in ('day', 'month', 'year')),
    -- A free word.
    kind text not null,
    actor text not null,
    text text not null,
    -- Where sources disagree.
    disagreement text,
    sources text not null check (json_valid(sources)),
    basis text not null check (basis in ('depositary', 'official', 'secondary', 'memory')),
    confidence text not null check (confidence in ('high', 'medium', 'low')),
    primary key (treaty_id, ordinal)
) strict, without rowid;

-- What is known to be missing about a state.
create table missing (
    treaty_id text not null references treaty (treaty_id),
    ordinal integer not null,
    state_id text not null references state (state_id),
    text text not null,
    primary key (treaty_id, ordinal)
) strict, without rowid;

-- Statements whose paragraphs name treaties.
create table statement (
    statement_id text not null primary key,
    -- The instrument that it is.
    treaty_id text not null references treaty (treaty_id),
    title_en text not null,
    title_zh text,
    title_ru text,
    source text not null,
    facts_as_of text not null check (facts_as_of is date(facts_as_of))
) strict;

create table statement_paragraph (
    statement_id text not null references statement (statement_id),
    number integer not null,
    -- Instruments and subjects that it names and that are no treaties of this database.
    also_named text not null check (json_valid(also_named)),
    claim_en text not null,
    claim_zh text,
    claim_ru text,
    since_en text not null,
    since_zh text,
    since_ru text,
    -- Whether later facts have changed what it says.
    overtaken text not null check (overtaken in ('no', 'partly', 'yes')),
    sources text not null check (json_valid(sources)),
    confidence text not null check (confidence in ('high', 'medium', 'low')),
    primary key (statement_id, number)
) strict, without rowid;

create table statement_treaty (
    statement_id text not null,
    number integer not null,
    ordinal integer not null,
    treaty_id text not null references treaty (treaty_id),
    primary key (statement_id, number, ordinal),
    foreign key (statement_id, number) references statement_paragraph (statement_id, number)
) strict, without rowid;

-- Legal acts, as sourced facts. A row is never edited or deleted: a correction is a new row, and only
-- the columns that say what became of a row are written later.
create table act (
    -- natural_id; a later version of it ends in ~2, ~3.
    act_id text not null primary key,
    -- Made of what the act is: treaty, state, kind, day, place.
    natural_id text not null,
    treaty_id text not null references treaty (treaty_id),
    -- NULL for an act of the treaty as such.
    state_id text references state (state_id),
    kind text not null check (kind in
        ('proposal', 'adoption', 'endorsement', 'opening_for_signature', 'signature',
         'provisional_application', 'definitive_signature', 'ratification', 'acceptance', 'approval',
         'accession', 'succession', 'formal_confirmation', 'consent_to_be_bound',
         'exchange_of_instruments', 'entry_into_force', 'declaration', 'reservation', 'objection',
         'amendment', 'extension', 'indefinite_extension', 'conference', 'suspension', 'resumption',
         'notice_of_withdrawal', 'suspension_of_notice', 'revocation_of_notice', 'withdrawal',
         'revocation_of_ratification', 'notice_of_reinstatement', 'end_of_statehood', 'supersession',
         'termination')),
    -- The first day that it can be: of the month or year, where only that is known.
    on_date text not null check (on_date is date(on_date)),
    precision text not null check (precision in ('day', 'month', 'year')),
    -- The last day, for a conference.
    to_date text check (to_date is date(to_date)),
    -- The day on which one could know of it.
    known_on text not null check (known_on is date(known_on)),
    -- The recorded day of effect; it wins over the computed one.
    effective_on text check (effective_on is date(effective_on)),
    -- For an extension: the first day on which the treaty is no longer in force.
    ends_before text check (ends_before is date(ends_before)),
    place text,
    -- A name inside the treaty, for clauses and readings that refer to the act.
    label text,
    -- The states that gave a common notice, where no single state acted.
    jointly text not null check (json_valid(jointly)),
    successors text not null check (json_valid(successors)),
    disputed_by text not null check (json_valid(disputed_by)),
    note text,
    sources text not null check (json_valid(sources)),
    basis text not null check (basis in ('depositary', 'official', 'secondary', 'memory')),
    confidence text not null check (confidence in ('high', 'medium', 'low')),
    -- Who recorded it. Seeds correct and retract only what seeds have recorded.
    origin text not null check (origin in ('seed', 'user')),
    recorded_at text not null check (recorded_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    -- The row that this one corrects, and the row that corrects this one.
    supersedes text references act (act_id),
    superseded_by text references act (act_id) deferrable initially deferred,
    -- When it was taken back without a successor.
    retracted_at text check (retracted_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    -- The day of the check that first took it into account; NULL: none has yet.
    watched_on text check (watched_on is date(watched_on)),
    -- The day of the check that first took its retraction into account.
    retraction_watched_on text check (retraction_watched_on is date(retraction_watched_on)),
    check (superseded_by is null or retracted_at is null),
    check (retraction_watched_on is null or retracted_at is not null)
) strict;

create index act_treaty on act (treaty_id, on_date, act_id);
create index act_natural on act (natural_id);
-- No two current versions of one act.
create unique index act_current on act (natural_id) where superseded_by is null and retracted_at is null;
-- What the next check must look at, without reading all acts.
create index act_unwatched on act (known_on, treaty_id) where watched_on is null;
create index act_retraction_unwatched on act (treaty_id)
    where retracted_at is not null and retraction_watched_on is null;
create index act_known on act (known_on, treaty_id);
create index act_supersedes on act (supersedes) where supersedes is not null;
create index act_superseded_by on act (superseded_by) where superseded_by is not null;

-- The projection: what the law makes of the acts, for the whole life of a treaty, future included.
-- Rewritten for a treaty in the transaction that changes its acts. `reading_id` is 'default' or a
-- row of `reading`. `rule`, `article` and `act_id` say why; `known_on` since when one could know.

create table treaty_period (
    treaty_id text not null references treaty (treaty_id),
    reading_id text not null,
    starts_on text not null check (starts_on is date(starts_on)),
    ends_before text check (ends_before is date(ends_before)),
    status text not null check (status in
        ('draft', 'pending', 'in_force', 'terminated', 'expired', 'superseded', 'abandoned', 'proposed',
         'adopted', 'in_effect', 'ended', 'concluded', 'contested')),
    reason text not null,
    rule text not null check (rule in
        ('act', 'recorded', 'exchange', 'threshold', 'delay', 'original_party', 'later_state',
         'succession', 'succession_undated', 'term', 'extension', 'renewal', 'notice', 'supersession',
         'state_ended', 'treaty_ended', 'reinstatement', 'readings_differ', 'scheduled')),
    article text,
    act_id text references act (act_id),
    known_on text not null check (known_on is date(known_on)),
    primary key (treaty_id, reading_id, starts_on),
    check (starts_on < ends_before)
) strict, without rowid;

create index treaty_period_starts on treaty_period (starts_on);

-- Of readings other than the default one, only the states of `state_override` have rows here.
create table state_period (
    treaty_id text not null references treaty (treaty_id),
    reading_id text not null,
    state_id text not null references state (state_id),
    starts_on text not null check (starts_on is date(starts_on)),
    ends_before text check (ends_before is date(ends_before)),
    status text not null check (status in
        ('signatory', 'contracting', 'party', 'withdrawn', 'former_party', 'non_party', 'participating',
         'ceased')),
    reason text not null,
    rule text not null check (rule in
        ('act', 'recorded', 'exchange', 'threshold', 'delay', 'original_party', 'later_state',
         'succession', 'succession_undated', 'term', 'extension', 'renewal', 'notice', 'supersession',
         'state_ended', 'treaty_ended', 'reinstatement', 'readings_differ', 'scheduled')),
    article text,
    act_id text references act (act_id),
    known_on text not null check (known_on is date(known_on)),
    primary key (treaty_id, reading_id, state_id, starts_on),
    check (starts_on < ends_before)
) strict, without rowid;

create index state_period_starts on state_period (starts_on);
create index state_period_state on state_period (state_id);

-- States whose life in a reading differs from the default one. One that has no part at all in that
-- reading stands here and has no row in `state_period`.
create table state_override (
    treaty_id text not null references treaty (treaty_id),
    reading_id text not null,
    state_id text not null references state (state_id),
    primary key (treaty_id, reading_id, state_id)
) strict, without rowid;

-- What lies over these for a time. Several may coexist.
create table overlay (
    treaty_id text not null references treaty (treaty_id),
    reading_id text not null,
    ordinal integer not null,
    kind text not null check (kind in
        ('notice', 'suspension', 'provisional_application', 'reinstatement')),
    -- NULL for the treaty as such.
    state_id text references state (state_id),
    jointly text not null check (json_valid(jointly)),
    -- For a notice: from the day it was given until its effect, or until it was stopped.
    starts_on text not null check (starts_on is date(starts_on)),
    ends_before text check (ends_before is date(ends_before)),
    disputed_by text not null check (json_valid(disputed_by)),
    reason text not null,
    rule text not null check (rule in
        ('act', 'recorded', 'exchange', 'threshold', 'delay', 'original_party', 'later_state',
         'succession', 'succession_undated', 'term', 'extension', 'renewal', 'notice', 'supersession',
         'state_ended', 'treaty_ended', 'reinstatement', 'readings_differ', 'scheduled')),
    article text,
    act_id text references act (act_id),
    known_on text not null check (known_on is date(known_on)),
    primary key (treaty_id, reading_id, ordinal)
) strict, without rowid;

create index overlay_starts on overlay (starts_on);
create index overlay_ends on overlay (ends_before) where ends_before is not null;

-- Dated events. The same date_id stays when the day moves; it may stand in several readings.
create table treaty_date (
    treaty_id text not null references treaty (treaty_id),
    ordinal integer not null,
    date_id text not null,
    reading_id text not null,
    state_id text references state (state_id),
    kind text not null check (kind in
        ('entry_into_force', 'state_entry_into_force', 'expiry', 'last_notice_day', 'renewal',
         'withdrawal_effect', 'reinstatement', 'deadline', 'conference', 'meeting', 'end_of_mandate',
         'offer_ends', 'watch')),
    -- The last day that it can be: "in 2027" has not passed before the year has.
    on_date text not null check (on_date is date(on_date)),
    -- The first day that it can be: what is told then.
    from_date text not null check (from_date is date(from_date)),
    precision text not null check (precision in ('day', 'month', 'year')),
    certainty text not null check (certainty in
        ('computed', 'contested', 'scheduled', 'expected', 'nominal')),
    reason text not null,
    rule text not null check (rule in
        ('act', 'recorded', 'exchange', 'threshold', 'delay', 'original_party', 'later_state',
         'succession', 'succession_undated', 'term', 'extension', 'renewal', 'notice', 'supersession',
         'state_ended', 'treaty_ended', 'reinstatement', 'readings_differ', 'scheduled')),
    article text,
    act_id text references act (act_id),
    known_on text not null check (known_on is date(known_on)),
    primary key (treaty_id, ordinal)
) strict, without rowid;

create index treaty_date_due on treaty_date (from_date);
create index treaty_date_on on treaty_date (on_date);
create index treaty_date_name on treaty_date (date_id);

-- How many had signed, had consented and were parties: a row for each day on which that changes.
create table party_tally (
    treaty_id text not null references treaty (treaty_id),
    reading_id text not null,
    on_date text not null check (on_date is date(on_date)),
    signed integer not null check (signed >= 0),
    consented integer not null check (consented >= 0),
    parties integer not null check (parties >= 0),
    primary key (treaty_id, reading_id, on_date)
) strict, without rowid;

-- How a threshold of entry into force was approached: row 0 before any step, then a row for each.
create table entry_progress (
    treaty_id text not null references treaty (treaty_id),
    ordinal integer not null,
    needed integer not null check (needed >= 0),
    reached integer not null check (reached >= 0),
    -- Named states that have not consented.
    missing text not null check (json_valid(missing)),
    -- The act that made the step, and its day; NULL in row 0.
    act_id text references act (act_id),
    on_date text check (on_date is date(on_date)),
    primary key (treaty_id, ordinal),
    check ((ordinal = 0) = (on_date is null))
) strict, without rowid;

-- What was told. A log: it outlives what it speaks of, so it has no foreign keys.
create table alert (
    -- The id that receivers see, the same for every delivery and attempt.
    alert_id text not null primary key,
    -- What it is over all time: two alerts with one key are one alert.
    key text not null unique,
    kind text not null check (kind in
        ('act.corrected', 'threshold.progress', 'date.moved', 'date.cancelled', 'status.changed',
         'date.reached', 'date.approaching', 'act.recorded')),
    -- Other kinds that it is as well.
    also text not null check (json_valid(also)),
    treaty_id text not null,
    state_id text,
    reading_id text not null,
    -- The day that it is about.
    on_date text not null check (on_date is date(on_date)),
    -- How many days before that day it was due, for an approaching date.
    lead_days integer check (lead_days >= 0),
    -- Told later than it should have been, or of something long past.
    late integer not null check (late in (0, 1)),
    severity text not null check (severity in ('info', 'notice', 'warning', 'critical')),
    sentence text not null,
    -- The whole alert.
    body text not null check (json_valid(body)),
    raised_at text not null check (raised_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z')
) strict;

create index alert_raised on alert (raised_at);
create index alert_treaty on alert (treaty_id, raised_at);

-- Treaties that the last check could not read, and so told nothing of. Each is looked at again, from
-- the day of its own last check, until that succeeds.
create table set_aside (
    treaty_id text not null primary key,
    -- The last day that was checked for it.
    since text not null check (since is date(since))
) strict, without rowid;

-- Endpoints by the name that the configuration gives them. No address and no secret is here.
create table endpoint (
    name text not null primary key,
    -- When a receiver asked for nothing more (410), and what it said; NULL: it is served.
    stopped_at text check (stopped_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    stopped_reason text,
    check ((stopped_at is null) = (stopped_reason is null))
) strict, without rowid;

-- The outbox: one row for each alert and endpoint.
create table delivery (
    delivery_id integer not null primary key,
    alert_id text not null references alert (alert_id),
    endpoint text not null references endpoint (name),
    state text not null check (state in ('pending', 'delivered', 'dead', 'stopped')),
    -- Also the fence: a result counts only for the attempt that is the latest.
    attempts integer not null check (attempts >= 0),
    -- Attempts that failed since the delivery was last made due: how long the next wait is. An
    -- attempt that a crash cut short counts as none.
    failures integer not null default 0 check (failures between 0 and attempts),
    next_attempt_at text not null check (next_attempt_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    -- Until when the running attempt has it for itself; NULL: nobody has it.
    leased_until text check (leased_until glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    last_error text,
    finished_at text check (finished_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    unique (alert_id, endpoint),
    check ((state = 'pending') = (finished_at is null)),
    check (state = 'pending' or leased_until is null)
) strict;

create index delivery_due on delivery (next_attempt_at, delivery_id) where state = 'pending';
create index delivery_leased on delivery (leased_until) where leased_until is not null;
create index delivery_endpoint on delivery (endpoint, state);

-- Jobs, and when the next run of each is due.
create table job (
    name text not null primary key,
    next_at text check (next_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z')
) strict, without rowid;

-- Runs of jobs. One due time is run once.
create table job_run (
    run_id integer not null primary key,
    job text not null references job (name),
    due_at text not null check (due_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    started_at text not null check (started_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    finished_at text check (finished_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
    -- NULL while it is running.
    outcome text check (outcome in ('ok', 'failed')),
    -- What it did.
    report text check (json_valid(report)),
    error text,
    unique (job, due_at),
    check ((outcome is null) = (finished_at is null))
) strict;

create index job_run_running on job_run (run_id) where outcome is null;

-- The views: the contract. They alone ask for today, in UTC, and use nothing newer than SQLite 3.40.
-- Lists in them are JSON arrays, NULL where there is nothing in them.

-- Where each instrument stands today.
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
    -- Notices that are running, as `USA effective 2019-08-02`.
    (select group_concat(one, '; ') from (
        select coalesce(o.state_id, 'treaty') || coalesce(' effective ' || o.ends_before, '') as one
        from overlay o
        where o.treaty_id = t.treaty_id and o.reading_id = 'default' and o.kind = 'notice'
          and o.starts_on <= date('now') and (o.ends_before is null or o.ends_before > date('now'))
        order by o.starts_on, o.state_id)) as notices,
    -- Suspensions, as `RUS since 2023-02-28`; `treaty` stands for all parties together.
    (select group_concat(one, '; ') from (
        select coalesce(o.state_id, 'treaty') || ' since ' || o.starts_on as one
        from overlay o
        where o.treaty_id = t.treaty_id and o.reading_id = 'default' and o.kind = 'suspension'
          and o.starts_on <= date('now') and (o.ends_before is null or o.ends_before > date('now'))
        order by o.starts_on, o.state_id)) as suspensions,
    -- Other readings today: those that compose a contested status, else those that differ.
    (select group_concat(one, '; ') from (
        select r.reading_id || ': ' || coalesce(q.status, 'none') as one
        from reading r
        left join treaty_period q
          on q.treaty_id = r.treaty_id and q.reading_id = r.reading_id
          and q.starts_on <= date('now') and (q.ends_before is null or q.ends_before > date('now'))
        where r.treaty_id = t.treaty_id and r.reading_id <> 'default'
          and q.status is not p.status
          and (p.status is not 'contested'
               or r.reading_id in (select value from json_each(t.contested_between)))
        order by r.ordinal)) as readings,
    t.facts_as_of,
    t.title_en as full_title
from treaty t
left join treaty_period p
  on p.treaty_id = t.treaty_id and p.reading_id = 'default'
  and p.starts_on <= date('now') and (p.ends_before is null or p.ends_before > date('now'));

-- Where each state stands today in each instrument, in the default reading.
create view party_status as
select
    p.treaty_id,
    p.state_id,
    s.name_en as state,
    p.status,
    p.starts_on,
    p.ends_before,
    p.reason,
    -- When a notice that is running takes effect.
    (select min(o.ends_before) from overlay o
     where o.treaty_id = p.treaty_id and o.reading_id = 'default' and o.kind = 'notice'
       and o.state_id = p.state_id
       and o.starts_on <= date('now') and o.ends_before > date('now')) as notice_effective_on,
    -- 1 if operation is suspended for it or for all.
    exists (select 1 from overlay o
     where o.treaty_id = p.treaty_id and o.reading_id = 'default' and o.kind = 'suspension'
       and (o.state_id = p.state_id or o.state_id is null)
       and o.starts_on <= date('now') and (o.ends_before is null or o.ends_before > date('now'))) as suspended,
    -- Other readings in which it stands elsewhere, as `us-count: withdrawn`.
    (select group_concat(one, '; ') from (
        select o.reading_id || ': ' || coalesce(q.status, 'none') as one
        from reading r
        join state_override o
          on o.treaty_id = r.treaty_id and o.reading_id = r.reading_id and o.state_id = p.state_id
        left join state_period q
          on q.treaty_id = o.treaty_id and q.reading_id = o.reading_id and q.state_id = o.state_id
          and q.starts_on <= date('now') and (q.ends_before is null or q.ends_before > date('now'))
        where r.treaty_id = p.treaty_id and r.reading_id <> 'default' and q.status is not p.status
        order by r.ordinal)) as readings,
    p.article
from state_period p
join state s on s.state_id = p.state_id
where p.reading_id = 'default'
  and p.starts_on <= date('now') and (p.ends_before is null or p.ends_before > date('now'));

-- Days to come, the nearest first. Of a month or a year on_date is the last day.
create view upcoming_dates as
select
    d.date_id,
    d.treaty_id,
    d.state_id,
    d.kind,
    d.on_date,
    cast(julianday(d.on_date) - julianday(date('now')) as integer) as days_left,
    d.certainty,
    d.reason,
    d.article,
    d.precision,
    d.reading_id as reading,
    d.known_on
from treaty_date d
where d.on_date >= date('now')
order by d.on_date, d.treaty_id, d.ordinal;

-- What each instrument was, is and will be, in each reading.
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
from treaty_period p
left join reading r on r.treaty_id = p.treaty_id and r.reading_id = p.reading_id;

-- What each state was, is and will be in each instrument, in each reading. Each reading is complete.
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
from state_period p
left join reading r on r.treaty_id = p.treaty_id and r.reading_id = p.reading_id
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
from reading r
join state_period p on p.treaty_id = r.treaty_id and p.reading_id = 'default'
where r.reading_id <> 'default'
  and not exists (
    select 1 from state_override o
    where o.treaty_id = r.treaty_id and o.reading_id = r.reading_id and o.state_id = p.state_id);

-- What lay, lies and will lie over these, in each reading.
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
    o.known_on
from overlay o
left join reading r on r.treaty_id = o.treaty_id and r.reading_id = o.reading_id;

-- A row at each change, so that a curve can be drawn; the row before a day holds on it.
create view party_count as
select treaty_id, reading_id as reading, on_date, signed, consented, parties
from party_tally;

-- How far treaties are that are not in force yet.
create view entry_into_force_progress as
select
    e.treaty_id,
    e.needed,
    e.reached,
    nullif(e.missing, '[]') as missing,
    e.on_date as last_change_on
from entry_progress e
join treaty_period p
  on p.treaty_id = e.treaty_id and p.reading_id = 'default' and p.status = 'pending'
  and p.starts_on <= date('now') and (p.ends_before is null or p.ends_before > date('now'))
where e.ordinal = (
    select max(l.ordinal) from entry_progress l
    where l.treaty_id = e.treaty_id and (l.on_date is null or l.on_date <= date('now')));

-- Acts in the version that counts.
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
    supersedes
from act
where superseded_by is null and retracted_at is null;

-- What a statement says of an instrument, and what has become of it: one row per paragraph and
-- instrument, and one with no instrument for a paragraph that names none.
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
from statement_paragraph p
left join statement_treaty t on t.statement_id = p.statement_id and t.number = p.number;

-- What was told.
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
    nullif(also, '[]') as also
from alert;

-- What became of it at each endpoint.
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
    a.raised_at
from delivery d
join alert a on a.alert_id = d.alert_id;

-- How the jobs are doing. `failures` are those since the last success.
create view job_health as
select
    j.name,
    (select max(r.finished_at) from job_run r where r.job = j.name and r.outcome = 'ok') as last_success_at,
    (select max(r.finished_at) from job_run r where r.job = j.name and r.outcome = 'failed') as last_failure_at,
    (select count(*) from job_run r
     where r.job = j.name and r.outcome = 'failed'
       and r.due_at > coalesce(
           (select max(k.due_at) from job_run k where k.job = j.name and k.outcome = 'ok'), '')) as failures,
    j.next_at
from job j;
