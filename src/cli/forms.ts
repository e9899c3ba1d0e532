import type { Settings } from '../config/schema.js';
import type { FitOptions } from '../workflows/complete.js';

/** A form of potential as `eqpot fit` runs it; the result is what the terminal shows at its end. A new form is an entry here. */
const FORMS: Readonly<Record<Settings['form'], (settings: Settings, options: FitOptions) => Promise<string>>> = {
  async equation(settings, options) {
    const [{ fit }, { fitSummary }] = await Promise.all([import('../workflows/fit.js'), import('./fit-summary.js')]);
    return fitSummary(await fit(settings, options));
  },
  async alloy(settings, options) {
    const [{ fitAlloy }, { alloySummary }] = await Promise.all([import('../workflows/fit-alloy.js'), import('./alloy-summary.js')]);
    return alloySummary(await fitAlloy(settings, options));
  },
  async 's-meam'(settings, options) {
    const [{ fitSplines }, { pointSummary }] = await Promise.all([import('../workflows/fit-splines.js'), import('./point-summary.js')]);
    return pointSummary(await fitSplines(settings, options));
  },
  async zjw04(settings, options) {
    const [{ fitZjw04 }, { pointSummary }] = await Promise.all([import('../workflows/fit-zjw04.js'), import('./point-summary.js')]);
    return pointSummary(await fitZjw04(settings, options));
  },
};

/** Runs the fit of the form that the settings name. */
export function runForm(settings: Settings, options: FitOptions): Promise<string> {
  return FORMS[settings.form](settings, options);
}
