// What may go wrong for one person: storage that is off, parts that come late or never, servers that refuse,
// crowds, endless words, writing from the right, huge letters, other colours.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { launchBrowser, startServer, writeConf } from './harness.mjs';
import { startProxy } from './proxy.mjs';
import * as support from './support.mjs';
import { begin, falseServer, leave, live, LOST, say, shows, until, visit } from './support.mjs';

let browser, folder, server;

before(async () => {
  folder = writeConf();
  server = await startServer(folder);
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  const status = await server?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
  assert.equal(status, 0);
});

const address = (name, room) => support.address(server, name, room);
const enter = (...who) => support.enter(browser, server, ...who);
const bubbles = (page) => page.locator('#log .bubble').allInnerTexts();
const tooWide = (page) => page.evaluate(() => [...document.querySelectorAll('body *')]
  .filter((node) => node.checkVisibility() && !node.closest('.offscreen, .skip, .tabs, #room-name') && node.getBoundingClientRect().right > innerWidth + 0.5)
  .map(({ outerHTML }) => outerHTML.slice(0, 80)));

test('a message that was never sent is still there after a reload, and goes out once', async () => {
  const ann = await enter('Ann', 'unsent');
  const bob = await enter('Bob', 'unsent');
  await begin(ann);
  await ann.evaluate(() => { WebSocket.prototype.send = () => {}; }); // the network swallows it
  await say(ann, 'lost on the way');
  await ann.waitForSelector('.row.sending');
  await ann.reload();
  await live(ann);
  const kept = ann.locator('.row.failed', { hasText: 'lost on the way' });
  await kept.waitFor();
  assert.deepEqual(await bubbles(bob), []);
  await kept.getByRole('button', { name: 'Retry' }).click();
  await shows(bob, 'lost on the way');
  await ann.locator('[data-outgoing]').waitFor({ state: 'detached' });
  assert.deepEqual(await bubbles(ann), ['lost on the way']);
  await ann.reload();
  await live(ann);
  await shows(ann, 'lost on the way');
  assert.equal(await ann.locator('.row.failed').count(), 0);
  await leave(ann, bob);
});

test('a message that arrived without an answer is not there twice after a reload', async () => {
  const proxy = await startProxy(server);
  const ann = await support.enter(browser, proxy, 'Ann', 'unheard-of', { mayComplain: LOST });
  const bob = await enter('Bob', 'unheard-of');
  await begin(ann);
  proxy.mute();
  await say(ann, 'only once');
  await shows(bob, 'only once');
  await ann.waitForSelector('.row.sending');
  proxy.mend();
  await ann.reload();
  await live(ann);
  await shows(ann, 'only once');
  await say(ann, 'and on');
  await shows(ann, 'and on');
  await shows(bob, 'and on');
  for (const page of [ann, bob]) assert.deepEqual(await bubbles(page), ['only once', 'and on']);
  assert.equal(await ann.locator('[data-outgoing]').count(), 0);
  await leave(ann, bob);
  await proxy.stop();
});

for (const [what, before_] of [['is off', () => {
  for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });
}], ['is full', () => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }]]) {
  test(`both pages work where storage ${what}`, async () => {
    const options = { before: (page) => page.addInitScript(before_) };
    const ann = await enter('Ann', 'no-storage', options);
    await say(ann, 'nothing is kept');
    await shows(ann, 'nothing is kept');
    await ann.locator('nav [data-language-switch]').click();
    await ann.locator('#state-text', { hasText: '已连接' }).waitFor();
    const addresses = await visit(browser, `${server.url}ip.html?ip=10.0.0.1`, options);
    await addresses.locator('tbody', { hasText: 'Private network' }).waitFor();
    await leave(ann, addresses);
  });
}

test('what is written before its part of the page has come is sent when it comes', async () => {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  const ann = await enter('Ann', 'slow-part', { before: (page) => page.route('**/js/writing.js', async (route) => {
    await held;
    await route.continue();
  }) });
  await say(ann, 'quick fingers');
  assert.equal(await ann.inputValue('#text'), '');
  release();
  await shows(ann, 'quick fingers');
  await ann.locator('[data-outgoing]').waitFor({ state: 'detached' });
  assert.deepEqual(await bubbles(ann), ['quick fingers']);
  await leave(ann);
});

