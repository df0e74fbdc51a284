// The table of answers: a row for each address, sorted by any column.

import { element, t, currentLanguage } from './common.js';
import { inOrder, network, placeNames } from './ip-results.js';

/* Why there is no answer, in the reader's language. */
export function errorText(error) {
  if (error?.code === 'http') return t('badAnswer', { status: error.status });
  return t(`lookup.${error?.code}`, {}, error?.detail ?? error?.code);
}

/* Where it is, or what kind of address has no place. */
export function placeText(result) {
  const names = placeNames(result);
  if (names.length > 0) return currentLanguage() === 'zh' ? names.reverse().join(' ') : names.join(', ');
  return result.kind && result.kind !== 'public' ? t(`kind.${result.kind}`, {}, result.kind) : t('unknownPlace');
}

export class AddressTable {
  #body;
  #headers;
  #rows = [];
  #asked = [];
  #results = [];
  #pending = new Set();
  #sort = { column: null, direction: 1 };
  #onRetry;

  /* onRetry(index): the reader wants this one asked again. onTouch(index or null): the pointer or the
   * focus came to a row, or left it. */
  constructor(table, { onRetry, onTouch }) {
    this.#body = table.tBodies[0];
    this.#headers = [...table.querySelectorAll('th[data-column]')];
    this.#onRetry = onRetry;
    for (const header of this.#headers) header.querySelector('button').addEventListener('click', () => this.#sortBy(header.dataset.column));
    const touch = ({ target }) => onTouch(this.#rows.indexOf(target.closest('tr')));
    for (const name of ['pointerover', 'focusin']) this.#body.addEventListener(name, touch);
    for (const name of ['pointerleave', 'focusout']) this.#body.addEventListener(name, () => onTouch(null));
  }

  /* New questions; answers come in by set. */
  start(asked) {
    this.#asked = asked;
    this.#results = asked.map(() => null);
    this.#pending = new Set(asked.keys());
    this.#rows = asked.map((_, index) => this.#row(index));
    this.#body.replaceChildren(...this.#rows);
  }

  /* pending: it is being asked again; a result that is there already stands until then. */
  set(index, result, pending = false) {
    this.#results[index] = result;
    if (pending) this.#pending.add(index);
    else this.#pending.delete(index);
    const old = this.#rows[index];
    const hadFocus = old.contains(document.activeElement);
    this.#rows[index] = this.#row(index);
    old.replaceWith(this.#rows[index]);
    if (hadFocus) (this.#rows[index].querySelector('button') ?? this.#rows[index]).focus();
  }

  /* Puts the rows into the order that the reader chose: not while they come in, under her eyes. */
  order() {
    const { column, direction } = this.#sort;
    const indexes = column ? inOrder(this.#results, column, direction, currentLanguage(), placeText) : [...this.#results.keys()];
    const focused = document.activeElement;
    this.#body.append(...indexes.map((index) => this.#rows[index]));
    if (focused !== document.activeElement) focused.focus();
  }

  /* Says all of it anew, after the language has changed. */
  refresh() {
    for (const index of this.#results.keys()) this.set(index, this.#results[index], this.#pending.has(index));
    this.order();
  }

  focus(index) {
    this.#rows[index]?.scrollIntoView({ block: 'center' });
    this.#rows[index]?.focus({ preventScroll: true });
  }

  light(indexes) {
    this.#rows.forEach((row, index) => row.classList.toggle('on', indexes.includes(index)));
  }

  // Up, down, and the third time as they were asked.
  #sortBy(column) {
    const same = column === this.#sort.column;
    if (same && this.#sort.direction === -1) this.#sort = { column: null, direction: 1 };
    else this.#sort = { column, direction: same ? -1 : 1 };
    for (const header of this.#headers) {
      if (header.dataset.column !== this.#sort.column) header.removeAttribute('aria-sort');
      else header.setAttribute('aria-sort', this.#sort.direction === 1 ? 'ascending' : 'descending');
    }
    this.order();
  }

  #row(index) {
    const result = this.#results[index];
    const address = result?.ip ?? this.#asked[index];
    const cells = [element('th', { className: 'address', role: 'rowheader', scope: 'row' }, address)];
    const whole = (className, ...children) => element('td', { className, role: 'cell', colSpan: 3 }, ...children);
    if (result === null) {
      cells.push(whole('pending', '…'));
    } else if (!result.ok) {
      cells.push(whole('failure', `${errorText(result.error)} `, element('button', { type: 'button', className: 'link',
        aria: { label: t('retryOne', { address }) }, onclick: () => this.#onRetry(index) }, t('retry'))));
    } else {
      cells.push(element('td', { className: placeNames(result).length ? 'place' : 'place none', role: 'cell' }, element('bdi', {}, placeText(result))),
        element('td', { className: 'network', role: 'cell' }, network(result) ? element('bdi', {}, network(result)) : null),
        element('td', { className: 'source', role: 'cell' }, result.stale ? t('stale', { source: result.source }) : result.source ?? ''));
    }
    return element('tr', { role: 'row', tabIndex: -1, className: this.#pending.has(index) && result ? 'again' : '' }, ...cells);
  }
}
