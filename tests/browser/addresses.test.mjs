// The address page in Chromium. The server asks a false provider here, which answers when and what the test wants.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { after, before, beforeEach, test } from 'node:test';
import { launchBrowser, startServer, writeConf } from './harness.mjs';
import { leave, LOST, visit } from './support.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PLACES = {
  '14.130.112.24': { en: ['China', 'Beijing'], 'zh-CN': ['中国', '北京'], latitude: 39.9, longitude: 116.4 },
  '17.130.112.24': { en: ['United States', 'Cupertino'], 'zh-CN': ['美国', '库比蒂诺'], latitude: 37.3, longitude: -122, asn: 714, as_name: 'Apple Inc.' },
  '9.9.9.9': { en: ['Switzerland', 'Zurich'], 'zh-CN': ['瑞士', '苏黎世'], latitude: 47.4, longitude: 8.5, asn: 19281, as_name: 'Quad9' },
  '149.112.112.112': { en: ['Switzerland', 'Zurich'], 'zh-CN': ['瑞士', '苏黎世'], latitude: 47.4, longitude: 8.5 },
};
let browser, folder, provider, server;
let special; // address → what the provider does about it instead: an object to answer, or a function(response)

before(async () => {
  provider = http.createServer((request, response) => {
    const query = new URL(request.url, 'http://provider').searchParams;
    const ip = query.get('ip');
    const what = special[ip];
    if (typeof what === 'function') what(response);
    else reply(response, what ?? answer(ip, query.get('lang')));
  });
  await new Promise((resolve) => { provider.listen(0, '127.0.0.1', resolve); });
  folder = writeConf({}, (text) => text.replace(/http:\/\/127.0.0.1:7681(?=\/ip-lookup)/, `http://127.0.0.1:${provider.address().port}`)
    .replace('"providers": "ip-lookup",', '"providers": "ip-lookup", "cache-entries": "0", "attempts": "1", "breaker-failures": "0", "timeout-ms": "20000", "deadline-ms": "30000",'));
  server = await startServer(folder);
  browser = await launchBrowser();
});

beforeEach(() => { special = {}; });

after(async () => {
  await browser?.close();
  const status = await server?.stop();
  provider?.closeAllConnections();
  provider?.close();
  fs.rmSync(folder, { recursive: true, force: true });
  assert.equal(status, 0);
});

function reply(response, body, status = body.ok === false ? 404 : 200) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function answer(ip, lang) {
  const place = PLACES[ip];
  if (!place) return ip.startsWith('8.') ? { ip, ok: true, country: 'Somewhere' } : { ip, ok: false, error: { code: 'not_found' } };
  const [country, city] = place[lang];
  const { latitude, longitude, asn, as_name } = place;
  return { ip, ok: true, country, city, latitude, longitude, asn, as_name };
}

const open = (where = '', options = {}) => visit(browser, `${server.url}ip.html${where}`, options);

async function lookUp(page, text) {
  await page.fill('#text', text);
  await page.click('#look-up');
}

const row = (page, ip) => page.locator('tbody tr', { hasText: ip });
const done = (page, text) => page.locator('#summary', { hasText: text }).waitFor();
const addresses = (page) => page.locator('tbody th').allInnerTexts();

test('one\'s own address is there at once; others are found in what is pasted', async () => {
  const page = await open();
  await page.locator('.mine', { hasText: '127.0.0.1' }).getByText('This machine itself').waitFor();
  await lookUp(page, 'from [14.130.112.24] to 17.130.112.24, 14.130.112.24 again; 192.0.43.10, 10.0.0.1');
  await done(page, '3 answered, 1 failed');
  assert.deepEqual(await addresses(page), ['14.130.112.24', '17.130.112.24', '192.0.43.10', '10.0.0.1']);
  assert.match(await row(page, '14.130').innerText(), /Beijing, China/);
  assert.match(await row(page, '17.130').innerText(), /AS714 Apple Inc\./);
  assert.match(await row(page, '192.0.43').innerText(), /Not in the database/);
  assert.match(await row(page, '10.0.0.1').innerText(), /Private network/);
  await leave(page);
});

