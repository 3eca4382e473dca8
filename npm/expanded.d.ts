/** A long text that stands as an empty one in its vector. */
export interface Repetition {
  readonly pointer: string;
  readonly before: string;
  readonly unit: string;
  readonly length: number;
  readonly after: string;
}

/** Return a vector with its long texts, which files ending in .large.json keep as repetitions. */
export function expanded<V extends { readonly repeated?: readonly Repetition[] }>(
  vector: V,
): Omit<V, "repeated">;
