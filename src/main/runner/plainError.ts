/**
 * ONNX Runtime's message for a person: the innermost node and its complaint; source paths and nesting go.
 * "Non-zero status code returned while running If node. Name:'a' Status Message: … LSTM node. Name:'b' Status Message: X"
 * becomes "LSTM node b: X."
 */
export function plainOrtMessage(message: string): string {
  const nested = [...message.matchAll(/while running (\S+) node\. Name:'([^']*)'\s+Status Message: /g)].at(
    -1,
  );
  const tail = nested ? message.slice(nested.index + nested[0].length) : message;
  const cause = tail
    .replace(/^\/?[\w./-]+\.(cc|h|cpp):\d+ .*?\) /, '')
    .replace(/^.*? was false\. /s, '')
    .trim();
  const text = cause === '' ? tail.trim() : cause;
  const whole = (nested ? `${nested[1]} node ${nested[2]}: ${text}` : text).slice(0, 600);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
