/** A point on the WGS 84 ellipsoid. [degrees] */
export type Position = { readonly lon: number; readonly lat: number };