test('a part that can\'t be loaded says so once, keeps what was written, and is tried again', async () => {
  const ann = await enter('Ann', 'no-part', { mayComplain: LOST, before: (page) => page.route('**/js/writing.js*', (route) => route.abort()) });
  await say(ann, 'keep this');
  const told = ann.locator('.note', { hasText: 'This part of the page could not be loaded' });
  await told.waitFor();
  await ann.waitForFunction(() => document.querySelector('#text').value === 'keep this');
  assert.equal(await told.count(), 1);
  await ann.unroute('**/js/writing.js*');
  await ann.press('#text', 'Enter');
  await shows(ann, 'keep this');
  assert.equal(await ann.inputValue('#text'), '');
  await leave(ann);
});

test('every way to be refused is said in words, and what is written then fails in place', async () => {
  const talk = falseServer();
  const ann = await visit(browser, address('Ann', 'refused'), { before: talk.before });
  await live(ann);
  await begin(ann);
  const words = { 1009: 'The message was too large', 4500: 'Too many messages', 4501: 'removed from the room: kicked: off topic',
    4503: 'continues in another tab', 4504: 'Too many connections', 4505: 'The server is full', 4506: 'waited too long', 4599: 'ended the connection (4599)' };
  for (const [code, text] of Object.entries(words)) {
    talk.close(Number(code), code === '4501' ? 'kicked: off topic' : '');
    await ann.locator('#state[data-state=refused] #state-text', { hasText: text }).waitFor();
    const sockets = talk.sockets;
    await ann.click('#state-retry');
    await live(ann);
    assert.equal(talk.sockets, sockets + 1);
  }
  talk.close(4505, '');
  await ann.waitForSelector('#state[data-state=refused]');
  await say(ann, 'is anybody there');
  await ann.locator('.row.failed', { hasText: 'is anybody there' }).waitFor();
  await leave(ann);
});

test('a wait is counted down, and ends at once when the network or the reader is back', async () => {
  const talk = falseServer({ answer: (frame, reply) => {
    if (frame.type === 'join') reply({ type: 'error', code: 503, reason: 'room-full', temporary: true, retry_after: 600000 });
    return true;
  } });
  const ann = await visit(browser, address('Ann', 'full'), { before: talk.before });
  for (const [wake, event] of [['online'], ['visibilitychange', 'document'], ['pageshow']]) {
    await ann.locator('#state[data-state=waiting] #state-text', { hasText: 'The room is full' }).waitFor();
    await ann.locator('#state-count', { hasText: /^· again in \d{3} s$/ }).waitFor();
    const before = talk.sockets;
    await ann.evaluate(([type, target]) => {
      (target ? document : window).dispatchEvent(type === 'pageshow' ? new PageTransitionEvent(type, { persisted: true }) : new Event(type));
    }, [wake, event]);
    await until(ann, () => talk.sockets > before); // the next try by itself would be ten minutes later
  }
  await until(ann, () => talk.sent.length === talk.sockets); // the last try is answered, too
  talk.answer = () => false;
  await ann.waitForSelector('#state[data-state=waiting]');
  await ann.click('#state-retry');
  await live(ann);
  await leave(ann);
});

test('in a crowd of 500 the first 200 are listed, the others counted, and /who asks anew', async () => {
  const people = Array.from({ length: 500 }, (_, i) => ({ nick: `person ${i}`, user: `p${i}` }));
  const talk = falseServer({ joined: { participants: people.slice(0, 200), count: 500 },
    answer: (frame, reply) => frame.type === 'participants' && reply({ type: 'participants', participants: people.slice(0, 200), count: 490, more: true }) });
  const ann = await visit(browser, address('Ann', 'crowd'), { before: talk.before, viewport: { width: 320, height: 640 } });
  await live(ann);
  await ann.click('#people-button');
  await ann.locator('#people-title', { hasText: '500 people here' }).waitFor();
  await ann.locator('#people-more', { hasText: 'and 300 more' }).waitFor();
  assert.equal(await ann.locator('#people-list li').count(), 200);
  assert.deepEqual(await tooWide(ann), []);
  await ann.click('#people-button');
  await say(ann, '/who');
  await ann.locator('.note', { hasText: 'and 290 more' }).waitFor();
  await ann.locator('#people-count', { hasText: '490' }).waitFor();
  for (const { nick, user } of people) talk.send({ type: 'leave', room: 'crowd', nick, user, reason: 'left', count: 1, time: new Date().toISOString() });
  await ann.locator('#people-count', { hasText: /^1$/ }).waitFor();
  assert.ok(await ann.evaluate(() => document.querySelectorAll('*').length) < 6000);
  await leave(ann);
});