test('answers stand there as each arrives, and the progress says how many', async () => {
  let held;
  const asked = new Promise((resolve) => { special['9.9.9.9'] = (response) => { held = response; resolve(); }; });
  const page = await open();
  await lookUp(page, '9.9.9.9 14.130.112.24 17.130.112.24');
  await asked;
  await row(page, '14.130').getByText('Beijing').waitFor();
  await page.locator('#count', { hasText: '2 of 3' }).waitFor();
  assert.deepEqual(await page.locator('#progress').evaluate(({ value, max }) => [value, max]), [2, 3]);
  assert.equal(await row(page, '9.9.9.9').locator('.pending').count(), 1);
  assert.ok(await page.isVisible('#stop'));
  reply(held, answer('9.9.9.9', 'en'));
  await row(page, '9.9.9.9').getByText('Zurich').waitFor();
  await done(page, '3 answered');
  assert.ok(await page.isHidden('#stop'));
  await leave(page);
});

test('what was stopped can be asked again', async () => {
  let held;
  const asked = new Promise((resolve) => { special['9.9.9.9'] = (response) => { held = response; resolve(); }; });
  const page = await open();
  await lookUp(page, '9.9.9.9 14.130.112.24');
  await asked;
  await row(page, '14.130').getByText('Beijing').waitFor();
  await page.click('#stop');
  await row(page, '9.9.9.9').getByText('Stopped before the answer came').waitFor();
  await done(page, '1 answered, 1 failed');
  reply(held, answer('9.9.9.9', 'en'));
  special = {};
  await page.click('#retry-all');
  await row(page, '9.9.9.9').getByText('Zurich').waitFor();
  await leave(page);
});

test('a failure says why, and is retried in place with the focus where it was', async () => {
  special['9.9.9.9'] = (response) => reply(response, {}, 500);
  special['17.130.112.24'] = (response) => response.end('no JSON');
  const page = await open('', { locale: 'zh-CN' });
  await lookUp(page, '9.9.9.9 17.130.112.24 14.130.112.24');
  await done(page, '1 个已答复，2 个失败');
  assert.match(await row(page, '9.9.9.9').innerText(), /服务商返回错误/);
  assert.match(await row(page, '17.130').innerText(), /服务商的应答无法理解/);
  await row(page, '9.9.9.9').getByRole('button', { name: '重试 9.9.9.9' }).focus();
  special = {};
  await page.keyboard.press('Enter');
  await row(page, '9.9.9.9').getByText('瑞士 苏黎世').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.closest('tr')?.querySelector('th').innerText), '9.9.9.9');
  assert.match(await row(page, '17.130').innerText(), /服务商的应答无法理解/);
  await page.click('#retry-all');
  await done(page, '3 个已答复');
  await leave(page);
});

test('without a server each address says so, and a retry works when it is back', async () => {
  const page = await open('', { mayComplain: LOST });
  await page.route('**/ip-info?*', (route) => route.abort());
  await lookUp(page, '9.9.9.9 14.130.112.24');
  await done(page, '0 answered, 2 failed');
  assert.match(await row(page, '9.9.9.9').innerText(), /The server did not answer/);
  await page.unroute('**/ip-info?*');
  await page.click('#retry-all');
  await done(page, '2 answered');
  await leave(page);
});

test('the table is sorted by the keyboard, and says so', async () => {
  const page = await open();
  await lookUp(page, '17.130.112.24 9.9.9.9 8.8.8.8 192.0.43.10 14.130.112.24');
  await done(page, '4 answered, 1 failed');
  const header = page.getByRole('columnheader', { name: 'Address' });
  await header.getByRole('button').focus();
  await page.keyboard.press('Enter');
  assert.equal(await header.getAttribute('aria-sort'), 'ascending');
  assert.deepEqual(await addresses(page), ['8.8.8.8', '9.9.9.9', '14.130.112.24', '17.130.112.24', '192.0.43.10']);
  await page.keyboard.press('Space');
  assert.equal(await header.getAttribute('aria-sort'), 'descending');
  assert.equal((await addresses(page))[0], '192.0.43.10');
  await page.keyboard.press('Space');
  assert.equal(await header.getAttribute('aria-sort'), null);
  assert.equal((await addresses(page))[0], '17.130.112.24');
  await page.getByRole('columnheader', { name: 'Place' }).getByRole('button').click();
  assert.deepEqual(await addresses(page), ['14.130.112.24', '17.130.112.24', '8.8.8.8', '9.9.9.9', '192.0.43.10']);
  assert.equal(await page.locator('[aria-sort]').count(), 1);
  await leave(page);
});

