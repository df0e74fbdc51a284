// The chat page. What reading does not need is loaded when it is used: docs/pages.md.

import { ChatConnection } from './chat-connection.js';
import { avatar } from './chat-rows.js';
import { addStrings, element, onLanguage, recall, remember, startLanguage, t } from './common.js';
import { RoomView } from './room-view.js';

const $ = (id) => document.getElementById(id);
const on = (id, type, act) => $(id).addEventListener(type, act);
const query = new URLSearchParams(location.search);
const firstRoom = (query.get('room') || 'lobby').toLowerCase();
const PEOPLE_MOST = 200;

const views = new Map();
let current = null;
let drawn = null;
let failures = 0;
let moreWords = null;
let notify = null;
let tabs = null;

// For a reload. Not in the storage meanwhile, so that a duplicated tab is a person of its own.
const session = recall('sessionStorage', 'session');
remember('sessionStorage', 'session', null);

const connection = new ChatConnection({
  url: `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/chat`, session, WebSocket, random: Math.random,
  clock: { now: () => Date.now(), after: (ms, action) => setTimeout(action, ms), cancel: (timer) => clearTimeout(timer) },
  makeId: () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
  tell(name, detail, room) {
    if (name === 'state') showState();
    else if (name === 'limits') written();
    else (views.get(room?.name) ?? current)?.[name](detail);
  },
});

const page = {
  connection, views, openRoom, choose, drawSoon, part, words,
  get current() { return current; },
  get roomName() { return current?.room.name ?? firstRoom; },
  get notify() { return notify; },
  set notify(show) { notify = show; },
};

/* Loads js/name.js, and words, for use(module); resolves to whether that went well. */
async function part(name, use) {
  try {
    const [module] = await Promise.all([import(`./${name}.js${again()}`), isWordless(name) ? null : words()]);
    await use(module);
    return true;
  } catch {
    failures += 1;
    current?.say(t('loadFailed'));
    return false;
  }
}

// What a browser failed to load once it loads only from another address.
const again = () => (failures ? `?${failures}` : '');
const isWordless = (name) => name === 'scroll-back' || (name === 'entrance' && !current);

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
      changed: drawSoon, noticed: (view, entry) => notify?.(view, entry),
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
  const said = {
    idle: () => t('stateIdle'), connecting: () => t('stateConnecting'), live: () => t('stateLive'),
    waiting: () => (reason ? t(`reason.${reason}`, {}, reason) : t(reached ? 'stateWaiting' : 'stateUnreachable')),
    refused: () => $('state-text').textContent,
  }[name]();
  if ($('state-text').textContent !== said) $('state-text').textContent = said;
  $('state-count').textContent = seconds > 0 ? t('stateWaitingIn', { n: seconds }) : '';
  $('state').dataset.state = name;
  $('state-retry').hidden = name === 'connecting' || name === 'live';
  $('state-retry').textContent = t({ idle: 'enter', refused: 'tryAgain' }[name] ?? 'tryNow');
  if (name === 'refused') part('refused', ({ show }) => { if (stateNow() === state) show(page, state); });
}

function retry() {
  const state = stateNow();
  if (!current) enter();
  else if (state.name === 'waiting') connection.wake();
  else if (state.name === 'refused') part('refused', ({ again }) => again(page, state));
  else current.room.comeBack();
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
  const { typists } = current;
  if (typists.size > 0) part('typing', ({ line }) => { $('typing').textContent = typists.size > 0 ? line(current) : ''; });
  else $('typing').textContent = '';
  showPeople();
  remember('sessionStorage', 'rooms', [...views.keys()].join());
  const address = new URLSearchParams({ room });
  if (current.room.wantedNick) address.set('name', current.room.nick);
  if (`?${address}` !== location.search) history.replaceState(null, '', `?${address}`);
}

// Rows that stay are not touched: one of them may have the focus.
function showPeople() {
  const { list, count } = current;
  $('people-title').textContent = t('peopleHere', { n: count });
  $('people-count').textContent = String(count);
  const rows = new Map([...$('people-list').children].map((row) => [row.dataset.key, row]));
  const wanted = list.slice(0, PEOPLE_MOST).map((person) => [`${person.user} ${person.nick}`, person]);
  const keys = new Set(wanted.map(([key]) => key));
  for (const [key, row] of rows) if (!keys.has(key)) row.remove();
  let place = $('people-list').firstChild;
  for (const [key, person] of wanted) {
    if (place?.dataset.key === key) place = place.nextSibling;
    else $('people-list').insertBefore(rows.get(key) ?? personRow(key, person), place);
  }
  const more = count - wanted.length;
  $('people-more').hidden = more <= 0;
  $('people-more').textContent = t('peopleMore', { n: more });
}

function personRow(key, { nick, user }) {
  const own = connection.ownUsers.has(user);
  const parts = [avatar(nick), element('bdi', { className: 'nick' }, nick), own ? element('span', { className: 'tag' }, t('you')) : null];
  return element('li', { data: { key } }, own ? element('div', { className: 'person' }, ...parts)
    : element('button', { type: 'button', className: 'person', onclick: () => part('person', ({ menu }) => menu(page, { nick, user })) }, ...parts));
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
on('invite', 'click', () => part('copy', ({ copyWithButton }) =>
  copyWithButton($('invite'), `${location.origin}${location.pathname}?room=${page.roomName}`)));
on('people-button', 'click', () => {
  const open = document.body.classList.toggle('people-open');
  $('people-button').setAttribute('aria-expanded', String(open));
});
// What writing needs is there before the network may be gone.
const warm = () => part('writing', () => {});
setTimeout(warm, 10000);
for (const type of ['pointermove', 'pointerdown', 'keydown']) addEventListener(type, warm, { once: true });
setInterval(() => { if (connection.state.name === 'waiting') showState(); }, 500);
addEventListener('online', () => connection.wake());
addEventListener('pageshow', (event) => { if (event.persisted) connection.wake(); });
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
} else {
  enter();
}
