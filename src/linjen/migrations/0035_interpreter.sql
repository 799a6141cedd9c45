-- Tolkbehov: the language in which a patient needs an interpreter, as staff have written it.

alter table residents
  add column interpreter text,
  add constraint residents_interpreter_is_short check (char_length(interpreter) between 1 and 40);
