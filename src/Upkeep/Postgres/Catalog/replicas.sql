-- A base backup under way is no replica.
select pg_catalog.concat_ws(' ', nullif(r.application_name, ''), pg_catalog.host(r.client_addr)), coalesce(r.state, 'unknown'),
  case when r.replay_lsn = l.here then 0 else pg_catalog.date_part('epoch', r.replay_lag) end,
  pg_catalog.pg_wal_lsn_diff(l.here, r.replay_lsn)::bigint
from pg_catalog.pg_stat_replication r
cross join (
  select case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_replay_lsn() else pg_catalog.pg_current_wal_lsn() end as here
) l
where r.state is distinct from 'backup'
order by 1
