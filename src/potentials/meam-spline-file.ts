import { InputError } from '../errors.js';
import type { SplineKnots } from '../math/cubic-spline.js';
import { allElements } from '../structures/elements.js';
import type { SMeamModel } from './s-meam.js';

/** LAMMPS takes knots as evenly spaced that are as close to the grid, in the unit of the argument. */
const EVEN = 1e-8;

/**
 * Reads a LAMMPS `pair_style meam/spline` file: the newer format, whose second line is `meam/spline N El ...`, and the older one of one
 * element, which does not name it.
 * @param file path, for messages; the element of an old file is the one that its name begins with
 * @throws InputError with the line, for anything that LAMMPS would refuse or silently misread
 */
export function readMeamSpline(text: string, file?: string): SMeamModel {
  const lines = text.split(/\r?\n/);
  let at = 1;
  const fail = (message: string, hint?: string): never => {
    throw new InputError(message, { ...(file === undefined ? {} : { file }), line: Math.min(at, lines.length) }, hint ? { hint } : {});
  };
  const words = (what: string): string[] => {
    if (at >= lines.length) fail(`the file ends where ${what} was expected`);
    return lines[at++]!.trim().split(/\s+/);
  };
  const numbers = (count: number, what: string): number[] => {
    const found = words(what);
    const values = found.slice(0, count).map((word) => Number(word.replace(/[dD]/, 'e')));
    if (values.length < count || values.some((value) => !Number.isFinite(value)))
      fail(`expected ${what} (${count} numbers), found '${found.join(' ')}'`);
    return values;
  };
  const header = (lines[1] ?? '').trim().split(/\s+/);
  const named = header[0] === 'meam/spline';
  const elements = named ? header.slice(2) : [elementOfName(file, lines[0] ?? '')];
  if (named) {
    at = 2;
    if (Number(header[1]) !== elements.length || elements.length === 0)
      fail(`expected 'meam/spline N' and the symbols of N elements, found '${header.join(' ')}'`);
  }
  const spline = (what: string): SplineKnots => {
    if (named) words(`the line 'spline3eq' of ${what}`);
    const [count] = numbers(1, `the number of knots of ${what}`) as [number];
    if (!Number.isInteger(count) || count < 2) fail(`${what} has ${count} knots; at least 2 are needed`);
    const [low, high] = numbers(2, `the slopes at the ends of ${what}`) as [number, number];
    if (!named) words(`the line of boundary conditions of ${what}`);
    const x = new Float64Array(count);
    const values = new Float64Array(count);
    for (let k = 0; k < count; k++) [x[k], values[k]] = numbers(3, `knot ${k + 1} of ${what}`) as [number, number];
    const [first, last] = [x[0]!, x[count - 1]!];
    const spacing = (last - first) / (count - 1);
    if (!(spacing > 0)) fail(`the knots of ${what} do not grow`);
    for (let k = 0; k < count; k++)
      if (Math.abs(first + k * spacing - x[k]!) > EVEN)
        fail(`the knots of ${what} are not evenly spaced`, 'LAMMPS refuses such files as well');
    return { first, last, values, slopes: [low, high] };
  };
  const each = (what: string) => elements.map((symbol) => spline(`${what} of ${symbol}`));
  const pairs = (what: string) => elements.flatMap((one, a) => elements.slice(a).map((other) => spline(`${what} of ${one}-${other}`)));
  const phi = pairs('phi');
  const rho = each('rho');
  const u = each('U');
  const f = each('f');
  const g = pairs('g');
  if (lines.slice(at).some((line) => line.trim() !== '')) {
    at++;
    fail('something is left over after the last function');
  }
  const comment = (lines[0] ?? '').replace(/^#\s*/, '').trim();
  return {
    title: comment,
    elements,
    functions: { phi, rho, u, f, g },
    core: { kind: 'none' },
    referenceEnergies: {},
    citation: comment.match(/CITATION:\s*(.*?)\s*(?:[A-Z]+:|$)/)?.[1] ?? '',
  };

  function elementOfName(path: string | undefined, comment: string): string {
    const symbols = new Set(allElements().map(({ symbol }) => symbol));
    const fromName = path
      ?.split('/')
      .pop()
      ?.match(/^([A-Z][a-z]?)(?![a-z])/)?.[1];
    const fromComment = comment.match(/potential for ([A-Z][a-z]?)\b/)?.[1];
    const symbol = [fromName, fromComment].find((one) => one !== undefined && symbols.has(one));
    if (symbol === undefined)
      fail('neither the file nor its name tells the element', 'let the name of the file begin with the symbol, such as Mo.meam.spline');
    return symbol!;
  }
}
