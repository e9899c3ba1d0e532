/** What stands in a labelling folder for whoever finds it; the same as in bridges/README.md, shorter. */
export const README = `This folder hands structures to whoever can compute their energies and forces (eqpot, bridges/README.md).

jobs/ID/       a structure that wants a label: POSCAR, structure.extxyz, job.json. Take any.
claimed/       to tell others that you have one:   mv jobs/ID claimed/ID.yourname   (not needed when you are alone)
results/       put the result here, with the id in its name, either as a folder or as a file:
                   results/ID/vasprun.xml   results/ID/OUTCAR   results/ID.xml   results/ID.extxyz   results/ID.json
               The structure must be the one of the job, not relaxed. Copies may take their time; what has its name by "mv" is taken at once.
               JSON: {"energy": -3.7, "forces": [[fx, fy, fz], ...], "stress": [[xx, xy, xz], ...]}
               in eV, eV/A and eV/A^3 (tension positive), atoms in the order of the job; or {"failure": {"reason": "...", "again": false}}
done/          results that have been taken in
broken/        results that could not be used, and why: NAME.reason.txt. Mend them and put them into results/ again.
folder.json    what settings the labels have to be computed with

Workers, on as many machines as you like:   npx eqpot label-folder PATH-OF-THIS-FOLDER
`;
