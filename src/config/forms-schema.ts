import { z } from 'zod';
import { SPLINE_TERMS, type SplineTerms } from '../fitting/splines/form.js';
import { positive, unit, weight } from './quantities.js';

/** Number of knots of a spline. */
const knots = z.int().min(3).max(60);

/** Settings of `form: alloy`. */
export const alloySchema = z
  .strictObject({
    structure: z
      .enum(['own', 'shared'])
      .default('own')
      .describe(
        'own: each function has terms of its own; shared: all pair energies have the same terms, as have all densities and all embedding functions, with constants of their own',
      ),
    terms: positive.default(3).describe('largest number of terms of a function, the mean of all functions'),
    tolerance: z.number().min(1).default(1.05).describe('a simpler equation may have this many times the lowest loss'),
    start: z
      .union([z.string(), z.array(z.string()).min(1)])
      .optional()
      .describe(
        'run directories or model files of closed equations that all starts begin with, relative to the settings file: of single elements, or of alloys. Functions that none of them has are searched with these held, then all constants move; terms that such a function does not have stay off',
      ),
    starts: z
      .int()
      .min(1)
      .max(1000)
      .default(4)
      .describe('starts from random densities with all terms, each followed by the removal of terms'),
    keep: z.int().min(1).max(100).default(2).describe('best starts that go on with all data'),
    coarse_atoms: z.int().min(1).default(1500).describe('atoms of the selection of frames that starts see'),
    coarse_steps: z.int().min(1).default(60).describe('largest number of steps of a start with all terms'),
    steps: z.int().min(1).default(60).describe('largest number of steps on all data'),
    stiffness: weight
      .default(1e-9)
      .describe('weight of the squares of the constants, in reduced units, where the data do not ask for them')
      .meta(unit('eV/atom')),
  })
  .prefault({})
  .describe('closed EAM equations for several elements: the networks of `network` for each pair of elements and each element');

/** Settings of `form: s-meam`. */
export const splinesSchema = z
  .strictObject({
    terms: z
      .enum(Object.keys(SPLINE_TERMS) as [SplineTerms, ...SplineTerms[]])
      .default('all')
      .describe('functions that the potential has: pair energy phi, two-body density rho, three-body density from f and g, embedding U'),
    cutoff: positive
      .min(2)
      .max(15)
      .optional()
      .describe(
        'end of phi and rho; when absent that of Vita and Trinkle for Ni, Cu, Li, Mo, Si and Ge, for others just past the second shell of fcc and the third of bcc and diamond crystals',
      )
      .meta(unit('Å')),
    angular_cutoff: positive
      .min(2)
      .max(15)
      .optional()
      .describe('end of f; `cutoff` when absent. The cost of MD grows with its sixth power')
      .meta(unit('Å')),
    knots: z
      .strictObject({
        phi: knots.default(11).describe('of the pair energy phi(r)'),
        rho: knots.default(11).describe('of the two-body density rho(r)'),
        u: knots.default(5).describe('of the embedding energy U(n)'),
        f: knots.default(9).describe('of the radial part f(r) of the three-body density'),
        g: knots.default(9).describe('of its angular part g(cos theta)'),
      })
      .prefault({})
      .describe('evenly spaced knots of each function; each has slopes at both ends besides'),
    domain: z.tuple([z.number(), z.number()]).default([-1, 1]).describe('densities between which U has its knots; beyond, U is straight'),
    smoothness: weight
      .default(1e-7)
      .describe('weight of the bending of the functions, which keeps knots that no data reach in line')
      .meta(unit('eV/atom')),
    method: z
      .enum(['gradients', 'cma-es', 'both'])
      .default('gradients')
      .describe(
        'search: gradients from random starts; CMA-ES, as Vita and Trinkle; or CMA-ES from the best start. All end with gradients on all data',
      ),
    start: z
      .string()
      .optional()
      .describe(
        'run directory or model file of this form, with the same elements and terms, relative to the settings file: the first start has its functions, on the knots of this fit',
      ),
    starts: z.int().min(1).max(1000).default(6).describe('random starts, and that of `start` among them'),
    keep: z.int().min(1).max(100).default(1).describe('best starts that go on with all data'),
    coarse_atoms: z.int().min(1).default(1500).describe('atoms of the selection of frames that starts and CMA-ES see'),
    coarse_steps: z.int().min(1).default(60).describe('largest number of gradient steps of a start'),
    steps: z.int().min(1).default(300).describe('largest number of gradient steps on all data'),
    population: z
      .int()
      .min(4)
      .max(100000)
      .default(200)
      .describe('parameter sets of one generation of CMA-ES, the better half of which makes the next (100 to 2000 in the paper)'),
    generations: z.int().min(1).default(500).describe('largest number of generations'),
    width: positive.default(1).describe('factor on the standard deviations of the first generation'),
  })
  .prefault({})
  .describe('spline MEAM: J. A. Vita and D. R. Trinkle, Comput. Mater. Sci. 200, 110752 (2021)');

