// What can be done with a person: whisper, mention, and whatever the room's secret allows.

import { element, t } from './common.js';
import { button, sheet } from './sheet.js';
import { begin } from './writing.js';

const MINUTES = [10, 60, 1440, 10080];

export function menu(page, { nick, user }) {
  const { room, secret } = page.current;
  const write = (words) => () => {
    opened.close();
    begin(page, words);
  };
  const parts = [element('div', { className: 'choices' }, button(t('whisper'), write(`/w ${nick} `), 'primary'),
    button(t('mention'), write(`${nick}: `)))];
  if (secret) parts.push(...moderation());
  const opened = sheet(nick, ...parts);

  function moderation() {
    const duration = element('select', {}, ...MINUTES.map((n) => element('option', { value: String(n * 60) }, t('minutes', { n }))));
    const reason = element('input', { maxLength: 100, autocomplete: 'off' });
    const act = (type) => () => room.request({ type, secret, user, reason: reason.value.trim() || undefined,
      seconds: type === 'kick' ? undefined : Number(duration.value) }, (reply) => {
      if (reply?.type === 'ok') opened.close();
      else opened.say(t(`reason.${reply?.reason ?? 'no-answer'}`, {}, reply?.message), true);
    });
    return [element('h3', {}, t('moderate')), element('label', {}, t('reasonLabel'), reason),
      element('label', {}, t('duration'), duration),
      element('div', { className: 'choices' }, button(t('kick'), act('kick')), button(t('mute'), act('mute')),
        button(t('ban'), act('ban'), 'quiet danger'))];
  }
}
