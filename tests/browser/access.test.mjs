// Everybody can use the chat page: axe-core finds nothing serious, keyboards and input methods are
// enough, nothing is wider than 320 pixels, and what others write stays text.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { launchBrowser, startServer, writeConf } from './harness.mjs';
import { leave, live, say, shows, visit } from './support.mjs';

let browser, folder, server, axe;

before(async () => {
  // Nobody lingers between the tests: they share names and rooms.
  folder = writeConf({ 'shown:secret': 'open sesame', 'leave-delay': '0' });
  server = await startServer(folder);
  browser = await launchBrowser();
  axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
});

after(async () => {
  await browser?.close();
  const status = await server?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
  assert.equal(status, 0);
});

const address = (name, room) => `${server.url}?room=${room}&name=${encodeURIComponent(name)}`;

async function enter(name, room, options) {
  const page = await visit(browser, address(name, room), options);
  await live(page);
  return page;
}

// The page's own policy holds for the page; the check comes by the debugger.
async function check(page, state) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
  assert.deepEqual(serious.map(({ id, nodes }) => `${state}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`), []);
}

for (const colorScheme of ['light', 'dark']) {
  for (const locale of ['en-GB', 'zh-CN']) {
    test(`axe finds nothing serious: ${colorScheme}, ${locale}`, async () => {
      const options = { colorScheme, locale };
      const entrance = await visit(browser, server.url, options);
      await entrance.waitForSelector('#enter[open]');
      await check(entrance, 'entrance');
      const ann = await enter('Ann', 'shown', options);
      const bob = await enter('Bob', 'shown', options);
      await say(bob, 'hello Ann');
      await say(ann, '/me waves');
      await say(bob, '/w Ann psst');
      await ann.locator('.whisper').waitFor();
      await say(ann, '/join shown-too');
      await ann.locator('.tab').nth(1).waitFor();
      await check(ann, 'another room');
      await ann.locator('.tab button').first().click();
      await ann.locator('.whisper').waitFor();
      await check(ann, 'conversation');
      await ann.locator('#people-list button').click();
      await ann.waitForSelector('.sheet[open]');
      await check(ann, 'person');
      await ann.keyboard.press('Escape');
      await ann.click('#about-button');
      await ann.waitForSelector('.sheet[open]');
      await ann.locator('.sheet input[type=password]').fill('open sesame');
      await ann.keyboard.press('Enter');
      await ann.waitForSelector('.sheet .danger');
      await check(ann, 'about');
      await leave(entrance, ann, bob);
    });
  }
}

test('nothing that stands in it is wider than 320 pixels', async () => {
  const options = { viewport: { width: 320, height: 640 } };
  const ann = await enter('Ann', 'shown', options);
  const bob = await enter('W'.repeat(32), 'shown', options);
  await say(bob, 'W'.repeat(400));
  await say(bob, `/w Ann ${'W'.repeat(400)}`);
  await ann.locator('.whisper').waitFor();
  const fits = async () => assert.deepEqual(await ann.evaluate(() => [...document.querySelectorAll('body *')]
    .filter((node) => node.checkVisibility() && !node.closest('.offscreen, .skip, .tabs') && node.getBoundingClientRect().right > 320.5)
    .map(({ outerHTML }) => outerHTML.slice(0, 80))), []);
  await fits();
  for (const [n, room] of ['a-second-room', 'a-third-room', 'a-fourth-room'].entries()) {
    await say(ann, `/join ${room}`);
    await ann.locator('.tab').nth(n + 1).waitFor();
  }
  await fits();
  await ann.locator('.tab button').first().click();
  await ann.click('#people-button');
  await ann.locator('#people-list button').click();
  await ann.waitForSelector('.sheet[open]');
  await fits();
  await ann.keyboard.press('Escape');
  await ann.click('#about-button');
  await ann.waitForSelector('.sheet[open]');
  await fits();
  await leave(ann, bob);
});

test('the keyboard is enough for whispering and for the rooms, and the focus comes back', async () => {
  const ann = await enter('Ann', 'keyboard');
  const bob = await enter('Bob', 'keyboard');
  const person = ann.locator('#people-list button', { hasText: 'Bob' });
  await person.focus();
  const eve = await enter('Eve', 'keyboard');
  await ann.locator('#people-list li', { hasText: 'Eve' }).waitFor();
  assert.ok(await person.evaluate((node) => node === document.activeElement), 'somebody came and took the focus');
  await ann.keyboard.press('Enter');
  await ann.waitForSelector('.sheet[open]');
  await ann.keyboard.press('Escape');
  // The dialog closes in a turn of its own.
  await ann.waitForFunction(() => document.activeElement?.closest('#people-list') && document.activeElement.textContent.includes('Bob'));
  await ann.keyboard.press('Enter');
  await ann.waitForSelector('.sheet[open]');
  await ann.locator('.sheet button', { hasText: 'Whisper' }).focus();
  await ann.keyboard.press('Enter');
  await ann.keyboard.type('by keys');
  await ann.keyboard.press('Enter');
  await bob.locator('.whisper', { hasText: 'by keys' }).waitFor();
  assert.equal(await ann.evaluate(() => document.activeElement.id), 'text');
  await say(bob, 'this moves nothing');
  await shows(ann, 'this moves nothing');
  assert.equal(await ann.evaluate(() => document.activeElement.id), 'text');
  await ann.keyboard.type('/join keyboard-two');
  await ann.keyboard.press('Enter');
  await ann.locator('.tab').nth(1).waitFor();
  assert.equal(await ann.evaluate(() => document.activeElement.id), 'text');
  const log = ann.locator('#log-box');
  assert.deepEqual([await log.getAttribute('role'), await log.getAttribute('tabindex')], ['log', '0']);
  await ann.waitForSelector('#log-box[aria-live=polite]');
  await leave(ann, bob, eve);
});

