-- What the server is and what our role may see of it.
select pg_catalog.current_setting('server_version_num')::int, pg_catalog.current_setting('server_version'),
  pg_catalog.pg_is_in_recovery(), current_user::text,
  pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE'),
  (
    select n.nspname::text from pg_catalog.pg_extension e
    join pg_catalog.pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_stat_statements'
  )
