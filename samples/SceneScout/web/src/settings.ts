export interface Settings {
  readonly eventsUrl: string;
  readonly pageSize: number;
}

/** What the build was told by its environment; .env.example names the keys. */
export function settings(): Settings {
  const size = Number(import.meta.env.VITE_PAGE_SIZE ?? 20);
  return {
    eventsUrl: import.meta.env.VITE_EVENTS_URL ?? '/events.json',
    pageSize: Number.isInteger(size) && size > 0 ? size : 20,
  };
}
