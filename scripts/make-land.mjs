// The outline of the land as an SVG path for the address page's map: node make-land.mjs SOURCE PROJECTION
import fs from 'node:fs';

const [source, modulePath] = process.argv.slice(2);
// A .js file is no module to Node without a package.json, which has no place among the pages.
const { project, HEIGHT } = await import(`data:text/javascript,${encodeURIComponent(fs.readFileSync(modulePath, 'utf8'))}`);
const LIMIT = 3300; // bytes of path
const SMALLEST = 5; // area of an island that is drawn, in squares of the map's grid

const topology = JSON.parse(fs.readFileSync(source, 'utf8'));

// TopoJSON: arcs of differences in a grid; a negative number is an arc backwards.
function readArc(arc) {
  const { scale, translate } = topology.transform;
  let at = [0, 0];
  return arc.map((step) => {
    at = at.map((value, axis) => value + step[axis]);
    return at.map((value, axis) => value * scale[axis] + translate[axis]);
  });
}

function readRings() {
  const arcs = topology.arcs.map(readArc);
  const arc = (index) => (index < 0 ? [...arcs[~index]].reverse() : arcs[index]);
  return topology.objects.land.geometries.flatMap(({ type, arcs: parts }) => (type === 'Polygon' ? parts : parts.flat()))
    .map((ring) => ring.flatMap((index) => arc(index).slice(1)));
}

// What crosses the 180th meridian goes on beyond it, and is then cut there: a piece for each edge of the map.
function cut(ring) {
  let turn = 0;
  const whole = ring.map(([longitude, latitude], i) => {
    const step = i === 0 ? 0 : longitude - ring[i - 1][0];
    if (Math.abs(step) > 180) turn -= Math.sign(step) * 360;
    return [longitude + turn, latitude];
  });
  const pieces = [-360, 0, 360].map((shift) => clip(clip(whole.map(([longitude, latitude]) => [longitude + shift, latitude]), 1), -1));
  return pieces.filter((piece) => piece.length > 2);
}

// The part of a ring on one side of the edge: longitudes below 180 (side 1) or above -180 (side -1).
function clip(ring, side) {
  const isInside = ([longitude]) => longitude * side <= 180;
  return ring.flatMap((point, i) => {
    const before = ring.at(i - 1);
    const result = isInside(point) ? [point] : [];
    if (isInside(before) !== isInside(point)) {
      const part = (180 * side - before[0]) / (point[0] - before[0]);
      result.unshift([180 * side, before[1] + part * (point[1] - before[1])]);
    }
    return result;
  });
}

const triangle = ([ax, ay], [bx, by], [cx, cy]) => Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2;

function area(ring) {
  const twice = ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}

// Visvalingam and Whyatt: the point goes that changes the area least, until each would change it by `least`.
function simplify(ring, least) {
  const points = [...ring];
  while (points.length > 3) {
    const { length } = points;
    const changes = points.map((point, i) => triangle(points[(i + length - 1) % length], point, points[(i + 1) % length]));
    const smallest = Math.min(...changes);
    if (smallest >= least) break;
    points.splice(changes.indexOf(smallest), 1);
  }
  return points;
}

// Whole numbers, each point as the difference to the one before, no blank in front of a minus.
function draw(rings) {
  let at = [0, 0];
  return rings.map((ring) => {
    const numbers = [];
    let start = null;
    for (const point of ring) {
      const rounded = point.map(Math.round);
      const step = rounded.map((value, axis) => value - at[axis]);
      if (start && step[0] === 0 && step[1] === 0) continue;
      numbers.push(...step);
      start ??= rounded;
      at = rounded;
    }
    at = start;
    return `m${numbers.join(' ').replaceAll(' -', '-')}z`;
  }).join('');
}

const rings = readRings().flatMap(cut).map((ring) => ring.map(([longitude, latitude]) => project(longitude, latitude)))
  .filter((ring) => area(ring) >= SMALLEST && ring.some(([, y]) => y < HEIGHT));
let path;
for (let least = 0.25; path === undefined || path.length > LIMIT; least *= 1.05) {
  path = draw(rings.map((ring) => simplify(ring, least)).filter((ring) => area(ring) >= SMALLEST));
}

console.log(`// Made by scripts/make-land, not by hand: the outline of the land in the grid of projection.js, simplified
// from Natural Earth's 1:110m land (naturalearthdata.com), which is in the public domain.

export const LAND = '${path}';`);