test('the map has a dot for each place, which leads to its row', async () => {
  const page = await open();
  assert.equal(await page.locator('#map g').count(), 0);
  await lookUp(page, '9.9.9.9 149.112.112.112 14.130.112.24 17.130.112.24 8.8.8.8');
  await done(page, '5 answered');
  await page.locator('#caption', { hasText: '4 addresses on the map' }).waitFor();
  const dots = page.locator('#map g');
  assert.equal(await dots.count(), 3);
  const positions = {};
  for (const dot of await dots.all()) positions[await dot.getAttribute('aria-label')] = (await dot.boundingBox()).x;
  const [west, middle, east] = Object.entries(positions).sort((a, b) => a[1] - b[1]).map(([label]) => label);
  assert.deepEqual([west, middle, east], ['Cupertino, United States: 17.130.112.24', 'Zurich, Switzerland: 9.9.9.9 and 1 more', 'Beijing, China: 14.130.112.24']);
  await page.locator('#map g[tabindex="0"]').focus();
  assert.equal(await page.locator('#map g[tabindex="0"]').count(), 1);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.locator('#map g:focus').getAttribute('aria-label'), middle);
  assert.equal(await page.innerText('#caption'), middle);
  assert.equal(await page.locator('tbody tr.on').count(), 2);
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('tbody tr:focus th').innerText(), '9.9.9.9');
  await row(page, '14.130').hover();
  assert.equal(await page.locator('#map g.on').getAttribute('aria-label'), east);
  await leave(page);
});

