// What stands in the conversation, as nodes: a row for each item.

import { element, t, currentLanguage } from './common.js';

const GROUP_MS = 5 * 60 * 1000;

/* previous: the item above, for what goes on. */
export function itemRow(item, previous) {
  if (item.kind === 'gap') return note('gap', t(item.missed ? 'gapCount' : 'gap', { n: item.missed }, t('gap')));
  if (item.kind === 'event') return note('event', eventText(item), item.time);
  if (item.kind === 'announcement') {
    return element('div', { className: 'row announcement' }, element('strong', {}, t('announcement')),
      element('div', { dir: 'auto', className: 'text' }, ...nodesOf(item.text)), timeNode(item.time));
  }
  return messageRow(item, previous);
}

function messageRow(item, previous) {
  const { nick, own, to, text, time } = item;
  const goesOn = previous?.kind === 'message' && previous.user === item.user && previous.nick === nick
    && !to && !previous.to && Date.parse(time) - Date.parse(previous.time) < GROUP_MS
    && dayOf(time) === dayOf(previous.time);
  const names = ['row', 'message', own && 'own', goesOn && 'goes-on', to && 'whisper', item.mention && 'mention'];
  // A screen reader hears the name in each row; where it goes on it is not seen.
  return element('div', { className: names.filter(Boolean).join(' ') }, own ? null : avatar(nick),
    element('p', { className: 'who' }, element('bdi', {}, nick), to ? ` ${whisperText(item)}` : null),
    bubble(text, nick), timeNode(time));
}

function whisperText({ own, to }) {
  return own ? t('whisperTo', { nick: [to].flat().join(', ') }) : t('whisperFrom');
}

/* "/me waves" is told as what its speaker does. */
export function bubble(text, nick) {
  const does = text.startsWith('/me ');
  return element('div', { className: does ? 'bubble does' : 'bubble', dir: 'auto' },
    ...(does ? [element('bdi', {}, nick), ...nodesOf(text.slice(3))] : nodesOf(text)));
}

export function avatar(nick) {
  const first = [...nick.trim()][0] ?? '·';
  return element('span', { className: `avatar hue${hueOf(nick)}`, aria: { hidden: 'true' } }, first.toUpperCase());
}

// A name keeps its colour while the page lives, and the first eight names have eight colours.
const hues = new Map();

function hueOf(nick) {
  if (!hues.has(nick)) {
    if (hues.size > 1000) hues.clear();
    hues.set(nick, (hues.size * 5) % 8);
  }
  return hues.get(nick);
}

function eventText({ event, nick, previous, reason, own, text }) {
  if (event === 'join') return t('joined', { nick });
  if (event === 'leave') return t(`leave.${reason}`, { nick }, t('left', { nick }));
  if (event === 'nick') return own ? t('renamedYou', { nick }) : t('renamed', { nick, previous });
  if (event === 'taken') return t('nameTaken', { nick });
  if (event === 'problem') return t(`reason.${reason}`, {}, text ?? reason);
  return text ?? '';
}

export function note(kind, text, time) {
  return element('div', { className: `row note ${kind}` }, element('span', {}, text), time ? timeNode(time) : null);
}

let textParts = null;

// What makes links comes with the first text that has one.
function nodesOf(text) {
  if (!/https?:\/\//i.test(text)) return [text];
  const span = element('span', {}, text);
  if (textParts) return linked(text);
  import('./text-parts.js').then((module) => {
    ({ textParts } = module);
    span.replaceWith(...linked(text));
  }, () => {});
  return [span];
}

function linked(text) {
  return textParts(text).map((part) => (part.href
    ? element('a', { href: part.href, target: '_blank', rel: 'noopener noreferrer nofollow' }, part.text) : part.text));
}

function timeNode(time) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return null;
  return element('time', { dateTime: date.toISOString(), title: format(date, { dateStyle: 'full', timeStyle: 'medium' }) },
    format(date, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }));
}

export function dayOf(time) {
  return time === undefined ? undefined : new Date(time).toDateString();
}

export function dayName(time) {
  const day = new Date(time);
  const today = new Date();
  if (day.toDateString() === today.toDateString()) return t('today');
  today.setDate(today.getDate() - 1);
  if (day.toDateString() === today.toDateString()) return t('yesterday');
  return format(day, { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' });
}

const formats = new Map();

function format(date, options) {
  const language = currentLanguage() === 'zh' ? 'zh-CN' : 'en-GB';
  const key = language + Object.keys(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language, options));
  return formats.get(key).format(date);
}
