// The dialog for name and room: shown on coming in, and later to change the name or to open another room.

import { element, fill, onLanguage, remember, t } from './common.js';

const $ = (id) => document.getElementById(id);
const field = (id, hint, more) => [element('label', { htmlFor: id, data: { t: id } }),
  element('input', { id, maxLength: 64, ...more, data: hint && { tPlaceholder: hint }, aria: { describedby: `${id}-problem` } }),
  element('p', { className: 'problem', id: `${id}-problem`, role: 'alert' })];
const action = (id, className, data) => element('button', { type: 'button', id, className, data });
const dialog = element('dialog', { id: 'enter', aria: { labelledby: 'enter-title' } }, element('form', { id: 'enter-form' },
  element('img', { src: 'favicon.svg', alt: '', width: 44, height: 44 }), element('h2', { id: 'enter-title' }),
  element('p', { className: 'lead', id: 'enter-hint', data: { t: 'enterHint' } }),
  ...field('name', 'namePlaceholder', { autocomplete: 'nickname' }),
  ...field('room', null, { autocomplete: 'off', autocapitalize: 'none', spellcheck: false }),
  element('div', { className: 'dialog-actions' }, action('', 'link', { languageSwitch: '' }),
    action('enter-cancel', 'quiet', { t: 'cancel' }), element('button', { className: 'primary', id: 'enter-submit' }))));
document.body.append(dialog);
fill();
let page;
let room;

export function open(of, { nick, room: shown }) {
  page = of;
  room = shown;
  $('name').value = nick;
  $('room').value = room;
  problem('name', '');
  problem('room', '');
  refresh();
  dialog.showModal();
  $('name').select();
}

function refresh() {
  const entered = Boolean(page?.current);
  $('enter-title').textContent = t(entered ? 'settingsTitle' : 'enterTitle');
  $('enter-submit').textContent = t(entered ? 'save' : 'enter');
  $('enter-hint').hidden = entered;
  $('enter-cancel').hidden = !entered;
}

function problem(field, text) {
  $(`${field}-problem`).textContent = text;
  $(field).setAttribute('aria-invalid', String(text !== ''));
  if (text) $(field).focus();
}

async function submit() {
  const nick = $('name').value.trim();
  const target = $('room').value.trim().toLowerCase() || room;
  const isLong = [...nick].length > 32;
  const isName = target === room || /^[a-z0-9._-]{1,64}$/.test(target);
  if (isLong || !isName) await page.words();
  problem('name', isLong ? t('nameRule') : '');
  // A room of the address that is no name is for the server to refuse.
  problem('room', isName ? '' : t('roomRule'));
  if (dialog.querySelector('[aria-invalid=true]')) return;
  remember('localStorage', 'name', nick || null);
  if (page.current && target === room && nick) {
    page.part('room-requests', ({ rename }) => rename(page.current.room, nick,
      (reason) => (reason ? problem('name', t(`reason.${reason}`, {}, reason)) : dialog.close())));
  } else {
    dialog.close();
    if (!page.current || target !== room) page.openRoom(target, nick);
  }
}

$('enter-form').addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});
$('enter-cancel').addEventListener('click', () => dialog.close());
dialog.addEventListener('cancel', (event) => { if (!page.current) event.preventDefault(); });
onLanguage(refresh);
