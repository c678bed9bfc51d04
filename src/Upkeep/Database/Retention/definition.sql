select md5(string_agg(concat_ws(',', a.attnum, a.attname, a.atttypid, a.atttypmod, a.attgenerated), ';' order by a.attnum))
from pg_attribute a
where a.attrelid = $1::int8::oid and a.attnum > 0 and not a.attisdropped
