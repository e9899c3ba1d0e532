import { InputError } from '../../errors.js';
import type { Frame } from '../../structures/structure.js';
import { checkCell } from '../cell-check.js';
import type { ReadContext, ReadResult } from '../format.js';
import { numberFrom } from '../numbers.js';
import { stressFromVasp } from '../units.js';
import { WarningTally } from '../warnings.js';
import { OutcarHeader } from './header.js';

/** What has been gathered of the ionic step that is being read. */
interface OpenStep {
  /** 1-based line of its first electronic iteration */
  line: number;
  electronicSteps: number;
  unconverged: boolean;
  cell: number[] | undefined;
  positions: number[];
  forces: number[];
  hasTable: boolean;
  /** kB, xx yy zz xy yz zx */
  stress: number[] | undefined;
  freeEnergy: number | undefined;
  sigma0: number | undefined;
}

/**
 * One frame for each complete, converged ionic step; conventions in schema.ts. Steps of a machine-learned force field, steps that
 * did not converge, steps without a table of positions and steps with overflowed numbers are left out with a warning.
 * @throws InputError with file and line when there is no complete step
 */
export function readOutcar(text: string, context: ReadContext): ReadResult {
  return new Reader(text, context).read();
}

class Reader {
  private at = 0;
  private line = 0;
  private readonly header = new OutcarHeader();
  private readonly frames: Frame[] = [];
  private readonly warnings: WarningTally;
  private step: OpenStep | undefined;
  /** the newest lattice that a step or the header printed */
  private cell: number[] | undefined;
  private species: string[] | undefined;
  private closed = 0;
  private ended = false;

  constructor(
    private readonly text: string,
    private readonly context: ReadContext,
  ) {
    this.warnings = new WarningTally(context.file);
  }

  read(): ReadResult {
    for (let line = this.next(); line !== undefined; line = this.next()) this.readLine(line);
    if (!this.ended)
      this.warnings.add(
        `the file ends before VASP's closing lines: its ${this.closed} complete ionic steps are read`,
        Math.max(1, this.line),
      );
    const place = { file: this.context.file, line: Math.max(1, this.line) };
    if (this.closed === 0)
      throw new InputError('there is no complete ionic step', place, {
        hint: 'the run stopped before the end of its first step, or the file is not an OUTCAR',
      });
    if (this.frames.length === 0)
      throw new InputError(`none of the ${this.closed} ionic steps can be used`, place, { hint: this.warnings.list().join('\n  ') });
    if (this.header.pressure !== 0) this.warnings.add(`PSTRESS = ${this.header.pressure} kB: the energies are TOTEN, without the PV term`);
    return { frames: this.frames, warnings: this.warnings.list() };
  }

  /** the next line that is closed by a line break; a last line without one may be cut, and is never read */
  private next(): string | undefined {
    const end = this.text.indexOf('\n', this.at);
    if (end < 0) return undefined;
    const line = this.text.slice(this.at, this.text.charCodeAt(end - 1) === 13 ? end - 1 : end);
    this.at = end + 1;
    this.line++;
    return line;
  }

  private readLine(line: string): void {
    if (line.startsWith('---') && line.includes('Iteration')) this.readIteration(line);
    else if (line.includes('VOLUME and BASIS-vectors are now')) this.readLattice();
    else if (line.includes('General timing and accounting')) this.ended = true;
    else if (line.includes('ML FORCE on cell')) this.skipMachineLearned();
    else if (!this.step) {
      this.header.read(line, this.line);
      // later "direct lattice vectors" of the header may be those of the primitive cell; this one follows the cutoff of the run
      if (line.includes('energy-cutoff  :')) this.readLattice();
    } else if (line.includes('TOTAL-FORCE (eV/Angst)') && !line.includes('(ML)')) this.readTable();
    else if (/^\s*in kB\s/.test(line)) this.step.stress = numbersIn(line.slice(line.indexOf('kB') + 2));
    else if (line.includes('EDIFF was not reached') || line.includes('hard stop was set')) this.step.unconverged = true;
    else if (line.includes('free  energy   TOTEN')) this.step.freeEnergy = numberFrom(/TOTEN\s*=\s*(\S+)/.exec(line)?.[1] ?? '');
    else if (line.includes('energy(sigma->0)') && this.step.freeEnergy !== undefined) {
      this.step.sigma0 = numberFrom(/energy\(sigma->0\)\s*=\s*(\S+)/.exec(line)?.[1] ?? '');
      this.closeStep();
    }
  }

