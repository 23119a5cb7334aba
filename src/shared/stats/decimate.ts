/**
 * A series in time order reduced to at most `most` points (2 or more): of each stretch of equally many points the
 * least and the largest value stay, at their own times, so that no spike is lost. Shorter series come back whole.
 */
export function minMax(
  t: Float64Array,
  value: Float64Array,
  most: number,
): { t: Float64Array; value: Float64Array } {
  const n = t.length;
  if (n <= most) return { t, value };
  const stretches = Math.max(1, Math.floor(most / 2));
  const kept = { t: new Float64Array(2 * stretches), value: new Float64Array(2 * stretches) };
  let length = 0;
  const keep = (i: number) => {
    kept.t[length] = t[i]!;
    kept.value[length] = value[i]!;
    length += 1;
  };
  for (let s = 0; s < stretches; s++) {
    const from = Math.floor((s * n) / stretches);
    const to = Math.floor(((s + 1) * n) / stretches);
    let least = from;
    let largest = from;
    for (let i = from + 1; i < to; i++) {
      if (value[i]! < value[least]!) least = i;
      if (value[i]! > value[largest]!) largest = i;
    }
    keep(Math.min(least, largest));
    if (least !== largest) keep(Math.max(least, largest));
  }
  return { t: kept.t.slice(0, length), value: kept.value.slice(0, length) };
}
