// Everybody can use the chat page: axe-core finds nothing serious, keyboards and input methods are
// enough, nothing is wider than 320 pixels, and what others write stays text.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { launchBrowser, startServer, writeConf } from './harness.mjs';
import * as support from './support.mjs';
import { begin, falseServer, leave, live, say, shows, visit } from './support.mjs';

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

const address = (name, room) => support.address(server, name, room);
const enter = (...who) => support.enter(browser, server, ...who);

// The page's own policy holds for the page; the check comes by the debugger.
async function check(page, state) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
  assert.deepEqual(serious.map(({ id, nodes }) => `${state}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`), []);
}

for (const [colorScheme, locale] of [['light', 'en-GB'], ['dark', 'zh-CN']]) {
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

  test(`axe finds nothing serious on a phone, either, nor in what goes wrong: ${colorScheme}, ${locale}`, async () => {
    const from = { nick: 'Bob', user: 'u2' };
    const time = new Date().toISOString();
    const talk = falseServer({ messages: [{ offset: 1, time: '2026-01-05T12:00:00.000Z', from, text: 'see https://example.org/' }, { offset: 2, time, from, text: 'Ann?' }],
      joined: { participants: [{ nick: 'Ann', user: 'u1' }, from], count: 2 },
      answer: (frame, reply) => frame.type === 'message' && reply({ type: 'error', code: 403, reason: 'muted', temporary: false }) });
    const ann = await visit(browser, address('Ann', 'phone'), { colorScheme, locale, viewport: { width: 360, height: 720 }, before: talk.before });
    await live(ann);
    talk.send({ type: 'announcement', room: 'phone', offset: 3, time, text: 'tea at four' });
    talk.send({ type: 'message', room: 'phone', time, from, to: ['Ann'], text: 'psst' });
    talk.send({ type: 'typing', room: 'phone', ...from, active: true });
    await ann.locator('#typing', { hasText: 'Bob' }).waitFor();
    await say(ann, 'not taken');
    await ann.waitForSelector('.row.failed');
    await check(ann, 'what failed');
    talk.joined = { ...talk.joined, recovered: false, epoch: 'e2', replay: 0 };
    talk.close(1001, '');
    await ann.waitForSelector('.note.gap');
    await live(ann);
    await check(ann, 'gap');
    await ann.click('#people-button');
    await check(ann, 'people');
    await ann.click('#people-button');
    talk.answer = (frame, reply) => reply({ type: 'error', code: 503, reason: 'room-full', temporary: true, retry_after: 600000 });
    talk.close(1001, '');
    await ann.locator('#state-count:not(:empty)').waitFor();
    await ann.waitForFunction(() => parseInt(document.querySelector('#state-count').textContent.replace(/\D/g, ''), 10) > 100);
    await check(ann, 'waiting');
    talk.answer = (frame, reply) => reply({ type: 'error', code: 401, reason: 'pin-required', temporary: false });
    await ann.click('#state-retry');
    await ann.waitForSelector('.sheet[open] input');
    await check(ann, 'PIN');
    await ann.keyboard.press('Escape');
    await ann.locator('.sheet').waitFor({ state: 'detached' });
    await check(ann, 'refused');
    await leave(ann);
  });
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

test('the Tab key comes to everything, and Enter works there: tabs, panels, moderation, language', async () => {
  const ann = await enter('Ann', 'shown');
  const bob = await enter('Bob', 'shown');
  await begin(ann);
  await say(ann, '/join keys-too');
  await ann.locator('.tab').nth(1).waitFor();
  await ann.keyboard.press('Shift+Tab');
  const where = () => ann.evaluate(() => {
    const node = document.activeElement;
    return node.id || node.getAttribute('aria-label') || node.textContent.trim();
  });
  const goTo = async (name) => {
    for (let i = 0; i < 40 && await where() !== name; i++) await ann.keyboard.press('Tab');
    assert.equal(await where(), name);
  };
  for (const name of ['Skip to the message box', 'Addresses', '中文', '#keys-too', 'Leave #keys-too', 'log-box', 'text', 'settings-button', 'invite']) await goTo(name);
  await goTo('#shown');
  await ann.keyboard.press('Enter');
  await ann.locator('.tab button[aria-current]', { hasText: '#shown' }).waitFor();
  await ann.locator('#people-list button', { hasText: 'Bob' }).waitFor();
  await goTo('about-button');
  await ann.keyboard.press('Enter');
  await ann.waitForSelector('.sheet[open]');
  await ann.locator('.sheet input[type=password]').focus();
  await ann.keyboard.type('open sesame');
  await ann.keyboard.press('Enter');
  await ann.waitForSelector('.sheet .danger');
  await ann.keyboard.type('said by keys'); // the focus is in the box for announcements
  await ann.keyboard.press('Enter');
  await bob.locator('.announcement', { hasText: 'said by keys' }).waitFor();
  await ann.keyboard.press('Escape');
  await ann.waitForFunction(() => document.activeElement.id === 'about-button');
  await goTo('Leave #keys-too');
  await ann.keyboard.press('Enter');
  await ann.waitForFunction(() => document.querySelector('.tabs').hidden);
  await goTo('中文');
  await ann.keyboard.press('Enter');
  await ann.waitForFunction(() => document.documentElement.lang === 'zh-CN');
  await leave(ann, bob);
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
