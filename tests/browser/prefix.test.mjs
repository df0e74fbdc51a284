// The pages behind a proxy that has them under a path and takes it off, as docs/behind-a-proxy.md has it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { launchBrowser, startServer, writeConf } from './harness.mjs';
import { enter, leave, say, shows, visit } from './support.mjs';

let browser, folder, server, proxy;
const strays = []; // requests for what is not under the path

before(async () => {
  folder = writeConf();
  server = await startServer(folder);
  proxy = net.createServer((client) => {
    const upstream = net.connect(server.port, '127.0.0.1');
    client.on('data', (data) => {
      const text = data.toString('latin1');
      const request = /^(GET|HEAD|POST) (\S+) HTTP/.exec(text);
      if (request && !request[2].startsWith('/community/')) strays.push(request[2]);
      upstream.write(Buffer.from(text.replace(/^(GET|HEAD|POST) \/community\//, '$1 /'), 'latin1'));
    });
    upstream.pipe(client);
    client.on('end', () => upstream.end()).on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  proxy.url = `http://127.0.0.1:${proxy.address().port}/community/`;
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  proxy?.close();
  const status = await server?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
  assert.equal(status, 0);
});

test('people talk under a path', async () => {
  const ann = await enter(browser, proxy, 'Ann', 'path');
  const bob = await enter(browser, proxy, 'Bob', 'path');
  await say(ann, 'under a path');
  await shows(bob, 'under a path');
  await leave(ann, bob);
});

test('addresses are looked up under a path', async () => {
  const page = await visit(browser, `${proxy.url}ip.html`);
  await page.fill('#text', '14.130.112.24 and 17.130.112.24');
  await page.click('#look-up');
  await page.locator('tbody tr', { hasText: 'Cupertino' }).waitFor();
  await leave(page);
});

test('nothing is asked for beside the path', () => assert.deepEqual(strays, []));
