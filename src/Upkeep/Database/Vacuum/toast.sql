-- Dead rows of each table's TOAST; the statistics know them as a table of their own.
select c.oid::bigint, pg_catalog.pg_stat_get_dead_tuples(c.reltoastrelid)
from pg_catalog.pg_class c
where c.relkind in ('r', 'm') and c.reltoastrelid <> 0 and pg_catalog.pg_stat_get_dead_tuples(c.reltoastrelid) > 0
