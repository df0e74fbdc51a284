// Putting things on the clipboard.

import { element, t } from './common.js';

/* Puts text on the clipboard, also where the clipboard interface is missing (plain HTTP on a
 * network). Resolves to whether it worked. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const box = element('textarea', { value: text, className: 'offscreen' });
    document.body.append(box);
    box.select();
    const copied = document.execCommand('copy');
    box.remove();
    return copied;
  }
}

/* The link that leads into the room, without a name: whoever follows it chooses one. */
export function invite(page) {
  return copyWithButton(document.getElementById('invite'), new URL(`./?room=${page.roomName}`, location).href);
}

/* Says on the button for a moment whether copying worked. */
export async function copyWithButton(button, text) {
  const copied = await copyText(text);
  const key = button.dataset.t;
  button.textContent = t(copied ? 'copied' : 'copyFailed');
  setTimeout(() => { button.textContent = t(key); }, 1500);
}
