-- Which browser on which system a session began in, as two words, so that a person knows her own sign-ins.

alter table sessions
  add column device text not null default '',
  add constraint sessions_device_is_short check (device ~ '^([a-z]{0,20}/[a-z]{0,20})?$');