test('an input method composes undisturbed: its Enter takes the word and sends nothing', async () => {
  const ann = await enter('Ann', 'ime');
  await ann.focus('#text');
  const input = await ann.context().newCDPSession(ann);
  await input.send('Input.imeSetComposition', { text: 'nihao', selectionStart: 5, selectionEnd: 5 });
  await input.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Process', code: 'Enter', windowsVirtualKeyCode: 229 });
  await ann.evaluate(() => document.querySelector('#text').dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true })));
  await ann.evaluate(() => document.querySelector('#text').dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true })));
  assert.equal(await ann.inputValue('#text'), 'nihao');
  await input.send('Input.insertText', { text: '你好' });
  assert.equal(await ann.inputValue('#text'), '你好');
  assert.equal(await ann.locator('#log .bubble').count(), 0);
  await ann.keyboard.press('Enter');
  await shows(ann, '你好');
  assert.equal(await ann.locator('#log .bubble').count(), 1);
  await leave(ann);
});

test('with reduced motion nothing moves by itself', async () => {
  const page = await visit(browser, address('Ann', 'still'), { reducedMotion: 'reduce' });
  await live(page);
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  await page.evaluate(() => { document.querySelector('#state').dataset.state = 'connecting'; });
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  await leave(page);
});

const corpus = ['<img src=x onerror=window.hit=1>', '<script>window.hit=1</script>', '"><svg onload=window.hit=1>',
  '\'"--><b id=hit>', 'javascript:window.hit=1', '<a href="javascript:window.hit=1">x</a>', '{{7*7}}${7*7}', '<iframe srcdoc="<script>parent.hit=1">',
  'https://x/"onmouseover="window.hit=1', 'https://x/<img/src=x/onerror=window.hit=1>', '&lt;b&gt;&#60;img src=x onerror=hit&#62;',
  '</textarea><img src=x onerror=window.hit=1>', '<math><mtext><style><img src=x onerror=window.hit=1>', '__proto__', 'constructor'];

test('markup in names, texts, whispers, announcements, reasons and the name of the room stays text', async () => {
  const ann = await enter('Ann', 'shown');
  const mallory = await enter('"><img src=x onerror=hit>', 'shown');
  const tags = await ann.evaluate(() => document.querySelectorAll('script, img, svg, iframe, math, style').length);
  for (const text of corpus) {
    await say(mallory, text);
    await ann.locator('#log .bubble').getByText(text, { exact: true }).last().waitFor();
  }
  await say(mallory, `/w Ann ${corpus[0]}`);
  await ann.locator('.whisper', { hasText: corpus[0] }).waitFor();
  await say(mallory, `/me ${corpus[1]}`);
  await ann.locator('.does', { hasText: corpus[1] }).waitFor();
  await say(mallory, `/${corpus[2]}`);
  await mallory.locator('.note', { hasText: 'There is no command' }).waitFor();
  await ann.locator('#people-list button').last().click();
  await ann.locator('.sheet h2', { hasText: '"><img src=x onerror=hit>' }).waitFor();
  await ann.keyboard.press('Escape');
  for (const page of [ann, mallory]) {
    assert.equal(await page.evaluate(() => window.hit), undefined);
    assert.equal(await page.locator('#log :is(img, svg, script, iframe, b, style), #hit').count(), 0);
    assert.equal(await page.locator('a[href^="javascript" i]').count(), 0);
    assert.equal(await page.locator('#log [onmouseover], #log [onerror]').count(), 0);
  }
  assert.equal(await ann.evaluate(() => document.querySelectorAll('script, img, svg, iframe, math, style').length), tags);
  const room = '"><img src=x onerror=window.hit=1>';
  const lost = await visit(browser, `${server.url}?room=${encodeURIComponent(room)}&name=${encodeURIComponent('<b>Ann</b>')}`);
  await lost.locator('#state-text', { hasText: 'This room name cannot be used' }).waitFor();
  assert.equal(await lost.innerText('#room-name'), room);
  assert.equal(await lost.evaluate(() => window.hit), undefined);
  await leave(ann, mallory, lost);
});
