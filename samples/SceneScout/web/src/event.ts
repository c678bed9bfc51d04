export const categories = ['music', 'food', 'theatre', 'sports', 'other'] as const;

export type Category = (typeof categories)[number];

export interface SceneEvent {
  readonly id: string;
  readonly title: string;
  readonly startsAt: Date;
  readonly venue: string;
  readonly city: string;
  readonly category: Category;
  readonly priceCents: number;
}

/** Events as the server sends them. An entry that isn't one is left out, so that a single bad row empties no page. */
export function parseEvents(json: unknown): SceneEvent[] {
  if (!Array.isArray(json)) throw new TypeError('The list of events is not a list.');
  return json.map(parseEvent).filter((event) => event !== null);
}

function parseEvent(json: unknown): SceneEvent | null {
  if (typeof json !== 'object' || json === null) return null;
  const fields = json as Record<string, unknown>;
  const startsAt = new Date(text(fields.startsAt));
  const [id, title] = [text(fields.id), text(fields.title)];
  if (id === '' || title === '' || Number.isNaN(startsAt.getTime())) return null;
  return {
    id,
    title,
    startsAt,
    venue: text(fields.venue),
    city: text(fields.city),
    category: categories.find((category) => category === fields.category) ?? 'other',
    priceCents: typeof fields.priceCents === 'number' && fields.priceCents > 0 ? Math.round(fields.priceCents) : 0,
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
