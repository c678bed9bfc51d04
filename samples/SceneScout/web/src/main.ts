import './style.css';
import { parseEvents } from './event';
import { settings } from './settings';
import { show } from './view';

const place = document.querySelector<HTMLElement>('#app');

async function start(target: HTMLElement): Promise<void> {
  const { eventsUrl, pageSize } = settings();
  try {
    const answer = await fetch(eventsUrl);
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    show(target, parseEvents(await answer.json()), { pageSize, timeZone: 'America/Toronto' });
  } catch (problem) {
    target.textContent = `The events can't be shown. ${problem instanceof Error ? problem.message : ''}`;
  }
}

if (place) void start(place);