test('a new name given while the connection is away is the name afterwards', async () => {
  const proxy = await startProxy(server);
  const ann = await support.enter(browser, proxy, 'Ann', 'renamed-away', { mayComplain: LOST });
  const bob = await enter('Bob', 'renamed-away');
  await ann.click('#settings-button'); // its part is there before the network goes
  await ann.click('#enter-cancel');
  await ann.evaluate(() => import('./js/room-requests.js'));
  proxy.cut();
  await ann.waitForSelector('#state[data-state=waiting]');
  await ann.click('#settings-button');
  await ann.fill('#name', '安娜');
  await ann.click('#enter-submit');
  await ann.locator('#enter').waitFor({ state: 'hidden' });
  proxy.mend();
  await live(ann);
  await bob.locator('#people-list', { hasText: '安娜' }).waitFor();
  await say(ann, 'it is still me');
  await bob.locator('.row.message', { hasText: 'it is still me' }).locator('.who', { hasText: '安娜' }).waitFor({ state: 'attached' });
  assert.match(decodeURIComponent(ann.url()), /name=安娜/);
  await leave(ann, bob);
  await proxy.stop();
});

test('a duplicated tab is a person of its own, also of a page that came back from the cache', async () => {
  const ann = await enter('Ann', 'doubled');
  for (const name of ['pagehide', 'pageshow']) await ann.evaluate((type) => { dispatchEvent(new PageTransitionEvent(type, { persisted: true })); }, name);
  const opened = ann.context().waitForEvent('page');
  await ann.evaluate(() => { window.open(location.href); }); // with a copy of what this tab remembers
  const twin = await opened;
  await live(twin);
  await twin.locator('#people-list .person', { hasText: 'Ann-2' }).locator('.tag').waitFor();
  await say(twin, 'from the second tab');
  await shows(ann, 'from the second tab');
  assert.equal(await ann.getAttribute('#state', 'data-state'), 'live');
  await leave(ann);
});

test('away to the addresses and back it is the same person in the same rooms', async () => {
  const ann = await enter('Ann', 'to-and-fro');
  const bob = await enter('Bob', 'to-and-fro');
  await say(ann, '/join second-room');
  await ann.locator('.tab').nth(1).waitFor();
  await ann.fill('#text', 'half a thought');
  await ann.click('nav a[href="ip.html"]');
  await ann.locator('#mine-ip', { hasText: '127.0.0.1' }).waitFor();
  await say(bob, 'said meanwhile');
  await shows(bob, 'said meanwhile');
  await ann.goBack();
  await live(ann);
  assert.equal(await ann.inputValue('#text'), 'half a thought');
  await ann.locator('.tab button', { hasText: '#to-and-fro' }).click();
  await shows(ann, 'said meanwhile');
  await bob.locator('#people-title', { hasText: '2 people here' }).waitFor();
  assert.equal(await bob.locator('.note', { hasText: 'Ann' }).count(), 0);
  await ann.goForward();
  await ann.locator('#mine-ip', { hasText: '127.0.0.1' }).waitFor();
  await leave(ann, bob);
});

test('writing from the right stays where it is written', async () => {
  const ann = await enter('Ann', 'right-to-left');
  const noa = await enter('נועה', 'right-to-left');
  await say(noa, 'שלום, abc 123!');
  const bubble = ann.locator('.bubble', { hasText: 'שלום' });
  await bubble.waitFor();
  assert.equal(await bubble.evaluate((node) => getComputedStyle(node).direction), 'rtl');
  // A character that turns all that follows it: it must end with the message.
  await say(noa, 'turned \u202e around');
  await shows(ann, 'turned');
  const time = await ann.locator('.row', { hasText: 'שלום' }).locator('time').innerText();
  assert.match(time, /^\d\d:\d\d$/);
  await say(noa, '/nick דנה');
  assert.match(await ann.locator('.note', { hasText: 'is now' }).innerText(), /^\u2068נועה\u2069 is now \u2068דנה\u2069/);
  await leave(ann, noa);
});

