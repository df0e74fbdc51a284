// The address page: one's own address, a box that finds addresses in any text, a map and a table of answers.

import { t, currentLanguage, onLanguage, startLanguage, recall, remember } from './common.js';
import { findAddresses } from './find-addresses.js';
import { addressStrings } from './strings-addresses.js';
import { lookUpAll, lookUpMe } from './lookup-client.js';
import { located, network } from './ip-results.js';
import { AddressTable, errorText, placeText } from './ip-table.js';
import { WorldMap } from './world-map.js';

const $ = (id) => document.getElementById(id);
const EXAMPLE = '14.130.112.24, 15.130.112.24\n2026-11-23 10:46:37 GET / 200 from 16.130.112.24:51234\n'
  + '[2001:4860:4860::8888]:53，17.130.112.24，1.1.1.1\n223.5.5.5 9.9.9.9 192.0.43.10 10.0.0.7 192.0.2.9';
const MINE = -1; // the index of one's own address among the points of the map
const IN_QUERY = 32; // longer lists stand behind the #, which no server needs to read

let asked = [];
let results = [];
let pending = new Set();
let ending = null;
let mine = null;
let mineRun = 0;
let drawing = false;

const table = new AddressTable($('table'), { onRetry: (index) => look([index]), onTouch: (index) => touch(index === null || index < 0 ? null : index) });
const map = new WorldMap($('map'), {
  onTouch: (points) => touch(points?.[0].index ?? null, points),
  onPick: (points) => {
    if (points[0].index !== MINE) table.focus(points[0].index);
  },
});

function showFound() {
  const { addresses, capped } = findAddresses($('text').value);
  $('found').textContent = t(capped ? 'foundCapped' : 'found', { n: addresses.length });
  $('look-up').disabled = addresses.length === 0;
}

function start() {
  const { addresses } = findAddresses($('text').value);
  if (addresses.length === 0) return;
  ending?.abort();
  ending = null;
  asked = addresses;
  results = addresses.map(() => null);
  pending = new Set();
  setPermanentLink();
  table.start(asked);
  $('results').hidden = false;
  look([...asked.keys()]);
}

// Asks for these, and for those that are being asked: there is one run at a time.
function look(indexes) {
  for (const index of indexes) {
    if (!results[index]?.ok) results[index] = null;
    pending.add(index);
    table.set(index, results[index], true);
  }
  ending?.abort();
  ending = new AbortController();
  const { signal } = ending;
  const these = [...pending];
  $('summary').textContent = t('lookingUpN', { n: these.length });
  showSoon();
  lookUpAll(these.map((index) => asked[index]), {
    fetch: globalThis.fetch.bind(globalThis),
    lang: language(),
    signal,
    onWait: (seconds) => { $('summary').textContent = t('serverAsksToWait', { n: seconds }); },
    onResult(i, result) {
      if (signal.aborted && ending?.signal !== signal) return; // a newer run asks for it
      const index = these[i];
      pending.delete(index);
      results[index] = result;
      table.set(index, result);
      if (pending.size === 0) finish();
      showSoon();
    },
  });
}

function finish() {
  ending = null;
  table.order();
  const failed = results.filter((result) => !result.ok).length;
  $('summary').textContent = t('resultsDone', { n: results.length - failed, failed });
}

function stop() {
  ending?.abort();
}

function language() {
  return currentLanguage() === 'zh' ? 'zh-CN' : 'en';
}

// Progress and map once a frame, however many answers come.
function showSoon() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    showProgress();
    showMap();
  });
}

function showProgress() {
  const running = pending.size > 0;
  const done = results.length - pending.size;
  $('progress').max = results.length || 1;
  $('progress').value = done;
  $('progress').classList.toggle('done', !running);
  $('count').textContent = running ? t('doneOf', { done, n: results.length }) : '';
  $('stop').hidden = !running;
  for (const id of ['copy-json', 'copy-csv', 'copy-link']) $(id).hidden = running;
  $('retry-all').hidden = running || results.every((result) => result?.ok);
}

