// All buffers are laid out once by the host with a bump allocator; the kernels themselves never allocate.

/** Byte offset of a new 16-byte aligned block. */
export function allocate(bytes: usize): usize {
  return heap.alloc(bytes + 16) + 15 & ~15;
}
