// The real server on a free port with the shipped configuration, and a browser with an empty profile.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const source = process.env.LWSHOST_SOURCE;

// The shipped configuration with its folders taken from the source tree, and more options of the chat;
// edit(text) may change more.
export function writeConf(chat = {}, edit = (text) => text) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lwshost-browser-'));
  const text = fs.readFileSync(path.join(source, 'conf/conf'), 'utf8')
    .replaceAll('_lws_ddir_/lwshost/mount', path.join(source, 'mount'))
    .replaceAll('_lws_ddir_/lwshost/geoip.mmdb',
      path.join(source, 'plugins/ip-lookup/data/sample.mmdb'))
    .replace('{ "chat-room": { "path": "/chat" } }', JSON.stringify({ 'chat-room': { path: '/chat', ...chat } }));
  fs.writeFileSync(path.join(folder, 'conf'), edit(text));
  return folder;
}

// Start lwshost; port 0 takes a free one. Resolves when it listens.
export async function startServer(folder, port = 0) {
  const child = spawn(process.env.LWSHOST, ['-c', folder, '-p', String(port), '--plugin-dir',
    process.env.LWSHOST_PLUGIN_DIR], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const match = / listening on (http:\S+)/.exec(line);
      if (match) resolve(match[1]);
    });
    ended.then((code) => reject(new Error(`lwshost ended with ${code}`)));
  });
  return { url, port: Number(new URL(url).port),
    stop: () => { child.kill('SIGTERM'); return ended; } };
}

export async function launchBrowser() {
  let playwright;
  try {
    playwright = await import('playwright-core');
  } catch {
    console.log('playwright-core is missing: run npm ci in tests/browser');
    process.exit(1);
  }
  return playwright.chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox',
    '--disable-gpu', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--disable-quic', '--no-first-run'] });
}
