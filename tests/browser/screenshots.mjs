// Make the pictures of the README from the real server, for scripts/screenshots: node screenshots.mjs FOLDER [all]
import fs from 'node:fs';
import path from 'node:path';
import { launchBrowser, startServer, writeConf } from './harness.mjs';

const out = process.argv[2];
const folder = writeConf({ 'guarded:secret': 'open sesame', 'locked:pin': '1234' });
let server = await startServer(folder);
const browser = await launchBrowser();
const desk = { viewport: { width: 1280, height: 800 } };

async function enter(name, locale) {
  const page = await (await browser.newContext({ ...desk, locale })).newPage();
  await page.goto(`${server.url}?room=lobby`);
  await page.fill('#name', name);
  await page.click('#enter-submit');
  await page.waitForSelector('#state[data-state=live]');
  return page;
}

const people = { ann: await enter('Ann', 'en-GB'), wei: await enter('小薇', 'zh-CN'),
  bob: await enter('Bob', 'en-GB') };
const talk = [['ann', 'Good morning! Is the new server up?'],
  ['wei', '早上好！已经在跑了：一个进程，一个线程。'],
  ['bob', 'Nice. What happens when my train goes through a tunnel?'],
  ['ann', 'You come back, and what you missed appears in its place.'],
  ['wei', '我断线十秒，回来一条也没丢。'],
  ['wei', '手机上也试过了。'],
  ['bob', 'That is what I wanted to hear. Where do I read how it works?'],
  ['ann', 'Here: https://libwebsockets.org/\nAnd then docs/chat-protocol.md.']];
for (const [who, text] of talk) {
  await people[who].fill('#text', text);
  await people[who].press('#text', 'Enter');
  await people.ann.locator('#log', { hasText: text }).waitFor();
}
await people.ann.screenshot({ path: path.join(out, 'chat.png') });

// More states, to be looked at: node screenshots.mjs FOLDER all
async function states(colorScheme, locale) {
  const pages = [];
  const open = async (where, viewport) => {
    const page = await (await browser.newContext({ viewport, colorScheme, locale })).newPage();
    pages.push(page);
    await page.goto(server.url + where);
    return page;
  };
  const each = async (name, where, act) => {
    for (const [size, viewport] of [['phone', { width: 360, height: 720 }], ['desk', { width: 1280, height: 800 }]]) {
      const page = await open(where, viewport);
      await act(page, size);
      await page.screenshot({ path: path.join(out, `${name}-${size}-${colorScheme}.png`) });
    }
  };
  const state = (page, name) => page.waitForSelector(`#state[data-state=${name}]`);
  const write = async (page, text) => {
    await page.fill('#text', text);
    await page.press('#text', 'Enter');
  };
  const ming = encodeURIComponent('阿明');
  await each('entrance', '', (page) => page.waitForSelector('#enter[open]'));
  await each('empty', `?room=empty-${colorScheme}&name=${ming}`, (page) => state(page, 'live'));
  await each('talk', `?room=lobby&name=${ming}`, async (page, size) => {
    await state(page, 'live');
    await write(people.bob, `/w ${await page.locator('.person:has(.tag) .nick').innerText()} Only for you: the train is late`);
    await write(people.bob, '/me waves to 阿明');
    await page.locator('.does').last().waitFor();
    await write(page, '/join trains');
    await page.locator('.tab').nth(1).waitFor();
    await page.locator('.tab button').first().click();
    await people.ann.locator('#text').pressSequentially('hm');
    await page.locator('#typing', { hasText: 'Ann' }).waitFor();
    if (size === 'desk') await page.locator('.bubble').last().hover();
  });
  await each('people', `?room=lobby&name=${ming}`, async (page, size) => {
    await state(page, 'live');
    if (size === 'phone') await page.click('#people-button');
    await page.locator('#people-list button').first().click();
    await page.waitForSelector('.sheet[open]');
  });
  await each('about', `?room=guarded&name=${ming}`, async (page) => {
    await state(page, 'live');
    await page.evaluate(() => document.querySelector('#about-button').click());
    await page.locator('.sheet input[type=password]').fill('open sesame');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.sheet .danger');
  });
  await each('refused', `?room=locked&name=${ming}`, async (page) => {
    await page.waitForSelector('.sheet[open]');
    await page.keyboard.press('Escape');
  });
  await each('addresses-start', 'ip.html', (page) => page.locator('#mine-ip', { hasText: '127' }).waitFor());
  await each('addresses', 'ip.html?ip=14.130.112.24,15.130.112.24,17.130.112.24,2001:4860:4860::8888,9.9.9.9,192.0.43.10,10.0.0.1', async (page) => {
    await page.locator('#summary', { hasText: '6' }).waitFor();
    await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
  });
  await each('waiting', `?room=lobby&name=${ming}`, async (page) => {
    await state(page, 'live');
    await page.fill('#text', 'Is this');
    await page.waitForSelector('#send:enabled');
    await page.route('**/chat', (route) => route.abort());
    await server.stop();
    await state(page, 'waiting');
    await write(page, 'Is this thing on?');
    await page.waitForSelector('.row.sending');
    await page.locator('#state-count:not(:empty)').waitFor();
    server = await startServer(folder, server.port);
  });
  await Promise.all(pages.map((page) => page.context().close()));
}
if (process.argv[3] === 'all') {
  await states('light', 'en-GB');
  await states('dark', 'zh-CN');
}

const page = await (await browser.newContext({ viewport: { width: 1280, height: 840 }, locale: 'en-GB' })).newPage();
await page.goto(`${server.url}ip.html`);
await page.fill('#text', 'from 14.130.112.24, 15.130.112.24, 17.130.112.24\n' +
  '[2001:4860:4860::8888]:53 9.9.9.9 192.0.43.10\n223.5.5.5, 119.29.29.29, 10.0.0.1');
await page.click('#look-up');
await page.locator('#summary', { hasText: 'answered' }).waitFor();
await page.locator('#caption', { hasText: '7 addresses' }).waitFor();
await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
await page.screenshot({ path: path.join(out, 'ip.png'), fullPage: true });

await browser.close();
await server.stop();
fs.rmSync(folder, { recursive: true });
