// Who is here: the list beside the conversation.

import { avatar } from './chat-rows.js';
import { element, t } from './common.js';

const $ = (id) => document.getElementById(id);
const PEOPLE_MOST = 200;

// Rows that stay are not touched: one of them may have the focus.
export function show(page) {
  const { list, count } = page.current;
  $('people-title').textContent = t('peopleHere', { n: count });
  $('people-count').textContent = String(count);
  const rows = new Map([...$('people-list').children].map((row) => [row.dataset.key, row]));
  const wanted = list.slice(0, PEOPLE_MOST).map((person) => [`${person.user} ${person.nick}`, person]);
  const keys = new Set(wanted.map(([key]) => key));
  for (const [key, row] of rows) if (!keys.has(key)) row.remove();
  let place = $('people-list').firstChild;
  for (const [key, person] of wanted) {
    if (place?.dataset.key === key) place = place.nextSibling;
    else $('people-list').insertBefore(rows.get(key) ?? personRow(page, key, person), place);
  }
  const more = count - wanted.length;
  $('people-more').hidden = more <= 0;
  $('people-more').textContent = t('peopleMore', { n: more });
}

function personRow(page, key, { nick, user }) {
  const own = page.connection.ownUsers.has(user);
  const parts = [avatar(nick), element('bdi', { className: 'nick' }, nick), own ? element('span', { className: 'tag' }, t('you')) : null];
  const open = () => page.part('person', ({ menu }) => menu(page, { nick, user }));
  return element('li', { data: { key } }, own ? element('div', { className: 'person' }, ...parts)
    : element('button', { type: 'button', className: 'person', onclick: open }, ...parts));
}
