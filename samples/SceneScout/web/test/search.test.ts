import { expect, it } from 'vitest';
import { parseEvents } from '../src/event';
import { search } from '../src/search';

const events = parseEvents([
  { id: 'late', title: 'Night Run', startsAt: '2027-05-23T21:00:00Z', venue: 'High Park', city: 'Toronto', category: 'sports' },
  { id: 'play', title: "A Winter's Tale", startsAt: '2027-05-22T20:00:00Z', venue: 'Théâtre du Nord', city: 'Montréal', category: 'theatre' },
  { id: 'pier', title: 'Brass on the Pier', startsAt: '2027-05-21T19:30:00Z', venue: 'Pier 4', city: 'Toronto', category: 'music' },
]);
const ids = (words: string, category: 'all' | 'music' = 'all') => search(events, { words, category }).map((event) => event.id);

it('shows all, the soonest first, where nothing is asked for', () => {
  expect(ids('  ')).toEqual(['pier', 'play', 'late']);
});

it('finds a word in title, venue and city, without case and accents', () => {
  expect(ids('BRASS')).toEqual(['pier']);
  expect(ids('montreal')).toEqual(['play']);
  expect(ids('theatre')).toEqual(['play']);
});

it('wants every word', () => {
  expect(ids('toronto run')).toEqual(['late']);
  expect(ids('toronto tale')).toEqual([]);
});

it('keeps to a category', () => {
  expect(ids('toronto', 'music')).toEqual(['pier']);
});
