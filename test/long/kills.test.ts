import { expect } from 'chai';
import { runWithKills } from '../engines/labelling/kills.js';

describe('200 kills', () => {
  for (const mode of ['learner', 'folder'] as const)
    it(`lose and repeat no label (${mode})`, async () => {
      const seed = Number(process.env.EQPOT_SEED ?? Math.floor(1e9 * Math.random()));
      const tally = await runWithKills({ mode, kills: mode === 'learner' ? 60 : 140, seed, delay: 20 });
      console.log(`      seed ${seed}: ${JSON.stringify(tally)}`);
      expect(tally.tornLines).to.be.greaterThan(0);
      expect(tally.kills).to.be.at.least(mode === 'learner' ? 60 : 140);
    });
});
