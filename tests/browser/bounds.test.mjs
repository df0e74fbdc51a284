// What opening the chat costs, and that neither a long past nor a fast present makes it slow.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { launchBrowser, startServer, writeConf } from './harness.mjs';
import { leave, live, say, shows, visit } from './support.mjs';

const MOST_BYTES = 60000;
const MOST_NODES = 6000;

let browser, folder, server;

before(async () => {
  folder = writeConf({ rate: '0', 'history-count': '10000', 'history-bytes': '67108864', 'room-log-bytes': '8388608' });
  server = await startServer(folder);
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  const status = await server?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
  assert.equal(status, 0);
});

// Says `count` numbered messages into a room, `perSecond` of them a second or as fast as it goes. Runs in
// a page of its own.
async function chatter(room, count, perSecond) {
  const page = await visit(browser, `${server.url}ip.html`);
  await page.evaluate(({ room, count, perSecond }) => new Promise((resolve) => {
    const socket = new WebSocket(`ws://${location.host}/chat`, 'chat-room');
    let said = 0;
    let done = 0;
    let begun = 0; // when it was in the room
    const most = () => (perSecond ? Math.min(count, Math.ceil((performance.now() - begun) / 1000 * perSecond)) : Math.min(count, done + 200));
    const talk = () => {
      for (; said < most(); said++) socket.send(JSON.stringify({ type: 'message', id: said, room, cid: `c${said}`, text: `number ${said + 1}` }));
    };
    if (perSecond) setInterval(() => { if (begun && socket.readyState === 1) talk(); }, 20);
    socket.onmessage = ({ data }) => {
      const { type, id } = JSON.parse(data);
      if (type === 'welcome') socket.send(JSON.stringify({ type: 'join', room, history: 0, id: 'join' }));
      if (type === 'joined') {
        begun = performance.now();
        talk();
      }
      if (type === 'ok' && ++done === count) resolve(socket.close(1000));
      else if (type === 'ok' && !perSecond) talk();
    };
  }), { room, count, perSecond });
  await page.context().close();
}

async function cold(where) {
  const page = await visit(browser, 'about:blank');
  const bodies = [];
  page.on('response', (response) => bodies.push(response.body().then((body) => [new URL(response.url()).pathname, body.length])));
  await page.goto(server.url + where);
  await page.waitForLoadState('networkidle');
  return { page, loaded: async () => {
    // Chromium may tell of a picture twice that it has loaded once.
    const sizes = [...new Map(await Promise.all(bodies))];
    return { sizes, sum: sizes.reduce((sum, [, size]) => sum + size, 0) };
  } };
}

test('opened cold, everything until the first message is less than 60 KB', async () => {
  await chatter('cold', 60);
  const { page, loaded } = await cold('?room=cold&name=Ann');
  await live(page);
  await shows(page, 'number 60');
  await page.locator('#people-list li', { hasText: 'Ann' }).waitFor();
  const { sizes, sum } = await loaded();
  assert.ok(sum < MOST_BYTES, `${sum}: ${JSON.stringify(sizes)}`);
  assert.ok(sizes.length > 5);
  await leave(page);
});

test('so it is with the question for name and room', async () => {
  const { page, loaded } = await cold('');
  await page.waitForSelector('#enter[open]');
  const { sizes, sum } = await loaded();
  assert.ok(sum < MOST_BYTES, `${sum}: ${JSON.stringify(sizes)}`);
  await leave(page);
});

test('the first message does not move once it is seen', async () => {
  await chatter('steady', 60);
  const page = await visit(browser, 'about:blank');
  await page.addInitScript(() => {
    window.shifts = 0;
    new PerformanceObserver((list) => { for (const { value } of list.getEntries()) window.shifts += value; })
      .observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(`${server.url}?room=steady&name=Ann`);
  await live(page);
  await shows(page, 'number 60');
  await page.locator('#people-list li', { hasText: 'Ann' }).waitFor();
  await page.waitForLoadState('networkidle');
  const shifts = await page.evaluate(() => new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(window.shifts)));
  }));
  assert.ok(shifts < 0.02, String(shifts));
  await leave(page);
});

test('10,000 messages are scrolled through with a bounded number of nodes, in order, and back', async () => {
  await chatter('long', 10000);
  const page = await visit(browser, `${server.url}?room=long&name=Ann`);
  await live(page);
  await shows(page, 'number 10000');
  const first = page.locator('#log .bubble', { hasText: /^number 1$/ });
  const most = await page.evaluate(async () => {
    const box = document.querySelector('#log-box');
    let nodes = 0;
    const frame = () => new Promise(requestAnimationFrame);
    const numbers = () => [...document.querySelectorAll('#log .bubble')].map(({ textContent }) => Number(textContent.slice(7)));
    for (let tries = 0; tries < 6000 && numbers()[0] !== 1; tries++) {
      box.scrollTop = 0;
      await frame();
      nodes = Math.max(nodes, document.querySelectorAll('*').length);
      const seen = numbers();
      if (seen.some((number, i) => i > 0 && number !== seen[i - 1] + 1)) throw new Error(`out of order: ${seen}`);
    }
    return nodes;
  });
  await first.waitFor({ state: 'attached' });
  assert.ok(most < MOST_NODES, String(most));
  const back = await page.evaluate(async () => {
    const box = document.querySelector('#log-box');
    for (let tries = 0; tries < 3000 && ![...document.querySelectorAll('#log .bubble')].at(-1).textContent.endsWith(' 10000'); tries++) {
      box.scrollTop = box.scrollHeight;
      await new Promise(requestAnimationFrame);
    }
    return document.querySelectorAll('*').length;
  });
  await shows(page, 'number 10000');
  assert.ok(back < MOST_NODES, String(back));
  await say(page, 'and one more');
  await shows(page, 'and one more');
  await leave(page);
});

test('200 messages a second are drawn without long frames, and nodes stay bounded', async () => {
  const page = await visit(browser, `${server.url}?room=fast&name=Ann`);
  await live(page);
  await page.evaluate(() => {
    window.frames_ = [];
    let last = performance.now();
    const frame = (now) => {
      window.frames_.push(now - last);
      last = now;
      window.nodes = Math.max(window.nodes ?? 0, document.querySelectorAll('*').length);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await chatter('fast', 1000, 200);
  await shows(page, 'number 1000');
  const { frames, nodes } = await page.evaluate(() => ({ frames: window.frames_.sort((a, b) => a - b), nodes: window.nodes }));
  assert.ok(nodes < MOST_NODES, String(nodes));
  // Generous, for a busy machine: half of the frames are smooth, nearly none stands still.
  assert.ok(frames[Math.floor(frames.length / 2)] < 100, `half of the frames: ${frames[Math.floor(frames.length / 2)]}`);
  assert.ok(frames[Math.floor(frames.length * 0.98)] < 500, `nearly all: ${frames[Math.floor(frames.length * 0.98)]}`);
  await leave(page);
});
