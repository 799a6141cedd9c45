-- A resident may read who has searched for her: those rows of the access log alone, so that no list pays for it.

create index access_log_of_search on access_log using gin (shown) where verb = 'search_patient';
