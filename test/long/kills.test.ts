import { expect } from 'chai';
import { type KillScene, runWithKills } from '../engines/labelling/kills.js';
import { smallScene } from '../engines/labelling/small-scene.js';
import { learnScene } from './learn-scene.js';

const SCENES: [string, number, () => Promise<KillScene>][] = [
  ['a learner that labels itself', 50, () => smallScene('learner', 20)],
  ['a learner and two workers at a folder', 100, () => smallScene('folder', 20)],
  ['eqpot learn and two eqpot label-folder with a stand-in for VASP', 50, learnScene],
];

describe('200 kills lose and repeat no label', () => {
  for (const [name, kills, scene] of SCENES)
    it(`of ${name}`, async () => {
      const seed = Number(process.env.EQPOT_SEED ?? Math.floor(1e9 * Math.random()));
      const tally = await runWithKills(await scene(), kills, seed);
      console.log(`      seed ${seed}: ${JSON.stringify(tally)}`);
      expect(tally.tornLines).to.be.greaterThan(0);
    });
});
