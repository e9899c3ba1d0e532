import { printDistance } from './moment-print.js';

/**
 * The entries whose prints differ from each other and from those that are known; of some that are alike the first stays.
 * @param same print distance below which two structures are one
 */
export function distinct<T extends { print: Float64Array }>(entries: readonly T[], known: readonly Float64Array[], same: number): T[] {
  const seen = [...known];
  return entries.filter(({ print }) => {
    if (seen.some((other) => printDistance(other, print) < same)) return false;
    seen.push(print);
    return true;
  });
}
