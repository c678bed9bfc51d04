create table public.api_logs (id bigserial primary key, created_at timestamptz not null, endpoint text not null, method text not null,
  status int not null, duration_ms int not null, client inet, user_agent text);
create table public.audit_logs (id bigserial primary key, created_at timestamptz not null, actor uuid not null, action text not null, detail jsonb not null);
create table public.ingestion_logs (id bigserial primary key, created_at timestamptz not null, source text not null, status text not null, fetched int not null, message text);

insert into public.api_logs (created_at, endpoint, method, status, duration_ms, client, user_agent)
select now() - ((1500000 - g) / 1500000.0 * 200 + random() * 0.01) * interval '1 day', '/api/v1/events/' || g % 1000, (array['GET', 'POST', 'PUT'])[1 + g % 3], 200 + g % 5,
  (random() * 400)::int, ('10.' || g % 200 || '.' || g % 250 || '.' || g % 99)::inet, 'Mozilla/5.0 (X11; Linux x86_64) build/' || g % 5000
from generate_series(1, 1500000) g;
insert into public.audit_logs (created_at, actor, action, detail)
select now() - ((500000 - g) / 500000.0 * 200 + random() * 0.01) * interval '1 day', md5((g % 5000)::text)::uuid, (array['create', 'update', 'delete'])[1 + g % 3],
  jsonb_build_object('entity', 'event', 'id', g, 'ok', g % 7 > 0)
from generate_series(1, 500000) g;
insert into public.ingestion_logs (created_at, source, status, fetched, message)
select now() - ((400000 - g) / 400000.0 * 200 + random() * 0.01) * interval '1 day', (array['ticketmaster', 'eventbrite', 'songkick', 'meetup'])[1 + g % 4],
  case when g % 16 = 0 then 'failed' else 'success' end, g % 300, case when g % 16 = 0 then 'timeout after 30 s' end
from generate_series(1, 400000) g;
create index on public.api_logs (created_at);
create index on public.audit_logs (created_at);
create index on public.ingestion_logs (created_at);
vacuum analyze;
