// The message box at work: comes with the first letter. Sends, keeps the draft, counts, tells of typing.

import { recall, remember, t } from './common.js';
import { outboxOf } from './outbox.js';
import { OutgoingRows } from './outgoing-rows.js';

const $ = (id) => document.getElementById(id);
const WARN_BYTES = 500;
const TYPING_MS = 3000;
const TYPING_MOST = 50;
const encoder = new TextEncoder();
let typingUntil = 0;
let typingIn = null;
let isKept = false;

/* Draws what hangs on the text. */
export function refresh(page) {
  const text = $('text');
  const left = (page.connection.welcome?.limits?.message_bytes ?? 4096) - encoder.encode(text.value.trim()).length;
  $('bytes').textContent = left < WARN_BYTES ? t('bytesLeft', { n: left }) : '';
  $('bytes').classList.toggle('problem', left < 0);
  $('send').disabled = left < 0 || text.value.trim() === '';
  text.rows = 1;
  text.rows = Math.min(6, Math.max(1, Math.round((text.scrollHeight - 20) / 22)));
}

/* Something was written into the box. */
export function written(page) {
  const { value } = $('text');
  remember('sessionStorage', `draft.${page.roomName}`, value || null);
  refresh(page);
  const room = page.current?.room;
  if (room !== typingIn) typingUntil = 0;
  typingIn = room;
  const active = value.trim() !== '' && !value.startsWith('/');
  if (!room?.isIn || room.count > TYPING_MOST || (active ? Date.now() < typingUntil : typingUntil === 0)) return;
  typingUntil = active ? Date.now() + TYPING_MS : 0;
  // An id of its own, so that an error about it is nobody's business.
  page.connection.request({ type: 'typing', room: room.name, active }, () => {}, 'typing');
}

/* What was in the box when somebody sent it goes out, or stands there again. */
export function submit(page, value) {
  const text = value.trim();
  const isCommand = text.startsWith('/') && !text.startsWith('/me ');
  const taken = isCommand || say(page, text);
  if (taken) typingUntil = 0;
  else $('text').value = value;
  remember('sessionStorage', `draft.${page.roomName}`, $('text').value || null);
  refresh(page);
  if (!taken) $('bytes').textContent = t('queueFull');
  if (isCommand) page.part('commands', ({ run }) => run(text, page));
}

/* Says text, to all or to a nick; returns the message's cid, or null when too many wait. */
export function say(page, text, to) {
  return outboxIn(page, page.current).add(text, to);
}

function outboxIn({ views }, { log, room }) {
  log.outgoing ??= new OutgoingRows(log, room);
  if (!isKept) addEventListener('pagehide', () => keep(views));
  isKept = true;
  return outboxOf(room);
}

// What is not sent when the page goes is there when it comes back in the same tab.
function keep(views) {
  const unsent = [...views.values()].flatMap(({ room }) => [...room.outbox?.messages.values() ?? []]
    .map(({ cid, text, to }) => ({ room: room.name, cid, text, to })));
  remember('sessionStorage', 'unsent', unsent.length > 0 ? JSON.stringify(unsent) : null);
}

/* Puts what was kept below the conversations, but for what the rooms have shown already. */
export function restore(page) {
  const unsent = JSON.parse(recall('sessionStorage', 'unsent'));
  remember('sessionStorage', 'unsent', null);
  for (const { room, ...message } of unsent) {
    const view = page.views.get(room);
    if (view && !view.log.items.some(({ cid }) => cid === message.cid)) outboxIn(page, view).restore(message);
  }
}

/* Puts a beginning before what is written. */
export function begin(page, words) {
  $('text').value = words + $('text').value.replace(/^\/w \S+ /, '');
  if (document.body.classList.contains('people-open')) $('people-button').click();
  $('text').focus();
  written(page);
}
