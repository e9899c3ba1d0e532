import { expect } from 'chai';
import { runWithKills } from './kills.js';
import { smallScene } from './small-scene.js';

describe('kill -9', () => {
  for (const mode of ['learner', 'folder'] as const)
    it(`loses and repeats no label (${mode})`, async () => {
      const { kills } = await runWithKills(await smallScene(mode, 20), 5, 7);
      expect(kills).to.be.at.least(5);
    }).timeout(600_000);
});
