import { labWord } from '../../../shared/bundle';
import { type ReasonCode, reasons } from '../../../shared/reasons';
import type { Verdict } from '../../../shared/run';
import type { Interval, RunRow } from '../../../shared/runRow';
import { formatInterval } from '../../../shared/units';
import { classOfStatus, LabBadge, OriginBadge, SampleBadge, verdictWords } from '../../parts/badges';
import { formatLocal } from '../../parts/dates';
import { everydayWords } from '../../parts/Everyday';
import type { TableColumn } from '../../parts/table/columns';
import { useSettings } from '../../state/settings';
import { hashOfView } from '../../state/view';

type Column = TableColumn<RunRow>;

/** Where others are `lab 3f9a12c4`. */
export const thisLab = 'this lab';

/** Sentences of the codes, each once. Pure. */
export function sentencesOf(codes: readonly ReasonCode[]): string {
  return [...new Set(codes)].map((code) => reasons[code].sentence).join(' ');
}

/** Why a row is not simply valid: the failure first, then every reason of its results. Pure. */
export function whyOf(row: RunRow): string | null {
  const codes = sentencesOf([...row.latencyCodes, ...row.energyCodes]);
  return [row.failure, codes].filter((text) => text).join(' ') || null;
}

const verdict = (
  id: string,
  title: string,
  of: (row: RunRow) => Verdict,
  codes: (row: RunRow) => ReasonCode[],
  hidden = false,
): Column => ({
  id,
  title,
  width: 126,
  hidden,
  groupable: true,
  value: (row) => verdictWords[of(row)].text,
  cell: (row) => <span className={verdictWords[of(row)].className}>{verdictWords[of(row)].text}</span>,
  hint: (row) => sentencesOf(codes(row)) || null,
});

const intervalHint = ({ value, low, high }: Interval, unit: string) =>
  value === null || low === null || high === null
    ? null
    : `95 % interval: ${formatInterval(value, low, high, unit)}`;

/** The interval, and the energy in the everyday unit of the settings. */
function energyHint(energy: Interval): string | null {
  const words = energy.value === null ? null : everydayWords(energy.value, useSettings.getState().everyday);
  return [intervalHint(energy, 'J'), words && `As much as ${words}`].filter(Boolean).join('. ') || null;
}

const estimated = (row: RunRow) => row.provenance === 'estimate';
const latencyCounts = (row: RunRow) => row.latencyVerdict !== 'invalid';
const grossCounts = (row: RunRow) => row.energyVerdict !== 'invalid';
const netCounts = (row: RunRow) => row.netVerdict !== 'invalid';

const latency = (id: string, title: string, of: (row: RunRow) => Interval, hidden = false): Column => ({
  id,
  title,
  hidden,
  width: 146,
  value: (row) => of(row).value,
  hint: (row) => intervalHint(of(row), 's') ?? (sentencesOf(row.latencyCodes) || null),
  number: { unit: 's', counts: latencyCounts },
});

const text = (
  id: string,
  title: string,
  value: (row: RunRow) => string | null,
  more: Partial<Column> = {},
): Column => ({
  id,
  title,
  value,
  hint: value,
  ...more,
});

const number = (
  id: string,
  title: string,
  unit: string,
  value: (row: RunRow) => number | null,
  more: Partial<Column> = {},
): Column => ({ id, title, value, number: { unit }, hidden: true, width: 100, ...more });

