import { describe, expect, it } from 'vitest';
import { parseEvents } from '../src/event';

const whole = { id: 'e1', title: ' Brass ', startsAt: '2027-05-21T19:30:00-04:00', venue: 'Pier 4', city: 'Toronto', category: 'music', priceCents: 2500 };

describe('parseEvents', () => {
  it('reads a whole event', () => {
    const [event] = parseEvents([whole]);
    expect(event).toMatchObject({ id: 'e1', title: 'Brass', category: 'music', priceCents: 2500 });
    expect(event?.startsAt.toISOString()).toBe('2027-05-21T23:30:00.000Z');
  });

  it.each([null, 7, {}, { ...whole, id: '' }, { ...whole, startsAt: 'soon' }])('leaves out %o and keeps the rest', (bad) => {
    expect(parseEvents([bad, whole])).toHaveLength(1);
  });

  it('puts an unknown category under other, and a negative price at nothing', () => {
    expect(parseEvents([{ ...whole, category: 'opera', priceCents: -1 }])).toMatchObject([{ category: 'other', priceCents: 0 }]);
  });

  it('refuses what is no list', () => {
    expect(() => parseEvents('<html>')).toThrow('not a list');
  });
});
