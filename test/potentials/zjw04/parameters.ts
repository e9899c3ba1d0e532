import { ELEMENT_PARAMETERS, type Zjw04Form } from '../../../src/potentials/zjw04/form.js';
import { publishedZjw04 } from '../../../src/potentials/zjw04/published.js';

/** Parameters of the functions of two elements whose values are all of a size that matters. */
export function alloyParameters(form: Zjw04Form): Float64Array {
  const angular: Record<string, number> = { d1: 0.6, d2: 0.9, d3: -0.08, q1: 0.2, q2: 0.5, q3: 0.05, r0: 5.4, h: 2.5 };
  return Float64Array.from(form.parameters, ({ of, name }, q) => {
    const own = of.split('-').map((element) => publishedZjw04(element)[ELEMENT_PARAMETERS.indexOf(name as 're')]!);
    return (angular[name] ?? own.reduce((sum, x) => sum + x, 0) / own.length) * (1 + 0.02 * Math.sin(q));
  });
}
