-- Which table refers to which, by foreign keys that are checked row by row.
select n.nspname::text, c.relname::text, fn.nspname::text, f.relname::text
from pg_constraint r
join pg_class c on c.oid = r.conrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_class f on f.oid = r.confrelid
join pg_namespace fn on fn.oid = f.relnamespace
where r.contype = 'f' and r.conrelid <> r.confrelid
