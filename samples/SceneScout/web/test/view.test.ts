import { beforeEach, expect, it } from 'vitest';
import { parseEvents } from '../src/event';
import { day, price } from '../src/format';
import { show } from '../src/view';

const events = parseEvents([
  { id: 'pier', title: 'Brass on the Pier', startsAt: '2027-05-21T23:30:00Z', venue: 'Pier 4', city: 'Toronto', category: 'music', priceCents: 2500 },
  { id: 'bad', title: '<img src=x onerror=alert(1)>', startsAt: '2027-05-22T20:00:00Z', venue: '', city: 'Toronto', category: 'food' },
]);
let place: HTMLElement;

beforeEach(() => {
  place = document.createElement('main');
  show(place, events, { pageSize: 20, timeZone: 'America/Toronto' });
});

it('lists what there is', () => {
  expect(place.querySelector('.count')?.textContent).toBe('2 events');
  expect(place.querySelector('li')?.textContent).toContain('Pier 4, Toronto');
});

it('draws anew with every keystroke', () => {
  const input = place.querySelector('input') as HTMLInputElement;
  input.value = 'brass';
  input.dispatchEvent(new Event('input'));
  expect(place.querySelectorAll('li')).toHaveLength(1);
  expect(place.querySelector('.count')?.textContent).toBe('1 event');
});

it('shows a title as text and never as markup', () => {
  expect(place.querySelector('img')).toBeNull();
  expect(place.textContent).toContain('<img');
});

it('shows no more than a page', () => {
  show(place, events, { pageSize: 1, timeZone: 'UTC' });
  expect(place.querySelectorAll('li')).toHaveLength(1);
});

it('writes prices and days as people read them', () => {
  expect(price(0)).toBe('Free');
  expect(price(2500)).toBe('$25.00');
  expect(day(new Date('2027-05-22T01:00:00Z'), 'America/Toronto')).toContain('May 21');
});
