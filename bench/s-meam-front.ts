import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LammpsEngine, LammpsInput } from '../src/engines/lammps/engine.js';
import { findLammps } from '../src/engines/lammps/find.js';
import { lammpsInPath } from '../src/engines/lammps/native.js';
import { EngineError, InputError, VerificationError } from '../src/errors.js';
import { loadModel } from '../src/evaluate.js';
import { SplineForm } from '../src/fitting/splines/form.js';
import { SplineKernel } from '../src/kernels/spline-kernel.js';
import type { SplineShape } from '../src/kernels/spline-layout.js';
import { S_MEAM_KINDS, type SMeamFunctions, type SMeamModel, SMeamPotential } from '../src/potentials/s-meam.js';
import { type Markup, markup } from '../src/report/markup.js';
import { seriesStyle } from '../src/report/models.js';
import { renderPage } from '../src/report/page.js';
import { figures, note } from '../src/report/section.js';
import { line, points } from '../src/report/svg/marks.js';
import { renderPlot } from '../src/report/svg/plot.js';
import { logExtent } from '../src/report/svg/scale.js';
import { elementOf } from '../src/structures/elements.js';
import type { Frame, Structure } from '../src/structures/structure.js';
import { exportPotential } from '../src/workflows/export.js';
import { potentialFrom } from '../src/workflows/validate/potential.js';
import { inTemporaryFolder } from './data.js';
import { printTable, show, summary, threadSeconds } from './measure.js';
import { chosenElements, splineCase, splineEntries, testErrors } from './s-meam.js';
import { type Section, Skip } from './section.js';

/** s of the thread for one measurement of the kernel */
const LONG_ENOUGH = 0.2;
const STEPS = 50;
/** copies of the conventional cell along each axis, about a thousand atoms */
const COPIES = { fcc: 6, bcc: 8, diamond: 5 } as const;

/** A potential with what was measured of it. */
interface Measured {
  element: string;
  name: string;
  /** RMSE on the test frames, meV/atom and eV/Å */
  energy: number;
  forces: number;
  /** µs an atom, one time for each round */
  kernel: number[];
  md: number[];
  /** the same potential from tables of eam/fs; empty where it has three-body terms, or densities of both signs */
  tables: number[];
}

/** Accuracy against cost of the subsets of functions, like figure 7 of Vita and Trinkle. */
export const sMeamFront: Section = {
  name: 's-meam-front',
  what: 'accuracy and cost of the potentials that s-meam has left, in fits and in molecular dynamics by LAMMPS, with a page of figures',
  duration: '5 min; ELEMENTS=Mo,Si takes some of them',
  async run({ repeats = 5 }) {
    const lammps = await findLammps(lammpsInPath() ? 'native' : 'embedded');
    const all: Measured[] = [];
    let page: string | undefined;
    try {
      console.log(
        `LAMMPS ${await lammps.version()} (${lammps.kind}), ${STEPS} steps; ${repeats} rounds, all potentials of an element in turn\n`,
      );
      for (const element of chosenElements()) {
        const { test } = splineCase(element);
        const entries = splineEntries(element).filter(({ path }) => existsSync(path));
        if (entries.length === 0) throw new Skip(`needs what ELEMENTS=${element} npm run bench -- s-meam leaves`);
        page = join(dirname(entries[0]!.path), 'front.html');
        const largest = test.reduce((a, b) => (b.species.length > a.species.length ? b : a));
        const measured = entries.map(({ name, path }) => {
          const { energy, forces } = errorsOf(path, name, test);
          return { element, name, energy, forces, kernel: [] as number[], md: [] as number[], tables: [] as number[] };
        });
        const decks = entries.map(({ path }) => splineDeck(path));
        const tabled = await Promise.all(entries.map(({ path }) => tableDeck(path)));
        for (let round = 0; round < repeats; round++)
          for (const [k, { path }] of entries.entries()) {
            measured[k]!.kernel.push(kernelMicroseconds(modelOf(path), largest));
            measured[k]!.md.push(await mdMicroseconds(lammps, decks[k]!, element));
            if (tabled[k]) measured[k]!.tables.push(await mdMicroseconds(lammps, tabled[k], element));
          }
        for (const one of measured) console.log(cells(one).join('; '));
        all.push(...measured);
      }
    } finally {
      await lammps.close();
    }
    console.log();
    printTable(
      [
        'element',
        'functions',
        'test RMSE, meV/atom',
        'eV/Å',
        'µs an atom, a set in a batch of 64',
        'µs an atom and step, meam/spline',
        'µs an atom and step, eam/fs',
      ],
      all.map(cells),
    );
    if (!page) return;
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, frontPage(all));
    console.log(`\nfigures: ${page}`);
  },
};

function cells({ element, name, energy, forces, kernel, md, tables }: Measured): string[] {
  const last = tables.length > 0 ? show(summary(tables)) : '';
  return [element, name, energy.toFixed(2), forces.toFixed(3), show(summary(kernel)), show(summary(md)), last];
}

function errorsOf(path: string, name: string, test: readonly Frame[]): { energy: number; forces: number } {
  const { energy, forces } = testErrors(path, test, name === 'published');
  return { energy: 1e3 * energy!.rmse, forces: forces!.rmse };
}

function modelOf(path: string): SMeamModel {
  const { potential } = loadModel(path);
  if (!(potential instanceof SMeamPotential)) throw new Skip(`${path} is no spline potential`);
  return potential.model;
}

