-- Vidimering: a colleague or a role is asked to look at a case, for knowledge or for follow-up by a day. It never changes
-- the case's state, outlives its closing, and no statement for residents names it.

create table attestations (
  id uuid primary key,
  case_id uuid not null references cases,
  seq integer not null,
  by_id uuid not null references staff,
  to_role text not null check (to_role in
    ('nurse', 'physician', 'physiotherapist', 'counsellor', 'medical_secretary')),
  to_staff_id uuid references staff,
  purpose text not null check (purpose in ('knowledge', 'follow_up')),
  due_on date,
  note_sealed bytea,
  state text not null default 'requested' check (state in
    ('requested', 'seen', 'follow_up', 'attested', 'withdrawn')),
  at timestamptz not null default now(),
  seen_by uuid references staff,
  seen_at timestamptz,
  attested_by uuid references staff,
  ended_at timestamptz,
  comment_sealed bytea,
  unique (case_id, seq),
  check (due_on is not null or (purpose <> 'follow_up' and state <> 'follow_up')),
  check ((seen_by is null) = (seen_at is null)),
  check ((state = 'attested') = (attested_by is not null)),
  check ((state in ('attested', 'withdrawn')) = (ended_at is not null)),
  check (comment_sealed is null or state = 'attested')
);
-- What waits for somebody is little beside all that has ever been asked; who asked looks for her own.
create index attestations_open on attestations (case_id) where state in ('requested', 'seen', 'follow_up');
create index attestations_by on attestations (by_id, at);

-- To whom it was sent on, by whom and why; without a person it was the program, since nobody was there any more.
create table attestation_moves (
  id uuid primary key,
  attestation_id uuid not null references attestations,
  by_id uuid references staff,
  to_role text not null,
  to_staff_id uuid references staff,
  reason_sealed bytea,
  at timestamptz not null default now()
);
create index attestation_moves_of on attestation_moves (attestation_id);
