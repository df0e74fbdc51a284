// When to come back after a connection ended. No DOM.

const FIRST_MS = 500;
const MOST_MS = 20000;
const SPREAD_MS = 5000;

/* What a close code asks for: 'stop' (a person decides), 'spread' (all were sent away at once) or 'retry'. */
export function closeVerdict(code) {
  if ([1003, 1007, 1008, 1009].includes(code) || (code >= 4500 && code <= 4999)) return 'stop';
  return code === 1012 || code === 4003 ? 'spread' : 'retry';
}

/* Delays in ms, longer from try to try, each from the whole range, lest many clients return together. */
export class Backoff {
  constructor({ random }) {
    this.random = random;
    this.tries = 0;
  }

  next() {
    const most = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(this.tries, 20));
    this.tries += 1;
    return this.random() * most;
  }

  spread() {
    this.tries += 1;
    return this.random() * SPREAD_MS;
  }

  reset() {
    this.tries = 0;
  }
}
