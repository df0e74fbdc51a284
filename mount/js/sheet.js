// Dialogs that are made when they are needed.

import { element, t } from './common.js';

/* Opens a dialog with a title and children; returns {dialog, close(), say(text, isBad)}. It is gone once
 * it is closed, and the focus is where it was. */
export function sheet(title, ...children) {
  const said = element('p', { className: 'said', role: 'status' });
  const close = () => dialog.close();
  const dialog = element('dialog', { className: 'sheet', aria: { labelledby: 'sheet-title' } },
    element('div', { className: 'sheet-top' }, element('h2', { id: 'sheet-title', dir: 'auto' }, title),
      element('button', { type: 'button', className: 'quiet', onclick: close }, t('close_'))), ...children, said);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => { if (event.target === dialog) close(); });
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, close, say(text, isBad = false) {
    said.textContent = text;
    said.classList.toggle('problem', isBad);
  } };
}

/* One field and one button: use(value) is called with what was written. */
export function ask({ label, button, type = 'text', hint, autocomplete = 'off', use }) {
  const input = element('input', { type, autocomplete, maxLength: 4096 });
  const form = element('form', { className: 'ask', onsubmit: (event) => {
    event.preventDefault();
    if (input.value) use(input.value, input);
  } }, element('label', {}, label, input), element('button', { className: 'primary' }, button));
  if (hint) form.append(element('p', { className: 'hint' }, hint));
  return form;
}

export function button(text, onclick, className = 'quiet') {
  return element('button', { type: 'button', className, onclick }, text);
}
