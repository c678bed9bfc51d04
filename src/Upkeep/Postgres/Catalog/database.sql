select d.datname::text,
  pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1),
  pg_catalog.current_setting('server_version_num')::int,
  case when pg_catalog.has_database_privilege(d.oid, 'CONNECT') then pg_catalog.pg_database_size(d.oid) end,
  pg_catalog.pg_is_in_recovery(),
  -- A standby that has replayed all it received is not late, however long ago the last commit was.
  case when pg_catalog.pg_is_in_recovery() then
    case when pg_catalog.pg_last_wal_receive_lsn() = pg_catalog.pg_last_wal_replay_lsn() then 0
      else pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp()) end end,
  pg_catalog.pg_postmaster_start_time(),
  pg_catalog.pg_stat_get_db_stat_reset_time(d.oid),
  pg_catalog.current_setting('max_connections')::int,
  pg_catalog.current_setting('superuser_reserved_connections')::int + coalesce(pg_catalog.current_setting('reserved_connections', true)::int, 0),
  pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE'),
  (select s.setting from pg_catalog.pg_settings s where s.name = 'data_directory'),
  pg_catalog.clock_timestamp()
from pg_catalog.pg_database d
where d.datname = pg_catalog.current_database()
