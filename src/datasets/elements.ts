/** Chemical symbols, index = atomic number; index 0 is not an element. */
const SYMBOLS = (
  'X H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr ' +
  'Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg ' +
  'Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og'
).split(' ');
const KNOWN = new Set(SYMBOLS.slice(1));

/** Whether `symbol` is the symbol of an element, in its usual capitals. */
export function isElement(symbol: string): boolean {
  return KNOWN.has(symbol);
}

/** Symbol of an atomic number, or undefined. */
export function symbolOf(atomicNumber: number): string | undefined {
  return atomicNumber > 0 ? SYMBOLS[atomicNumber] : undefined;
}

/** What to suggest for an unknown symbol: the same letters in their usual capitals, where that is an element. */
export function symbolHint(token: string): string {
  const letters = /^[A-Za-z]+/.exec(token)?.[0] ?? '';
  const usual = letters.charAt(0).toUpperCase() + letters.slice(1).toLowerCase();
  return isElement(usual) ? `write "${usual}" if that element is meant` : 'expected the symbol of an element, such as Cu';
}
