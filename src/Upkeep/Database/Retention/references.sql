select k.conname::text, n.nspname::text, c.relname::text, k.confdeltype in ('c', 'n', 'd') as silent,
  (select array_agg(a.attname::text order by o) from unnest(k.conkey) with ordinality x(num, o)
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x.num) as from_columns,
  (select array_agg(a.attname::text order by o) from unnest(k.confkey) with ordinality x(num, o)
    join pg_attribute a on a.attrelid = k.confrelid and a.attnum = x.num) as to_columns
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
where k.contype = 'f' and k.confrelid = $1::int8::oid and k.conparentid = 0
order by k.conname