test('JSON, CSV and the link are copied, and the link leads back', async () => {
  const page = await open('', { permissions: ['clipboard-read', 'clipboard-write'] });
  await lookUp(page, '14.130.112.24, 192.0.43.10');
  await done(page, '1 answered, 1 failed');
  const copied = async (id) => {
    await page.click(id);
    await page.locator(id, { hasText: 'Copied' }).waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  const json = JSON.parse(await copied('#copy-json'));
  assert.deepEqual(json.map(({ ip, city, error }) => [ip, city ?? error.code]), [['14.130.112.24', 'Beijing'], ['192.0.43.10', 'not_found']]);
  const lines = (await copied('#copy-csv')).split('\r\n');
  assert.equal(lines.length, 4);
  assert.match(lines[1], /^14\.130\.112\.24,true,public,China,/);
  const link = await copied('#copy-link');
  assert.equal(link, `${server.url}ip.html?ip=14.130.112.24,192.0.43.10`);
  await page.goto(link);
  await row(page, '14.130').getByText('Beijing').waitFor();
  await leave(page);
});

test('a few hundred addresses are all asked, and a link can hold them', async () => {
  const list = Array.from({ length: 230 }, (_, i) => `8.0.${i >> 7}.${i & 127}`);
  const page = await open();
  await lookUp(page, list.join('\n'));
  await done(page, '230 answered');
  assert.deepEqual(await addresses(page), list);
  const link = page.url();
  assert.match(link, /ip\.html#ip=8\.0\.0\.0,/);
  const other = await page.context().newPage();
  await other.goto(link);
  await done(other, '230 answered');
  await leave(page);
});

test('the names are in the language of the page, also after a switch', async () => {
  const page = await open('?ip=14.130.112.24,9.9.9.9');
  await row(page, '14.130').getByText('Beijing, China').waitFor();
  await page.click('[data-language-switch]');
  await row(page, '14.130').getByText('中国 北京').waitFor();
  await page.locator('#caption', { hasText: '地图上有 2 个地址' }).waitFor();
  await done(page, '2 个已答复');
  assert.equal(await page.title(), 'IP 地址');
  await page.reload();
  await row(page, '9.9.9.9').getByText('瑞士 苏黎世').waitFor();
  await leave(page);
});

test('markup from a provider or a link stays text', async () => {
  const corpus = ['<img src=x onerror=window.hit=1>', '<script>window.hit=1</script>', '"><svg onload=window.hit=1>',
    'javascript:window.hit=1', '${window.hit=1}{{hit}}', '&lt;b&gt;'];
  corpus.forEach((text, i) => {
    special[`8.8.8.${i}`] = { ip: text, ok: true, country: text, region: text, city: `${text}${i}`, as_name: text, isp: text, org: text, asn: 1, latitude: 10 * i, longitude: 10 };
  });
  const page = await open(`?ip=${encodeURIComponent(corpus.join(' '))}`);
  await lookUp(page, Object.keys(special).join(' '));
  await done(page, '6 answered');
  await page.locator('#map g').nth(5).waitFor();
  for (const [i, text] of corpus.entries()) assert.ok((await row(page, `8.8.8.${i}`).innerText()).includes(`${text}${i}`));
  for (const dot of await page.locator('#map g').all()) {
    await dot.hover();
    assert.match(await page.innerText('#caption'), /8\.8\.8\./);
  }
  assert.equal(await page.evaluate(() => window.hit), undefined);
  assert.equal(await page.locator('main img, main script, tbody svg, figcaption *, main a').count(), 0);
  await leave(page);
});

test('from 320 pixels on nothing is too wide, and the keyboard is enough', async () => {
  const page = await open('', { viewport: { width: 320, height: 640 }, reducedMotion: 'reduce' });
  await page.keyboard.press('Tab');
  assert.equal(await page.locator(':focus').innerText(), 'Skip to the text box');
  await page.keyboard.press('Enter');
  await page.keyboard.type('2001:4860:4860:aaaa:bbbb:cccc:dddd:8888 9.9.9.9 192.0.43.10 ');
  await page.keyboard.press('Control+Enter');
  await done(page, '1 answered, 2 failed');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320);
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  const seen = new Set();
  for (let i = 0; i < 25; i++) {
    await page.keyboard.press('Tab');
    seen.add(await page.evaluate(() => document.activeElement.id || document.activeElement.getAttribute('aria-label') || document.activeElement.textContent));
  }
  for (const name of ['example', 'look-up', 'Zurich, Switzerland: 9.9.9.9', 'retry-all', 'copy-json', 'copy-csv', 'copy-link', 'Place', 'Retry 192.0.43.10'])
    assert.ok(seen.has(name), `${name}: ${[...seen].join(' / ')}`);
  await leave(page);
});

for (const [colorScheme, locale, width] of [['light', 'en-GB', 1280], ['dark', 'zh-CN', 1280], ['light', 'zh-CN', 360], ['dark', 'en-GB', 360]]) {
  test(`nothing stands in the way of anybody: ${colorScheme}, ${locale}, ${width} px`, async () => {
    const page = await open('?ip=14.130.112.24,9.9.9.9,149.112.112.112,192.0.43.10,10.0.0.1', { colorScheme, locale, viewport: { width, height: 900 }, reducedMotion: 'reduce' });
    await page.locator('#summary', { hasText: '4' }).waitFor();
    await page.locator('#map g').first().focus();
    await page.evaluate(axe);
    const { violations, passes } = await page.evaluate(() => window.axe.run({ rules: { region: { enabled: true } } }));
    assert.deepEqual(violations.map(({ id, impact, nodes }) => [id, impact, nodes.map(({ html }) => html)]), []);
    assert.ok(passes.some(({ id }) => id === 'color-contrast'));
    await leave(page);
  });
}

test('opened cold it is under 60 KB, all files included, and nothing jumps', async () => {
  const context = await browser.newContext({ locale: 'en-GB' });
  const page = await context.newPage();
  const bodies = [];
  page.on('response', (response) => bodies.push(response.body().then((body) => [new URL(response.url()).pathname, body.length])));
  await page.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shift += entry.value; }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(`${server.url}ip.html`, { waitUntil: 'networkidle' });
  await page.locator('#mine-ip', { hasText: '127.0.0.1' }).waitFor();
  const sizes = await Promise.all(bodies);
  const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  console.log(`${sizes.length} files, ${total} bytes`);
  assert.ok(sizes.some(([name]) => name === '/js/land.js') && sizes.some(([name]) => name === '/ip-info/me'));
  assert.ok(total < 60000, JSON.stringify(sizes));
  assert.ok(await page.evaluate(() => window.shift) < 0.02);
  await context.close();
});
