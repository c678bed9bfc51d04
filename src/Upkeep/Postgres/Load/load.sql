select
  (select count(*)::int from pg_stat_activity
    where wait_event_type = 'Lock' and application_name <> $1) as lock_waiters,
  (select count(*)::float8 from pg_stat_activity
    where state = 'active' and backend_type = 'client backend' and application_name <> $1)
    / current_setting('max_connections')::float8 as active_share,
  (select extract(epoch from max(replay_lag))::float8 from pg_stat_replication) as lag_seconds,
  (select count(*)::int from pg_stat_activity
    where backend_type = 'client backend' and application_name <> $1
      and (state = 'active' or state_change > clock_timestamp() - interval '1 second')) as neighbours,
  pg_has_role(current_user, 'pg_read_all_stats', 'usage') as sees_all
