import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { CalibrationInput, CalibrationPair } from '../../../../shared/calibration';
import type { Lab } from '../../../../shared/contract';
import { LabError } from '../../../../shared/errors';
import { significant } from '../../../../shared/units';
import { utcDay } from '../../../../shared/utc';
import {
  tokenWords,
  type WallKind,
  type WallMeterInput,
  type WallReading,
  wallKindFacts,
  wallKinds,
  wallMeterName,
} from '../../../../shared/wallMeter';
import { connect } from '../connect';
import { globals, keyNumber, positiveNumber } from '../options';
import type { Output } from '../output';

/** Wall meters and calibrations of the lab. */
export function metersCommand(): Command {
  const meters = new Command('meters').description('wall meters of this lab, and calibrations of sensors');
  meters
    .command('list', { isDefault: true })
    .description('all wall meters and every calibration, in force or not')
    .action((_: unknown, command: Command) => inLab(command, false, list));
  addWall(meters);
  meters
    .command('remove-wall')
    .description('takes a wall meter out of the lab, with its token')
    .argument('<id>', 'id of the meter, from the list')
    .action((id: string, _: unknown, command: Command) =>
      inLab(command, true, async (lab, output) => {
        output.data(await lab.removeWallMeter({ id }));
        output.say(`Removed ${id}.`);
      }),
    );
  meters
    .command('test-wall')
    .description('asks a wall meter once and shows what it says')
    .argument('<id>', 'id of the meter, from the list')
    .action((id: string, _: unknown, command: Command) =>
      inLab(command, true, async (lab, output) => {
        const answer = await lab.testWallMeter({ id });
        output.data(answer);
        if (answer.failure) throw new LabError('not_found', answer.failure.message, answer.failure.remedy);
        if (answer.reading) output.say(readingText(answer.reading));
      }),
    );
  meters
    .command('lag')
    .description(
      'measures how far a wall meter trails the load: three pulses of full load, about 40 s in all',
    )
    .argument('<id>', 'id of the meter, from the list')
    .action((id: string, _: unknown, command: Command) =>
      inLab(command, true, async (lab, output) => {
        output.say('Loading the processor three times for 5 s …');
        const found = await lab.measureWallLag({ id });
        output.data(found);
        output.say(
          `The meter trails the load by ${found.lagS.toFixed(2)} s (correlation ${found.correlation.toFixed(2)}); its readings are moved by that from now on.`,
        );
      }),
    );
  calibrate(meters);
  meters
    .command('revoke')
    .description('takes a calibration out of force; results that used it keep it')
    .argument('<id>', 'id of the calibration, from the list')
    .option('--undo', 'puts it back into force', false)
    .action((id: string, { undo }: { undo: boolean }, command: Command) =>
      inLab(command, true, async (lab, output) => {
        const answer = await lab.setCalibrationRevoked({ id, revoked: !undo });
        output.data(answer);
        if (answer.changed) output.say(undo ? `Back in force: ${id}.` : `Revoked ${id}.`);
        else output.say('Nothing to change.');
      }),
    );
  return meters;
}

async function inLab(
  command: Command,
  write: boolean,
  work: (lab: Lab, output: Output) => Promise<void>,
): Promise<void> {
  const { lab: folder, output } = globals(command);
  const { lab, close } = connect(folder, { write });
  try {
    await work(lab, output);
  } finally {
    await close();
  }
}

async function list(lab: Lab, output: Output): Promise<void> {
  const answer = await lab.listMeters({});
  output.data(answer);
  if (answer.wallMeters.length === 0)
    output.say('No wall meters. Add one with: thirty-watts meters add-wall ADDRESS --kind KIND');
  else {
    output.table(
      ['Id', 'Name', 'Kind', 'Address', 'In use', 'Interval (s)', 'Lag (s)'],
      answer.wallMeters.map((m) => [
        m.id,
        wallMeterName(m),
        wallKindFacts[m.kind].name,
        m.address,
        m.enabled ? 'yes' : 'no',
        m.intervalS === null ? 'its own' : String(m.intervalS),
        m.lagS === null ? 'not measured' : m.lagS.toFixed(2),
      ]),
      [5, 6],
    );
  }
  if (answer.calibrations.length === 0) {
    output.say('No calibrations.');
    return;
  }
  output.table(
    ['Calibration', 'Sensor', 'State', 'Gain', 'Offset (W)', 'Against', 'Date (UTC)'],
    answer.calibrations.map(({ record: { id, sensorId, line, against, atUnixMs }, state }) => [
      id,
      sensorId,
      state,
      `${line.gain.toFixed(4)} ± ${significant(100 * line.gainRel1s, 2)} %`,
      `${line.offsetW.toFixed(2)} ± ${significant(line.offsetW1s, 2)}`,
      against,
      utcDay(atUnixMs),
    ]),
    [3, 4],
  );
}

interface AddOptions {
  kind: WallKind;
  label?: string;
  tokenFile?: string;
  entity?: string;
  channel: number;
  interval?: number;
  test: boolean;
}

