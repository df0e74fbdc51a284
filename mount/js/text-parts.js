// Cuts a message into plain text and links. No DOM: whoever shows it makes nodes of the parts.

/* Returns [{text, href?}]; the texts put together are the message again. Only http and https are
 * links. A URL ends at the first character that is not ASCII, because Chinese text follows a URL
 * without a space, and without the punctuation of the sentence around it. */
export function textParts(message) {
  const parts = [];
  let end = 0;
  for (const match of message.matchAll(/https?:\/\/[\w!#$%&()*+,\-./:;=?@[\]~]+/gi)) {
    const url = trimmed(match[0]);
    const href = linkTarget(url);
    if (!href) continue;
    if (match.index > end) parts.push({ text: message.slice(end, match.index) });
    parts.push({ text: url, href });
    end = match.index + url.length;
  }
  if (end < message.length) parts.push({ text: message.slice(end) });
  return parts;
}

function trimmed(text) {
  for (;;) {
    const shorter = text.replace(/[.,;:!?*_~]+$/, '');
    // A closing bracket belongs to the URL only if the URL opened it.
    const closes = /[)\]]$/.test(shorter)
      && count(shorter, shorter.at(-1)) > count(shorter, shorter.at(-1) === ')' ? '(' : '[');
    const next = closes ? shorter.slice(0, -1) : shorter;
    if (next === text) return text;
    text = next;
  }
}

function count(text, character) {
  return text.split(character).length - 1;
}

function linkTarget(text) {
  try {
    const url = new URL(text);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}
