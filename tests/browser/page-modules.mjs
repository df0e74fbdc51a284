// The modules of the pages that need no browser, imported as they are.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const scripts = fileURLToPath(new URL('../../mount/js/', import.meta.url));

// Browsers take a .js file that a page calls a module for one; Node wants to read it in a
// package.json, which has no place among the pages. So they are copied beside one.
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lwshost-modules-'));
for (const name of fs.readdirSync(scripts)) fs.copyFileSync(path.join(scripts, name), path.join(folder, name));
fs.writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

export function load(name) {
  return import(pathToFileURL(path.join(folder, name)).href);
}
