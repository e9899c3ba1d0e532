import { CORE_FROM } from '../../export/environments.js';
import type { RandomStream } from '../../math/random.js';
import { cubic } from '../../structures/lattices.js';
import { determinant, type Frame, multiplyRows, repeat, type Structure } from '../../structures/structure.js';

/** A structure of the proof. */
export interface ProofStructure {
  name: string;
  structure: Structure;
  /** says where an atom is, for the report; default its number */
  place?: (atom: number) => string;
}

/** What structures are generated for. */
export interface ProvedModel {
  potential: { readonly elements: readonly string[]; readonly cutoff: number };
  /** shortest distance in the data, Å */
  rMin: number;
}

/** Frames spread evenly over the energies per atom (over the list, where there are no energies); at most `count`. */
export function framesForProof(frames: readonly Frame[], count: number): ProofStructure[] {
  const perAtom = (frame: Frame) => (frame.energy ?? 0) / frame.species.length;
  const order = frames.map((frame, k) => ({ frame, k })).sort((a, b) => perAtom(a.frame) - perAtom(b.frame) || a.k - b.k);
  const taken = Math.min(count, order.length);
  return Array.from({ length: taken }, (_, k) => {
    const { frame } = order[Math.round((k * (order.length - 1)) / Math.max(1, taken - 1))]!;
    return { name: `${frame.origin.file} frame ${frame.origin.index}`, structure: frame };
  });
}

/**
 * Structures that no data set holds: dimers at all distances, free atoms, random cells with few atoms and sharp angles, random
 * gases, a slab, a compressed and a small left-handed crystal. Cells are fully periodic, with vacuum where needed.
 */
export function generatedStructures(model: ProvedModel, random: RandomStream): ProofStructure[] {
  const { potential, rMin } = model;
  const { elements, cutoff } = potential;
  const anyElement = () => elements[random.integer(elements.length)]!;
  const out: ProofStructure[] = [];
  for (let a = 0; a < elements.length; a++)
    for (let b = a; b < elements.length; b++) out.push(dimers(elements[a]!, elements[b]!, CORE_FROM * rMin, cutoff, random));
  out.push({
    name: 'free atoms',
    structure: spread(
      elements.map((symbol) => [symbol]),
      [[0, 0, 0]],
      cutoff,
    ),
  });
  for (let k = 1; k <= 3; k++) out.push({ name: `random cell ${k}`, structure: randomCell(anyElement, rMin, k + 1, random) });
  for (const share of [0.75, 1.1]) {
    const name = `random gas, atoms at least ${(share * rMin).toFixed(2)} Å apart`;
    out.push({ name, structure: gas(anyElement, share * rMin, 24, 3.5 * rMin, random) });
  }
  // nearest-neighbour distance of rattled crystals: a little more than the shortest in the data
  const a0 = 1.15 * rMin * Math.SQRT2;
  const slab = repeat(cubic('fcc', elements[0]!, a0), [2, 2, 2]);
  slab.cell[8] = slab.cell[8]! + cutoff + 4;
  out.push({ name: 'fcc slab, rattled', structure: rattled(slab, 0.05 * rMin, anyElement, random) });
  const squeezed = repeat(cubic('bcc', elements[0]!, (0.9 * rMin * 2) / Math.sqrt(3)), [2, 2, 2]);
  out.push({ name: 'bcc, compressed', structure: rattled(squeezed, 0.02 * rMin, anyElement, random) });
  // nearest-neighbour vectors of fcc in a left-handed order, sheared
  const h = a0 / 2;
  const sheared = multiplyRows(Float64Array.of(0, h, h, h, h, 0, h, 0, h), Float64Array.of(1, 0.03, -0.02, 0, 1.02, 0.05, 0, 0, 0.98));
  const primitive: Structure = { cell: sheared, pbc: [true, true, true], species: [elements[0]!], positions: Float64Array.of(0.3, -7, 50) };
  out.push({ name: 'primitive fcc cell, left-handed and sheared', structure: primitive });
  return out;
}

