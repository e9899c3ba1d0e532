import type { CutoffStyle } from '../potentials/cutoffs/index.js';
import type { EquationPart } from './equation.js';
import { roundConstants } from './latex.js';
import { escapeText, type Markup, markup, raw } from './markup.js';
import { mathmlName, mathmlNumber, mathmlPieces } from './mathml.js';
import type { ReportEquation } from './report-data.js';

/** Content of a `<math>` element as markup. */
function math(content: string, attributes = ''): string {
  return `<math displaystyle="true"${attributes}>${content}</math>`;
}

/**
 * One of the three functions, typeset. The pieces are elements of their own, so that lines break on a narrow screen.
 * An equation that could not be read as one is shown as text.
 * @param digits significant digits of the constants
 */
export function typesetPart(part: EquationPart, digits: number): Markup {
  const name =
    part.of === undefined ? mathmlName(part.symbol) : `<msub>${mathmlName(part.symbol)}<mtext>${escapeText(part.of)}</mtext></msub>`;
  const variable = mathmlName(part.variable);
  const left = `<mrow>${name}${of(variable)}<mo form="infix">=</mo></mrow>`;
  if (!part.tree) return markup`<p class="equation">${raw(math(left))} <code>${part.text}</code></p>`;
  const pieces = mathmlPieces(roundConstants(part.tree, digits), part.variable, { digits });
  const [first, ...rest] = pieces;
  return markup`<p class="equation">${raw([math(`<mrow>${left}${first}</mrow>`), ...rest.map((piece) => math(piece))].join(' '))}</p>`;
}

/** The argument of a function, in brackets as high as a line. */
function of(argument: string): string {
  return `<mrow><mo form="prefix" stretchy="false">(</mo>${argument}<mo form="postfix" stretchy="false">)</mo></mrow>`;
}

const PLUS = '<mo form="infix" lspace="0em" rspace="0.24em">+</mo>';
const MINUS = '<mo form="infix" lspace="0em" rspace="0.24em">−</mo>';
const SUM_NEIGHBOURS = '<munder><mo>∑</mo><mrow><mi>j</mi><mo>≠</mo><mi>i</mi></mrow></munder>';
const DISTANCE = '<msub><mi>r</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub>';
const FLOOR = '<msub><mi>ρ</mi><mn>0</mn></msub>';

/** Energy of a structure in terms of the three functions. */
export function typesetEnergy(equation: ReportEquation): Markup {
  const floor = equation.densityFloor > 0;
  const density = `${SUM_NEIGHBOURS}<mi>ρ</mi>${of(DISTANCE)}`;
  const inside = [
    `<mrow><mi>E</mi><mo>=</mo><munder><mo>∑</mo><mi>i</mi></munder><mo form="prefix" stretchy="true">[</mo><msub><mi>E</mi><mtext>ref</mtext></msub></mrow>`,
    `<mrow>${PLUS}<mi>F</mi><mrow><mo form="prefix">(</mo>${floor ? `${FLOOR}<mo form="infix">+</mo>` : ''}${density}<mo form="postfix">)</mo></mrow></mrow>`,
    ...(floor ? [`<mrow>${MINUS}<mi>F</mi>${of(FLOOR)}</mrow>`] : []),
    `<mrow>${PLUS}<mfrac><mn>1</mn><mn>2</mn></mfrac>${SUM_NEIGHBOURS}<mi>φ</mi>${of(DISTANCE)}<mo form="postfix" stretchy="true">]</mo></mrow>`,
  ];
  return markup`<p class="equation">${raw(inside.map((piece) => math(piece)).join(' '))}</p>`;
}

/** How the functions end at the cutoff; undefined for a style that is not known here (then the text says it). */
export function typesetCutoff(equation: ReportEquation): Markup | undefined {
  const pieces = CUTOFFS[equation.cutoffStyle]?.(equation.cutoff, equation.taperWidth);
  return pieces && markup`<p class="equation">${raw(pieces.map((piece) => math(`<mrow>${piece}</mrow>`)).join(' '))}</p>`;
}

const T_OF_R = `<mi>t</mi>${of('<mi>r</mi>')}<mo>=</mo>`;
const n = (value: number): string => mathmlNumber(Number(value.toPrecision(12)));

const CUTOFFS: Partial<Record<CutoffStyle, (cutoff: number, width: number) => string[]>> = {
  shift: (cutoff) =>
    ['φ', 'ρ'].map(
      (f, k) =>
        `<mi>${f}</mi>${of('<mi>r</mi>')}<mo>→</mo><mi>${f}</mi>${of('<mi>r</mi>')}<mo>−</mo><mi>${f}</mi>${of(n(cutoff))}${k === 0 ? '<mo>,</mo>' : ''}`,
    ),
  quintic: (cutoff, width) => [
    `${T_OF_R}<mn>1</mn><mo>−</mo><msup><mi>x</mi><mn>3</mn></msup><mo form="prefix" stretchy="false">(</mo><mn>10</mn><mo>−</mo><mn>15</mn><mi>x</mi><mo>+</mo><mn>6</mn><msup><mi>x</mi><mn>2</mn></msup><mo form="postfix" stretchy="false">)</mo><mo>,</mo>`,
    `<mi>x</mi><mo>=</mo><mi>max</mi><mo>⁡</mo><mo form="prefix" stretchy="true">(</mo><mn>0</mn><mo>,</mo><mfrac><mrow><mi>r</mi><mo>−</mo>${n(cutoff - width)}</mrow>${n(width)}</mfrac><mo form="postfix" stretchy="true">)</mo>`,
  ],
  mishin: (cutoff, width) => [
    `${T_OF_R}<mfrac><msup><mi>x</mi><mn>4</mn></msup><mrow><mn>1</mn><mo>+</mo><msup><mi>x</mi><mn>4</mn></msup></mrow></mfrac><mo>,</mo>`,
    `<mi>x</mi><mo>=</mo><mfrac><mrow><mi>r</mi><mo>−</mo>${n(cutoff)}</mrow>${n(width)}</mfrac>`,
  ],
  polynomial: (cutoff) => [
    `${T_OF_R}<msup><mrow><mo form="prefix" stretchy="true">(</mo><mn>1</mn><mo>−</mo><mfrac><msup><mi>r</mi><mn>2</mn></msup><msup>${n(cutoff)}<mn>2</mn></msup></mfrac><mo form="postfix" stretchy="true">)</mo></mrow><mn>3</mn></msup>`,
  ],
};
