// Where a place is on the map: the Equal Earth projection, in units of the map's own grid. No DOM.

export const WIDTH = 800;
export const HEIGHT = 346;

const NORTH = 84;
const A = [1.340264, -0.081106, 0.000893, 0.003796];
const SCALE = WIDTH / (2 * equalEarth(180, 0)[0]);
const TOP = equalEarth(0, NORTH)[1];

function equalEarth(longitude, latitude) {
  const theta = Math.asin((Math.sqrt(3) / 2) * Math.sin((latitude * Math.PI) / 180));
  const square = theta * theta;
  const sixth = square ** 3;
  const slope = A[0] + 3 * A[1] * square + sixth * (7 * A[2] + 9 * A[3] * square);
  return [(2 * ((longitude * Math.PI) / 180) * Math.cos(theta)) / (Math.sqrt(3) * slope),
    theta * (A[0] + A[1] * square + sixth * (A[2] + A[3] * square))];
}

/* Degrees to [x, y]; y grows downwards. What lies beyond the lower edge (Antarctica) is not drawn. */
export function project(longitude, latitude) {
  const [x, y] = equalEarth(longitude, latitude);
  return [WIDTH / 2 + x * SCALE, (TOP - y) * SCALE];
}
