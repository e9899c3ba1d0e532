/**
 * The part of TensorFlow.js that the energy backend uses, written out here because the library is an optional peer:
 * `@tensorflow/tfjs-node-gpu`, `@tensorflow/tfjs-node` and `@tensorflow/tfjs-core` (with any backend registered) all have it.
 */
export interface Tensor {
  readonly shape: readonly number[];
  data(): Promise<ArrayLike<number>>;
  dispose(): void;
}

/** The library's namespace object. */
export interface Tensorflow {
  tensor2d(values: Float32Array, shape: [number, number]): Tensor;
  matMul(a: Tensor, b: Tensor): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  mul(a: Tensor, b: Tensor): Tensor;
  sqrt(x: Tensor): Tensor;
  maximum(a: Tensor, b: Tensor | number): Tensor;
  minimum(a: Tensor, b: Tensor | number): Tensor;
  min(x: Tensor, axis: number): Tensor;
  concat(tensors: Tensor[], axis: number): Tensor;
  tidy<T>(work: () => T): T;
  memory(): { numTensors: number };
  getBackend(): string;
}
