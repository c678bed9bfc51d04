-- A hole is read as zeros, and a restore writes them: zeros at a page's end, and pages of zeros, don't count. The size does.
-- The leading byte keeps btrim from taking zeros off the front; rtrim for bytea came with 14.
select count(*) filter (where size is not null) as objects,
  coalesce(sum(case when size is not null then hashint4extended(1, hashint4extended(0, loid::int8) # size) else hash end), 0)::text
from (
  select loid, null::int8 as size,
    hash_array_extended(array[page], hashint4extended(pageno, hashint4extended(2, loid::int8))) as hash
  from (select loid, pageno, btrim('\x01'::bytea || data, '\x00'::bytea) as page from pg_largeobject) pages
  where page <> '\x01'::bytea
  union all
  select loid, max(pageno::int8 * (current_setting('block_size')::int8 / 4) + length(data)), null
  from pg_largeobject
  group by loid) parts
