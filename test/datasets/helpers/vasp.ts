/**
 * Texts in the layout of VASP's vasprun.xml and OUTCAR, as VASP 5.4.4 and 6.3 write them (number formats, order of sections, the
 * wrong e_0_energy of VASP 5's ionic steps, the header sections that look like others), made from steps given in eV, Å, kB.
 */
export interface VaspStep {
  /** Å, rows */
  cell: number[][];
  /** fractional */
  positions: number[][];
  /** eV/Å */
  forces: number[][];
  /** kB, VASP's sign: xx yy zz xy yz zx */
  stress?: number[];
  free: number;
  sigma0: number;
  /** number of electronic steps; default 3 */
  electronicSteps?: number;
}

export interface VaspRun {
  /** symbol as atominfo and TITEL have it, and number of ions */
  types: { symbol: string; count: number; title?: string }[];
  steps: VaspStep[];
  nelm?: number;
}

const f = (x: number, width: number, digits: number) => x.toFixed(digits).padStart(width);

/** Three steps of four atoms in a skew cell: NaCl types, so that the order of types matters. */
export function exampleRun(): VaspRun {
  const steps: VaspStep[] = [0, 1, 2].map((k) => ({
    cell: [
      [4 + 0.01 * k, 0, 0],
      [0.1, 4.1, 0],
      [0, 0.2 * k, 4.2],
    ],
    positions: [
      [0, 0, 0],
      [0.5, 0.5, 0.01 * k],
      [0.5, 0, 0.5],
      [-0.02, 0.51, 0.49],
    ],
    forces: [
      [0.1 + k, -0.2, 0.3],
      [0, 0, -1.25 - k],
      [-0.1 - k, 0.15, 0.9],
      [0, 0.05, 0.05 + k],
    ],
    stress: [12.5 + k, -1.5, 2.75, 4.5, 13 - k, -0.25],
    free: -33.36815582 - k,
    sigma0: -33.36836054 - k,
  }));
  return {
    types: [
      { symbol: 'Zr', count: 1, title: 'PAW_PBE Zr_sv 04Jan2005' },
      { symbol: 'O', count: 3, title: 'PAW_PBE O 08Apr2002' },
    ],
    steps,
  };
}

const vectors = (rows: number[][], indent: string) =>
  rows.map((row) => `${indent}<v>${row.map((x) => f(x, 17, 8)).join('')} </v>`).join('\n');

function crystal(step: VaspStep, indent: string): string {
  return `${indent}<crystal>
${indent} <varray name="basis" >
${vectors(step.cell, `${indent}  `)}
${indent} </varray>
${indent} <i name="volume">    171.30421139 </i>
${indent} <varray name="rec_basis" >
${vectors(step.cell, `${indent}  `)}
${indent} </varray>
${indent}</crystal>
${indent}<varray name="positions" >
${vectors(step.positions, `${indent} `)}
${indent}</varray>`;
}

