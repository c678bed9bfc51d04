-- What clings to the database of this session and would stay with it when it is renamed.
select 'prepared' as kind, gid as name, pg_catalog.to_char(prepared, 'YYYY-MM-DD HH24:MI:SS') as detail
from pg_catalog.pg_prepared_xacts where database = pg_catalog.current_database()
union all
select 'slot', slot_name, plugin::text
from pg_catalog.pg_replication_slots where database = pg_catalog.current_database() and slot_type = 'logical'
union all
select case when subenabled then 'subscription' else 'subscription-off' end, subname::text, ''
from pg_catalog.pg_subscription
where subdbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
order by 1, 2
