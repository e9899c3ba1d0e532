import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loopsIn } from '../workflows/learn-loop.js';

describe('active learning of closed equations of an alloy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'eqpot-learn-alloy-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const { truth, loop } = loopsIn(folder);

  it('trains them, and their terms stay until the next whole search', async () => {
    const result = await loop(
      'equations',
      {
        form: 'alloy',
        elements: ['Ni', 'Mo'],
        network: {
          cutoff: 5,
          pair: { basis: ['r^-9', 'r^-6', 'exp(-r)'] },
          density: { basis: ['r^-6', 'exp(-r)'] },
          embedding: { basis: ['rho^0.5', 'rho^2'] },
        },
        alloy: { starts: 1, keep: 1, coarse_steps: 5, steps: 3, coarse_atoms: 100 },
        sample: { strained: { phases: ['bcc'], atoms: [2], count: 8 } },
      },
      truth(['Ni', 'Mo']),
    );
    const [first, second] = result.rounds.map(({ training }) => training!);
    expect(second!.full).to.equal(false);
    expect(second!.complexity).to.be.at.most(first!.complexity);
    expect(readFileSync(join(folder, 'equations/round-01/fit.log'), 'utf8')).to.match(/best of 1 starts/);
    expect(existsSync(join(folder, 'equations/potential.eam.alloy'))).to.equal(true);
  });
});
