// Make the pictures of the README from the real server: node screenshots.mjs FOLDER
import fs from 'node:fs';
import path from 'node:path';
import { launchBrowser, startServer, writeConf } from './harness.mjs';

const out = process.argv[2];
const folder = writeConf();
const server = await startServer(folder);
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
async function states() {
  const shot = (page, name) => page.screenshot({ path: path.join(out, `${name}.png`) });
  const phone = async (name, room, more) => {
    const context = await browser.newContext({ viewport: { width: 360, height: 720 }, colorScheme: 'dark', locale: 'zh-CN', ...more });
    const page = await context.newPage();
    await page.goto(`${server.url}?room=${room}${name ? `&name=${encodeURIComponent(name)}` : ''}`);
    return page;
  };
  await shot(await phone('', 'lobby'), 'phone-entrance');
  const small = await phone('阿明', 'lobby');
  await small.locator('.bubble').last().waitFor();
  const say = async (page, text) => {
    await page.fill('#text', text);
    await page.press('#text', 'Enter');
  };
  await say(people.bob, '/w 阿明 Only for you: the train is late');
  await say(people.bob, '/me waves to 阿明');
  await small.locator('.does').waitFor();
  await say(people.bob, '/join trains');
  await people.bob.locator('.tab').nth(1).waitFor();
  await people.bob.locator('.tab button').first().click();
  await people.ann.locator('#text').pressSequentially('hm');
  await small.locator('#typing', { hasText: 'Ann' }).waitFor();
  await shot(small, 'phone-chat');
  await shot(people.bob, 'desk-tabs');
  await small.click('#people-button');
  await small.locator('#people-list button').first().click();
  await small.waitForSelector('.sheet[open]');
  await shot(small, 'phone-person');
  await people.wei.click('#about-button');
  await people.wei.waitForSelector('.sheet[open]');
  await shot(people.wei, 'desk-about');
}
if (process.argv[3] === 'all') await states();

const page = await (await browser.newContext({ viewport: { width: 1280, height: 840 }, locale: 'en-GB' })).newPage();
await page.goto(`${server.url}ip.html`);
await page.fill('#text', 'from 14.130.112.24, 15.130.112.24, 17.130.112.24\n' +
  '[2001:4860:4860::8888]:53 9.9.9.9 192.0.43.10\n223.5.5.5, 119.29.29.29, 10.0.0.1');
await page.click('#look-up');
await page.locator('#summary', { hasText: 'answered' }).waitFor();
await page.locator('#caption', { hasText: '7 addresses' }).waitFor();
await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
await page.screenshot({ path: path.join(out, 'ip.png') });

await browser.close();
await server.stop();
fs.rmSync(folder, { recursive: true });
