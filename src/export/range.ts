import { AlloyPotential } from '../potentials/alloy/model.js';
import type { EamPotential } from '../potentials/eam.js';
import { EquationPotential } from '../potentials/equation-potential.js';
import { Zjw04Potential } from '../potentials/zjw04/model.js';
import { usualNearestDistance } from '../structures/elements.js';

/** What the tables of a model have to serve. */
export interface TableRange {
  /** shortest distance, Å */
  rMin: number;
  /** largest background density */
  rhoMax: number;
}

/** Shortest distance without data, over the nearest distance of the crystal. */
const CLOSEST = 0.55;
const SQUEEZED = 0.75;
/** Twelve nearest neighbours and what the further shells add. */
const SQUEEZED_NEIGHBOURS = 18;

/** The range of the data that a potential was fitted to; for other models that of a strongly compressed crystal. */
export function tableRange(potential: EamPotential): TableRange {
  const fitted =
    potential instanceof EquationPotential || potential instanceof AlloyPotential || potential instanceof Zjw04Potential
      ? potential.model.range
      : undefined;
  if (fitted) return { rMin: fitted.shortest, rhoMax: fitted.highestDensity };
  const slope = new Float64Array(1);
  let rMin = Infinity;
  let rhoMax = 0;
  potential.elements.forEach((symbol, a) => {
    const nearest = usualNearestDistance(symbol);
    rMin = Math.min(rMin, CLOSEST * nearest);
    for (let b = 0; b < potential.elements.length; b++)
      rhoMax = Math.max(rhoMax, SQUEEZED_NEIGHBOURS * potential.density(a, b).evaluate(SQUEEZED * nearest, slope));
  });
  return { rMin: Number(rMin.toFixed(2)), rhoMax };
}