/** Settings of `form: zjw04`. */
export const zjw04Schema = z
  .strictObject({
    kind: z
      .enum(['eam', 'adp'])
      .default('eam')
      .describe('eam: pair energy, density and embedding; adp: dipole and quadrupole functions of each pair of elements besides'),
    cross: z
      .enum(['free', 'mixed'])
      .default('free')
      .describe('pair energy of unlike elements: a function of its own, or the mixing rule of Zhou, Johnson and Wadley'),
    cutoff: positive.min(2).max(15).default(6.5).describe('end of all radial functions').meta(unit('Å')),
    taper_width: positive.default(1).describe('width of the taper that brings them to zero there').meta(unit('Å')),
    start: z
      .union([z.string(), z.array(z.string()).min(1)])
      .optional()
      .describe(
        'run directories or model files of this form whose parameters the fit starts from, relative to the settings file: of single elements for an alloy, or of the alloy; what none of them has starts from the published parameters, functions of unlike elements from the means of the two',
      ),
    rho_e: positive
      .default(5)
      .describe(
        'density rho_e of the first element, which does not move: the scale of densities is free, and the switches between the branches of F are about 1 wide on it, so that a scale like that of the published parameters (20 to 40) makes steps in F',
      ),
    stiffness: weight
      .default(1e-6)
      .describe('weight of changes of the parameters from those of the start, by 1 or by a factor of e, where the data do not ask for them')
      .meta(unit('eV/atom')),
    method: z
      .enum(['levenberg-marquardt', 'adam', 'both'])
      .default('levenberg-marquardt')
      .describe('fit to all data: Levenberg-Marquardt; Adam on small batches, as in the paper; or Adam and then Levenberg-Marquardt'),
    starts: z
      .int()
      .min(1)
      .max(1000)
      .default(6)
      .describe('starts: the parameters of `start`, else the published ones, and these with random factors'),
    keep: z.int().min(1).max(100).default(2).describe('best starts that go on with all data'),
    spread: weight.default(0.1).describe('deviation of the logarithms of the random factors'),
    coarse_atoms: z.int().min(1).default(2500).describe('atoms of the selection of frames that starts see'),
    coarse_steps: z.int().min(1).default(80).describe('largest number of steps of a start, by Levenberg-Marquardt'),
    steps: z.int().min(1).default(60).describe('largest number of Levenberg-Marquardt steps on all data'),
    batch: z.int().min(1).default(25).describe('frames of a batch of Adam'),
    epochs: z.int().min(1).default(100).describe('passes of Adam over all frames'),
    learning_rate: positive.default(0.01).describe('first learning rate of Adam; it falls to a thirtieth'),
  })
  .prefault({})
  .describe('machine-learned EAM and ADP: X. Chen et al., Machine learning enhanced empirical potentials for metals and alloys');
