-- Indexes that can't be used and constraints that were never checked, one row each: kind, table, name.
select 'index', n.nspname || '.' || t.relname, c.relname
from pg_index i
join pg_class c on c.oid = i.indexrelid and c.relkind = 'i'
join pg_class t on t.oid = i.indrelid
join pg_namespace n on n.oid = t.relnamespace
where not (i.indisvalid and i.indisready) and n.nspname not like 'pg\_%'
union all
select 'constraint', n.nspname || '.' || t.relname, o.conname
from pg_constraint o
join pg_class t on t.oid = o.conrelid
join pg_namespace n on n.oid = t.relnamespace
where not o.convalidated and n.nspname not like 'pg\_%'
order by 1, 2, 3
