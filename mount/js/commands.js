// What begins with a slash: whispers, names, rooms. "/me …" is not here, it is said like any text.

import { t } from './common.js';
import { list, rename } from './room-requests.js';
import { leave as leaveRoom } from './tabs.js';
import { say } from './writing.js';

/* Runs a line that begins with a slash; what comes of it is told in the room. */
export function run(line, page) {
  const [, name, rest] = /^\/(\S*)\s*(.*)$/s.exec(line);
  const view = page.current;
  const command = Object.hasOwn(commands, name.toLowerCase()) ? commands[name.toLowerCase()] : null;
  if (command) command({ rest: rest.trim(), view, room: view.room, page });
  else view.say(t('unknownCommand', { name }));
}

const commands = { w: whisper, msg: whisper, nick, who, join, leave, help: ({ view }) => view.say(t('help')) };

function whisper({ rest, view, page }) {
  const found = addressee(rest, view.list);
  if (!found || !found.text) view.say(found ? t('whisperHow') : rest ? t('nobodyCalled', { nick: rest.split(/\s/)[0] }) : t('whisperHow'));
  else if (say(page, found.text, found.nick) === null) view.say(t('queueFull'));
}

/* A name may have spaces: the longest that somebody here has counts, else the first word, which the
 * server may know although the list is too long to have it. */
function addressee(rest, list) {
  const small = rest.toLowerCase();
  const names = list.map(({ nick }) => nick).filter((nick) => {
    const end = nick.length;
    return small.startsWith(nick.toLowerCase()) && (rest.length === end || /\s/.test(rest[end]));
  });
  names.sort((a, b) => b.length - a.length);
  const nick = names[0] ?? (list.length >= 200 ? rest.split(/\s/)[0] : undefined);
  return nick && { nick, text: rest.slice(nick.length).trim() };
}

function nick({ rest, view, room }) {
  if (!rest) view.say(t('help'));
  else rename(room, rest, (reason) => { if (reason) view.say(t(`reason.${reason}`, {}, reason)); });
}

function who({ view, room }) {
  list(room, () => {
    const more = view.count - view.list.length;
    const names = view.list.map((person) => person.nick).join(', ');
    view.say(t('whoIsHere', { names }) + (more > 0 ? ` ${t('peopleMore', { n: more })}` : ''));
  });
}

function join({ rest, room, view, page }) {
  const name = rest.replace(/^#/, '').toLowerCase();
  if (/^[a-z0-9._-]{1,64}$/.test(name)) page.openRoom(name, room.wantedNick && room.nick);
  else view.say(t('roomRule'));
}

function leave({ view, page }) {
  if (page.views.size === 1) view.say(t('lastRoom'));
  else leaveRoom(page, view);
}
