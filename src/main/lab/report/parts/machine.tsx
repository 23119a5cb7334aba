import type { ReactElement, ReactNode } from 'react';
import type { Machine } from '../../../../shared/machine';
import type { SensorInfo } from '../../../../shared/meter';
import { domainWords, provenanceWords, uncertaintyText, updateText } from '../../../../shared/meterWords';
import { headlineEnergy } from '../../../../shared/run';
import { listed } from '../../../../shared/text';
import { counted, formatSi } from '../../../../shared/units';
import { utcDay } from '../../../../shared/utc';
import type { ReportData, ReportRun } from '../gather';
import { Codes, Facts, Table } from './basics';

const notTold = 'not told by the system';
const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(bytes < 16 * 2 ** 30 ? 1 : 0)} GiB`;

export function MachineSection({ data }: { data: ReportData }): ReactElement {
  const { machines, runs } = data;
  const of = (pick: (machine: Machine) => ReactNode) => machines.map(pick);
  const own = (machine: Machine) => runs.filter((r) => r.run.machineId === machine.id);
  const rows: [string, ...ReactNode[]][] = [
    ['Processor', ...of(({ cpu }) => cpu.model)],
    ['Cores', ...of(({ cpu }) => coresText(cpu))],
    [
      'Rated power of the processor',
      ...of(({ cpu }) => (cpu.tdpW == null ? 'not known' : formatSi(cpu.tdpW, 'W'))),
    ],
    ['Memory', ...of((m) => gib(m.memoryBytes))],
    ['Graphics', ...of(graphicsText)],
    [
      'Operating system',
      ...of(({ os }) => [os.build, `${os.platform} ${os.release}, ${os.arch}`].filter(Boolean).join(', ')),
    ],
    ['Virtual machine', ...of(({ virtualized: v }) => (v === null ? notTold : v ? 'yes' : 'no'))],
    ['Power source as the runs began', ...of((m) => powerText(own(m), m))],
    ['Clock governor', ...of(({ cpu }) => cpu.governor ?? notTold)],
    ['ONNX Runtime', ...of((m) => m.onnxruntime)],
    ['Node', ...of((m) => (m.nodeOptions === null ? m.node : `${m.node}, NODE_OPTIONS ${m.nodeOptions}`))],
    ['Thirty Watts', ...of(appText)],
    ['Runs of this experiment', ...of((m) => counted(own(m).length, 'run'))],
    ['Id (hash of all these facts)', ...of((m) => <span className="mono small">{m.id}</span>)],
  ];
  return (
    <section aria-labelledby="machine">
      <h2 id="machine">Machine and meters</h2>
      <Facts
        caption="The machine, as the lab found it when it measured"
        rows={rows}
        heads={machines.length > 1 ? machines.map((_, i) => `State ${i + 1}`) : undefined}
      />
      <Meters data={data} />
    </section>
  );
}

function coresText({ logicalCores, physicalCores }: Machine['cpu']): string {
  return physicalCores == null
    ? `${logicalCores} logical`
    : `${physicalCores} physical, ${logicalCores} logical`;
}

function graphicsText({ gpus }: Machine): string {
  if (gpus.length === 0) return 'none with a meter that the lab can read';
  return gpus
    .map(({ name, memoryBytes, driver, powerLimitW }) =>
      [
        name,
        memoryBytes === null ? null : gib(memoryBytes),
        driver === null ? null : `driver ${driver}`,
        powerLimitW == null ? null : `power limit ${formatSi(powerLimitW, 'W')}`,
      ]
        .filter(Boolean)
        .join(', '),
    )
    .join('; ');
}

/** What the runs recorded; of older runs what the machine's description holds. */
function powerText(runs: readonly ReportRun[], machine: Machine): string {
  const told = runs.flatMap(({ run }) => (run.system === undefined ? [] : [run.system.power]));
  const source = (s: 'ac' | 'battery' | null) => (s === null ? notTold : s === 'ac' ? 'mains' : 'battery');
  if (told.length === 0) return source(machine.powerSource);
  const texts = told.map((p) =>
    p.mode === null ? source(p.source) : `${source(p.source)}, power mode ${p.mode}`,
  );
  return listed([...new Set(texts)].sort());
}

function appText({ app }: Machine): string {
  if (app.commit === null) return app.version;
  const changed = app.commit.endsWith('-dirty');
  return `${app.version}, commit ${app.commit.replace(/-dirty$/, '').slice(0, 12)}${changed ? ' with changes' : ''}`;
}

function Meters({ data }: { data: ReportData }): ReactElement {
  const { sensors, plan, runs } = data;
  if (sensors.length === 0) {
    const codes = [
      ...new Set(
        runs.flatMap(({ run }) => headlineEnergy(run)?.gross.codes.filter((c) => c !== 'GLANCE') ?? []),
      ),
    ];
    return (
      <>
        <h3>Meters</h3>
        <p>
          {plan.meters === 'none'
            ? 'No meter was read: the plan asks for none. Energy is not measured.'
            : 'No meter gave energy: it is not measured, and is never taken as zero.'}
          {codes.length > 0 && (
            <>
              {' '}
              Why: <Codes codes={codes} />.
            </>
          )}
        </p>
      </>
    );
  }
  return (
    <>
      <h3>Meters and what they see</h3>
      <Table
        caption="Sensors behind the energies of this report"
        columns={[
          { title: 'Sensor' },
          { title: 'What it sees' },
          { title: 'Provenance' },
          { title: 'Updates' },
          { title: 'Uncertainty of the sensor' },
          { title: 'Use' },
        ]}
        rows={sensors.map(({ sensor, headline }) => ({
          key: `${sensor.id} ${sensor.calibration?.id ?? ''}`,
          cells: [
            `${sensor.device.name} (${[sensor.provider, sensor.device.driver && `driver ${sensor.device.driver}`].filter(Boolean).join(', ')})`,
            `${domainWords[sensor.domain]} (${sensor.domain})`,
            provenanceText(sensor),
            `${sensor.kind}, ${updateText(sensor)}`,
            uncertaintyOf(sensor),
            headline ? 'the energies of the table' : 'beside them, not in the table',
          ],
        }))}
      />
    </>
  );
}

function provenanceText({ provenance, origin }: SensorInfo): string {
  const unreal =
    origin === 'simulated' || origin === 'replayed' ? `${origin.toUpperCase()}, in place of: ` : '';
  return `${unreal}${provenanceWords[provenance]}`;
}

function uncertaintyOf(sensor: SensorInfo): string {
  const { calibration } = sensor;
  if (!calibration) return uncertaintyText(sensor);
  return `${uncertaintyText({ factor1s: null, ...calibration })}, calibrated ${utcDay(calibration.atUnixMs)} against ${calibration.against}`;
}
