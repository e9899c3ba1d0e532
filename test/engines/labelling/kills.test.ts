import { expect } from 'chai';
import { runWithKills } from './kills.js';

describe('kill -9', () => {
  for (const mode of ['learner', 'folder'] as const)
    it(`loses and repeats no label (${mode})`, async () => {
      const { kills, runs } = await runWithKills({ mode, kills: 5, seed: 7, delay: 20 });
      expect(kills).to.be.at.least(5);
      expect(runs).to.be.at.least(1);
    }).timeout(600_000);
});
