import type { Category, SceneEvent } from './event';

export interface Search {
  readonly words: string;
  readonly category: Category | 'all';
}

/** Events in which every word is found, in any of the fields that a visitor sees; the soonest first. */
export function search(events: readonly SceneEvent[], wanted: Search): SceneEvent[] {
  const words = fold(wanted.words).split(/\s+/).filter(Boolean);
  return events
    .filter((event) => wanted.category === 'all' || event.category === wanted.category)
    .filter((event) => {
      const seen = fold(`${event.title} ${event.venue} ${event.city} ${event.category}`);
      return words.every((word) => seen.includes(word));
    })
    .sort((one, other) => one.startsAt.getTime() - other.startsAt.getTime());
}

/** Without case and accents: "theatre" finds "Théâtre". */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{Mn}/gu, '').toLowerCase();
}
