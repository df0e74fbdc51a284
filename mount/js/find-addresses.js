// Finds IP addresses in any text: lists, logs, sentences in any language. No DOM.

export const MAX_ADDRESSES = 1000;

/* The address as it is compared: IPv4 as written, also when it is mapped into IPv6, else eight groups.
 * Null when it is neither. */
export function addressKey(text) {
  if (isIpv4(text)) return text;
  const groups = parseIpv6(text);
  if (groups === null) return null;
  const [high, low] = groups.slice(6);
  if (groups.slice(0, 6).join() === '0,0,0,0,0,65535') return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  return groups.map((group) => group.toString(16)).join(':');
}

/* Returns {addresses, capped}: each address once, in the order and spelling of its first mention. */
export function findAddresses(text, limit = MAX_ADDRESSES) {
  const found = new Map();
  for (const [token] of text.matchAll(/[A-Za-z0-9_.:]{2,}/g)) {
    for (const address of inToken(token)) {
      const key = addressKey(address);
      if (found.has(key)) continue;
      if (found.size === limit) return { addresses: [...found.values()], capped: true };
      found.set(key, address);
    }
  }
  return { addresses: [...found.values()], capped: false };
}

function inToken(token) {
  // A label in front ("client:1.2.3.4", "from:2001:db8::1") and punctuation behind are not part of
  // it; "::" at either end is.
  const unlabelled = token.replace(/^[A-Za-z_]*[G-Zg-z_]\w*:+(?=[0-9A-Fa-f:])/, '');
  for (const candidate of [token, unlabelled]) {
    for (const address of [candidate, candidate.replace(/\.+$/, ''), candidate.replace(/:?\.*$/, '')]) {
      // Something like "cafe::bad" is a name in a program more often than an address.
      if (address.includes(':') && /\d/.test(address) && parseIpv6(address)) return [address];
    }
  }
  return token.split(':').map((part) => part.replace(/^\.+|\.+$/g, '')).filter(isIpv4);
}

function isIpv4(text) {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function parseIpv6(text) {
  let head = text;
  const dotted = text.slice(text.lastIndexOf(':') + 1);
  if (dotted.includes('.')) {
    if (!isIpv4(dotted)) return null;
    const [a, b, c, d] = dotted.split('.').map(Number);
    head = text.slice(0, -dotted.length) + ((a << 8) | b).toString(16) + ':' + ((c << 8) | d).toString(16);
  }
  const halves = head.split('::');
  if (halves.length > 2) return null;
  const [left, right] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = right === undefined ? left
    : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  const given = left.length + (right?.length ?? 0);
  if (groups.length !== 8 || (right !== undefined && given > 7)) return null;
  return groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group)) ? groups.map((group) => parseInt(group, 16)) : null;
}
