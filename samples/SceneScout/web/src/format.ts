export function price(cents: number, locale = 'en-CA'): string {
  return cents === 0 ? 'Free' : new Intl.NumberFormat(locale, { style: 'currency', currency: 'CAD' }).format(cents / 100);
}

export function day(at: Date, timeZone: string, locale = 'en-CA'): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short', timeZone }).format(at);
}
