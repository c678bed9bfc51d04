import { categories, type Category, type SceneEvent } from './event';
import { day, price } from './format';
import { search } from './search';

export interface ViewOptions {
  readonly pageSize: number;
  readonly timeZone: string;
}

/** The list with its search, drawn into a place; every keystroke draws the list anew. */
export function show(place: HTMLElement, events: readonly SceneEvent[], options: ViewOptions): void {
  const words = element('input', { type: 'search', placeholder: 'Title, venue or city', ariaLabel: 'Search events' });
  const category = element('select', { ariaLabel: 'Category' });
  for (const name of ['all', ...categories]) category.append(element('option', { value: name, textContent: name }));
  const count = element('p', { className: 'count' });
  const list = element('ul', { className: 'events' });
  const draw = () => {
    const found = search(events, { words: words.value, category: category.value as Category | 'all' });
    count.textContent = found.length === 1 ? '1 event' : `${found.length} events`;
    list.replaceChildren(...found.slice(0, options.pageSize).map((event) => row(event, options.timeZone)));
  };
  words.addEventListener('input', draw);
  category.addEventListener('change', draw);
  const form = element('form', { role: 'search' });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.append(words, category);
  place.replaceChildren(form, count, list);
  draw();
}

function row(event: SceneEvent, timeZone: string): HTMLLIElement {
  const item = element('li', {});
  item.append(
    element('b', { textContent: event.title }),
    element('time', { dateTime: event.startsAt.toISOString(), textContent: day(event.startsAt, timeZone) }),
    element('span', { textContent: [event.venue, event.city].filter(Boolean).join(', ') }),
    element('span', { className: 'price', textContent: price(event.priceCents) }),
  );
  return item;
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, properties: Partial<HTMLElementTagNameMap[K]>): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(tag), properties);
}
