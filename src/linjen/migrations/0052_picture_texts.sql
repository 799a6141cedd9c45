-- What a picture shows, in the words of who added it: for who does not see it, and beside it for staff.

alter table pictures add column about_sealed bytea;
