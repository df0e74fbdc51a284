// The address page: one's own address, a box that finds addresses in any text, a table of answers.

import { element, t, onLanguage, startLanguage, recall, remember } from './common.js';
import { copyWithButton } from './copy.js';
import { findAddresses } from './find-addresses.js';
import { addressStrings } from './strings-addresses.js';
import { lookUpAll, lookUpMe } from './lookup-client.js';

const $ = (id) => document.getElementById(id);
const EXAMPLE = '14.130.112.24, 15.130.112.24\n2026-11-23 10:46:37 GET / 200 from 16.130.112.24:51234\n'
  + '[2001:4860:4860::8888]:53，17.130.112.24，1.1.1.1\n10.0.0.7 203.0.113.9';

let asked = [];
let results = [];
let run = 0;
let mine = null;

function found() {
  return findAddresses($('text').value);
}

function showFound() {
  const { addresses, capped } = found();
  $('found').textContent = capped ? t('foundCapped', { n: addresses.length }) : t('found', { n: addresses.length });
  $('look-up').disabled = addresses.length === 0;
}

function start() {
  const { addresses } = found();
  if (addresses.length === 0) return;
  asked = addresses;
  results = new Array(addresses.length).fill(null);
  setPermanentLink();
  $('rows').replaceChildren(...asked.map((_, index) => row(index)));
  $('results').hidden = false;
  look(asked.map((_, index) => index));
}

// Only the newest question may fill the table.
async function look(indexes) {
  const mineRun = ++run;
  showProgress();
  await lookUpAll(indexes.map((index) => asked[index]), { fetch: globalThis.fetch.bind(globalThis), onResult(i, result) {
    if (mineRun !== run) return;
    results[indexes[i]] = result;
    $('rows').children[indexes[i]].replaceWith(row(indexes[i]));
    showProgress();
  } });
}

function retry(index) {
  results[index] = null;
  $('rows').children[index].replaceWith(row(index));
  const unanswered = results.flatMap((result, i) => (result === null ? [i] : []));
  look(unanswered);
}

function setPermanentLink() {
  const url = new URL(location.href);
  url.search = asked.length <= 32 ? `?ip=${asked.join(',')}` : '';
  history.replaceState(null, '', url);
}

function showProgress() {
  const done = results.filter((result) => result !== null);
  const failed = done.filter((result) => !result.ok).length;
  const running = done.length < results.length;
  $('progress').hidden = !running;
  $('progress').max = results.length || 1;
  $('progress').value = done.length;
  $('look-up').textContent = t(running ? 'lookingUp' : 'lookUp');
  $('summary').textContent = running ? '' : t('resultsDone', { n: done.length - failed, failed });
  $('copy').disabled = running;
}

function row(index) {
  const result = results[index];
  const cells = [element('td', { className: 'address', role: 'cell' }, result?.ip ?? asked[index])];
  if (result === null) {
    cells.push(element('td', { className: 'pending', role: 'cell', colSpan: 3 }, '…'));
  } else if (!result.ok) {
    cells.push(element('td', { className: 'failure', role: 'cell', colSpan: 3 }, `${errorText(result.error)} `,
      element('button', { type: 'button', className: 'link', onclick: () => retry(index) }, t('retry'))));
  } else {
    cells.push(element('td', { role: 'cell' }, ...place(result)),
      element('td', { className: 'network', role: 'cell' }, network(result)),
      element('td', { className: 'source', role: 'cell' }, result.source ?? ''));
  }
  return element('tr', { role: 'row' }, ...cells);
}

function errorText(error) {
  if (error?.code === 'http') return t('badAnswer', { status: error.status });
  return t(`lookup.${error?.code}`, {}, error?.detail ?? error?.code);
}

function place(result) {
  const names = [result.country ?? result.country_code, result.region, result.city]
    .filter((name, i, all) => name && name !== all[i - 1]);
  if (names.length > 0) return [element('bdi', {}, names.join(' · '))];
  const special = result.kind && result.kind !== 'public';
  return [element('span', { className: 'kind' }, special ? t(`kind.${result.kind}`, {}, result.kind) : t('unknownPlace'))];
}

function network({ asn, as_name: asName, isp, org }) {
  return [asn ? `AS${asn}` : null, asName ?? isp ?? org].filter(Boolean).join(' ');
}

function showMine() {
  if (mine === null) return;
  $('mine-ip').textContent = mine.ip ?? '—';
  $('mine-place').replaceChildren(...(mine.ok ? place(mine)
    : [element('span', { className: 'problem' }, errorText(mine.error))]));
  if (mine.ok && network(mine)) $('mine-place').append(` · ${network(mine)}`);
}

function showAll() {
  document.title = t('addressTitle');
  showFound();
  showMine();
  $('rows').replaceChildren(...asked.map((_, index) => row(index)));
  showProgress();
}

startLanguage(addressStrings);
onLanguage(showAll);
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
$('copy').addEventListener('click', (event) => copyWithButton(event.currentTarget, JSON.stringify(results, null, 2)));

const linked = new URLSearchParams(location.search).getAll('ip').join(', ');
$('text').value = linked || recall('sessionStorage', 'addresses') || '';
showAll();
if (linked) start();
lookUpMe(globalThis.fetch.bind(globalThis)).then((result) => {
  mine = result;
  showMine();
});
