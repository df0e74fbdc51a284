import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { launchBrowser, startServer, writeConf } from './harness.mjs';
import * as support from './support.mjs';
import { leave, live, LOST, say, shows, visit } from './support.mjs';

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

const open = (where, options) => visit(browser, server.url + where, options);
const enter = (...who) => support.enter(browser, server, ...who);

test('two tabs talk, in any script and with emoji, each message once', async () => {
  const ann = await enter('Ann', 'talk');
  const wei = await enter('小薇', 'talk', { locale: 'zh-CN' });
  await say(ann, 'hello there');
  await say(wei, '你好，安');
  await say(ann, '👩‍💻 🎉 👋🏽');
  for (const page of [ann, wei]) {
    await shows(page, 'hello there');
    await shows(page, '你好，安');
    await shows(page, '👩‍💻 🎉 👋🏽');
    await page.locator('#people-list li', { hasText: '小薇' }).waitFor();
    const text = await page.locator('#log').innerText();
    assert.equal(text.split('hello there').length, 2);
    assert.equal(text.split('你好，安').length, 2);
  }
  await leave(ann, wei);
});

test('a newcomer sees what was said before', async () => {
  const ann = await enter('Ann', 'past');
  await say(ann, 'said before you came');
  await shows(ann, 'said before you came');
  const bob = await enter('Bob', 'past');
  await shows(bob, 'said before you came');
  await leave(ann, bob);
});

test('links are links to what they say, and only to the web', async () => {
  const ann = await enter('Ann', 'links');
  await say(ann, 'see https://example.org/a?b=c, or javascript:alert(1)');
  const link = ann.locator('#log .bubble a');
  await link.waitFor();
  assert.equal(await link.count(), 1);
  assert.equal(await link.getAttribute('href'), 'https://example.org/a?b=c');
  assert.match(await link.getAttribute('rel'), /noopener/);
  await leave(ann);
});

test('a message that is too long is not sent, and Shift+Enter breaks the line', async () => {
  const ann = await enter('Ann', 'long');
  await ann.fill('#text', '长'.repeat(1366));
  await ann.locator('#bytes', { hasText: '2 bytes too long' }).waitFor();
  assert.ok(await ann.locator('#send').isDisabled());
  await ann.fill('#text', 'one');
  await ann.press('#text', 'Shift+Enter');
  await ann.locator('#text').pressSequentially('two');
  await ann.press('#text', 'Enter');
  await shows(ann, 'two');
  assert.equal(await ann.locator('#log .bubble').innerText(), 'one\ntwo');
  await leave(ann);
});

test('the keyboard is enough to come in, to write and to change the name', async () => {
  const ann = await open('?room=keys');
  await ann.waitForSelector('#enter[open]');
  await ann.keyboard.type('Ann');
  await ann.keyboard.press('Enter');
  await live(ann);
  await ann.keyboard.type('typed');
  await ann.keyboard.press('Enter');
  await shows(ann, 'typed');
  await ann.locator('#settings-button').focus();
  await ann.keyboard.press('Enter');
  await ann.waitForSelector('dialog[open]');
  await ann.keyboard.type('Anna');
  await ann.keyboard.press('Enter');
  await ann.locator('.note.event', { hasText: 'You are now Anna' }).waitFor();
  await ann.locator('#people-list li', { hasText: 'Anna' }).waitFor();
  await leave(ann);
});

test('whoever closed the entrance can still come in', async () => {
  const ann = await open('?room=shut');
  await ann.waitForSelector('#enter[open]');
  for (let i = 0; i < 3; i++) await ann.keyboard.press('Escape');
  await ann.locator('#enter').waitFor({ state: 'hidden' });
  await ann.click('#settings-button');
  await ann.fill('#name', 'Ann');
  await ann.click('#enter-submit');
  await live(ann);
  await ann.locator('#people-list li', { hasText: 'Ann' }).waitFor();
  await leave(ann);
});

