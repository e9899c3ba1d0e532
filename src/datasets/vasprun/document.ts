import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from 'saxes';
import { numberFrom } from '../numbers.js';

/** One complete ionic step as the file has it. */
export interface IonicStep {
  /** 1-based line of <calculation> */
  line: number;
  /** Å, shape (9) */
  basis: number[];
  /** fractional, shape (3 n) */
  positions: number[];
  /** eV/Å, shape (3 n); empty where the file has none */
  forces: number[];
  /** kB, positive = compression, shape (9); empty where the file has none */
  stress: number[];
  /** eV */
  freeEnergy: number | undefined;
  /** eV, of the last electronic step */
  electronic: { free: number | undefined; sigma0: number | undefined };
  /** number of electronic steps */
  electronicSteps: number;
}

/** What the file says outside the ionic steps. */
export interface VasprunDocument {
  isVasp: boolean;
  /** element and pseudopotential of each atom, in the file's words */
  atoms: { element: string; type: number }[];
  /** title of each type's pseudopotential */
  pseudopotentials: string[];
  /** values of single settings, INCAR's and the effective ones (which win) */
  settings: Map<string, string>;
  steps: IonicStep[];
  /** whether the file ends before </modeling>, and the line it ends in */
  truncatedAt: number | undefined;
  /** the first place that is not well-formed XML */
  malformed: { message: string; line: number } | undefined;
}

interface Element {
  name: string;
  attribute: string;
}

/**
 * Walks through a vasprun.xml and gathers the ionic steps that are closed by </calculation>; so nothing is taken from a step that
 * a truncation cut. A place that is not well-formed ends the reading of steps, unless it lies before the first of them.
 */
export function parseVasprun(text: string): VasprunDocument {
  const document: VasprunDocument = {
    isVasp: false,
    atoms: [],
    pseudopotentials: [],
    settings: new Map(),
    steps: [],
    truncatedAt: undefined,
    malformed: undefined,
  };
  const parser = new SaxesParser({ xmlns: false, position: true, fragment: false });
  const path: Element[] = [];
  let step: IonicStep | undefined;
  let stepsEnded = false;
  let closing = false;
  let content = '';
  let cells: string[] = [];
  const effectiveNames = new Set<string>();

  const inside = (name: string, attribute?: string) =>
    path.some((e) => e.name === name && (attribute === undefined || e.attribute === attribute));

  parser.on('error', (error) => {
    if (closing) return;
    document.malformed ??= { message: error.message.replace(/^\d+:\d+:\s*/, ''), line: parser.line };
    if (step || document.steps.length > 0) stepsEnded = true;
    step = undefined;
  });
  parser.on('opentag', (tag) => {
    const name = tag.name;
    path.push({ name, attribute: attributeOf(tag, 'name') });
    content = '';
    if (name === 'modeling') document.isVasp = true;
    else if (name === 'calculation' && !stepsEnded)
      step = {
        line: parser.line,
        basis: [],
        positions: [],
        forces: [],
        stress: [],
        freeEnergy: undefined,
        electronic: { free: undefined, sigma0: undefined },
        electronicSteps: 0,
      };
    else if (name === 'scstep' && step) {
      step.electronicSteps++;
      step.electronic = { free: undefined, sigma0: undefined };
    } else if (name === 'rc') cells = [];
  });
  parser.on('text', (chunk) => {
    content += chunk;
  });
  parser.on('closetag', (tag) => {
    const name = tag.name;
    const own = path.pop();
    if (name === 'i' && own) readValue(own.attribute);
    else if (name === 'v' && step) readVector();
    else if (name === 'c') cells.push(content.trim());
    else if (name === 'rc' && inside('atominfo')) readRow();
    else if (name === 'calculation' && step) {
      document.steps.push(step);
      step = undefined;
    }
    content = '';
  });

  function readValue(name: string): void {
    const parent = path.at(-1)?.name;
    if (!step) {
      const effective = inside('parameters');
      // NELM and others come again among the parameters of other algorithms; the first is the run's own, and wins over INCAR's
      if (effective ? !effectiveNames.has(name) : inside('incar')) document.settings.set(name, content.trim());
      if (effective) effectiveNames.add(name);
    } else if (parent === 'energy' && inside('scstep')) {
      if (name === 'e_fr_energy') step.electronic.free = vaspNumber(content);
      else if (name === 'e_0_energy') step.electronic.sigma0 = vaspNumber(content);
    } else if (parent === 'energy' && name === 'e_fr_energy') step.freeEnergy = vaspNumber(content);
  }

  function readVector(): void {
    const array = path.at(-1);
    if (!step || array?.name !== 'varray') return;
    const parent = path.at(-2)?.name;
    let into: number[] | undefined;
    if (array.attribute === 'basis' && parent === 'crystal') into = step.basis;
    else if (array.attribute === 'positions' && parent === 'structure') into = step.positions;
    else if (array.attribute === 'forces' && parent === 'calculation') into = step.forces;
    else if (array.attribute === 'stress' && parent === 'calculation') into = step.stress;
    if (into) for (const token of content.trim().split(/\s+/)) into.push(vaspNumber(token));
  }

  function readRow(): void {
    if (inside('array', 'atoms')) document.atoms.push({ element: cells[0] ?? '', type: Number(cells[1]) });
    else if (inside('array', 'atomtypes')) document.pseudopotentials.push(cells[4] ?? '');
  }

  parser.write(text);
  if (path.length > 0 || !document.isVasp) document.truncatedAt = parser.line;
  closing = true;
  parser.close();
  return document;
}

function attributeOf(tag: SaxesTagNS | { attributes: Record<string, string | SaxesAttributeNS> }, name: string): string {
  const value = tag.attributes[name];
  return typeof value === 'string' ? value : '';
}

/** NaN for what is not a finite number, such as Fortran's ******** */
function vaspNumber(token: string): number {
  return numberFrom(token.trim());
}
