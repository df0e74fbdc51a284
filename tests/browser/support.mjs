// What the tests in a browser share: people who enter, write and read, and a false chat server.
import assert from 'node:assert/strict';

export const live = (page) => page.waitForSelector('#state[data-state=live]', { timeout: 60000 });
export const shows = (page, text) => page.locator('#log', { hasText: text }).first().waitFor();

// What a browser says by itself when a connection fails.
export const LOST = /^WebSocket connection to .* failed|net::ERR_/;

// Somebody in a profile of their own. What the console complains of is kept in `page.complaints`, but for
// what `mayComplain` matches.
export async function visit(browser, url, { mayComplain, before, ...options } = {}) {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !mayComplain?.test(message.text())) page.complaints.push(message.text());
  });
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  await before?.(page);
  await page.goto(url);
  return page;
}

export const address = ({ url }, name, room) => `${url}?room=${room}&name=${encodeURIComponent(name)}`;

// Somebody who is in a room of the server.
export async function enter(browser, server, name, room, options) {
  const page = await visit(browser, address(server, name, room), options);
  await live(page);
  return page;
}

export async function say(page, text) {
  await page.fill('#text', text);
  await page.press('#text', 'Enter');
}

// Somebody has begun to write, so that what writing needs is loaded.
export async function begin(page) {
  await page.fill('#text', 'x');
  await page.waitForSelector('#send:enabled');
  await page.fill('#text', '');
}

// For what happens outside of the page.
export async function until(page, isTrue) {
  const end = Date.now() + 30000;
  while (!isTrue()) {
    assert.ok(Date.now() < end, `waited in vain: ${isTrue}`);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

export function leave(...pages) {
  for (const page of pages) assert.deepEqual(page.complaints, []);
  return Promise.all(pages.map((page) => page.context().close()));
}

// For `before` of visit: the page's WebSockets end at a false server, which lets it in with `joined` (more
// members of that frame) and `messages` as its past. All requests go to answer(frame, reply) first, and a
// join that it answered (true) is not let in. `talk.send(frame)` and `talk.close(code, reason)` go to the
// newest socket.
export function falseServer({ joined = {}, messages = [], answer = () => false } = {}) {
  const talk = { joined, answer, sockets: 0, sent: [],
    before: (page) => page.routeWebSocket(/\/chat$/, (socket) => {
      talk.sockets += 1;
      talk.send = (frame) => socket.send(JSON.stringify(frame));
      talk.close = (code, reason) => socket.close({ code, reason });
      socket.onMessage((text) => {
        const frame = JSON.parse(text);
        talk.sent.push(frame);
        const reply = (more) => {
          talk.send({ id: frame.id, room: frame.room, ...more });
          return true;
        };
        if (talk.answer(frame, reply) || frame.type !== 'join') return;
        reply({ type: 'joined', nick: frame.nick, user: 'u1', epoch: 'e1', offset: messages.at(-1)?.offset ?? 0, replay: messages.length,
          missed: null, participants: [{ nick: frame.nick, user: 'u1' }], count: 1, ...talk.joined });
        for (const message of messages) talk.send({ type: 'message', room: frame.room, replay: true, ...message });
      });
      talk.send({ type: 'welcome', protocol: 1, session: 's1', user: 'u1', time: new Date().toISOString(), ping_interval: 25,
        limits: { message_bytes: 4096, rate: 5, burst: 20, nick_chars: 32, rooms: 8 }, default_room: 'lobby' });
    }) };
  return talk;
}
