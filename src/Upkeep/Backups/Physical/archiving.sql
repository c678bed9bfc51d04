-- Whether the server archives its log and how. It fails where the last attempt did and none has succeeded since.
select current_setting('archive_mode'), current_setting('archive_command'),
  has_function_privilege('pg_switch_wal()', 'EXECUTE'),
  extract(epoch from current_setting('archive_timeout')::interval)::int,
  case when a.last_failed_time > coalesce(a.last_archived_time, '-infinity') then a.last_failed_wal || ' at ' || to_char(a.last_failed_time, 'YYYY-MM-DD HH24:MI:SS TZ') end,
  (select system_identifier from pg_control_system()),
  current_user::text
from pg_stat_archiver a
