// Several rooms over one connection: a tab for each.

import { element, t } from './common.js';

const bar = element('nav', { className: 'tabs' });

export function leave(page, view) {
  if (page.views.size === 1) return;
  page.connection.leave(view.room);
  page.views.delete(view.room.name);
  if (view === page.current) page.choose([...page.views.values()].at(-1));
  page.drawSoon();
}

export function showTabs(page) {
  if (!bar.isConnected) document.querySelector('main').prepend(bar);
  bar.setAttribute('aria-label', t('rooms'));
  bar.hidden = page.views.size < 2;
  const tabs = new Map([...bar.children].map((tab) => [tab.dataset.room, tab]));
  for (const [name, tab] of tabs) if (!page.views.has(name)) tab.remove();
  for (const [name, view] of page.views) {
    const tab = tabs.get(name) ?? makeTab(page, name, view);
    const [choose, close] = tab.children;
    choose.textContent = `#${name}`;
    if (view.unread > 0) choose.append(' ', element('span', { className: 'badge' }, String(view.unread)));
    choose.setAttribute('aria-label', view.unread > 0 ? t('unreadIn', { room: name, n: view.unread }) : `#${name}`);
    if (view === page.current) choose.setAttribute('aria-current', 'true');
    else choose.removeAttribute('aria-current');
    close.setAttribute('aria-label', t('leaveRoom', { room: name }));
  }
}

function makeTab(page, name, view) {
  const tab = element('span', { className: 'tab', data: { room: name } },
    element('button', { type: 'button', onclick: () => page.choose(view) }),
    element('button', { type: 'button', className: 'close', onclick: () => leave(page, view) }, '×'));
  bar.append(tab);
  return tab;
}
