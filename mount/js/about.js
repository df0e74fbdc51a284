// The panel about the room: what the server bounds, notifications, and moderation for who has the secret.

import { element, t } from './common.js';
import { isPossible, toggle } from './notify.js';
import { ask, button, sheet } from './sheet.js';

export function open(page) {
  const view = page.current;
  const room = view?.room;
  const moderation = element('div', { className: 'moderation' });
  const opened = sheet(t('aboutTitle'), limits(page.connection.welcome), isPossible ? notifications(page) : null,
    view ? moderation : null);
  if (view) moderate();

  function moderate() {
    moderation.replaceChildren(element('h3', {}, `${t('moderate')} #${room.name}`), ...(view.secret ? tools() : [secretField()]));
  }

  // A measure that changes nothing tells whether the secret is right.
  function secretField() {
    return ask({ label: t('secret'), type: 'password', button: t('secretUse'), hint: t('secretHint'), use(secret) {
      room.request({ type: 'unban', secret, nick: room.nick }, (reply) => {
        if (reply?.type !== 'ok' && reply?.reason !== 'no-such-user') return failed(reply);
        view.secret = secret;
        opened.say('');
        moderate();
        moderation.querySelector('input').focus();
      });
    } });
  }

  function tools() {
    let sure = false;
    const close = button(t('closeRoom'), () => {
      if (sure) send({ type: 'close_room' }, opened.close);
      sure = true;
      close.textContent = t('closeRoomSure');
    }, 'quiet danger');
    return [
      ask({ label: t('announcementText'), button: t('announce'), use: (text, input) => send({ type: 'announce', text }, () => { input.value = ''; }) }),
      ask({ label: t('nameOf'), button: t('unban'), use: (nick, input) => send({ type: 'unban', nick }, () => { input.value = ''; }) }),
      close];
  }

  function send(frame, done) {
    room.request({ ...frame, secret: view.secret }, (reply) => {
      if (reply?.type !== 'ok') return failed(reply);
      opened.say(t('done'));
      done();
    });
  }

  function failed(reply) {
    opened.say(t(`reason.${reply?.reason ?? 'no-answer'}`, {}, reply?.message), true);
  }
}

function limits(welcome) {
  if (!welcome?.limits) return null;
  const { message_bytes: bytes, rate, burst, nick_chars: chars, rooms } = welcome.limits;
  const rows = [['limitText', t('limitBytes', { n: bytes })], ['limitRate', t('limitRateOf', { rate, burst })],
    ['limitNick', t('limitChars', { n: chars })], ['limitRooms', String(rooms)],
    ['limitPing', t('limitSeconds', { n: welcome.ping_interval })]];
  return element('dl', {}, ...rows.flatMap(([key, value]) => [element('dt', {}, t(key)), element('dd', {}, value)]));
}

function notifications(page) {
  const said = element('p', { className: 'hint', role: 'status' });
  const control = button(t(page.notify ? 'notifyOff' : 'notifyOn'), async () => {
    const wasOn = Boolean(page.notify);
    const on = await toggle(page);
    control.textContent = t(on ? 'notifyOff' : 'notifyOn');
    said.textContent = wasOn || on ? '' : t('notifyDenied');
  });
  return element('div', {}, control, said);
}
