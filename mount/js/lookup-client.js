// Asks the server about many addresses, a few at a time. No DOM.

const CHUNK = 32;
const AT_ONCE = 2;

/* Calls onResult(index, result) exactly once per address; whatever goes wrong is a result with an
 * error, so this never rejects. fetch is the browser's. */
export async function lookUpAll(addresses, { fetch, onResult }) {
  const starts = [];
  for (let start = 0; start < addresses.length; start += CHUNK) starts.push(start);
  const work = async () => {
    for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
      const chunk = addresses.slice(start, start + CHUNK);
      const results = await lookUpChunk(chunk, fetch);
      chunk.forEach((ip, i) => onResult(start + i, results[i] ?? failure(ip, 'no_reply')));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/* The caller's own address: a result like the others, without `ip` when nothing is known. */
export async function lookUpMe(fetch) {
  const answer = await ask('/ip-info/me', fetch);
  return typeof answer.body?.ok === 'boolean' || answer.body?.error ? { ok: false, ...answer.body } : failure(undefined, 'no_reply');
}

async function lookUpChunk(chunk, fetch) {
  const query = chunk.map((ip) => `ip=${encodeURIComponent(ip)}`).join('&');
  const { status, body } = await ask(`/ip-info?${query}`, fetch);
  if (Array.isArray(body?.results)) return body.results;
  return chunk.map((ip) => failure(ip, status ? 'http' : 'no_reply', status));
}

async function ask(url, fetch) {
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' }, cache: 'no-store' });
    return { status: response.status, body: await response.json().catch(() => null) };
  } catch {
    return { status: 0, body: null };
  }
}

function failure(ip, code, status) {
  return { ip, ok: false, error: { code, ...(status ? { status } : {}) } };
}
