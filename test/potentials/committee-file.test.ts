import { expect } from 'chai';
import { InputError } from '../../src/errors.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import { type Committee, readCommittee, writeCommittee } from '../../src/potentials/committee-file.js';

const committee: Committee = {
  members: [
    { kind: 'bootstrap', model: { ...builtinModel('sr2'), range: { shortest: 2, lowestDensity: 1, highestDensity: 9 } } },
    { kind: 'front', model: builtinModel('sr1') },
  ],
  scale: { energy: 3.25, forces: 1.5 },
};

describe('committee.json', () => {
  it('reads back as it was written', () => {
    expect(readCommittee(writeCommittee(committee), 'committee.json')).to.deep.equal(committee);
  });

  it('says what is wrong, and in which member', () => {
    const json = JSON.parse(writeCommittee(committee));
    const read = (changes: object): unknown => readCommittee(JSON.stringify({ ...json, ...changes }), 'runs/committee.json');
    for (const [changes, message] of [
      [{ format: 'eqpot-model' }, '"format"'],
      [{ version: 2 }, 'version 2'],
      [{ scale: { energy: 0, forces: 1 } }, '"scale"'],
      [{ scale: undefined }, '"scale"'],
      [{ members: [] }, '"members"'],
      [{ members: [null] }, 'member 1'],
      [{ members: [{ kind: 'guess' }] }, 'member 1: "kind"'],
    ] as const)
      expect(() => read(changes), message).to.throw(InputError, message);
    expect(() => read({ members: [json.members[0], { kind: 'front', model: {} }] }))
      .to.throw(InputError)
      .with.nested.property('place.file', 'runs/committee.json, member 2');
    expect(() => readCommittee('{', 'x.json')).to.throw(InputError, 'JSON');
  });
});