/** Dimers of many lengths, each out of reach of the others, in directions of their own. */
function dimers(one: string, other: string, from: number, cutoff: number, random: RandomStream): ProofStructure {
  const lengths: number[] = [];
  // steps grow with the distance; the last ones are just inside the cutoff
  for (let k = 0; k < 56; k++) lengths.push(from * ((0.99 * cutoff) / from) ** (k / 55));
  for (const part of [1e-1, 1e-2, 1e-3, 1e-4, 1e-5]) lengths.push(cutoff * (1 - part));
  const molecules = lengths.map((r) => {
    const direction = Float64Array.of(random.normal(), random.normal(), random.normal());
    const norm = Math.hypot(...direction);
    return [0, 0, 0, ...direction.map((x) => (x * r) / norm)];
  });
  const structure = spread(
    lengths.map(() => [one, other]),
    molecules,
    2 * cutoff,
  );
  return {
    name: `dimers ${one}-${other}, ${lengths.length} lengths from ${from.toFixed(2)} Å to the cutoff`,
    structure,
    place: (atom) => `length ${lengths[Math.floor(atom / 2)]!.toFixed(4)} Å`,
  };
}

/** Molecules on a grid in a cubic box, with at least `gap` Å from origin to origin plus 20 %. */
function spread(species: readonly (readonly string[])[], positions: readonly (readonly number[])[], gap: number): Structure {
  const side = Math.ceil(Math.cbrt(species.length));
  const pitch = 1.2 * gap + 1;
  const flat: number[] = [];
  for (const k of species.keys()) {
    const site = [k % side, Math.floor(k / side) % side, Math.floor(k / side / side)];
    const molecule = positions[Math.min(k, positions.length - 1)]!;
    for (let i = 0; i < molecule.length; i++) flat.push(molecule[i]! + (site[i % 3]! + 0.5) * pitch);
  }
  const edge = side * pitch;
  const cell = Float64Array.of(edge, 0, 0, 0, edge, 0, 0, 0, edge);
  return { cell, pbc: [true, true, true], species: species.flat(), positions: Float64Array.from(flat) };
}

/** A cell with random lattice vectors and a few atoms, none closer than 0.9 rMin to another or to its own image. */
function randomCell(element: () => string, rMin: number, n: number, random: RandomStream): Structure {
  for (;;) {
    const cell = Float64Array.from({ length: 9 }, () => random.range(-2, 2) * rMin);
    const size = Math.abs(determinant(cell)) / rMin ** 3;
    if (size < 1.2 * n || size > 3 * n) continue;
    const fractional = Float64Array.from({ length: 3 * n }, () => random.range(-1, 2));
    const species = Array.from({ length: n }, element);
    const structure: Structure = { cell, pbc: [true, true, true], species, positions: multiplyRows(fractional, cell) };
    if (closest(structure) > 0.9 * rMin) return structure;
  }
}

/** Atoms thrown into a cubic box one after another. */
function gas(element: () => string, apart: number, n: number, edge: number, random: RandomStream): Structure {
  const cell = Float64Array.of(edge, 0, 0, 0, edge, 0, 0, 0, edge);
  const positions: number[] = [];
  for (let tries = 0; positions.length < 3 * n && tries < 20_000; tries++) {
    const point = [random.range(0, edge), random.range(0, edge), random.range(0, edge)];
    let free = true;
    for (let i = 0; i < positions.length && free; i += 3) {
      let square = 0;
      for (let d = 0; d < 3; d++) {
        const x = positions[i + d]! - point[d]!;
        square += (x - edge * Math.round(x / edge)) ** 2;
      }
      free = square > apart * apart;
    }
    if (free) positions.push(...point);
  }
  const species = Array.from({ length: positions.length / 3 }, element);
  return { cell, pbc: [true, true, true], species, positions: Float64Array.from(positions) };
}

function rattled(structure: Structure, amplitude: number, element: () => string, random: RandomStream): Structure {
  const positions = structure.positions.map((x) => x + random.range(-amplitude, amplitude));
  return { ...structure, species: structure.species.map(element), positions };
}

/** Shortest distance between atoms, images of the 124 nearest cells included, Å. */
function closest({ cell, positions }: Structure): number {
  let least = Infinity;
  const n = positions.length / 3;
  for (let i = 0; i < n; i++)
    for (let j = i; j < n; j++)
      for (let u = -2; u <= 2; u++)
        for (let v = -2; v <= 2; v++)
          for (let w = -2; w <= 2; w++) {
            if (i === j && u === 0 && v === 0 && w === 0) continue;
            let square = 0;
            for (let d = 0; d < 3; d++)
              square += (positions[3 * j + d]! - positions[3 * i + d]! + u * cell[d]! + v * cell[3 + d]! + w * cell[6 + d]!) ** 2;
            least = Math.min(least, square);
          }
  return Math.sqrt(least);
}