function points() {
  return [mine, ...results].flatMap((result, i) => {
    const where = located(result);
    return where ? [{ ...where, index: i + MINE, isMine: i === 0, result }] : [];
  });
}

function describe(places) {
  const [{ result, isMine }] = places;
  const more = places.length > 1 ? ` ${t('andMore', { n: places.length - 1 })}` : '';
  return `${placeText(result)}: ${result.ip}${isMine ? ` (${t('yourAddress')})` : ''}${more}`;
}

function showMap() {
  const all = points();
  const title = t('mapTitle', { n: all.length });
  map.show(all, title, describe);
  if ($('map').dataset.touched !== '1') $('caption').textContent = all.length > 0 ? title : t('mapEmpty');
}

// A row and its dot stand out together.
function touch(index, places = null) {
  const at = places ?? points().filter((point) => index !== null && point.index === index);
  map.point(index);
  table.light(at.map((point) => point.index));
  $('map').dataset.touched = at.length > 0 ? '1' : '0';
  $('caption').textContent = at.length > 0 ? describe(at) : '';
  if (at.length === 0) showMap();
}

async function lookUpMine() {
  const run = ++mineRun;
  const result = await lookUpMe({ fetch: globalThis.fetch.bind(globalThis), lang: language() });
  if (run !== mineRun) return;
  mine = result;
  showMine();
  showSoon();
}

function showMine() {
  if (mine === null) return;
  $('mine-ip').textContent = mine.ip ?? '—';
  $('mine-place').textContent = mine.ok ? placeText(mine) : errorText(mine.error);
  $('mine-place').classList.toggle('problem', !mine.ok);
  $('mine-network').textContent = mine.ok ? network(mine) : '';
  $('mine-retry').hidden = mine.ok;
}

function setPermanentLink() {
  const url = new URL(location.href);
  const list = asked.join(',');
  url.search = asked.length <= IN_QUERY ? `?ip=${list}` : '';
  url.hash = asked.length <= IN_QUERY ? '' : `#ip=${list}`;
  history.replaceState(null, '', url);
}

function linkedAddresses() {
  return [location.search, location.hash.slice(1)].flatMap((text) => new URLSearchParams(text).getAll('ip')).join(', ');
}

function startFromLink() {
  const linked = linkedAddresses();
  if (!linked) return false;
  $('text').value = linked.replace(/,\s*/g, ', ');
  showFound();
  start();
  return true;
}

startLanguage(addressStrings);
document.title = t('addressTitle');
onLanguage(() => {
  document.title = t('addressTitle');
  showFound();
  showMine();
  table.refresh();
  lookUpMine();
  if (asked.length > 0) look([...asked.keys()]); // names come in the new language
});
$('text').addEventListener('input', () => {
  showFound();
  remember('sessionStorage', 'addresses', $('text').value.slice(0, 20000) || null);
});
$('text').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.isComposing) start();
});
$('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  start();
});
$('example').addEventListener('click', () => {
  $('text').value = EXAMPLE;
  showFound();
  start();
});
$('stop').addEventListener('click', stop);
$('retry-all').addEventListener('click', () => look([...results.keys()].filter((index) => !results[index].ok)));
$('mine-retry').addEventListener('click', lookUpMine);
for (const [id, text] of Object.entries({
  'copy-json': async () => (await import('./take-away.js')).toJson(results),
  'copy-csv': async () => (await import('./take-away.js')).toCsv(results),
  'copy-link': () => location.href,
})) {
  $(id).addEventListener('click', async ({ currentTarget }) => (await import('./copy.js')).copyWithButton(currentTarget, await text()));
}
window.addEventListener('hashchange', startFromLink);

lookUpMine();
if (!startFromLink()) $('text').value = recall('sessionStorage', 'addresses') ?? '';
showFound();
showMap();
