// What people do with one another on the chat page: whisper, name, type, move between rooms, moderate.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { launchBrowser, startServer, writeConf } from './harness.mjs';
import * as support from './support.mjs';
import { falseServer, leave, live, say, shows, visit } from './support.mjs';

let browser, folder, server;

before(async () => {
  folder = writeConf({ 'watched:secret': 'open sesame', 'closing:secret': 'open sesame', 'locked:pin': '1234' });
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

// A hidden tab cannot be had without a window; what the page asks is answered as in one.
const hide = (page, hidden = true) => page.evaluate((is) => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => is });
  document.dispatchEvent(new Event('visibilitychange'));
}, hidden);

test('a whisper is for the one whom it names', async () => {
  const ann = await enter('Ann', 'hush');
  const bob = await enter('Bob B', 'hush');
  const eve = await enter('Eve', 'hush');
  await ann.locator('#people-list li', { hasText: 'Bob B' }).waitFor();
  await say(ann, '/w bob b only for you');
  await bob.locator('.row.whisper', { hasText: 'only for you' }).waitFor();
  const own = ann.locator('.row.whisper.own', { hasText: 'only for you' });
  await own.waitFor();
  assert.match(await own.textContent(), /whispered to Bob B/);
  await say(ann, 'for all');
  await shows(eve, 'for all');
  assert.equal(await eve.locator('#log', { hasText: 'only for you' }).count(), 0);
  await say(ann, '/w nobody psst');
  await ann.locator('.note', { hasText: 'Nobody here is called nobody' }).waitFor();
  await leave(ann, bob, eve);
});

test('a click on a person begins a whisper', async () => {
  const ann = await enter('Ann', 'click');
  const wei = await enter('小薇', 'click');
  await ann.locator('#people-list button', { hasText: '小薇' }).click();
  await ann.locator('.sheet button', { hasText: 'Whisper' }).click();
  assert.equal(await ann.inputValue('#text'), '/w 小薇 ');
  await ann.keyboard.type('psst');
  await ann.keyboard.press('Enter');
  await wei.locator('.row.whisper', { hasText: 'psst' }).waitFor();
  await leave(ann, wei);
});

test('commands: names, people, doing something, help, and none that there is not', async () => {
  const ann = await enter('Ann', 'orders');
  const bob = await enter('Bob', 'orders');
  await say(ann, '/nick Anna');
  await bob.locator('.note', { hasText: 'Ann is now Anna' }).waitFor();
  await say(ann, '/me waves');
  const does = bob.locator('.bubble.does', { hasText: 'waves' });
  await does.waitFor();
  assert.equal(await does.textContent(), 'Anna waves');
  await say(ann, '/who');
  await ann.locator('.note', { hasText: 'Here: Anna, Bob' }).waitFor();
  await say(ann, '/help');
  await ann.locator('.note', { hasText: '/w name text' }).waitFor();
  for (const command of ['dance', 'constructor', '']) {
    await say(ann, `/${command} now`);
    await ann.locator('.note', { hasText: `There is no command /${command}.` }).first().waitFor();
  }
  assert.equal(await bob.locator('#log', { hasText: 'dance' }).count(), 0);
  await leave(ann, bob);
});

test('who types is told below the conversation, until it is said', async () => {
  const ann = await enter('Ann', 'typing');
  const bob = await enter('Bob', 'typing');
  const sent = [];
  const watched = await visit(browser, 'about:blank');
  watched.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(JSON.parse(payload))));
  await watched.goto(address('Wei', 'typing'));
  await live(watched);
  await watched.locator('#text').pressSequentially('a longer sentence', { delay: 10 });
  await bob.locator('#typing', { hasText: 'Wei is typing' }).waitFor();
  assert.equal(sent.filter(({ type }) => type === 'typing').length, 1);
  await ann.locator('#text').pressSequentially('hm');
  await bob.locator('#typing', { hasText: 'Wei and Ann are typing' }).waitFor();
  await watched.keyboard.press('Enter');
  await bob.locator('#typing', { hasText: /^Ann is typing$/ }).waitFor();
  await ann.fill('#text', '');
  await bob.waitForFunction(() => document.querySelector('#typing').textContent === '');
  await leave(ann, bob, watched);
});

