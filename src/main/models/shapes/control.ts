import { addOther, addTally, axisOf, type Call, type RuleTable, stuck, type Tally } from './call';
import { known, unknown, type Value, withoutData } from './value';

/** Loops of at most this many rounds are followed round by round. */
const roundsFollowed = 64;

const sameShape = (a: Value, b: Value) =>
  a.shape !== null &&
  b.shape !== null &&
  a.shape.length === b.shape.length &&
  a.shape.every((d, i) => d === b.shape![i]);

function sameTally(a: Tally, b: Tally): boolean {
  return a.macs === b.macs && a.stops.size === 0 && b.stops.size === 0;
}

/** One of two that multiply equally often ran: what else they differ in is not known. */
function addEither(to: Tally, a: Tally, b: Tally): void {
  addTally(to, a);
  for (const label of b.computed) to.computed.add(label);
  for (const why of b.blurs) to.blurs.add(why);
  if (a.effective !== b.effective) to.blurs.add('the branches of an If have different zeros');
  for (const label of new Set([...a.others.keys(), ...b.others.keys()])) {
    const [one, other] = [a.others.get(label), b.others.get(label)];
    if (one?.calls !== other?.calls || one?.elements !== other?.elements) addOther(to, label, null, null);
  }
}

function stop(c: Call, reason: string): void {
  c.tally.stops.set(reason, c.label);
}

/** Elements that both branches agree on. */
function merged(label: string, a: Value | undefined, b: Value | undefined): Value {
  if (!a || !b || !sameShape(a, b)) return unknown(label);
  const same = a.data !== null && b.data !== null && a.data.every((x, i) => x === b.data![i]);
  return known(a.shape!, a.type === b.type ? a.type : null, same ? a.data : null);
}

function branch(c: Call): Value[] {
  const condition = c.inputs[0]?.data?.[0];
  if (condition !== undefined) {
    const { outputs, tally } = c.run(c.graph(condition ? 'then_branch' : 'else_branch'), []);
    addTally(c.tally, tally);
    return outputs;
  }
  const [a, b] = [c.run(c.graph('then_branch'), []), c.run(c.graph('else_branch'), [])];
  if (sameTally(a.tally, b.tally)) addEither(c.tally, a.tally, b.tally);
  else if (a.tally.stops.size + b.tally.stops.size === 0) stop(c, 'If: branches differ');
  else for (const { tally } of [a, b]) addTally(c.tally, tally);
  return a.outputs.map((v, i) => merged(c.label, v, b.outputs[i]));
}

const stacked = (rounds: number, v: Value) => (v.shape === null ? v : known([rounds, ...v.shape], v.type));

/** Follows a loop round by round. Null where it cannot be told when it ends within `limit` rounds. */
function follow(c: Call, limit: number, exact: boolean, states: readonly Value[]): Value[] | null {
  const body = c.graph('body');
  let current = [...states];
  const scans: Value[][] = body.outputs.slice(1 + states.length).map(() => []);
  const tallies: Tally[] = [];
  let rounds = 0;
  let ended = exact && limit === 0;
  while (!ended) {
    if (rounds === limit) return null;
    const { outputs, tally } = c.run(body, [
      known([], 'int64', [rounds]),
      known([], 'bool', [1]),
      ...current,
    ]);
    rounds++;
    tallies.push(tally);
    current = outputs.slice(1, 1 + states.length);
    for (const [i, made] of scans.entries()) made.push(outputs[1 + states.length + i] ?? unknown(c.label));
    const go = outputs[0]?.data?.[0];
    const last = exact && rounds === limit;
    if (go === undefined && !last) return null;
    ended = last || !go;
  }
  for (const tally of tallies) addTally(c.tally, tally);
  const joined = scans.map(([first, ...more]) =>
    first && more.every((v) => sameShape(v, first)) ? stacked(rounds, first) : unknown(c.label),
  );
  return [...current, ...joined];
}

