select count(distinct loid),
  coalesce(sum(hashtextextended(page, 0)), 0)::text || ':' || coalesce(sum(hashtextextended(page, 1)), 0)::text
from (
  select loid, (loid::text || ',' || pageno::text || ',' || encode(data, 'hex')) collate "C" as page
  from pg_largeobject
  offset 0) pages
