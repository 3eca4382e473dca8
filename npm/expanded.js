/** Return a vector with its long texts, which files ending in .large.json keep as repetitions. */
export function expanded(vector) {
  if (vector.repeated === undefined) return vector;
  const { repeated, ...rest } = structuredClone(vector);
  for (const { pointer, before, unit, length, after } of repeated) {
    const steps = pointer
      .split("/")
      .slice(1)
      .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = steps.pop();
    const holder = steps.reduce((part, step) => part[step], rest);
    const times = Math.ceil(length / unit.length);
    holder[last] = before + unit.repeat(times).slice(0, length) + after;
  }
  return rest;
}