/** One pass over a body whose shapes stay as they are stands for every round; `rounds` null: number not known. */
function repeat(c: Call, rounds: number | null, states: readonly Value[]): Value[] {
  const still = states.map(withoutData);
  const { outputs, tally } = c.run(c.graph('body'), [known([], 'int64'), known([], 'bool', [1]), ...still]);
  const after = outputs.slice(1, 1 + states.length);
  const scans = outputs.slice(1 + states.length);
  const stable = after.every((v, i) => sameShape(v, still[i]!));
  if (stable && rounds !== null && (outputs[0]?.data?.[0] ?? 0) !== 0) {
    addTally(c.tally, tally, rounds);
    return [...after.map(withoutData), ...scans.map((v) => stacked(rounds, v))];
  }
  for (const [reason, operator] of tally.stops) c.tally.stops.set(reason, operator);
  for (const label of tally.others.keys()) addOther(c.tally, label, null, null);
  // Without an operator that multiplies, it does not matter how often the body runs.
  if (tally.counted > 0) stop(c, stable ? 'Loop: number of rounds not known' : 'Loop: shapes change');
  return [
    ...after.map((v) => (stable ? withoutData(v) : unknown(c.label))),
    ...scans.map(() => unknown(c.label)),
  ];
}

/** Inputs: most rounds, condition, states. The body takes round, condition, states; gives condition, states, scans. */
function loop(c: Call): Value[] {
  const states = c.inputs.slice(2).map((v) => v ?? unknown(c.label));
  const start = c.inputs[1] ?? null;
  const most = c.has(0) ? (c.value(0).data?.[0] ?? null) : null;
  if (start !== null && start.data === null) return repeat(c, null, states);
  if (start?.data?.[0] === 0) return [...states];
  const exact = c.has(0);
  if (exact ? most !== null && most <= roundsFollowed : true) {
    const followed = follow(c, exact ? Math.max(0, most!) : roundsFollowed, exact, states);
    if (followed !== null) return followed;
  }
  return repeat(c, most, states);
}

/** Inputs: states, then sequences, cut along an axis into one piece a round (opset 9 on). */
function scan(c: Call): Value[] {
  if (c.opset < 9) return scanWithBatch(c);
  const parts = c.int('num_scan_inputs') ?? stuck();
  const states = c.inputs.slice(0, c.inputs.length - parts).map((v) => withoutData(v ?? stuck()));
  const axes = c.ints('scan_input_axes');
  const shapes = c.inputs.slice(states.length).map((_, i) => c.shape(states.length + i));
  const cut = shapes.map((s, i) => axisOf(axes?.[i] ?? 0, s.length));
  const rounds = shapes[0]?.[cut[0]!] ?? stuck();
  if (!shapes.every((s, i) => s[cut[i]!] === rounds)) stuck();
  const pieces = shapes.map((s, i) => known(s.toSpliced(cut[i]!, 1), c.type(states.length + i)));
  const made = scanBody(c, states, pieces, rounds);
  const outAxes = c.ints('scan_output_axes');
  const scans = made.scans.map((v, i) => {
    if (v.shape === null) return v;
    const axis = axisOf(outAxes?.[i] ?? 0, v.shape.length + 1);
    return known(v.shape.toSpliced(axis, 0, rounds), v.type);
  });
  return [...made.states, ...scans];
}

/** Opset 8: an optional length input first, and a batch axis before the sequence axis everywhere. */
function scanWithBatch(c: Call): Value[] {
  const parts = c.int('num_scan_inputs') ?? stuck();
  if (c.has(0)) stuck();
  const inputs = c.inputs.slice(1);
  const shapes = inputs.map((_, i) => c.shape(i + 1));
  const count = inputs.length - parts;
  const [batch, rounds] = shapes[count] ?? stuck();
  const states = shapes.slice(0, count).map((s, i) => known(s.slice(1), c.type(i + 1)));
  const pieces = shapes.slice(count).map((s, i) => known(s.slice(2), c.type(count + i + 1)));
  const made = scanBody(c, states, pieces, rounds ?? stuck(), batch);
  const batched = (v: Value, ...front: number[]) =>
    v.shape === null ? v : known([...front, ...v.shape], v.type);
  return [
    ...made.states.map((v) => batched(v, batch!)),
    ...made.scans.map((v) => batched(v, batch!, rounds!)),
  ];
}

function scanBody(c: Call, states: readonly Value[], pieces: readonly Value[], rounds: number, batch = 1) {
  const { outputs, tally } = c.run(c.graph('body'), [...states, ...pieces]);
  const after = outputs.slice(0, states.length);
  const stable = after.every((v, i) => sameShape(v, states[i]!));
  if (stable) addTally(c.tally, tally, rounds * batch);
  else if (tally.counted + tally.stops.size > 0) stop(c, 'Scan: shapes change');
  const scans = outputs.slice(states.length);
  if (stable) return { states: after.map(withoutData), scans };
  return { states: after.map(() => unknown(c.label)), scans: scans.map(() => unknown(c.label)) };
}

export const controlRules: RuleTable = { If: branch, Loop: loop, Scan: scan };
