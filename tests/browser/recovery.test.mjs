// What people see when connections break: through a proxy that the tests cut, and a server that stops.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { launchBrowser, startServer, writeConf } from './harness.mjs';
import { startProxy } from './proxy.mjs';
import * as support from './support.mjs';
import { begin, leave, live, LOST, say } from './support.mjs';

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

const enter = (name, room, place = server) => support.enter(browser, place, name, room, { mayComplain: LOST });
const shows = (page, text) => page.locator('#log .bubble', { hasText: text }).first().waitFor();
const bubbles = (page) => page.locator('#log .bubble').allInnerTexts();

test('what was said while the connection was broken is there afterwards, in its place and once', async () => {
  const proxy = await startProxy(server);
  const ann = await enter('Ann', 'broken', proxy);
  const bob = await enter('Bob', 'broken');
  await begin(ann);
  await say(bob, 'before');
  await shows(ann, 'before');
  proxy.cut();
  await ann.waitForSelector('#state[data-state=waiting]');
  await say(bob, 'missed one');
  await shows(bob, 'missed one');
  await say(bob, 'missed two');
  await shows(bob, 'missed two');
  await say(ann, 'written while away');
  await ann.waitForSelector('.row.sending');
  assert.equal((await bubbles(bob)).length, 3);
  proxy.mend();
  await live(ann);
  const everything = ['before', 'missed one', 'missed two', 'written while away'];
  await shows(bob, 'written while away');
  await ann.waitForFunction(() => document.querySelectorAll('#log [data-outgoing]').length === 0);
  assert.deepEqual(await bubbles(ann), everything);
  assert.deepEqual(await bubbles(bob), everything);
  assert.equal(await ann.locator('.note.gap').count(), 0);
  await leave(ann, bob);
  await proxy.stop();
});

test('offline and online again', async () => {
  const proxy = await startProxy(server);
  const ann = await enter('Ann', 'offline', proxy);
  const bob = await enter('Bob', 'offline');
  await begin(ann);
  await ann.context().setOffline(true);
  proxy.cut();
  await ann.waitForSelector('#state[data-state=waiting]');
  await say(ann, 'from the tunnel');
  await ann.waitForSelector('.row.sending');
  await say(bob, 'missed');
  await shows(bob, 'missed');
  proxy.mend();
  await ann.context().setOffline(false);
  await live(ann);
  await shows(bob, 'from the tunnel');
  await ann.locator('[data-outgoing]').waitFor({ state: 'detached' });
  for (const page of [ann, bob]) assert.deepEqual(await bubbles(page), ['missed', 'from the tunnel']);
  await leave(ann, bob);
  await proxy.stop();
});

test('a message whose answer got lost is not doubled', async () => {
  const proxy = await startProxy(server);
  const ann = await enter('Ann', 'unheard', proxy);
  const bob = await enter('Bob', 'unheard');
  await begin(ann);
  proxy.mute();
  await say(ann, 'only once');
  await shows(bob, 'only once');
  assert.equal(await ann.locator('.row.sending').count(), 1);
  proxy.cut();
  await ann.waitForSelector('#state[data-state=waiting]');
  proxy.mend();
  await live(ann);
  await ann.waitForFunction(() => document.querySelectorAll('#log [data-outgoing]').length === 0);
  await say(ann, 'the next');
  await shows(bob, 'the next');
  await shows(ann, 'the next');
  assert.deepEqual(await bubbles(bob), ['only once', 'the next']);
  assert.deepEqual(await bubbles(ann), ['only once', 'the next']);
  await leave(ann, bob);
  await proxy.stop();
});

test('a reload keeps the name, and the others hear nothing of it', async () => {
  const ann = await enter('Ann', 'reload');
  const bob = await enter('Bob', 'reload');
  await ann.reload();
  await live(ann);
  await say(ann, 'still me');
  await bob.locator('#log .message', { hasText: 'still me' }).locator('.who', { hasText: /^Ann$/ }).waitFor({ state: 'attached' });
  assert.equal(await bob.locator('.note.event', { hasText: 'Ann' }).count(), 0);
  assert.deepEqual(await bob.locator('#people-list .nick').allInnerTexts().then((names) => names.sort()), ['Ann', 'Bob']);
  await leave(ann, bob);
});

test('after a reload a broken connection comes back as the same person', async () => {
  const proxy = await startProxy(server);
  const ann = await enter('Ann', 'reloaded', proxy);
  await ann.reload();
  await live(ann);
  proxy.cut();
  await ann.waitForSelector('#state[data-state=waiting]');
  proxy.mend();
  await live(ann);
  const bob = await enter('Bob', 'reloaded');
  await bob.locator('#people-title', { hasText: '2 people here' }).waitFor();
  assert.deepEqual(await bob.locator('#people-list .nick').allInnerTexts().then((names) => names.sort()), ['Ann', 'Bob']);
  await leave(ann, bob);
  await proxy.stop();
});

test('a server that forgot everything leaves a gap to be seen, and the way back is told', async () => {
  const ann = await enter('Ann', 'forgetful');
  await say(ann, 'before the stop');
  await shows(ann, 'before the stop');
  const { port } = server;
  assert.equal(await server.stop(), 0);
  await ann.waitForSelector('#state[data-state=waiting]');
  await ann.locator('#state-text', { hasText: 'Server not reachable' }).waitFor({ timeout: 20000 });
  assert.ok(await ann.locator('#state-retry').isVisible());
  server = await startServer(folder, port);
  await live(ann);
  await ann.locator('.note.gap', { hasText: 'Messages may be missing here' }).waitFor();
  await say(ann, 'after the stop');
  await shows(ann, 'after the stop');
  assert.deepEqual(await bubbles(ann), ['before the stop', 'after the stop']);
  await leave(ann);
});

test('the same name twice is told apart', async () => {
  const one = await enter('Ann', 'twins');
  const two = await enter('ann', 'twins');
  await two.locator('#people-list .nick', { hasText: 'ann-2' }).waitFor();
  await two.locator('.note.event', { hasText: 'ann-2' }).waitFor();
  await leave(one);
  await two.locator('#people-list li').nth(1).waitFor({ state: 'detached' });
  await leave(two);
});