/** vasprun.xml; with `version5` the ionic step's e_0_energy is the entropy term, as VASP 5 has it. */
export function vasprunText(run: VaspRun, options: { version5?: boolean; psteps?: number } = {}): string {
  const version5 = options.version5 ?? true;
  const atoms = run.types.flatMap(({ symbol, count }, t) =>
    // VASP writes Zr as "r"
    Array.from(
      { length: count },
      () => `    <rc><c>${(symbol === 'Zr' ? 'r ' : symbol).padEnd(2)}</c><c>${String(t + 1).padStart(4)}</c></rc>`,
    ),
  );
  const electronic = (step: VaspStep, last: boolean) => `  <scstep>
   <time name="total">    3.43    3.43</time>
   <energy>
${last ? '    <i name="alphaZ">      0.89700515 </i>\n' : ''}    <i name="e_fr_energy">${f(step.free + (last ? 0 : 1), 17, 8)} </i>
    <i name="e_wo_entrp">${f(step.free, 17, 8)} </i>
    <i name="e_0_energy">${f(step.sigma0 + (last ? 0 : 1), 17, 8)} </i>
   </energy>
  </scstep>`;
  const calculation = (step: VaspStep) => {
    const n = step.electronicSteps ?? 3;
    const [xx, yy, zz, xy, yz, zx] = step.stress ?? [];
    const stress = step.stress
      ? `  <varray name="stress" >\n${vectors(
          [
            [xx!, xy!, zx!],
            [xy!, yy!, yz!],
            [zx!, yz!, zz!],
          ],
          '   ',
        )}\n  </varray>\n`
      : '';
    return ` <calculation>
${Array.from({ length: n }, (_, k) => electronic(step, k === n - 1)).join('\n')}
  <structure>
${crystal(step, '   ')}
  </structure>
  <varray name="forces" >
${vectors(step.forces, '   ')}
  </varray>
${stress}  <energy>
   <i name="e_fr_energy">${f(step.free, 17, 8)} </i>
   <i name="e_wo_entrp">${f(step.sigma0, 17, 8)} </i>
   <i name="e_0_energy">${f(version5 ? 0.00061417 : step.sigma0, 17, 8)} </i>
  </energy>
  <time name="totalsc">    1.34    1.35</time>
 </calculation>`;
  };
  return `<?xml version="1.0" encoding="ISO-8859-1"?>
<modeling>
 <generator>
  <i name="program" type="string">vasp </i>
  <i name="version" type="string">5.4.4.18Apr17-6-g9f103f2a35  </i>
 </generator>
 <incar>
  <i type="int" name="NSW">     3</i>
  <i name="EDIFF">      0.00000100</i>
 </incar>
 <structure name="primitive_cell" >
${crystal(run.steps[0]!, '  ')}
 </structure>
 <parameters>
  <separator name="electronic convergence" >
   <i type="int" name="NELM">${String(run.nelm ?? 60).padStart(6)}</i>
  </separator>
  <separator name="response functions" >
   <i type="int" name="NELM">     1</i>
  </separator>
  <i name="PSTRESS">${f(options.psteps ?? 0, 16, 8)}</i>
 </parameters>
 <atominfo>
  <atoms>${String(atoms.length).padStart(8)} </atoms>
  <types>${String(run.types.length).padStart(8)} </types>
  <array name="atoms" >
   <dimension dim="1">ion</dimension>
   <field type="string">element</field>
   <field type="int">atomtype</field>
   <set>
${atoms.join('\n')}
   </set>
  </array>
  <array name="atomtypes" >
   <set>
${run.types.map((t) => `    <rc><c>${String(t.count).padStart(4)}</c><c>${t.symbol}</c><c>     47.88</c><c>      4.00</c><c>  ${t.title ?? `PAW_PBE ${t.symbol} 01Jan2000`}                  </c></rc>`).join('\n')}
   </set>
  </array>
 </atominfo>
 <structure name="initialpos" >
${crystal(run.steps[0]!, '  ')}
 </structure>
${run.steps.map(calculation).join('\n')}
 <structure name="finalpos" >
${crystal(run.steps.at(-1)!, '  ')}
 </structure>
</modeling>
`;
}

const lattice = (cell: number[][]) => `  volume of cell :      171.30
      direct lattice vectors                 reciprocal lattice vectors
${cell.map((row) => `  ${row.map((x) => f(x, 13, 9)).join('')}     0.352083471  0.024361630 -0.005543605`).join('\n')}

  length of vectors
     2.840235575  4.318739749 14.147730839     0.352968825  0.234494467  0.071434205
`;

const rule = `${'-'.repeat(104)}\n`;