test('endless words make nothing wider than the window, the reason of a refusal among them', async () => {
  const talk = falseServer();
  for (const width of [320, 800]) {
    const ann = await visit(browser, address('W'.repeat(32), 'w'.repeat(64)), { before: talk.before, viewport: { width, height: 640 } });
    await live(ann);
    talk.send({ type: 'message', room: 'w'.repeat(64), offset: 1, time: new Date().toISOString(), from: { nick: 'M'.repeat(32), user: 'u2' }, text: `${'W'.repeat(4000)} https://example.org/${'w'.repeat(2000)}` });
    talk.send({ type: 'announcement', room: 'w'.repeat(64), offset: 2, time: new Date().toISOString(), text: 'W'.repeat(4000) });
    talk.send({ type: 'join', room: 'w'.repeat(64), nick: 'M'.repeat(32), user: 'u3', count: 2 });
    await ann.locator('.announcement').waitFor();
    await ann.locator('.bubble a').waitFor();
    assert.deepEqual(await tooWide(ann), []);
    talk.close(4502, `banned for 600 s: ${'W'.repeat(100)}`);
    await ann.locator('#state-text', { hasText: 'WWW' }).waitFor();
    assert.deepEqual(await tooWide(ann), []);
    assert.ok(await ann.locator('#state-retry').isVisible());
    await leave(ann);
  }
});

test('at 400 % of 1280 × 1024 the conversation, the box and the dialogs can be used', async () => {
  const options = { viewport: { width: 320, height: 256 } };
  const ann = await visit(browser, `${server.url}?room=huge`, options);
  await ann.fill('#name', 'Ann');
  await ann.click('#enter-submit'); // scrolled to
  await live(ann);
  await say(ann, 'still to be read');
  await shows(ann, 'still to be read');
  assert.deepEqual(await tooWide(ann), []);
  for (const part of ['.bubble', '#text', '#send', 'nav a[href="ip.html"]', 'nav [data-language-switch]', '#people-button', '#state'])
    assert.ok(await ann.locator(part).evaluate((node) => { const { top, bottom } = node.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; }), part);
  assert.ok((await ann.locator('#log-box').boundingBox()).height > 120);
  await ann.click('#people-button');
  await ann.click('#about-button');
  await ann.locator('.sheet button', { hasText: 'Close' }).click();
  const addresses = await visit(browser, `${server.url}ip.html?ip=10.0.0.1`, options);
  await addresses.locator('tbody', { hasText: 'Private network' }).waitFor();
  assert.ok(await addresses.evaluate(() => document.documentElement.scrollWidth) <= 320);
  await leave(ann, addresses);
});

test('with colours of one\'s own things are told apart by lines', async () => {
  const options = { forcedColors: 'active' };
  const ann = await enter('Ann', 'colours', options);
  const bob = await enter('Bob', 'colours');
  await say(bob, 'plain');
  await say(bob, 'to ann');
  await ann.locator('.mention').waitFor();
  const line = (page, selector) => page.locator(selector).first().evaluate((node) => {
    const { borderTopWidth, borderTopStyle, borderTopColor, backgroundColor } = getComputedStyle(node);
    return borderTopStyle === 'solid' && borderTopColor !== backgroundColor ? borderTopWidth : '0px';
  });
  assert.equal(await line(ann, '.bubble'), '1px');
  assert.equal(await line(ann, '.mention .bubble'), '2px');
  assert.equal(await line(ann, '#send'), '1px');
  const addresses = await visit(browser, `${server.url}ip.html?ip=14.130.112.24`, options);
  await addresses.locator('#map g').waitFor();
  const [land, dot] = await addresses.evaluate(() => [getComputedStyle(document.querySelector('.land')).fill, getComputedStyle(document.querySelector('.dot')).stroke]);
  assert.notEqual(land, dot);
  await leave(ann, bob, addresses);
});

test('a browser that allows notifications to others only harms nothing', async () => {
  const ann = await enter('Ann', 'throws', { before: (page) => page.addInitScript(() => {
    window.Notification = class {
      static permission = 'granted';
      static requestPermission = async () => 'granted';
      constructor() { throw new TypeError('Illegal constructor'); }
    };
    localStorage.setItem('lwshost.notify', '1');
    Object.defineProperty(document, 'hidden', { get: () => true });
  }) });
  const bob = await enter('Bob', 'throws');
  await say(bob, 'hello Ann');
  await ann.waitForFunction(() => document.title.startsWith('(1)'));
  await shows(ann, 'hello Ann');
  await leave(ann, bob);
});