function addWall(meters: Command): void {
  meters
    .command('add-wall')
    .description('adds a wall meter of your local network')
    .argument('<address>', 'its address, for example 192.168.1.20, plug.local or http://127.0.0.1:8000')
    .addOption(new Option('--kind <kind>', 'what it is').choices(wallKinds).default('generic'))
    .option('--label <text>', 'what you call it')
    .option(
      '--token-file <path>',
      `file with Home Assistant's access token, "-" for standard input. ${tokenWords}`,
    )
    .option('--entity <name>', 'Home Assistant entity that shows the power, like sensor.plug_power')
    .option('--channel <n>', 'output of a device with several, from 0', wholeNumber, 0)
    .option('--interval <seconds>', 'seconds between two questions, instead of the usual', positiveNumber)
    .option('--no-test', 'add it without asking it first')
    .action((address: string, options: AddOptions, command: Command) =>
      inLab(command, true, async (lab, output) => {
        const { kind, label, tokenFile, entity, channel, interval } = options;
        const meter: WallMeterInput = {
          kind,
          address,
          label: label ?? '',
          entity: entity ?? null,
          channel,
          intervalS: interval ?? null,
          token: tokenFile === undefined ? null : secret(tokenFile),
        };
        const tried = options.test ? await lab.testWallMeter({ meter }) : null;
        if (tried?.failure) {
          const remedy =
            `${tried.failure.remedy ?? ''} A meter that is only switched off now can be added with --no-test.`.trim();
          throw new LabError('not_found', tried.failure.message, remedy);
        }
        const added = await lab.addWallMeter({ meter });
        output.data({ ...added, reading: tried?.reading ?? null });
        output.say(`Added ${wallMeterName(added.meter)} as ${added.meter.id}.`);
        if (tried?.reading) output.say(readingText(tried.reading));
      }),
    );
}

interface CalibrateOptions {
  gain?: number;
  offset: number;
  gainSigma: number;
  offsetSigma: number;
  pair?: CalibrationPair[];
  referenceRel: number;
  referenceW: number;
  against: string;
  note: string;
}

function calibrate(meters: Command): void {
  meters
    .command('calibrate')
    .description('corrects a sensor by a better meter; holds for runs from now on')
    .argument('<sensor>', 'id of the sensor, as “thirty-watts machine --json” and each result name it')
    .requiredOption('--against <text>', 'the better meter, in your words')
    .option('--pair <shown=W,true=W>', 'one load as both meters show it; give two or more', pair)
    .option('--reference-rel <n>', 'how good the better meter is: 1 sigma, relative', amount, 0.02)
    .option('--reference-w <n>', 'the same in W', amount, 0.5)
    .option('--gain <n>', 'instead of pairs: the sensor shows gain × true + offset', gainNumber)
    .option('--offset <watts>', 'offset in W', signed, 0)
    .option('--gain-sigma <n>', '1 sigma of the gain, relative', amount, 0.02)
    .option('--offset-sigma <watts>', '1 sigma of the offset, W', amount, 0.5)
    .option('--note <text>', 'anything worth keeping with it', '')
    .action((sensorId: string, options: CalibrateOptions, command: Command) =>
      inLab(command, true, async (lab, output) => {
        const { calibration } = await lab.addCalibration({
          sensorId,
          from: fromOptions(options),
          against: options.against,
          note: options.note,
        });
        output.data({ calibration });
        const { gain, offsetW, gainRel1s, offsetW1s } = calibration.line;
        output.say(
          `${sensorId} shows ${gain.toFixed(4)} × true power ${offsetW < 0 ? '−' : '+'} ${Math.abs(offsetW).toFixed(2)} W (1 sigma: ${significant(100 * gainRel1s, 2)} % and ${significant(offsetW1s, 2)} W).`,
        );
        output.say(`Stored as ${calibration.id}; every result that uses it names it.`);
      }),
    );
}

function fromOptions(options: CalibrateOptions): CalibrationInput['from'] {
  const { gain, pair: pairs, offset, gainSigma, offsetSigma, referenceRel, referenceW } = options;
  if ((gain === undefined) === (pairs === undefined)) {
    throw new LabError(
      'bad_input',
      'A calibration comes from loads or from a gain, and one of the two is needed.',
      'Give --pair shown=…,true=… twice or more, or --gain N.',
    );
  }
  if (pairs !== undefined) {
    if (pairs.length < 2)
      throw new LabError('bad_input', 'A line needs two loads at least.', 'Give --pair twice or more.');
    return { kind: 'loads', pairs, reference: { rel1s: referenceRel, w1s: referenceW } };
  }
  return {
    kind: 'line',
    line: { gain: gain ?? 1, offsetW: offset, gainRel1s: gainSigma, offsetW1s: offsetSigma },
  };
}

/** `shown=110,true=100` */
function pair(text: string, before: CalibrationPair[] = []): CalibrationPair[] {
  const { shown, true: real } = text
    .split(',')
    .reduce((all, part) => keyNumber(part, all), {} as Record<string, number>);
  if (!(shown >= 0) || !(real >= 0))
    throw new InvalidArgumentError('Write shown=WATTS,true=WATTS, for example shown=110,true=100.');
  return [...before, { shownW: shown, trueW: real }];
}

function gainNumber(text: string): number {
  const value = positiveNumber(text);
  if (value < 0.2 || value > 5)
    throw new InvalidArgumentError(
      'It must be from 0.2 to 5: a sensor that is further off measures something else.',
    );
  return value;
}

function amount(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0) || !Number.isFinite(value))
    throw new InvalidArgumentError('It must be a number, 0 or above.');
  return value;
}

function signed(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('It must be a whole number, 0 or above.');
  return value;
}

function secret(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8').trim();
  } catch (error) {
    throw new LabError(
      'not_found',
      `The file with the token, ${path}, cannot be read.`,
      'Check the path given with --token-file.',
      error,
    );
  }
}

function readingText({ watts, roundTripS, intervalS, energyJ, label }: WallReading): string {
  const named = label === null ? '' : `, calls itself “${label}”`;
  const counts = energyJ === null ? 'no energy counter' : 'counts energy, too';
  return `Shows ${watts.toFixed(1)} W; answered in ${Math.round(1000 * roundTripS)} ms, asked every ${significant(intervalS, 2)} s, ${counts}${named}.`;
}