/** OUTCAR; with `nwrite0` only the first step prints positions and forces. */
export function outcarText(run: VaspRun, options: { nwrite0?: boolean; machineLearned?: boolean } = {}): string {
  const total = run.types.reduce((sum, t) => sum + t.count, 0);
  const primitive = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  const table = (step: VaspStep, title: string) => ` POSITION                                       ${title}
 -----------------------------------------------------------------------------------
${step.positions
  .map((p, i) => {
    const r = [0, 1, 2].map((d) => p[0]! * step.cell[0]![d]! + p[1]! * step.cell[1]![d]! + p[2]! * step.cell[2]![d]!);
    return ` ${r.map((x) => f(x, 12, 5)).join(' ')}   ${step.forces[i]!.map((x) => f(x, 13, 6)).join(' ')}`;
  })
  .join('\n')}
 -----------------------------------------------------------------------------------
    total drift:                                0.001200      0.017895     -0.013715
`;
  const machineLearned = (step: VaspStep) => `  ML FORCE on cell =-STRESS in cart. coord. units (eV/cell)
  in kB       9.00000     9.00000     9.00000     9.00000     9.00000     9.00000
  external pressure =        9.00 kB  Pullay stress =        0.00 kB
${table({ ...step, forces: step.forces.map(() => [9, 9, 9]) }, 'TOTAL-FORCE (eV/Angst) (ML)')}
  ML FREE ENERGIE OF THE ION-ELECTRON SYSTEM (eV)
  free  energy ML TOTEN  =        -9.00000000 eV
  ML energy  without entropy=       -9.00000000  ML energy(sigma->0) =       -9.00000000
`;
  const ionic = (step: VaspStep, k: number) => {
    const n = step.electronicSteps ?? 3;
    const iterations = Array.from(
      { length: n },
      (
        _,
        e,
      ) => `--------------------------------------- Iteration ${String(k + 1).padStart(6)}(${String(e + 1).padStart(4)})  ---------------------------------------

  Free energy of the ion-electron system (eV)
  ---------------------------------------------------
  free energy    TOTEN  =   ${f(step.free + 1, 16, 8)} eV

  energy without entropy =  ${f(step.free + 1, 16, 8)}  energy(sigma->0) =  ${f(step.free + 1, 16, 8)}

`,
    ).join('');
    const stress = step.stress
      ? `  FORCE on cell =-STRESS in cart. coord.  units (eV):
  Direction    XX          YY          ZZ          XY          YZ          ZX
  Total       1.33798    -0.20684     0.29258     0.48006     1.38738    -0.02079
  in kB  ${step.stress.map((x) => f(x, 11, 5)).join(' ')}
  external pressure =        4.44 kB  Pullay stress =        0.00 kB

  kinetic pressure (ideal gas correction) =      3.86 kB
  Total+kin.  -150.778       6.702       2.096      -0.376       0.642      -0.610
`
      : '';
    return `${options.machineLearned ? machineLearned(step) : ''}${iterations}------------------------ aborting loop because EDIFF is reached ----------------------------------------


${stress}
 VOLUME and BASIS-vectors are now :
 -----------------------------------------------------------------------------
  energy-cutoff  :      226.00
${lattice(step.cell)}
${options.nwrite0 && k > 0 ? '' : table(step, 'TOTAL-FORCE (eV/Angst)')}
${rule}

  FREE ENERGIE OF THE ION-ELECTRON SYSTEM (eV)
  ---------------------------------------------------
  free  energy   TOTEN  =   ${f(step.free, 16, 8)} eV

  energy  without entropy=  ${f(step.free, 16, 8)}  energy(sigma->0) =  ${f(step.sigma0, 16, 8)}

${rule}
     LOOP+:  cpu time    1.3400: real time    1.3530
`;
  };
  return ` vasp.5.4.4.18Apr17-6-g9f103f2a35 (build Mar 26 2018 08:42:56) complex

 POTCAR:    ${run.types.map((t) => t.title ?? `PAW_PBE ${t.symbol} 01Jan2000`).join('\n POTCAR:    ')}
${run.types.map((t) => `   VRHFIN =${t.symbol}: s2p2\n   TITEL  = ${t.title ?? `PAW_PBE ${t.symbol} 01Jan2000`}`).join('\n')}
                                     Primitive cell

  volume of cell :       1.0000

  direct lattice vectors                    reciprocal lattice vectors
${primitive.map((row) => `  ${row.map((x) => f(x, 13, 9)).join('')}     0.1  0.1 0.1`).join('\n')}

   number of dos      NEDOS =    301   number of ions     NIONS = ${String(total).padStart(6)}
   ions per type =            ${run.types.map((t) => String(t.count).padStart(4)).join('')}

   NELM   = ${String(run.nelm ?? 60).padStart(6)};   NELMIN=  4; NELMDL= -5     # of ELM steps
   PSTRESS=    0.0 pullay stress
  energy-cutoff  :      226.00
${lattice(run.steps[0]!.cell)}
${run.steps.map(ionic).join('')}

 General timing and accounting informations for this job:
 ========================================================
`;
}
