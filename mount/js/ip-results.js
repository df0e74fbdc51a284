// What an answer about an address says, and the order of answers. No DOM.

import { addressKey } from './find-addresses.js';

/* The names of the place from the smallest: city, region, country; each once. */
export function placeNames({ country, country_code: code, region, city }) {
  return [city, region, country ?? code].filter((name, i, all) => name && all.indexOf(name) === i);
}

export function network({ asn, as_name: asName, isp, org }) {
  return [asn ? `AS${asn}` : null, asName ?? isp ?? org].filter(Boolean).join(' ');
}

/* null, or where the dot is. */
export function located(result) {
  const { latitude, longitude } = result ?? {};
  return result?.ok && Number.isFinite(latitude) && Number.isFinite(longitude) ? { latitude, longitude } : null;
}

// IPv4 before IPv6, each by its number.
function addressOrder(address) {
  const key = addressKey(address);
  if (key === null) return `9${address}`;
  return key.includes(':') ? `6${key.split(':').map((group) => group.padStart(4, '0')).join('')}`
    : `4${key.split('.').map((part) => part.padStart(3, '0')).join('')}`;
}

/* The indexes of results in the order of a column: 'address', 'place', 'network' or 'source'. What has
 * nothing there (failures, too) stands last in either direction. describe(result) names its place. */
export function inOrder(results, column, direction, language, describe) {
  const collator = new Intl.Collator(language, { numeric: true, sensitivity: 'base' });
  const value = {
    address: ({ ip }) => addressOrder(ip ?? ''),
    place: (result) => describe(result),
    network: ({ as_name: asName, isp, org, asn }) => asName ?? isp ?? org ?? (asn ? `AS${asn}` : ''),
    source: ({ source }) => source ?? '',
  }[column];
  const keys = results.map((result) => (result && (result.ok || column === 'address') ? value(result) : ''));
  return [...results.keys()].sort((a, b) => {
    if (!keys[a] || !keys[b]) return (keys[a] ? 0 : 1) - (keys[b] ? 0 : 1) || a - b;
    return direction * (column === 'address' ? (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : 0) : collator.compare(keys[a], keys[b])) || a - b;
  });
}
