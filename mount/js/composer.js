// The message box: Enter sends, except while an input method is composing; a draft outlives a reload.

import { t, recall, remember } from './common.js';

const WARN_BYTES = 500;

/* send(text) returns whether the message was taken. */
export function startComposer({ form, text, button, bytes, room, send }) {
  const draftKey = `draft.${room}`;
  let limit = 4096;
  const encoder = new TextEncoder();

  function refresh() {
    const left = limit - encoder.encode(text.value.trim()).length;
    bytes.textContent = left < WARN_BYTES ? t('bytesLeft', { n: left }) : '';
    bytes.classList.toggle('problem', left < 0);
    button.disabled = left < 0 || text.value.trim() === '';
    text.rows = 1;
    text.rows = Math.min(6, Math.max(1, Math.round((text.scrollHeight - 20) / 22)));
  }

  function submit() {
    if (button.disabled) return;
    if (!send(text.value.trim())) {
      bytes.textContent = t('queueFull');
      return;
    }
    text.value = '';
    remember('sessionStorage', draftKey, null);
    refresh();
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
    text.focus();
  });
  text.addEventListener('keydown', (event) => {
    // 229 is what browsers say that end a composition before the key arrives.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  text.addEventListener('input', () => {
    remember('sessionStorage', draftKey, text.value || null);
    refresh();
  });
  text.value = recall('sessionStorage', draftKey) ?? '';
  refresh();

  return {
    refresh,
    focus: () => text.focus({ preventScroll: true }),
    setLimit(most) {
      if (most > 0) limit = most;
      refresh();
    },
  };
}
