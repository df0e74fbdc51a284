// Notifications of the browser, when somebody is named or whispered to while they look elsewhere.

import { recall, remember } from './common.js';

export const isPossible = 'Notification' in globalThis;

export function start(page) {
  if (!isPossible || Notification.permission !== 'granted' || !recall('localStorage', 'notify')) return;
  page.notify = (view, { nick, text }) => {
    let shown;
    try {
      shown = new Notification(`${nick} · #${view.room.name}`, { body: text.slice(0, 200), tag: `lwshost.${view.room.name}`, icon: 'favicon.svg' });
    } catch {
      return; // some phones allow them to service workers only
    }
    shown.onclick = () => {
      focus();
      page.choose(view);
      shown.close();
    };
  };
}

/* Only ever called by a click. Resolves to whether notifications are on. */
export async function toggle(page) {
  if (page.notify) {
    page.notify = null;
    remember('localStorage', 'notify', null);
    return false;
  }
  if (await Notification.requestPermission() !== 'granted') return false;
  remember('localStorage', 'notify', '1');
  start(page);
  return true;
}
