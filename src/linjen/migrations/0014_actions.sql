-- Åtgärd: what a case ends in (a prescription, a certificate, a booking) is a card that the patient confirms having
-- read. Its words are the message that it came with. A card waits until it is confirmed, or staff have settled it.

create table actions (
  id uuid primary key,
  case_id uuid not null references cases,
  seq integer not null,
  message_id uuid not null unique references messages,
  kind text not null check (kind in ('prescription', 'certificate', 'booking', 'other')),
  by_id uuid not null references staff,
  at timestamptz not null default now(),
  confirmed_at timestamptz,
  confirmed_by uuid references residents,
  settled_at timestamptz,
  settled_by uuid references staff,
  settled_how text check (settled_how in ('phone', 'e_services', 'letter', 'in_person', 'other', 'taken_back')),
  unique (case_id, seq),
  check ((confirmed_at is null) = (confirmed_by is null)),
  check ((settled_at is null) = (settled_by is null)),
  check ((settled_at is null) = (settled_how is null)),
  check (confirmed_at is null or settled_at is null)
);
