import { expect } from 'chai';
import { grainBoundaries } from '../../src/properties/grain-boundaries.js';
import type { PropertySettings } from '../../src/properties/property.js';
import { surfaces } from '../../src/properties/surfaces.js';
import { elementSystem } from '../../src/properties/system.js';

describe('properties of many alike values', () => {
  const copper = elementSystem('Cu');
  const values = (property: typeof surfaces, settings: Partial<PropertySettings>) =>
    property.values(copper, { seed: 1, ...settings }).map(({ name }) => name);

  it('compute the usual values, and others that are asked for or have a reference', () => {
    expect(values(surfaces, {})).to.have.length(14).and.to.include('surface_mean');
    expect(values(surfaces, { names: ['surface_433', 'surface_111', 'c11'] }))
      .to.have.length(15)
      .and.to.include('surface_433');
    expect(values(grainBoundaries, {})).to.have.length.above(10);
  });

  it('compute only the named ones where the property itself is not named', () => {
    const names = ['surface_111', 'surface_100'];
    expect(values(surfaces, { names, only: ['surface_433', 'surface_111'] })).to.deep.equal(['surface_433', 'surface_111']);
    expect(values(surfaces, { names, only: ['surface_mean'] })).to.have.length(14);
    expect(values(surfaces, { names, only: ['surfaces', 'surface_433'] })).to.have.length(14);
    const [boundary] = values(grainBoundaries, {});
    expect(values(grainBoundaries, { only: [boundary!] })).to.deep.equal([boundary]);
  });
});