/** Every column of the run table, in the order they stand: up to the verdicts they fit into a window 1280 wide. */
export const runColumns: readonly Column[] = [
  text('status', 'Status', (row) => row.status, {
    width: 86,
    groupable: true,
    cell: (row) => <span className={classOfStatus(row.status)}>{row.status}</span>,
    hint: (row) => row.failure,
  }),
  text('model', 'Model', (row) => row.modelName, {
    width: 236,
    groupable: true,
    cell: (row) => (
      <>
        <a
          className="tw-table-link"
          data-part="link"
          tabIndex={-1}
          href={hashOfView({ page: 'run', run: row.id })}
        >
          {row.modelName}
        </a>
        {row.locked && <span className="tw-tag tw-muted">LOCKED</span>}
        {row.role === 'overhead' && <span className="tw-tag tw-muted">CALL</span>}
        {row.role === 'control' && <span className="tw-tag tw-muted">CONTROL</span>}
        {row.blocks > 1 && (
          <span className="tw-tag tw-muted" title={`Turn ${row.block + 1} of ${row.blocks} of a comparison`}>
            BLOCK {row.block + 1}
          </span>
        )}
        {row.sample && <SampleBadge />}
        <LabBadge lab={row.lab} />
        <OriginBadge origin={row.origin} />
      </>
    ),
  }),
  text('provider', 'Provider', (row) => row.provider, { width: 76, groupable: true }),
  number('batch', 'Batch', '', (row) => row.batch, {
    hidden: false,
    width: 58,
    groupable: true,
    number: { unit: '', whole: true },
  }),
  latency('p50', 'Latency, p50', (row) => row.p50S),
  latency('p95', 'Latency, p95', (row) => row.p95S, true),
  latency('p99', 'Latency, p99', (row) => row.p99S, true),
  verdict(
    'latencyVerdict',
    'Latency verdict',
    (row) => row.latencyVerdict,
    (row) => row.latencyCodes,
  ),
  number('gross', 'Energy, gross', 'J', (row) => row.grossJ.value, {
    hidden: false,
    width: 150,
    hint: (row) => energyHint(row.grossJ) ?? (sentencesOf(row.energyCodes) || null),
    number: { unit: 'J', estimate: estimated, counts: grossCounts },
  }),
  number('net', 'Energy, net', 'J', (row) => row.netJ.value, {
    width: 124,
    hint: (row) => energyHint(row.netJ),
    number: { unit: 'J', estimate: estimated, counts: netCounts },
  }),
  verdict(
    'energyVerdict',
    'Energy verdict',
    (row) => row.energyVerdict,
    (row) => row.energyCodes,
  ),
  verdict(
    'netVerdict',
    'Net verdict',
    (row) => row.netVerdict,
    (row) => row.energyCodes,
    true,
  ),
  number('power', 'Mean power', 'W', (row) => row.powerMeanW, {
    hidden: false,
    width: 124,
    number: { unit: 'W', estimate: estimated, counts: grossCounts },
  }),
  number('threads', 'Threads', '', (row) => row.threads, {
    hidden: false,
    width: 74,
    groupable: true,
    number: { unit: '', whole: true },
  }),
  number('parameters', 'Parameters', '', (row) => row.parameters, {
    hidden: false,
    width: 126,
    groupable: true,
  }),
  text('preset', 'Preset', (row) => row.preset, { width: 84, groupable: true }),
  number('throughput', 'Items a second', '1/s', (row) => row.throughputHz, {
    width: 140,
    number: { unit: '1/s', counts: latencyCounts },
  }),
  text('meter', 'Meter', (row) => (row.meter ? `${row.meter.provider}, ${row.meter.domain}` : null), {
    width: 150,
    hidden: true,
    groupable: true,
  }),
  text('provenance', 'Provenance', (row) => row.provenance, { width: 112, hidden: true, groupable: true }),
  number('windows', 'Windows', '', (row) => row.windows, { width: 82, number: { unit: '', whole: true } }),
  number('n', 'Inferences', '', (row) => row.n, { width: 92, number: { unit: '', whole: true } }),
  number('memory', 'Memory, peak', 'B', (row) => row.memoryPeakBytes, { width: 130 }),
  number('create', 'Session create', 's', (row) => row.sessionCreateS, { width: 136 }),
  number('first', 'First inference', 's', (row) => row.firstInferenceS, { width: 136 }),
  number('bytes', 'Parameter bytes', 'B', (row) => row.parameterBytes, { width: 142 }),
  number('nonzero', 'Non-zero parameters', '', (row) => row.parametersNonzero, { width: 168 }),
  number('macs', 'MACs', '', (row) => row.macs),
  number('macsEffective', 'MACs, weight not zero', '', (row) => row.macsEffective, { width: 168 }),
  text('family', 'Family', (row) => row.family, { width: 84, hidden: true, groupable: true }),
  text('precision', 'Precision', (row) => row.precision, { width: 90, hidden: true, groupable: true }),
  text('engine', 'Engine', (row) => row.engine, { width: 80, hidden: true, groupable: true }),
  number('window', 'Window length', 's', (row) => row.windowS, { width: 124 }),
  text('experiment', 'Experiment', (row) => row.experimentName || row.experimentId, {
    width: 150,
    groupable: true,
  }),
  text('device', 'Device', (row) => row.device, { width: 170, hidden: true, groupable: true }),
  text('machine', 'Machine', (row) => row.machineId.slice(0, 8), {
    width: 90,
    hidden: true,
    groupable: true,
  }),
  text('lab', 'Lab', (row) => (row.lab === null ? thisLab : labWord(row.lab)), {
    width: 100,
    hidden: true,
    groupable: true,
  }),
  time('queued', 'Queued', (row) => row.queuedUnixMs),
  time('started', 'Started', (row) => row.startedUnixMs, false),
  time('ended', 'Ended', (row) => row.endedUnixMs),
  text('ort', 'ONNX Runtime', (row) => row.ortVersion, { width: 112, hidden: true, groupable: true }),
  text('why', 'Reasons', whyOf, {
    width: 320,
    cell: (row) => <span className={row.failure ? 'tw-bad' : undefined}>{whyOf(row) ?? '–'}</span>,
  }),
  text('id', 'Run', (row) => row.id, { width: 130, hidden: true }),
];

function time(id: string, title: string, of: (row: RunRow) => number | null, hidden = true): Column {
  return {
    id,
    title,
    width: 128,
    hidden,
    value: of,
    cell: (row) => {
      const at = of(row);
      return at === null ? <span className="tw-muted">–</span> : formatLocal(at);
    },
  };
}

export const groupable = runColumns.filter((column) => column.groupable);

/** Marks of a group: numbers that come from a sample or from no hardware must not pass as measured here. */
export function groupNote(rows: readonly RunRow[]) {
  const origins = [...new Set(rows.map((row) => row.origin))];
  const labs = [...new Set(rows.map((row) => row.lab))];
  return (
    <>
      {rows.some((row) => row.sample) && <SampleBadge />}
      {labs.map((lab) => (
        <LabBadge key={lab} lab={lab} />
      ))}
      {origins.map((origin) => (
        <OriginBadge key={origin} origin={origin} />
      ))}
    </>
  );
}
