// Who is writing: a line below the conversation.

import { t } from './common.js';

const TYPING_MS = 7000;
const TYPING_MOST = 50;

export function typed(view, { user, nick, active }) {
  if (view.room.connection.ownUsers.has(user)) return;
  clearTimeout(view.typists.get(user)?.timer);
  view.typists.delete(user);
  const timer = setTimeout(() => {
    view.typists.delete(user);
    view.changed(view);
  }, TYPING_MS);
  if (active && view.count <= TYPING_MOST) view.typists.set(user, { nick, timer });
  else clearTimeout(timer);
  view.changed(view);
}

export function show({ typists }) {
  const names = [...typists.values()].map(({ nick }) => nick);
  document.getElementById('typing').textContent = names.length > 0 ? t('typing', { typists: names }) : '';
}
