// The chat page: puts the connection, the log, the people and the composer together.

import { ChatConnection } from './chat-connection.js';
import { ChatLog, avatar } from './chat-log.js';
import { element, t, onLanguage, startLanguage, recall, remember, copyWithButton } from './common.js';
import { startComposer } from './composer.js';
import { startEntrance } from './entrance.js';

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const room = (query.get('room') || 'lobby').toLowerCase();

const log = new ChatLog({ box: $('log-box'), list: $('log'), button: $('to-newest'),
  onRetry: (cid) => connection.retry(cid),
  onDiscard: (cid) => {
    connection.discard(cid);
    log.removeOutgoing(cid);
  } });
const composer = startComposer({ form: $('composer'), text: $('text'), button: $('send'), bytes: $('bytes'),
  room, send: (text) => connection !== null && connection.send(text) !== null });

let connection = null;
let people = { list: [], count: 0 };
let peopleTimer = null;
let unread = 0;
let replaying = false;
let joinedOnce = false;

const told = {
  state: () => showState(),
  limits: (limits) => composer.setLimit(limits.message_bytes),
  joined({ nick, previousNick, wantedNick }) {
    replaying = true;
    $('log-box').setAttribute('aria-busy', 'true');
    remember('sessionStorage', 'entered', room);
    if (!previousNick || nick === previousNick) return;
    const event = wantedNick && nick !== wantedNick ? 'taken' : 'nick';
    log.add({ kind: 'event', event, own: true, nick, time: now() }, { quiet: true });
  },
  gap: ({ missed }) => log.add({ kind: 'gap', missed }),
  entry(entry) {
    log.add(entry, { quiet: replaying && !joinedOnce });
    if (document.hidden && !entry.own && (joinedOnce || !replaying)) unread += 1;
    showTitle();
    showEmpty();
  },
  replayed() {
    replaying = false;
    joinedOnce = true;
    $('log-box').setAttribute('aria-busy', 'false');
    $('earlier').hidden = log.oldestOffset <= 1;
    showEmpty();
  },
  event({ kind, ...event }) {
    log.add({ kind: 'event', event: kind, ...event, time: event.time ?? now() });
  },
  people(detail) {
    people = detail;
    showPeopleSoon();
  },
  outgoing(message) {
    log.setOutgoing(message);
    showEmpty();
  },
};

function connect(nick) {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  connection = new ChatConnection({
    url: `${scheme}//${location.host}/chat`, room, nick, session: takeSession(), WebSocket,
    clock: { now: () => Date.now(), after: (ms, action) => setTimeout(action, ms), cancel: clearTimeout.bind(globalThis) },
    random: Math.random, makeId, tell: (name, detail) => told[name](detail),
  });
  connection.start();
  composer.focus();
}

// A reload takes its place in the room up again. The token is in the storage only between leaving
// and coming back, so that a duplicated tab is a person of its own.
function takeSession() {
  const session = recall('sessionStorage', `session.${room}`);
  remember('sessionStorage', `session.${room}`, null);
  return session;
}

function makeId() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function now() {
  return new Date().toISOString();
}

function showState() {
  const { name, until, reached, code, reason, text } = connection?.state ?? { name: 'idle' };
  const seconds = name === 'waiting' ? Math.max(0, Math.ceil((until - Date.now()) / 1000)) : 0;
  const words = {
    idle: () => t('stateIdle'), connecting: () => t('stateConnecting'), live: () => t('stateLive'),
    waiting: () => (reason ? t(`reason.${reason}`, {}, reason) : t(reached ? 'stateWaiting' : 'stateUnreachable')),
    refused: () => refusal({ code, reason, text }),
  }[name]();
  if ($('state-text').textContent !== words) $('state-text').textContent = words;
  $('state-count').textContent = seconds > 0 ? t('stateWaitingIn', { n: seconds }) : '';
  $('state').dataset.state = name;
  $('state-retry').hidden = name === 'connecting' || name === 'live';
  $('state-retry').textContent = t({ idle: 'enter', refused: 'tryAgain' }[name] ?? 'tryNow');
  showTitle();
}

function refusal({ code, reason, text }) {
  const words = reason ? t(`reason.${reason}`, {}, reason) : t(`close.${code}`, {}, t('closeOther', { code }));
  return code >= 4500 && text ? `${words}: ${text}` : words;
}

function showTitle() {
  const title = `#${room} · ${t('chatTitle')}`;
  document.title = unread > 0 ? `(${unread}) ${title}` : title;
}

function showEmpty() {
  $('empty').hidden = !joinedOnce || !log.isEmpty;
}

function showPeople() {
  const { list, count } = people;
  $('people-title').textContent = t('peopleHere', { n: count });
  $('people-count').textContent = String(count);
  $('people-list').replaceChildren(...list.slice(0, 200).map(({ nick, user }) => {
    const own = connection.isOwn(user);
    return element('li', {}, avatar(nick), element('bdi', { className: 'nick' }, nick),
      own ? element('span', { className: 'tag' }, t('you')) : null);
  }));
  const more = count - Math.min(list.length, 200);
  $('people-more').hidden = more <= 0;
  $('people-more').textContent = t('peopleMore', { n: more });
}

// A crowd that comes in at once is drawn once.
function showPeopleSoon() {
  peopleTimer ??= setTimeout(() => {
    peopleTimer = null;
    showPeople();
  }, 100);
}

function showEarlier() {
  const button = $('earlier');
  button.disabled = true;
  connection.earlier(log.oldestOffset, (page) => {
    button.disabled = false;
    if (page) log.prepend(page.entries);
    if (page) button.hidden = !page.more;
  });
}

startLanguage();
$('room-name').textContent = room;
$('earlier').addEventListener('click', showEarlier);
$('state-retry').addEventListener('click', () => {
  if (!connection) enterFirst();
  else if (connection.state.name === 'waiting') connection.wake();
  else connection.start();
});
$('invite').addEventListener('click', (event) => copyWithButton(event.currentTarget, invitation()));
$('people-button').addEventListener('click', () => {
  const open = document.body.classList.toggle('people-open');
  $('people-button').setAttribute('aria-expanded', String(open));
});

function invitation() {
  const url = new URL(location.href);
  url.search = `?room=${encodeURIComponent(room)}`;
  url.hash = '';
  return url.href;
}

const entrance = startEntrance({ dialog: $('enter'), room,
  enter: (nick) => connect(nick),
  rename: (nick, done) => connection.rename(nick, done) });
$('settings-button').addEventListener('click', () => {
  if (connection) entrance.open({ nick: connection.nick ?? '' });
  else enterFirst();
});

onLanguage(() => {
  log.redraw();
  showState();
  showPeople();
  composer.refresh();
  entrance.refresh();
});
setInterval(() => { if (connection?.state.name === 'waiting') showState(); }, 500);
addEventListener('online', () => connection?.wake());
addEventListener('pageshow', (event) => { if (event.persisted) connection?.wake(); });
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  unread = 0;
  showTitle();
  connection?.wake();
});
addEventListener('pagehide', () => {
  if (connection?.session) remember('sessionStorage', `session.${room}`, connection.session);
});

showState();
showPeople();
const name = query.get('name') ?? recall('localStorage', 'name') ?? '';
if (query.has('name') || recall('sessionStorage', 'entered') === room) connect(name);
else enterFirst();

function enterFirst() {
  entrance.open({ nick: name, first: true });
}
