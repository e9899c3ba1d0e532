import { expect } from 'chai';
import fc from 'fast-check';
import { JobQueue } from '../../../../bridges/sockets/hub/queue.js';
import { copperCell } from '../../../engines/labelling/copper-cells.js';

const JOBS = Array.from({ length: 6 }, (_, k) => copperCell(k));
const WORKERS = ['a', 'b', 'c'];

describe('jobs of a hub', () => {
  it('belong to one worker at a time, come back after the lease, and are settled once', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('take' as const), worker: fc.constantFrom(...WORKERS), count: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ do: fc.constant('renew' as const), worker: fc.constantFrom(...WORKERS) }),
      fc.record({ do: fc.constant('release' as const), worker: fc.constantFrom(...WORKERS) }),
      fc.record({ do: fc.constant('settle' as const), job: fc.nat(5) }),
      fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 15 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let now = 0;
        const queue = new JobQueue(10, () => now);
        queue.add(JOBS);
        queue.add(JOBS);
        // who has what until when, as it should be
        const held = new Map<string, { worker: string; until: number }>();
        const settled = new Set<string>();
        for (const each of steps) {
          if (each.do === 'wait') now += each.seconds;
          for (const id of queue.expire()) {
            expect(held.get(id)!.until).to.be.at.most(now);
            held.delete(id);
          }
          for (const { until } of held.values()) expect(until).to.be.greaterThan(now);
          if (each.do === 'take')
            for (const { id } of queue.take(each.worker, each.count, true)) {
              expect(held.has(id) || settled.has(id)).to.equal(false);
              held.set(id, { worker: each.worker, until: now + 10 });
            }
          const own = 'worker' in each ? [...held].filter(([, { worker }]) => worker === each.worker).map(([id]) => id) : [];
          if (each.do === 'renew') {
            queue.renew(each.worker, own);
            for (const id of own) held.set(id, { worker: each.worker, until: now + 10 });
          }
          if (each.do === 'release') {
            // what belongs to others stays theirs
            queue.release(
              each.worker,
              JOBS.map(({ id }) => id),
            );
            for (const id of own) held.delete(id);
          }
          if (each.do === 'settle') {
            const { id } = JOBS[each.job]!;
            queue.settle(id);
            held.delete(id);
            settled.add(id);
          }
          expect([queue.open, queue.leased]).to.deep.equal([JOBS.length - settled.size, held.size]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('that failed go to another worker first, to the same where there is no other, and not for ever', () => {
    const queue = new JobQueue(10, () => 0);
    const [job] = JOBS;
    queue.add([job!]);
    queue.take('a', 1, true);
    expect(queue.failed(job!.id, 'a', true)).to.equal(true);
    expect(queue.take('a', 1, true)).to.deep.equal([]);
    expect(queue.take('b', 1, true)).to.deep.equal([job]);
    expect(queue.failed(job!.id, 'b', true)).to.equal(false);
    queue.settle(job!.id);
    queue.add([job!]);
    queue.take('a', 1, false);
    expect(queue.failed(job!.id, 'a', true)).to.equal(true);
    expect(queue.take('a', 1, false)).to.deep.equal([job]);
    queue.settle(job!.id);
    queue.add([job!]);
    expect(queue.failed(job!.id, 'a', false)).to.equal(false);
  });

  it('that wait again become those of a worker that still works at them', () => {
    let now = 0;
    const queue = new JobQueue(10, () => now);
    const [job] = JOBS;
    queue.add([job!]);
    queue.take('a', 1, true);
    now = 11;
    expect(queue.expire()).to.deep.equal([job!.id]);
    queue.renew('a', [job!.id, 'no such job']);
    expect(queue.take('b', 1, true)).to.deep.equal([]);
    queue.renew('b', [job!.id]);
    now = 20;
    queue.renew('a', [job!.id]);
    now = 29;
    expect(queue.expire()).to.deep.equal([]);
  });
});
