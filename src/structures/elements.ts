import { InputError } from '../errors.js';

/** What a potential file states about an element besides its functions. */
export interface Element {
  symbol: string;
  /** atomic number */
  z: number;
  /** amu */
  mass: number;
  /** usual structure at room temperature and pressure, or of the solid for gases */
  lattice: string;
  /** lattice constant a of that structure, Å; 0 where the structure has no single usual one */
  a0: number;
}

/**
 * symbol, mass (amu), usual lattice, a0 (Å), in the order of the atomic number.
 * Masses: IUPAC 2021 abridged standard atomic weights (longest-lived isotope for elements without one).
 * Lattices: Kittel, Introduction to Solid State Physics, 8th edition, chapter 1, table 3.
 * LAMMPS reads only the mass; the lattice stands in the header of a potential file for the reader's information.
 */
const TABLE = `
H 1.008 hcp 3.75|He 4.0026 hcp 3.57|Li 6.94 bcc 3.491|Be 9.0122 hcp 2.27|B 10.81 rhombohedral 5.05|C 12.011 diamond 3.567|
N 14.007 cubic 5.66|O 15.999 monoclinic 5.40|F 18.998 monoclinic 5.50|Ne 20.180 fcc 4.46|Na 22.990 bcc 4.225|Mg 24.305 hcp 3.21|
Al 26.982 fcc 4.05|Si 28.085 diamond 5.430|P 30.974 orthorhombic 3.31|S 32.06 orthorhombic 10.47|Cl 35.45 orthorhombic 6.22|
Ar 39.95 fcc 5.31|K 39.098 bcc 5.225|Ca 40.078 fcc 5.58|Sc 44.956 hcp 3.31|Ti 47.867 hcp 2.95|V 50.942 bcc 3.03|Cr 51.996 bcc 2.88|
Mn 54.938 cubic 8.91|Fe 55.845 bcc 2.87|Co 58.933 hcp 2.51|Ni 58.693 fcc 3.52|Cu 63.546 fcc 3.61|Zn 65.38 hcp 2.66|
Ga 69.723 orthorhombic 4.52|Ge 72.630 diamond 5.658|As 74.922 rhombohedral 4.13|Se 78.971 hexagonal 4.37|
Br 79.904 orthorhombic 6.67|Kr 83.798 fcc 5.64|Rb 85.468 bcc 5.585|Sr 87.62 fcc 6.08|Y 88.906 hcp 3.65|Zr 91.224 hcp 3.23|
Nb 92.906 bcc 3.30|Mo 95.95 bcc 3.15|Tc 97 hcp 2.74|Ru 101.07 hcp 2.71|Rh 102.91 fcc 3.80|Pd 106.42 fcc 3.89|Ag 107.87 fcc 4.09|
Cd 112.41 hcp 2.98|In 114.82 tetragonal 3.25|Sn 118.71 tetragonal 5.83|Sb 121.76 rhombohedral 4.51|Te 127.60 hexagonal 4.45|
I 126.90 orthorhombic 7.27|Xe 131.29 fcc 6.13|Cs 132.91 bcc 6.045|Ba 137.33 bcc 5.02|La 138.91 dhcp 3.77|Ce 140.12 fcc 5.16|
Pr 140.91 dhcp 3.67|Nd 144.24 dhcp 3.66|Pm 145 dhcp 3.65|Sm 150.36 rhombohedral 9.00|Eu 151.96 bcc 4.58|Gd 157.25 hcp 3.63|
Tb 158.93 hcp 3.60|Dy 162.50 hcp 3.59|Ho 164.93 hcp 3.58|Er 167.26 hcp 3.56|Tm 168.93 hcp 3.54|Yb 173.05 fcc 5.48|Lu 174.97 hcp 3.50|
Hf 178.49 hcp 3.19|Ta 180.95 bcc 3.30|W 183.84 bcc 3.16|Re 186.21 hcp 2.76|Os 190.23 hcp 2.74|Ir 192.22 fcc 3.84|Pt 195.08 fcc 3.92|
Au 196.97 fcc 4.08|Hg 200.59 rhombohedral 2.99|Tl 204.38 hcp 3.46|Pb 207.2 fcc 4.95|Bi 208.98 rhombohedral 4.75|Po 209 sc 3.34|
At 210 unknown 0|Rn 222 fcc 0|Fr 223 bcc 0|Ra 226 bcc 5.15|Ac 227 fcc 5.31|Th 232.04 fcc 5.08|Pa 231.04 tetragonal 3.92|
U 238.03 orthorhombic 2.85|Np 237 orthorhombic 4.72|Pu 244 monoclinic 6.18|Am 243 dhcp 3.64|Cm 247 dhcp 3.50`;

const ELEMENTS: readonly Element[] = TABLE.split('|').map((entry, index) => {
  const [symbol, mass, lattice, a0] = entry.trim().split(' ') as [string, string, string, string];
  return { symbol, z: index + 1, mass: Number(mass), lattice, a0: Number(a0) };
});

const BY_SYMBOL = new Map(ELEMENTS.map((element) => [element.symbol, element]));

/** All elements known, in the order of the atomic number (1 to 96). */
export function allElements(): readonly Element[] {
  return ELEMENTS;
}

/**
 * Atomic number, mass and usual lattice of a chemical symbol.
 * @throws InputError for a symbol that is no element from H (1) to Cm (96)
 */
export function elementOf(symbol: string): Element {
  const element = BY_SYMBOL.get(symbol);
  if (element) return element;
  const fixed = symbol.charAt(0).toUpperCase() + symbol.slice(1).toLowerCase();
  throw new InputError(
    `'${symbol}' is no chemical symbol from H to Cm`,
    {},
    BY_SYMBOL.has(fixed) ? { hint: `write '${fixed}'` } : { hint: 'give the symbol of an element with atomic number 1 to 96' },
  );
}

/** Nearest distance over the lattice constant. */
const NEAREST: Readonly<Record<string, number>> = {
  fcc: Math.SQRT1_2,
  bcc: Math.sqrt(3) / 2,
  diamond: Math.sqrt(3) / 4,
  sc: 1,
  hcp: 1,
  dhcp: 1,
};

/**
 * Nearest distance in the usual structure of an element, Å; a guess of 2.5 Å where one lattice constant does not tell. The nearest
 * distances of other structures of the element lie within some ten per cent.
 */
export function usualNearestDistance(symbol: string): number {
  const { lattice, a0 } = elementOf(symbol);
  const factor = NEAREST[lattice];
  return factor !== undefined && a0 > 0 ? factor * a0 : 2.5;
}
