// Asks the server about many addresses; each answer is told as it comes. No DOM.

const BATCH = 100; // what a server takes in one question, unless it was told otherwise
const AT_ONCE = 2;
const PATIENCE = 5; // refusals in a row, "not so fast", before giving up

/* Calls onResult(index, result) exactly once per address; whatever goes wrong is a result with an
 * error, so this never rejects. Batches that the server finds too long are halved. When it says "not
 * so fast", onWait(seconds) is called and the rest is asked after that time. fetch: the browser's;
 * lang: of the names; signal: ends it, the rest is `stopped`. */
export async function lookUpAll(addresses, { fetch, lang, signal, onResult, onWait = () => {}, sleep = rest }) {
  const open = new Set(addresses.keys());
  const batches = [];
  let waiting = null;
  let refusals = 0;

  const tell = (index, result) => {
    if (open.delete(index)) onResult(index, result);
  };
  const giveUp = (batch, code, status) => {
    for (const index of batch) tell(index, failure(addresses[index], code, status));
  };
  const pause = (seconds) => {
    if (waiting) return;
    onWait(seconds);
    waiting = sleep(seconds * 1000, signal).then(() => { waiting = null; });
  };

  async function ask(batch) {
    const { status, retryAfter } = await post(batch.map((index) => addresses[index]), { fetch, lang, signal }, (line) => {
      refusals = 0;
      const { index, ...result } = line;
      if (Number.isInteger(index) && typeof line.ok === 'boolean' && index in batch) tell(batch[index], result);
    });
    if (status === 429 && !signal?.aborted && ++refusals < PATIENCE) {
      batches.unshift(batch);
      pause(retryAfter);
    } else if ((status === 413 || status === 422) && batch.length > 1) {
      const half = Math.ceil(batch.length / 2);
      batches.unshift(batch.slice(0, half), batch.slice(half));
    } else if (status === 0 || status === 200) {
      giveUp(batch, signal?.aborted ? 'stopped' : 'no_reply');
    } else {
      giveUp(batch, status === 429 ? 'too_fast' : 'http', status);
    }
  }

  async function work() {
    for (;;) {
      while (waiting) await waiting;
      const batch = batches.shift();
      if (!batch) return;
      if (signal?.aborted) giveUp(batch, 'stopped');
      else await ask(batch);
    }
  }

  for (let start = 0; start < addresses.length; start += BATCH) batches.push([...addresses.keys()].slice(start, start + BATCH));
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/* The caller's own address: a result like the others, without `ip` when nothing is known. */
export async function lookUpMe({ fetch, lang }) {
  try {
    const response = await fetch(`ip-info/me?lang=${encodeURIComponent(lang)}`, { headers: { accept: 'application/json' }, cache: 'no-store' });
    const body = await response.json().catch(() => null);
    if (typeof body?.ok === 'boolean') return body;
    return failure(undefined, response.status === 429 ? 'too_fast' : 'http', response.status);
  } catch {
    return failure(undefined, 'no_reply');
  }
}

// Calls onLine with each object of the answer. Status 0: there was none.
async function post(addresses, { fetch, lang, signal }, onLine) {
  let status = 0;
  try {
    const response = await fetch(`ip-info?format=ndjson&lang=${encodeURIComponent(lang)}`, { method: 'POST',
      headers: { 'content-type': 'application/json' }, body: JSON.stringify(addresses), cache: 'no-store', signal });
    status = response.status;
    if (status !== 200) return { status, retryAfter: Number(response.headers.get('retry-after')) || 10 };
    await eachLine(response.body, onLine);
  } catch { /* A connection that ended early: what came before it counts. */ }
  return { status };
}

async function eachLine(stream, onLine) {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    text += done ? '' : decoder.decode(value, { stream: true });
    const lines = text.split('\n');
    text = lines.pop();
    for (const line of lines) onLine(JSON.parse(line));
    if (done) return;
  }
}

function failure(ip, code, status) {
  return { ip, ok: false, error: { code, ...(status ? { status } : {}) } };
}

function rest(ms, signal) {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
