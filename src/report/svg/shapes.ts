/** Shapes of points. They differ besides colour, for print and for colour-blind readers. */
export type Shape = 'circle' | 'square' | 'triangle' | 'diamond';

export const SHAPES: readonly Shape[] = ['circle', 'square', 'triangle', 'diamond'];

/** Path of a shape around (x, y); `size` is about its half width, and all shapes have about the same area. */
export function shapePath(shape: Shape, x: number, y: number, size: number): string {
  const at = (dx: number, dy: number): string => `${r(x + dx * size)} ${r(y + dy * size)}`;
  switch (shape) {
    case 'circle':
      return `M${at(-1, 0)}a${r(size)} ${r(size)} 0 1 0 ${r(2 * size)} 0a${r(size)} ${r(size)} 0 1 0 ${r(-2 * size)} 0z`;
    case 'square':
      return `M${at(-0.9, -0.9)}h${r(1.8 * size)}v${r(1.8 * size)}h${r(-1.8 * size)}z`;
    case 'triangle':
      return `M${at(0, -1.25)}L${at(1.15, 0.8)}L${at(-1.15, 0.8)}z`;
    case 'diamond':
      return `M${at(0, -1.3)}L${at(1.3, 0)}L${at(0, 1.3)}L${at(-1.3, 0)}z`;
  }
}

function r(value: number): string {
  return String(Math.round(value * 10) / 10);
}
