// Why there is no way in, in words, and the PIN of a room that asks for one.

import { t } from './common.js';
import { ask, sheet } from './sheet.js';

const $ = (id) => document.getElementById(id);
const needsPin = ({ reason }) => reason === 'pin-required' || reason === 'bad-pin';
let askedFor = null;
let isOpen = false;

/* Says why. For a PIN it asks at once, once for each refusal: whoever closes the question has the button. */
export function show(page, state) {
  $('state-text').textContent = words(state);
  if (!needsPin(state)) return;
  $('state-retry').textContent = t('pinGive');
  if (state === askedFor) return;
  askedFor = state;
  again(page, state);
}

function words({ code, reason, text }) {
  const said = reason ? t(`reason.${reason}`, {}, reason) : t(`close.${code}`, {}, t('closeOther', { code }));
  return (code >= 4500 || reason === 'kicked' || reason === 'banned') && text ? `${said}: ${text}` : said;
}

export function again({ current: { room } }, state) {
  if (!needsPin(state)) {
    room.comeBack();
    return;
  }
  if (isOpen) return;
  isOpen = true;
  const { dialog, close, say } = sheet(t('pinGive'), ask({ label: t('pin'), type: 'password', button: t('enter'),
    hint: t('pinHint', { room: room.name }), use(pin) {
      room.pin = pin;
      close();
      room.comeBack();
    } }));
  if (state.reason === 'bad-pin') say(t('reason.bad-pin'), true);
  dialog.addEventListener('close', () => { isOpen = false; });
}
