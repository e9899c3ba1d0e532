/** How a section is run; what a section does not use it ignores. */
export interface BenchOptions {
  /** repeats of each timing; a section has its own default */
  repeats?: number;
  /** take the GPU backend where a section has one */
  gpu: boolean;
}

/** One part of the benchmarks: a file in this folder and a line in index.ts. */
export interface Section {
  name: string;
  /** one line for the list */
  what: string;
  /** about how long it takes on two cores */
  duration: string;
  run(options: BenchOptions): Promise<void>;
}

/** Thrown by a section that cannot run here; its message says what is missing. */
export class Skip extends Error {}
