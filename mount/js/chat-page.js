// The chat page. What reading does not need is loaded when it is used: docs/pages.md.

import { ChatConnection } from './chat-connection.js';
import { addStrings, element, onLanguage, recall, remember, startLanguage, t } from './common.js';
import { RoomView } from './room-view.js';

const $ = (id) => document.getElementById(id);
const on = (id, type, act) => $(id).addEventListener(type, act);
const query = new URLSearchParams(location.search);
const firstRoom = (query.get('room') || 'lobby').toLowerCase();

const views = new Map();
let current = null;
let drawn = null;
let failures = 0;
const failed = new Set();
let moreWords = null;
let tabs = null;

// For a reload. Not in the storage meanwhile, so that a duplicated tab is a person of its own.
const session = recall('sessionStorage', 'session');
remember('sessionStorage', 'session', null);

const connection = new ChatConnection({
  url: new URL('chat', location.href).href.replace(/^http/, 'ws'), session, WebSocket, random: Math.random,
  clock: { now: Date.now, after: (ms, action) => setTimeout(action, ms), cancel: (timer) => clearTimeout(timer) },
  makeId: () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
  tell(name, detail, room) {
    if (name === 'state') showState();
    else if (name === 'limits') written();
    else (views.get(room?.name) ?? current)?.[name](detail);
  },
});

const page = {
  connection, views, openRoom, choose, drawSoon, part, words, notify: null,
  get current() { return current; },
  get roomName() { return current?.room.name ?? firstRoom; },
};

/* Loads js/name.js, and words, for use(module); resolves to whether that went well. */
async function part(name, use) {
  try {
    const [module] = await Promise.all([import(`./${name}.js${again()}`), isWordless(name) ? null : words()]);
    failed.delete(name);
    await use(module);
    return true;
  } catch {
    failures += 1;
    if (!failed.has(name)) current?.say(t('loadFailed')); // once, however often it is tried
    failed.add(name);
    return false;
  }
}

// What a browser failed to load once it loads only from another address.
const again = () => (failures ? `?${failures}` : '');
const isWordless = (name) => ['people', 'scroll-back'].includes(name) || (name === 'entrance' && !current);

function words() {
  moreWords ??= Promise.all([import(`./strings-more.js${again()}`), new Promise((resolve) => {
    document.head.append(element('link', { rel: 'stylesheet', href: 'css/more.css', onload: resolve, onerror: resolve }));
  })]).then(([{ moreStrings }]) => {
    addStrings(moreStrings);
    refresh();
  });
  moreWords.catch(() => { moreWords = null; });
  return moreWords;
}

function openRoom(name, nick) {
  if (!views.has(name)) {
    const room = connection.open(name, nick);
    views.set(name, new RoomView(room, { box: $('log-box'), list: $('log'), button: $('to-newest') }, {
      changed: drawSoon, noticed: (view, entry) => page.notify?.(view, entry),
      typed: (view, detail) => part('typing', ({ typed }) => typed(view, detail)),
      edge: (view, where) => part('scroll-back', ({ extend }) => extend(view, where)) }));
  }
  choose(views.get(name));
  connection.start();
}

function choose(view) {
  current?.log.hide();
  current = view;
  view.log.show();
  view.looked();
  startText();
  $('text').focus({ preventScroll: true });
  refresh();
}

function stateNow() {
  const { state } = connection;
  return (state.name === 'live' && current?.room.refused) || state;
}

function showState() {
  const state = stateNow();
  const { name, until, reached, reason } = state;
  if (reason) words().catch(() => {});
  const seconds = name === 'waiting' ? Math.max(0, Math.ceil((until - Date.now()) / 1000)) : 0;
  const said = reason ? t(`reason.${reason}`, {}, reason) : t(`state.${name === 'waiting' && !reached ? 'unreachable' : name}`);
  if (name !== 'refused' && $('state-text').textContent !== said) $('state-text').textContent = said;
  $('state-count').textContent = seconds > 0 ? t('againIn', { n: seconds }) : '';
  $('state').dataset.state = name;
  $('state-retry').hidden = name === 'connecting' || name === 'live';
  $('state-retry').textContent = t(name === 'idle' ? 'enter' : 'tryNow');
  if (name === 'refused') part('refused', ({ show }) => { if (stateNow() === state) show(page, state); });
}

function retry() {
  const state = stateNow();
  if (!current) enter();
  else if (state.name === 'waiting') connection.wake();
  else part('refused', ({ again }) => again(page, state));
}

