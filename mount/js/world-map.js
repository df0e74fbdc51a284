// The world with a dot for each place. One stop of the Tab key; the arrow keys go from dot to dot.

import { LAND } from './land.js';
import { project, WIDTH, HEIGHT } from './projection.js';

const NEAR = 5; // dots that would lie closer, in the map's grid, are one

function draw(name, attributes, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

export class WorldMap {
  #svg;
  #dots = new Map();
  #onTouch;
  #onPick;

  /* onTouch(point or null): the pointer or the focus came to a dot, or left it. onPick(point): it was
   * clicked, or Enter was pressed on it. */
  constructor(place, { onTouch, onPick }) {
    this.#onTouch = onTouch;
    this.#onPick = onPick;
    this.#svg = draw('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'group' }, draw('path', { d: LAND, class: 'land' }));
    for (const [name, tells] of Object.entries({ pointerover: true, focusin: true, pointerout: false, focusout: false })) {
      this.#svg.addEventListener(name, ({ target }) => onTouch(tells ? this.#pointOf(target) : null));
    }
    this.#svg.addEventListener('click', ({ target }) => this.#pick(target));
    this.#svg.addEventListener('keydown', (event) => this.#onKey(event));
    place.append(this.#svg);
  }

  /* points: {latitude, longitude, index, isMine}; label(points that are one dot) is read to those who
   * can't see it. */
  show(points, title, label) {
    const places = new Map();
    for (const point of points) {
      const [x, y] = project(point.longitude, point.latitude).map((value) => Math.round(value * 10) / 10);
      const key = `${Math.round(x / NEAR)} ${Math.round(y / NEAR)}`;
      const place = places.get(key) ?? { key, x, y, points: [] };
      place.points.push(point);
      places.set(key, place);
    }
    for (const [key, { node }] of this.#dots) {
      if (places.has(key)) continue;
      node.remove();
      this.#dots.delete(key);
    }
    for (const place of places.values()) this.#showDot(place, label(place.points));
    this.#svg.setAttribute('aria-label', title);
    this.#setStop(this.#focused() ?? [...this.#dots.values()][0]);
  }

  /* Makes the dot of the point with this index stand out; null: none. */
  point(index) {
    for (const { node, place } of this.#dots.values()) {
      node.classList.toggle('on', index !== null && place.points.some((point) => point.index === index));
    }
  }

  // A line without length and with round ends is a dot of the same size on the screen at any size of the
  // map; the circle, unseen, is what a finger can hit.
  #showDot(place, label) {
    let dot = this.#dots.get(place.key);
    if (!dot) {
      const d = `M${place.x} ${place.y}h0`;
      dot = { node: draw('g', { role: 'button', tabindex: -1 }, draw('circle', { cx: place.x, cy: place.y, r: 16 }), draw('path', { d, class: 'halo' }), draw('path', { d, class: 'dot' })) };
      this.#dots.set(place.key, dot);
      this.#svg.append(dot.node);
    }
    dot.place = place;
    dot.node.setAttribute('aria-label', label);
    dot.node.classList.toggle('many', place.points.length > 1);
    dot.node.classList.toggle('mine', place.points.every(({ isMine }) => isMine));
  }

  #dotOf(target) {
    const node = target.closest('g');
    return [...this.#dots.values()].find((dot) => dot.node === node);
  }

  #pointOf(target) {
    return this.#dotOf(target)?.place.points ?? null;
  }

  #pick(target) {
    const points = this.#pointOf(target);
    if (points) this.#onPick(points);
  }

  #focused() {
    return this.#dotOf(document.activeElement ?? this.#svg);
  }

  #setStop(stop) {
    for (const dot of this.#dots.values()) dot.node.setAttribute('tabindex', dot === stop ? 0 : -1);
  }

  // From west to east.
  #onKey(event) {
    const dots = [...this.#dots.values()].sort((a, b) => a.place.x - b.place.x);
    const at = dots.indexOf(this.#focused());
    const next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: dots.length - 1 }[event.key];
    if (event.key === 'Enter' || event.key === ' ') this.#pick(event.target);
    else if (next === undefined) return;
    else {
      const dot = dots[(next + dots.length) % dots.length];
      this.#setStop(dot);
      dot?.node.focus();
    }
    event.preventDefault();
  }
}