/** Energies and forces of one parameter set of a batch, as a fit evaluates them. */
function kernelMicroseconds({ elements, functions }: SMeamModel, frame: Structure): number {
  const shapes = Object.fromEntries(
    S_MEAM_KINDS.map((kind) => [kind, functions[kind].map(({ first, last, values }) => ({ first, last, count: values.length }))]),
  );
  const form = new SplineForm({ elements, functions: shapes as unknown as SMeamFunctions<SplineShape> });
  const potential = new SMeamPotential({ title: '', elements, functions, core: { kind: 'none' }, referenceEnergies: {}, citation: '' });
  const nodal = form.nodal(form.parameters((kind, index) => potential.functions[kind][index]!));
  const kernel = new SplineKernel(form.layout, [frame], form.reach);
  const sets = Array.from({ length: kernel.capacity }, () => nodal);
  kernel.batch(sets, false, () => {});
  let rounds = 0;
  let seconds = 0;
  for (const from = threadSeconds(); seconds < LONG_ENOUGH; seconds = threadSeconds() - from, rounds++) kernel.batch(sets, false, () => {});
  return (1e6 * seconds) / rounds / kernel.capacity / frame.species.length;
}

/** What LAMMPS needs of a potential. */
interface Deck {
  lines: string;
  files: LammpsInput['files'];
}

function splineDeck(path: string): Deck {
  const { pairLines, files } = potentialFrom(path);
  return { lines: pairLines, files };
}

/** The same from tables of eam/fs, undefined where there are none or they are not proved. */
async function tableDeck(path: string): Promise<Deck | undefined> {
  if (modelOf(path).functions.f.length > 0) return undefined;
  return inTemporaryFolder(async (folder) => {
    try {
      const { texts } = await exportPotential(path, folder, { style: 'eam/fs' });
      return { lines: 'include pair.in', files: texts };
    } catch (error) {
      if (error instanceof InputError || error instanceof VerificationError) return undefined;
      throw error;
    }
  });
}

/** Molecular dynamics of a warm crystal of about a thousand atoms at constant energy. */
async function mdMicroseconds(lammps: LammpsEngine, { lines, files }: Deck, element: string): Promise<number> {
  const { lattice, a0, mass } = elementOf(element);
  const n = COPIES[lattice as keyof typeof COPIES];
  const script = `units metal
boundary p p p
newton on
neighbor 1.0 bin
neigh_modify delay 5 every 1
lattice ${lattice} ${a0}
region box block 0 ${n} 0 ${n} 0 ${n}
create_box 1 box
create_atoms 1 box
mass 1 ${mass}
${lines}
velocity all create 600.0 4928459 mom yes rot no
timestep 0.001
fix 1 all nve
thermo 1000
run 10
run ${STEPS}
`;
  const { log } = await lammps.run({ script, files, variables: { eqpot: '.' } });
  const loop = [...log.matchAll(/Loop time of (\S+) on 1 procs for (\d+) steps with (\d+) atoms[\s\S]*?([\d.]+)% CPU use/g)].at(-1);
  if (!loop) throw new EngineError('the LAMMPS log has no loop time', log.slice(-500));
  const [, seconds, steps, atoms, share] = loop;
  // while other programs run, the time by the clock is longer; WebAssembly does not know what its processor does
  return (1e6 * Number(seconds) * (Number(share) / 100 || 1)) / (Number(steps) * Number(atoms));
}

/** Test errors against cost, two figures for each element. */
function frontPage(all: readonly Measured[]): string {
  const elements = [...new Set(all.map(({ element }) => element))];
  const costs = { fits: 'time of one set in a fit', md: 'time of a step in LAMMPS' };
  const section = (element: string): { id: string; title: string; body: Markup } => {
    const own = all.filter((one) => one.element === element);
    const figure = (cost: 'kernel' | 'md', error: 'energy' | 'forces'): Markup[] => {
      // the faster of what LAMMPS offers
      const timesOf = (one: Measured) => (cost === 'md' && one.tables.length > 0 ? one.tables : one[cost]);
      const at = own.map((one) => ({ x: summary(timesOf(one)).median, y: one[error], name: one.name }));
      const [x, y] = [logExtent([at.map((p) => p.x)], 0.25), logExtent([at.map((p) => p.y)], 0.15)];
      if (!x || !y) return [];
      const front = at.filter((p) => !at.some((q) => q !== p && q.x <= p.x && q.y <= p.y)).sort((a, b) => a.x - b.x);
      const marks = [
        line(
          front.map((p) => p.x),
          front.map((p) => p.y),
          'guide',
          { step: true },
        ),
        ...at.map((p, k) => points([p], seriesStyle(k).className, seriesStyle(k).shape, 4.5)),
      ];
      return [
        renderPlot({
          id: `front-${element}-${cost}-${error}`,
          title: `${element}: ${error === 'energy' ? 'energies' : 'forces'}`,
          description: `Errors on test frames of ${element} against the ${cost === 'kernel' ? costs.fits : costs.md}.`,
          height: 320,
          x: { label: cost === 'kernel' ? costs.fits : costs.md, unit: 'µs/atom', domain: x, log: true },
          y: { label: 'test RMSE', unit: error === 'energy' ? 'meV/atom' : 'eV/Å', domain: y, log: true },
          marks,
          legend: at.map((p, k) => ({ label: p.name, className: seriesStyle(k).className, symbol: seriesStyle(k).shape })),
        }),
      ];
    };
    const list = [...figure('kernel', 'energy'), ...figure('kernel', 'forces'), ...figure('md', 'forces')];
    return { id: element, title: element, body: figures(list, 'medium') };
  };
  return renderPage({
    title: 'Spline MEAM: accuracy and cost',
    subtitle: elements.join(', '),
    summary: markup`${note('RMSE on test frames against medians of the times, in the manner of figure 7 of J. A. Vita and D. R. Trinkle, Comput. Mater. Sci. 200, 110752 (2021). Lines join what nothing else beats in both.')}`,
    sections: elements.map(section),
  });
}
