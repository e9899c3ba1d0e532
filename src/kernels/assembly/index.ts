export { adpForces, adpMoments, adpSums } from './adp';
export { adpDensityColumns, adpForceColumns, adpMomentColumns, adpMomentForceColumns } from './adp-columns';
export { allocate } from './memory';
export { energyBatch, energyBatchTable, pairBatch } from './energy';
export { energyJacobian } from './jacobian';
export { buildMoments } from './moments';
export { contractColumns, splineColumns } from './spline-columns';
export { splineBatch } from './splines';
export { forces, forceAdjoint, forceColumns, normalEquations } from './forces';