test('what comes while nobody looks is counted in the title, marked, and said by a notification', async () => {
  const ann = await enter('Ann', 'unread');
  await ann.evaluate(() => {
    window.notes = [];
    window.Notification = class {
      static permission = 'default';
      static requestPermission = async () => { window.asked = true; return (window.Notification.permission = 'granted'); };
      constructor(title, { body }) { window.notes.push([title, body]); }
    };
  });
  const bob = await enter('Bob', 'unread');
  await say(bob, 'Ann, before');
  await ann.locator('.row.mention', { hasText: 'Ann, before' }).waitFor();
  assert.equal(await ann.evaluate(() => window.asked), undefined);
  await ann.click('#about-button');
  await ann.locator('.sheet button', { hasText: 'Notify me' }).click();
  await ann.locator('.sheet button', { hasText: 'No more notifications' }).waitFor();
  await ann.keyboard.press('Escape');
  await hide(ann);
  await say(bob, 'nothing special');
  await say(bob, 'are you there, ann?');
  await ann.waitForFunction(() => document.title.startsWith('(2) #unread'));
  assert.deepEqual(await ann.evaluate(() => window.notes), [['Bob · #unread', 'are you there, ann?']]);
  assert.match(await ann.locator('.note.fresh + .row').innerText(), /nothing special/);
  await hide(ann, false);
  await ann.waitForFunction(() => document.title.startsWith('#unread'));
  assert.equal(await ann.locator('.note.fresh').count(), 1);
  await say(bob, 'seen at once');
  await shows(ann, 'seen at once');
  await hide(ann);
  await say(bob, 'and another');
  await ann.locator('.note.fresh + .row', { hasText: 'and another' }).waitFor({ state: 'attached' });
  assert.equal(await ann.locator('.note.fresh').count(), 1);
  await leave(ann, bob);
});

test('several rooms are tabs over one connection, and a reload has them all', async () => {
  const ann = await visit(browser, 'about:blank');
  let sockets = 0;
  ann.on('websocket', () => { sockets += 1; });
  await ann.goto(address('Ann', 'first'));
  await live(ann);
  await say(ann, 'said in the first');
  await shows(ann, 'said in the first');
  await say(ann, '/join second');
  await ann.waitForFunction(() => document.title.startsWith('#second'));
  await ann.locator('.tab', { hasText: '#second' }).locator('[aria-current]').waitFor();
  assert.match(ann.url(), /room=second&name=Ann/);
  assert.equal(await ann.locator('#log', { hasText: 'said in the first' }).count(), 0);
  await ann.fill('#text', 'half a thought');
  const bob = await enter('Bob', 'first');
  await say(bob, 'anybody?');
  await ann.locator('.tab', { hasText: '#first' }).locator('.badge', { hasText: '1' }).waitFor();
  await ann.waitForFunction(() => document.title.startsWith('(1) #second'));
  await ann.locator('.tab button', { hasText: '#first' }).click();
  await shows(ann, 'anybody?');
  assert.equal(await ann.inputValue('#text'), '');
  await ann.locator('.tab button', { hasText: '#second' }).click();
  assert.equal(await ann.inputValue('#text'), 'half a thought');
  assert.equal(sockets, 1);
  await ann.reload();
  await live(ann);
  await ann.locator('.tab', { hasText: '#first' }).waitFor();
  assert.equal(await ann.inputValue('#text'), 'half a thought');
  await ann.locator('.tab', { hasText: '#first' }).locator('.close').click();
  await bob.locator('.note', { hasText: 'Ann left' }).waitFor();
  await ann.waitForFunction(() => document.querySelector('.tabs').hidden);
  await leave(ann, bob);
});

test('a room with a PIN asks for it', async () => {
  const ann = await visit(browser, address('Ann', 'locked'));
  await ann.locator('.sheet input').fill('9999');
  await ann.keyboard.press('Enter');
  await ann.locator('.sheet .said', { hasText: 'The PIN is wrong' }).waitFor();
  await ann.keyboard.press('Escape');
  await ann.click('#state-retry');
  await ann.locator('.sheet input').fill('1234');
  await ann.keyboard.press('Enter');
  await live(ann);
  await leave(ann);
});

async function moderate(page, secret) {
  await page.click('#about-button');
  await page.locator('.sheet input[type=password]').fill(secret);
  await page.keyboard.press('Enter');
}

async function act(page, person, action) {
  await page.locator('#people-list button', { hasText: person }).click();
  await page.locator('.sheet input').fill('so it is');
  await page.locator('.sheet button', { hasText: action }).click();
  await page.locator('.sheet').waitFor({ state: 'detached' });
}

