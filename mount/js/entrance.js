// The dialog for name and room: shown on coming in, and later to change them.

import { t, remember } from './common.js';

const $ = (id) => document.getElementById(id);

/* Opened with `first`, it ends in enter(nick); otherwise in rename(nick, done), done(null) or
 * done(reason). Another room is another address: the page is loaded anew there. */
export function startEntrance({ dialog, room, enter, rename }) {
  let entered = true;

  function refresh() {
    $('enter-title').textContent = t(entered ? 'settingsTitle' : 'enterTitle');
    $('enter-submit').textContent = t(entered ? 'save' : 'enter');
    $('enter-hint').hidden = entered;
    $('enter-cancel').hidden = !entered;
  }

  function open({ nick, first = false }) {
    entered = !first;
    $('name').value = nick;
    $('room').value = room;
    problem('name', '');
    problem('room', '');
    refresh();
    dialog.showModal();
    $('name').select();
  }

  function problem(field, text) {
    $(`${field}-problem`).textContent = text;
    $(field).setAttribute('aria-invalid', String(text !== ''));
    if (text) $(field).focus();
  }

  function submit() {
    const nick = $('name').value.trim();
    const target = $('room').value.trim().toLowerCase() || room;
    problem('name', [...nick].length > 32 ? t('nameRule') : '');
    problem('room', /^[a-z0-9._-]{1,64}$/.test(target) ? '' : t('roomRule'));
    if (dialog.querySelector('[aria-invalid=true]')) return;
    remember('localStorage', 'name', nick || null);
    if (target !== room) {
      move(target);
    } else if (entered && nick) {
      rename(nick, (reason) => (reason ? problem('name', t(`reason.${reason}`, {}, reason)) : dialog.close()));
    } else {
      dialog.close();
      if (!entered) enter(nick);
    }
  }

  function move(target) {
    remember('sessionStorage', 'entered', target);
    location.search = `?room=${encodeURIComponent(target)}`;
  }

  $('enter-form').addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  $('enter-cancel').addEventListener('click', () => dialog.close());
  dialog.addEventListener('cancel', (event) => { if (!entered) event.preventDefault(); });
  return { open, refresh };
}
