-- What our role lacks for a second database beside the one of this session, and for renaming both.
select current_user::text, r.rolsuper, r.rolcreatedb,
  pg_catalog.pg_has_role(d.datdba, 'USAGE') as owns,
  pg_catalog.pg_has_role('pg_signal_backend', 'USAGE') as signals,
  pg_catalog.pg_get_userbyid(d.datdba)::text as owner,
  array(
    select distinct pg_catalog.pg_get_userbyid(c.relowner)::text
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
      and not pg_catalog.pg_has_role(c.relowner, 'MEMBER')
    order by 1) as owners
from pg_catalog.pg_roles r
join pg_catalog.pg_database d on d.datname = pg_catalog.current_database()
where r.rolname = current_user