test('the secret of a room opens announcements, mutes, kicks and bans', async () => {
  const ann = await enter('Ann', 'watched');
  const bob = await enter('Bob', 'watched');
  const eve = await enter('Eve', 'quiet-room');
  await moderate(ann, 'wrong');
  await ann.locator('.sheet .said', { hasText: 'The secret is wrong' }).waitFor();
  await ann.locator('.sheet input[type=password]').fill('open sesame');
  await ann.keyboard.press('Enter');
  await ann.locator('.sheet label', { hasText: 'Announcement' }).locator('input').fill('tea at four');
  await ann.keyboard.press('Enter');
  await bob.locator('.row.announcement', { hasText: 'tea at four' }).waitFor();
  await ann.keyboard.press('Escape');
  await act(ann, 'Bob', 'Mute');
  await say(bob, 'can you hear me');
  await bob.locator('.row.failed', { hasText: 'You may not write for a while' }).waitFor();
  await say(eve, '/join watched');
  await ann.locator('#people-list button', { hasText: 'Eve' }).waitFor();
  await act(ann, 'Eve', 'Remove');
  await eve.locator('#state-text', { hasText: 'You were removed from the room: kicked: so it is' }).waitFor();
  await eve.locator('.tab button', { hasText: '#quiet-room' }).click();
  await live(eve);
  await act(ann, 'Bob', 'Ban');
  await bob.locator('#state-text', { hasText: 'banned for 600 s: so it is' }).waitFor();
  await bob.click('#state-retry');
  await bob.locator('#state-text', { hasText: 'You are banned from this room' }).waitFor();
  await leave(ann, bob, eve);
});

test('a room that is closed says so', async () => {
  const ann = await enter('Ann', 'closing');
  const bob = await enter('Bob', 'closing');
  await moderate(ann, 'open sesame');
  const close = ann.locator('.sheet .danger');
  await close.click();
  assert.equal(await bob.getAttribute('#state', 'data-state'), 'live');
  await close.click();
  await bob.locator('#state-text', { hasText: 'The room was closed' }).waitFor();
  await bob.click('#state-retry');
  await live(bob);
  await leave(ann, bob);
});

test('the panel about the chat has the limits of the server', async () => {
  const ann = await enter('Ann', 'limits');
  await ann.click('#about-button');
  const said = await ann.locator('.sheet dl').innerText();
  for (const limit of ['4096 bytes', '5 a second, 20 at once', '32 characters', '25 s']) assert.ok(said.includes(limit), said);
  await leave(ann);
});

test('an invitation is copied, and whoever follows it chooses a name and is in the room', async () => {
  const ann = await enter('Ann', 'invited', { permissions: ['clipboard-read', 'clipboard-write'] });
  await ann.click('#invite');
  await ann.locator('#invite', { hasText: 'Copied' }).waitFor();
  const link = await ann.evaluate(() => navigator.clipboard.readText());
  assert.equal(link, `${server.url}?room=invited`);
  const bob = await visit(browser, link);
  await bob.fill('#name', '小博');
  assert.equal(await bob.inputValue('#room'), 'invited');
  await bob.click('#enter-submit');
  await live(bob);
  await ann.locator('#people-list li', { hasText: '小博' }).waitFor();
  await bob.waitForURL((url) => url.searchParams.get('name') === '小博');
  await leave(ann, bob);
});

const past = ['2026-01-05T15:30:00.000Z', '2026-01-05T16:30:00.000Z', new Date().toISOString()].map((time, i) => (
  { offset: i + 1, time, from: { nick: 'Bob', user: 'u2' }, text: `number ${i + 1}` }));
for (const [timezoneId, times, days] of [['Asia/Shanghai', ['23:30', '00:30'], ['Monday 5 January 2026', 'Tuesday 6 January 2026', 'Today']],
  ['America/New_York', ['10:30', '11:30'], ['Monday 5 January 2026', 'Today']]]) {
  test(`times and days are those of the reader: ${timezoneId}`, async () => {
    const ann = await visit(browser, address('Ann', 'zones'), { timezoneId, before: falseServer({ messages: past }).before });
    await shows(ann, 'number 3');
    assert.deepEqual((await ann.locator('.row.message time').allInnerTexts()).slice(0, 2), times);
    assert.deepEqual((await ann.locator('.note.day').allInnerTexts()).map((text) => text.replace(',', '')), days);
    await leave(ann);
  });
}
