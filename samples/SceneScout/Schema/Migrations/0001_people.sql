create schema auth;

create table auth.users (
  id uuid primary key,
  email text not null unique,
  display_name text not null,
  created_at timestamptz not null default now(),
  last_sign_in_at timestamptz
);

create table auth.sessions (
  id uuid primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  user_agent text,
  ip inet,
  check (expires_at > created_at)
);
create index sessions_user_id on auth.sessions (user_id);
create index sessions_expires_at on auth.sessions (expires_at);

-- What a visitor is doing, signed in or not; auth.sessions is who may.
create table user_sessions (
  id uuid primary key,
  user_id uuid references auth.users (id) on delete cascade,
  started_at timestamptz not null default now(),
  last_active timestamptz not null default now(),
  pages_viewed integer not null default 0 check (pages_viewed >= 0)
);
create index user_sessions_user_id on user_sessions (user_id);
create index user_sessions_last_active on user_sessions (last_active);
