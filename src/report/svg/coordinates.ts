/** A coordinate with two decimals. */
export function n2(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** The middle of a pixel, where a line of one pixel is drawn sharp at full size. */
export function half(value: number): string {
  return String(Math.floor(value) + 0.5);
}
