import { allElements } from '../structures/elements.js';

const KNOWN = new Set(allElements().map((element) => element.symbol));

/** Whether `symbol` is the symbol of an element, in its usual capitals. */
export function isElement(symbol: string): boolean {
  return KNOWN.has(symbol);
}

/** Symbol of an atomic number, or undefined. */
export function symbolOf(atomicNumber: number): string | undefined {
  return allElements()[atomicNumber - 1]?.symbol;
}

/** What to suggest for an unknown symbol: the same letters in their usual capitals, where that is an element. */
export function symbolHint(token: string): string {
  const letters = /^[A-Za-z]+/.exec(token)?.[0] ?? '';
  const usual = letters.charAt(0).toUpperCase() + letters.slice(1).toLowerCase();
  return isElement(usual) ? `write "${usual}" if that element is meant` : 'expected the symbol of an element, such as Cu';
}
