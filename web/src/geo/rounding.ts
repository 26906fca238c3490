/**
 * Rounding as the server does it: what lies exactly between two goes to the even one, and never to minus zero.
 *
 * `Math.round` takes 2.5 to 3 and -2.5 to -2; Python takes them to 2 and -2.
 */
export function rounded(value: number, decimals = 0): number {
  // Only what is a whole number of halves of a binary fraction can lie exactly between two decimal ones.
  const halves = value * 2 ** (decimals + 1);
  if (Number.isInteger(halves) && halves % 2 !== 0) {
    const below = (halves * 5 ** decimals - 1) / 2;
    return (below % 2 === 0 ? below : below + 1) / 10 ** decimals + 0;
  }
  return Number(value.toFixed(decimals)) + 0;
}
