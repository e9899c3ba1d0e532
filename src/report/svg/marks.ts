import { type Markup, markup, raw } from '../markup.js';
import { n2 } from './coordinates.js';
import type { Frame, Mark } from './plot.js';
import { type Shape, shapePath } from './shapes.js';

/** Positions are kept this close to the drawing area, so that steep curves do not overflow a renderer. */
const FAR = 2000;

/** A curve through the finite points; it breaks at the others. */
export function line(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  className: string,
  options: { step?: boolean; tooltip?: string } = {},
): Mark {
  return (frame) => {
    let d = '';
    let open = false;
    for (let k = 0; k < x.length; k++) {
      const px = frame.x.at(x[k]!);
      const py = frame.y.at(y[k]!);
      if (!Number.isFinite(px) || !Number.isFinite(py)) {
        open = false;
        continue;
      }
      const shown = n2(Math.max(-FAR, Math.min(FAR, py)));
      d += open ? (options.step ? `H${n2(px)}V${shown}` : `L${n2(px)} ${shown}`) : `M${n2(px)} ${shown}`;
      open = true;
    }
    return d === '' ? raw('') : markup`<path class="line ${className}" d="${raw(d)}">${tooltip(options.tooltip)}</path>`;
  };
}

/** One point of a scatter. */
export interface Point {
  x: number;
  y: number;
  tooltip?: string;
  /** id that the point leads to */
  href?: string;
}

/** Half width of what a finger has to meet. */
const TOUCH = 9;

/** Points that are not finite are left out. */
export function points(list: readonly Point[], className: string, shape: Shape = 'circle', size = 2.8): Mark {
  return (frame) => {
    const drawn: Markup[] = [];
    for (const point of list) {
      const px = frame.x.at(point.x);
      const py = frame.y.at(point.y);
      if (!Number.isFinite(px) || !Number.isFinite(py) || Math.abs(px) > FAR || Math.abs(py) > FAR) continue;
      const dot = markup`<path d="${raw(shapePath(shape, px, py, size))}">${tooltip(point.tooltip)}</path>`;
      drawn.push(
        point.href === undefined
          ? dot
          : markup`<a href="#${point.href}" class="to-${point.href}"><circle class="touch" cx="${n2(px)}" cy="${n2(py)}" r="${TOUCH}">${tooltip(point.tooltip)}</circle>${dot}</a>`,
      );
    }
    return markup`<g class="point ${className}">${drawn}</g>`;
  };
}

/** A shaded range of x. */
export function band(from: number, to: number, className = ''): Mark {
  return (frame) => {
    const [a, b] = [clamp(frame, frame.x.at(from)), clamp(frame, frame.x.at(to))];
    if (!(b > a)) return raw('');
    return markup`<rect class="band ${className}" x="${n2(a)}" y="${n2(frame.top)}" width="${n2(b - a)}" height="${n2(frame.bottom - frame.top)}"/>`;
  };
}

function clamp(frame: Frame, x: number): number {
  return Math.max(frame.left, Math.min(frame.right, x));
}

/** The line of perfect agreement, y = x. */
export const diagonal: Mark = (frame) => {
  const low = Math.max(frame.x.domain[0], frame.y.domain[0]);
  const high = Math.min(frame.x.domain[1], frame.y.domain[1]);
  return markup`<path class="diagonal" d="M${n2(frame.x.at(low))} ${n2(frame.y.at(low))}L${n2(frame.x.at(high))} ${n2(frame.y.at(high))}"/>`;
};

/** A horizontal line, for instance y = 0. */
export function level(y: number): Mark {
  return (frame) => {
    const at = frame.y.at(y);
    if (!Number.isFinite(at)) return raw('');
    return markup`<path class="level" d="M${n2(frame.left)} ${n2(at)}H${n2(frame.right)}"/>`;
  };
}

/** A short text beside a point, inside the drawing area. */
export function annotation(x: number, y: number, text: string): Mark {
  return (frame) => {
    const px = frame.x.at(x);
    const py = frame.y.at(y);
    if (!Number.isFinite(px) || !Number.isFinite(py)) return raw('');
    const toTheLeft = px > (frame.left + frame.right) / 2;
    const above = py - 10 > frame.top + 8;
    return markup`<text class="annotation" font-size="11.5" x="${n2(px + (toTheLeft ? -8 : 8))}" y="${n2(above ? py - 8 : py + 16)}" text-anchor="${toTheLeft ? 'end' : 'start'}">${text}</text>`;
  };
}

function tooltip(text: string | undefined): Markup | undefined {
  return text === undefined ? undefined : markup`<title>${text}</title>`;
}
