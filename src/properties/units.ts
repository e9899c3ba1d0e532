/** GPa in one eV/Å³ (CODATA 2018). */
export const GPA_PER_EV_PER_ANGSTROM3 = 160.2176634;

/** mJ/m² in one eV/Å². */
export const MJ_PER_M2_PER_EV_PER_ANGSTROM2 = 16021.76634;

/** GPa in one bar, LAMMPS's unit of pressure. */
export const GPA_PER_BAR = 1e-4;
