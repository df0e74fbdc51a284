// What both pages share: the language, making nodes, remembering small things.

import { strings, pickLanguage, translate } from './strings.js';

let language = pickLanguage(recall('localStorage', 'language'), navigator.languages);
const dictionary = { ...strings };
const listeners = new Set();

export function currentLanguage() {
  return language;
}

/* The text for key in the current language; a key that has none gives `otherwise`, else the key. */
export function t(key, parameters, otherwise) {
  return translate(dictionary, language, key, parameters) ?? otherwise ?? key;
}

/* Calls listener after each switch of the language. */
export function onLanguage(listener) {
  listeners.add(listener);
}

/* More sentences, which come with a part of a page. */
export function addStrings(more) {
  for (const [key, entry] of Object.entries(more)) {
    dictionary[key] = Array.isArray(entry) ? entry : { ...dictionary[key], ...entry };
  }
  fill();
}

/* Fills what is marked data-t, data-t-placeholder or data-t-label, and lets data-language-switch switch. */
export function startLanguage(more = {}) {
  document.addEventListener('click', (event) => {
    if (!event.target.closest?.('[data-language-switch]')) return;
    language = language === 'zh' ? 'en' : 'zh';
    remember('localStorage', 'language', language);
    fill();
    for (const listener of listeners) listener();
  });
  addStrings(more);
}

export function fill() {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  for (const node of document.querySelectorAll('[data-t]')) node.textContent = t(node.dataset.t, {}, node.textContent);
  for (const node of document.querySelectorAll('[data-t-placeholder]')) node.placeholder = t(node.dataset.tPlaceholder);
  for (const node of document.querySelectorAll('[data-t-label]')) node.setAttribute('aria-label', t(node.dataset.tLabel));
  for (const node of document.querySelectorAll('[data-language-switch]')) {
    node.textContent = t('otherLanguage');
    node.lang = language === 'zh' ? 'en' : 'zh-CN';
  }
}

/* Makes an element with properties, data-* and aria-* attributes, and children: nodes, texts, null. */
export function element(name, { data, aria, role, ...properties } = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  Object.assign(node.dataset, data);
  if (role) node.setAttribute('role', role);
  for (const [key, value] of Object.entries(aria ?? {})) node.setAttribute(`aria-${key}`, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/* storage: 'localStorage' or 'sessionStorage'; where it is switched off nothing is remembered. */
export function recall(storage, key) {
  try {
    return globalThis[storage].getItem(`lwshost.${key}`) ?? null;
  } catch {
    return null;
  }
}

export function remember(storage, key, value) {
  try {
    if (value === null) globalThis[storage].removeItem(`lwshost.${key}`);
    else globalThis[storage].setItem(`lwshost.${key}`, value);
  } catch { /* see recall */ }
}