  /** "--- Iteration   2(   1) ---": ionic and electronic step */
  private readIteration(line: string): void {
    const match = /Iteration\s+(\d+|\*+)\(\s*(\d+|\*+)\)/.exec(line);
    if (!match) return;
    if (!this.step || match[2] === '1')
      this.step = {
        line: this.line,
        electronicSteps: 0,
        unconverged: false,
        cell: this.cell,
        positions: [],
        forces: [],
        hasTable: false,
        stress: undefined,
        freeEnergy: undefined,
        sigma0: undefined,
      };
    this.step.electronicSteps++;
  }

  /** steps of the force field stand between those of DFT; what they print must not be mixed up with those */
  private skipMachineLearned(): void {
    this.warnings.add("ionic step of VASP's machine-learned force field left out", this.line);
    for (let line = this.next(); line !== undefined; line = this.next()) {
      if (line.includes('VOLUME and BASIS-vectors are now')) this.readLattice();
      else if (line.includes('ML energy  without entropy') || line.includes('ML energy(sigma->0)')) return;
    }
  }

  /** the three rows after "direct lattice vectors", Å */
  private readLattice(): void {
    for (let k = 0; k < 8; k++) {
      const line = this.next();
      if (line === undefined) return;
      if (!line.includes('direct lattice vectors')) continue;
      const cell: number[] = [];
      for (let d = 0; d < 3; d++) {
        const row = this.next();
        if (row === undefined) return;
        cell.push(...numbersIn(row).slice(0, 3));
      }
      if (cell.length === 9) {
        this.cell = cell;
        if (this.step) this.step.cell = cell;
      }
      return;
    }
  }

  private readTable(): void {
    const step = this.step!;
    const positions: number[] = [];
    const forces: number[] = [];
    this.next(); // the rule under the title
    for (;;) {
      const line = this.next();
      if (line === undefined) return;
      if (/^\s*-{20}/.test(line)) break;
      const row = numbersIn(line);
      for (let d = 0; d < 3; d++) {
        positions.push(row[d] ?? Number.NaN);
        forces.push(row[3 + d] ?? Number.NaN);
      }
    }
    step.positions = positions;
    step.forces = forces;
    step.hasTable = true;
  }

  private closeStep(): void {
    const step = this.step!;
    // what follows up to the next iteration belongs to no step
    this.step = { ...step, hasTable: false, stress: undefined, freeEnergy: undefined, electronicSteps: 0, unconverged: false };
    this.closed++;
    this.species ??= this.header.species(this.context.file, this.line);
    const reason = this.reasonToSkip(step, this.species.length);
    if (reason) {
      this.warnings.add(reason, step.line);
      return;
    }
    const cell = Float64Array.from(step.cell!);
    checkCell(cell, [true, true, true], { file: this.context.file, line: step.line });
    const frame: Frame = {
      cell,
      pbc: [true, true, true],
      species: [...this.species],
      positions: Float64Array.from(step.positions),
      energy: this.context.energyKind === 'sigma0' ? step.sigma0! : step.freeEnergy!,
      forces: Float64Array.from(step.forces),
      configType: 'default',
      source: '',
      origin: { file: this.context.file, index: this.frames.length, line: step.line },
    };
    if (step.stress) {
      const [xx, yy, zz, xy, yz, zx] = step.stress as [number, number, number, number, number, number];
      if (step.stress.length === 6 && !step.stress.some(Number.isNaN)) frame.stress = stressFromVasp([xx, xy, zx, xy, yy, yz, zx, yz, zz]);
      else this.warnings.add('stress with numbers that are not finite left out', step.line);
    }
    this.frames.push(frame);
  }

  private reasonToSkip(step: OpenStep, n: number): string | undefined {
    const { maximumSteps } = this.header;
    if (!step.hasTable) return 'ionic step without a table of positions left out (NWRITE = 0?); vasprun.xml has them';
    if (!step.cell) return 'ionic step without lattice vectors left out';
    if (!this.context.keepUnconverged) {
      if (step.unconverged) return 'ionic step whose electronic loop did not reach EDIFF left out (keepUnconverged keeps it)';
      if (step.electronicSteps >= maximumSteps)
        return `ionic step whose electronic loop took all NELM = ${maximumSteps} steps left out as not converged (keepUnconverged keeps it)`;
    }
    if (step.positions.length !== 3 * n) return `ionic step with ${step.positions.length / 3} of ${n} ions left out`;
    if ([step.freeEnergy!, step.sigma0!, ...step.cell, ...step.positions, ...step.forces].some(Number.isNaN))
      return 'ionic step with numbers that are not finite left out';
    return undefined;
  }
}

/** Numbers of a line, also where a minus sign joins two columns; NaN for what is none. */
function numbersIn(line: string): number[] {
  return (line.match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:[EeDd][-+]?\d+)?|\*+|NaN|Inf\w*/g) ?? []).map(numberFrom);
}
