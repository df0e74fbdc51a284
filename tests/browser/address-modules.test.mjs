import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './page-modules.mjs';

const { lookUpAll, lookUpMe } = await load('lookup-client.js');
const { inOrder, located, network, placeNames } = await load('ip-results.js');
const { toCsv } = await load('take-away.js');
const { project, WIDTH, HEIGHT } = await load('projection.js');
const { LAND } = await load('land.js');

const many = (n) => Array.from({ length: n }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
const line = (index, ip, more) => `${JSON.stringify({ index, ip, ok: true, ...more })}\n`;

// A server: answer(addresses) gives a Response, or the text of one; `asked` has the sizes of the questions.
function server(answer) {
  const asked = [];
  const fetch = async (url, { body }) => {
    const addresses = JSON.parse(body);
    asked.push(addresses.length);
    const given = await answer(addresses, url);
    return given instanceof Response ? given : new Response(given);
  };
  return { asked, fetch };
}

async function lookUp(addresses, fetch, more = {}) {
  const results = [];
  await lookUpAll(addresses, { fetch, lang: 'en', ...more, onResult: (i, result) => {
    assert.equal(results[i], undefined, `${i} is answered twice`);
    results[i] = result;
  } });
  assert.equal(results.filter(Boolean).length, addresses.length);
  return results;
}

const all = (addresses) => addresses.map((ip, i) => line(i, ip)).reverse().join('') + '{"complete":true}\n';

test('many addresses are asked in batches, in the page\'s language, and each answer finds its place', async () => {
  const urls = [];
  const { asked, fetch } = server((addresses, url) => urls.push(url) && all(addresses));
  const addresses = many(250);
  assert.deepEqual((await lookUp(addresses, fetch)).map(({ ip }) => ip), addresses);
  assert.deepEqual(asked, [100, 100, 50]);
  assert.match(urls[0], /format=ndjson&lang=en$/);
});

test('an answer is told when its line is whole, wherever the stream is cut', async () => {
  const bytes = new TextEncoder().encode(line(1, '1.1.1.1', { city: '北京' }) + line(0, '2.2.2.2') + '{"complete":true}\n');
  for (let at = 1; at < bytes.length; at += 7) {
    let writer;
    const stream = new ReadableStream({ start: (controller) => { writer = controller; } });
    const told = [];
    writer.enqueue(bytes.slice(0, at));
    const done = lookUpAll(['2.2.2.2', '1.1.1.1'], { fetch: async () => new Response(stream), lang: 'zh-CN',
      onResult: (i, result) => told.push([i, result.city]) });
    writer.enqueue(bytes.slice(at));
    writer.close();
    await done;
    assert.deepEqual(told, [[1, '北京'], [0, undefined]]);
  }
});

test('a first answer is told while the second is still awaited', async () => {
  let writer;
  const stream = new ReadableStream({ start: (controller) => { writer = controller; } });
  let tell;
  const first = new Promise((resolve) => { tell = resolve; });
  const done = lookUpAll(['1.1.1.1', '2.2.2.2'], { fetch: async () => new Response(stream), lang: 'en', onResult: (i) => tell(i) });
  writer.enqueue(new TextEncoder().encode(line(1, '2.2.2.2')));
  assert.equal(await first, 1);
  writer.close();
  await done;
});

test('whatever goes wrong is an answer for each address', async () => {
  const failing = [
    ['no_reply', async () => { throw new TypeError('network'); }],
    ['http', async () => new Response('<html>', { status: 503 })],
    ['no_reply', async () => new Response('this is not JSON\n')],
    ['no_reply', async () => new Response('{"index":7,"ok":true}\n{"index":"0","ok":true}\n{"index":0}\n')],
    ['no_reply', async () => new Response('')],
  ];
  for (const [code, fetch] of failing) {
    const results = await lookUp(['1.1.1.1', '2.2.2.2'], fetch);
    assert.deepEqual(results.map(({ ip, ok, error }) => [ip, ok, error.code]), [['1.1.1.1', false, code], ['2.2.2.2', false, code]]);
    assert.equal((await lookUpMe({ fetch, lang: 'en' })).ok, false);
  }
});

test('what came before the connection broke is kept', async () => {
  const stream = new ReadableStream({ start(controller) {
    controller.enqueue(new TextEncoder().encode(line(0, '1.1.1.1')));
  }, pull(controller) { controller.error(new TypeError('network')); } });
  const results = await lookUp(['1.1.1.1', '2.2.2.2'], async () => new Response(stream));
  assert.deepEqual(results.map(({ ok }) => ok), [true, false]);
});

test('a server that takes fewer at a time is asked for fewer', async () => {
  const { asked, fetch } = server((addresses) => (addresses.length > 30 ? new Response('{}', { status: 422 }) : all(addresses)));
  assert.ok((await lookUp(many(100), fetch)).every(({ ok }) => ok));
  assert.deepEqual([...asked].sort((a, b) => b - a), [100, 50, 50, 25, 25, 25, 25]);
  const strict = server(() => new Response('{}', { status: 422 }));
  assert.deepEqual((await lookUp(['1.1.1.1', '2.2.2.2'], strict.fetch)).map(({ error }) => error.status), [422, 422]);
});

test('after "not so fast" the rest is asked when the server says, and not for ever', async () => {
  let refusals = 2;
  const slow = (seconds) => new Response('{}', { status: 429, headers: seconds ? { 'retry-after': seconds } : {} });
  const { fetch } = server((addresses) => (refusals-- > 0 ? slow('7') : all(addresses)));
  const slept = [];
  const told = [];
  const how = { sleep: async (ms) => { slept.push(ms); }, onWait: (seconds) => told.push(seconds) };
  assert.ok((await lookUp(many(90), fetch, how)).every(({ ok }) => ok));
  assert.deepEqual([slept, told], [[7000, 7000], [7, 7]]);
  const never = server(() => slow());
  const results = await lookUp(many(150), never.fetch, how);
  assert.ok(results.every(({ error }) => error.code === 'too_fast'));
  assert.ok(never.asked.length < 12, String(never.asked.length));
});

test('a run that is stopped answers for what it did not ask', async () => {
  const stopping = new AbortController();
  const { asked, fetch } = server((addresses) => {
    stopping.abort();
    return all(addresses.slice(1));
  });
  const results = await lookUp(many(300), fetch, { signal: stopping.signal });
  assert.ok(asked.length <= 2);
  assert.equal(results[299].error.code, 'stopped');
});

test('places are named from the smallest to the country, networks by number and name', () => {
  assert.deepEqual(placeNames({ country: 'China', region: 'Beijing', city: 'Beijing' }), ['Beijing', 'China']);
  assert.deepEqual(placeNames({ country_code: 'US' }), ['US']);
  assert.deepEqual(placeNames({}), []);
  assert.equal(network({ asn: 714, as_name: 'Apple Inc.', isp: 'x' }), 'AS714 Apple Inc.');
  assert.equal(network({ isp: 'Alibaba' }), 'Alibaba');
  assert.equal(network({}), '');
});

test('a dot is only where both coordinates are numbers', () => {
  assert.deepEqual(located({ ok: true, latitude: 51.5, longitude: 0 }), { latitude: 51.5, longitude: 0 });
  for (const result of [null, { ok: true, latitude: 1 }, { ok: true, latitude: '1', longitude: 2 }, { ok: false, latitude: 1, longitude: 2 }])
    assert.equal(located(result), null);
});

test('columns are put in order: addresses by number, what is not there last, equals as they were', () => {
  const results = [{ ip: '100.0.0.1', ok: true, city: 'b' }, { ip: '9.0.0.1', ok: false }, { ip: '2001:db8::1', ok: true, city: 'a' },
    { ip: '20.0.0.1', ok: true, city: 'B' }, null, { ip: '2001:db8::', ok: true }];
  const describe = ({ city }) => city ?? '';
  assert.deepEqual(inOrder(results, 'address', 1, 'en', describe), [1, 3, 0, 5, 2, 4]);
  assert.deepEqual(inOrder(results, 'address', -1, 'en', describe), [2, 5, 0, 3, 1, 4]);
  assert.deepEqual(inOrder(results, 'place', 1, 'en', describe), [2, 0, 3, 1, 4, 5]);
  assert.deepEqual(inOrder(results, 'place', -1, 'en', describe), [0, 3, 2, 1, 4, 5]);
});

test('CSV is quoted, and no spreadsheet takes a text for a formula', () => {
  const csv = toCsv([{ ip: '1.1.1.1', ok: true, city: 'a "b", c', org: '=1+1', longitude: -5.5, asn: 1 },
    { ip: '2.2.2.2', ok: false, error: { code: 'timeout' } }]);
  const [head, first, second, end] = csv.split('\r\n');
  assert.match(head, /^ip,ok,kind,country,.*,error$/);
  assert.match(first, /^1\.1\.1\.1,true,.*"a ""b"", c",.*,-5\.5,.*,'=1\+1,/);
  assert.match(second, /^2\.2\.2\.2,false,.*,timeout$/);
  assert.equal(end, '');
});

test('the map: land within its frame and in few bytes, places where they belong', () => {
  assert.ok(LAND.length > 2000 && LAND.length <= 4096, String(LAND.length));
  assert.match(LAND, /^[mz\d -]+$/);
  const [x, y] = project(0, 0);
  assert.equal(x, WIDTH / 2);
  assert.ok(y > HEIGHT / 2 && y < HEIGHT * 0.6);
  const places = { Beijing: [116.4, 39.9], 'Cape Town': [18.4, -33.9], 'San Francisco': [-122.4, 37.8], Apia: [-171.8, -13.8], Ushuaia: [-68.3, -54.8] };
  for (const [name, [longitude, latitude]] of Object.entries(places)) {
    const [left, top] = project(longitude, latitude);
    assert.ok(left > 0 && left < WIDTH && top > 0 && top < HEIGHT, name);
    assert.equal(left < WIDTH / 2, longitude < 0, name);
    assert.equal(top < y, latitude > 0, name);
  }
});

// Where the land is, by the path itself: the even-odd rule over its rings.
test('the map: land where there is land, sea where there is sea', () => {
  let at = [0, 0];
  const rings = LAND.split('z').filter(Boolean).map((text) => {
    const numbers = text.match(/-?\d+/g).map(Number);
    const ring = [];
    for (let i = 0; i < numbers.length; i += 2) ring.push(at = [at[0] + numbers[i], at[1] + numbers[i + 1]]);
    at = ring[0];
    return ring;
  });
  const isLand = (longitude, latitude) => {
    const [x, y] = project(longitude, latitude);
    return rings.reduce((crossings, ring) => crossings + ring.filter(([ax, ay], i) => {
      const [bx, by] = ring.at(i - 1);
      return ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax);
    }).length, 0) % 2 === 1;
  };
  for (const place of [[116, 40], [-100, 40], [-60, -10], [25, 0], [135, -25], [-42, 72], [178, 67]]) assert.ok(isLand(...place), String(place));
  for (const place of [[-150, 0], [-30, 30], [80, -30], [178, -40], [0, -50], [-179, 50]]) assert.ok(!isLand(...place), String(place));
});