function showAround() {
  drawn = null;
  let unread = 0;
  for (const view of views.values()) unread += view.unread;
  const room = page.roomName;
  document.title = `${unread > 0 ? `(${unread}) ` : ''}#${room} · ${t('chatTitle')}`;
  $('room-name').textContent = room;
  if (tabs) tabs(page);
  else if (views.size > 1) part('tabs', ({ showTabs }) => { tabs = showTabs; showTabs(page); });
  if (!current) return;
  showState();
  $('earlier').hidden = !current.more;
  $('empty').hidden = !current.joinedOnce || !current.log.isEmpty;
  $('log-box').setAttribute('aria-busy', String(current.replaying));
  if (current.typists.size > 0 || $('typing').textContent) part('typing', ({ show }) => show(current));
  part('people', ({ show }) => show(page));
  remember('sessionStorage', 'rooms', [...views.keys()].join());
  const address = new URLSearchParams({ room });
  if (current.room.wantedNick) address.set('name', current.room.nick);
  if (`?${address}` !== location.search) history.replaceState(null, '', `?${address}`);
}

// A crowd that comes in at once is drawn once.
function drawSoon(view) {
  if (view && view === current && !document.hidden) view.looked();
  drawn ??= setTimeout(showAround, 60);
}

function refresh() {
  current?.log.redrawAll();
  showState();
  showAround();
  written();
}

function enter() {
  part('entrance', ({ open }) => open(page, { room: page.roomName, nick: current?.room.nick ?? name }));
}

function startText() {
  $('text').value = recall('sessionStorage', `draft.${page.roomName}`) ?? '';
  written();
}

function written() {
  if ($('text').value || !$('send').disabled) part('writing', ({ refresh: redraw }) => redraw(page));
}

function submit() {
  const { value } = $('text');
  if (value.trim() === '' || $('bytes').classList.contains('problem')) return;
  if (!current) {
    enter();
    return;
  }
  $('text').value = '';
  part('writing', (writing) => writing.submit(page, value)).then((done) => { if (!done) $('text').value = value; });
}

startLanguage();
onLanguage(() => {
  $('people-list').replaceChildren();
  refresh();
});
on('log-box', 'scroll', () => current?.log.scrolled());
new ResizeObserver(() => { if (current?.log.stuck) current.log.draw(); }).observe($('log-box'));
on('to-newest', 'click', () => current.log.toEnd());
on('earlier', 'click', () => part('scroll-back', ({ extend }) => extend(current, 'up')));
on('state-retry', 'click', retry);
on('composer', 'submit', (event) => {
  event.preventDefault();
  submit();
  $('text').focus();
});
on('text', 'keydown', (event) => {
  // 229 is what browsers say that end a composition before the key arrives.
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  submit();
});
on('text', 'input', () => part('writing', (writing) => writing.written(page)));
on('settings-button', 'click', enter);
on('about-button', 'click', () => part('about', ({ open }) => open(page)));
on('invite', 'click', () => part('copy', ({ invite }) => invite(page)));
on('people-button', 'click', () => {
  const open = document.body.classList.toggle('people-open');
  $('people-button').setAttribute('aria-expanded', String(open));
});
// What writing needs is there before the network may be gone.
const warm = () => part('writing', () => {});
setTimeout(warm, 10000);
for (const type of ['pointermove', 'pointerdown', 'keydown']) addEventListener(type, warm, { once: true });
setInterval(() => { if (connection.state.name === 'waiting') showState(); }, 500);
for (const type of ['online', 'offline']) addEventListener(type, () => connection.wake());
addEventListener('pageshow', ({ persisted }) => {
  if (!persisted) return;
  remember('sessionStorage', 'session', null); // it lives on: see above
  connection.wake();
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  drawSoon(current);
  connection.wake();
});
addEventListener('pagehide', () => { if (connection.session) remember('sessionStorage', 'session', connection.session); });
if (recall('localStorage', 'notify')) part('notify', ({ start }) => start(page));

const name = query.get('name') ?? recall('localStorage', 'name') ?? '';
const before = (recall('sessionStorage', 'rooms') ?? '').split(',');
showState();
showAround();
startText();
if (query.has('name') || before.includes(firstRoom)) {
  for (const room of before.includes(firstRoom) ? before : [firstRoom]) openRoom(room, name);
  choose(views.get(firstRoom));
  if (recall('sessionStorage', 'unsent')) part('writing', ({ restore }) => restore(page));
} else {
  enter();
}