test('after the server was away the page comes back, and what is sent then arrives', async () => {
  const ann = await enter('Ann', 'away', { mayComplain: LOST });
  await say(ann, 'before the stop');
  await shows(ann, 'before the stop');
  const { port } = server;
  assert.equal(await server.stop(), 0);
  await ann.waitForSelector('#state:not([data-state=live])');
  server = await startServer(folder, port);
  await live(ann);
  await say(ann, 'after the stop');
  await shows(ann, 'after the stop');
  const bob = await enter('Bob', 'away');
  await shows(bob, 'after the stop');
  await leave(ann, bob);
});

test('scripts that are not the page\'s own files do not run', async () => {
  const page = await open('ip.html');
  await page.evaluate(() => {
    document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.hit = 1' }));
    const image = document.createElement('img');
    image.setAttribute('onerror', 'window.hit = 1');
    image.src = 'nothing-here.png';
    const style = Object.assign(document.createElement('style'), { textContent: 'body { display: none }' });
    document.body.append(image, style);
    return new Promise((resolve) => { image.addEventListener('error', resolve); });
  });
  assert.equal(await page.evaluate(() => window.hit), undefined);
  assert.ok(await page.locator('h1').isVisible());
  for (const rule of ['inline script', 'inline event handler', 'inline style'])
    assert.ok(page.complaints.some((text) => text.includes(rule)), `${rule}: ${page.complaints.join('\n')}`);
  page.complaints = [];
  await leave(page);
});

test('older messages come when asked for, above what is being read', async () => {
  const ann = await enter('Ann', 'older');
  await ann.evaluate(() => new Promise((resolve) => {
    const socket = new WebSocket(`ws://${location.host}/chat`, 'chat-room');
    let next = 1;
    const say = () => socket.send(JSON.stringify({ type: 'message', room: 'older', text: `number ${next}`, cid: `c${next}`, id: next }));
    socket.onmessage = ({ data }) => {
      const { type, id, retry_after: wait } = JSON.parse(data);
      if (type === 'welcome') socket.send('{"type":"join","room":"older","id":"join"}');
      if (id === undefined) return;
      if (type === 'error') setTimeout(say, wait);
      else if (type === 'ok' && ++next > 60) resolve(socket.close(1000));
      else say();
    };
  }));
  await ann.reload();
  await shows(ann, 'number 60');
  assert.equal(await ann.locator('#log .bubble').count(), 50);
  const place = () => [...document.querySelectorAll('#log .bubble')].find(({ textContent }) => textContent === 'number 14')
    .getBoundingClientRect().y;
  const y = await ann.evaluate(`document.querySelector('#log-box').scrollTop = 0; (${place})()`);
  await ann.locator('#log .bubble', { hasText: /^number 1$/ }).waitFor();
  assert.ok(Math.abs(await ann.evaluate(place) - y) < 60);
  assert.deepEqual(await ann.locator('#log .bubble').allInnerTexts(), Array.from({ length: 60 }, (_, i) => `number ${i + 1}`));
  await ann.locator('#earlier').waitFor({ state: 'hidden' });
  await leave(ann);
});

test('both languages, and the switch between them', async () => {
  const page = await open('', { locale: 'zh-CN' });
  assert.equal(await page.evaluate(() => document.documentElement.lang.slice(0, 2)), 'zh');
  await page.locator('#enter [data-language-switch]').click();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
  await leave(page);
});

test('what stands in the conversation changes its language, too', async () => {
  const ann = await enter('Ann', 'tongues');
  await say(ann, 'hello');
  await shows(ann, 'hello');
  await ann.locator('.note.day', { hasText: 'Today' }).waitFor();
  await ann.locator('nav [data-language-switch]').click();
  await ann.locator('.note.day', { hasText: '今天' }).waitFor();
  await ann.locator('#people-title', { hasText: '1 人在线' }).waitFor();
  assert.equal(await ann.locator('#log .bubble').count(), 1);
  await ann.reload();
  await ann.locator('#state-text', { hasText: '已连接' }).waitFor();
  await leave(ann);
});
