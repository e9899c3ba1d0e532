import type { System } from '../system.js';

/** eV/K (CODATA 2018) */
export const BOLTZMANN = 8.617333262e-5;

/** Melting temperatures of elements, K (CRC Handbook of Chemistry and Physics, 97th edition), where a simulation starts to look. */
const KNOWN: ReadonlyMap<string, number> = new Map(
  `Li 454 Be 1560 Ne 25 Na 371 Mg 923 Al 933 Si 1687 Ar 84 K 337 Ca 1115 Sc 1814 Ti 1941 V 2183 Cr 2180 Fe 1811 Co 1768 Ni 1728 Cu 1358
Zn 693 Ge 1211 Kr 116 Rb 312 Sr 1050 Y 1795 Zr 2128 Nb 2750 Mo 2896 Tc 2430 Ru 2607 Rh 2237 Pd 1828 Ag 1235 Cd 594 In 430 Sn 505 Xe 161
Cs 302 Ba 1000 La 1193 Ce 1072 Pr 1204 Nd 1289 Sm 1345 Eu 1095 Gd 1586 Tb 1629 Dy 1685 Ho 1745 Er 1802 Tm 1818 Yb 1097 Lu 1936 Hf 2506
Ta 3290 W 3687 Re 3458 Os 3306 Ir 2719 Pt 2041 Au 1337 Tl 577 Pb 601 Bi 545 Po 527 Ac 1323 Th 2023 Pa 1845 U 1408 Np 917 Pu 913 Am 1449`
    .trim()
    .split(/\s+/)
    .flatMap((word, k, words): [string, number][] => (k % 2 === 0 ? [[word, Number(words[k + 1])]] : [])),
);

/** Share of the cohesive energy of an atom that k T is when metals melt: 0.02 (Al) to 0.05 (Mg), 0.033 for Cu and Ni. */
const SHARE = 0.033;

/**
 * Temperature near which the crystal may melt, K: that of the element, or an estimate for anything else.
 * @param cohesive eV/atom, negative
 */
export function expectedMelting({ element }: System, cohesive: number): number {
  return (element === undefined ? undefined : KNOWN.get(element)) ?? (SHARE * Math.abs(cohesive)) / BOLTZMANN;
}
