-- What decides whether our role may copy the server's files. An address has its full prefix length, as pg_hba.conf wants it.
select current_user::text, r.rolreplication or r.rolsuper,
  current_setting('wal_level'), current_setting('max_wal_senders')::int, current_setting('max_replication_slots')::int,
  (select count(*) from pg_replication_slots),
  host(inet_client_addr()) || case family(inet_client_addr()) when 4 then '/32' else '/128' end
from pg_roles r
where r.rolname = current_user
