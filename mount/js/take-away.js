// Answers as text to take away; loaded when somebody does. No DOM.

export function toJson(results) {
  return `${JSON.stringify(results, null, 2)}\n`;
}

const COLUMNS = ['ip', 'ok', 'kind', 'country', 'country_code', 'region', 'region_code', 'city', 'district', 'postal', 'latitude',
  'longitude', 'timezone', 'isp', 'org', 'as_name', 'hostname', 'asn', 'source', 'error'];

/* As the server writes CSV (RFC 4180): the error is its code, and what a spreadsheet would take for a
 * formula gets an apostrophe before it. */
export function toCsv(results) {
  const field = (value) => {
    const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? '');
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = results.map((result) => COLUMNS.map((name) => field(name === 'error' ? result.error?.code : result[name])).join(','));
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}
