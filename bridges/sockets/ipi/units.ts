/** What a program takes for the units of the protocol, which are atomic. */
export interface AtomicUnits {
  /** Å */
  bohr: number;
  /** eV */
  hartree: number;
}

/** CODATA 2018 (E. Tiesinga et al., Rev. Mod. Phys. 93, 025010 (2021)); those of ASE and Quantum ESPRESSO differ by less than 1e-8. */
export const CODATA: AtomicUnits = { bohr: 0.529177210903, hartree: 27.211386245988 };

/**
 * Those of LAMMPS for `units metal`: src/MISC/fix_ipi.cpp has 0.52917721 Å and 3.1668152e-06 hartree/K, src/update.cpp has Boltzmann's
 * constant, in its version of 29 Sep 2021 and later. With its own rounded constants the conversion there is undone to all digits; with
 * those of CODATA energies would be off by 2e-8 of themselves.
 */
export const OF_LAMMPS: AtomicUnits = { bohr: 0.52917721, hartree: 8.617343e-5 / 3.1668152e-6 };
