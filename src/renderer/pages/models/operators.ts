/** Kinds of operators that are listed; the rest is counted. */
const mostOperators = 12;

/** `Conv × 20, Relu × 19, … and 3 more kinds`, most frequent first. Pure. */
export function operatorsText(operators: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(operators).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const shown = sorted.slice(0, mostOperators).map(([op, n]) => (n > 1 ? `${op} × ${n}` : op));
  const rest = sorted.length - shown.length;
  return (
    [...shown, ...(rest > 0 ? [`${rest} more ${rest === 1 ? 'kind' : 'kinds'}`] : [])].join(', ') || 'none'
  );
}
