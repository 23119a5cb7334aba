import {
  gpuLabels,
  type Item,
  itemsOf,
  itemText,
  type ProvenanceSection,
  provenanceSections,
  type RunProvenance,
  windowStateLabels,
} from '../../../shared/provenance';

const width = 34;
const line = (label: string, text: string) => `  ${label.padEnd(width)} ${text.replaceAll('\n', ' ')}`;
/** A licence or a plan is a page of text: the whole of it is for `--json`. */
const longest = 160;
const short = (text: string) =>
  text.length > longest ? `${text.slice(0, longest)}… (--json has all of it)` : text;

/** A run's provenance as lines for a terminal, section by section. Pure. */
export function provenanceLines(provenance: RunProvenance): string[] {
  const { items, gpus, windows, meters, noMeter, sample } = provenance;
  const of = (
    record: object,
    labels: Readonly<Record<string, string>>,
    skip: (item: Item<unknown>) => boolean,
  ) =>
    Object.entries(labels).flatMap(([key, label]) => {
      const item = (record as Record<string, Item<unknown>>)[key];
      return item === undefined || skip(item) ? [] : [line(label, short(itemText(item)))];
    });
  return [
    ...(sample ? ['SAMPLE: part of the sample dataset, recorded on another machine'] : []),
    ...(Object.keys(provenanceSections) as ProvenanceSection[]).flatMap((section) => [
      provenanceSections[section],
      ...itemsOf(items, section).map(({ label, text }) => line(label, short(text))),
      ...(section === 'device'
        ? gpus.flatMap((gpu, i) => [` Graphics device ${i}`, ...of(gpu, gpuLabels, () => false)])
        : []),
    ]),
    'Windows',
    ...(windows.length === 0 ? ['  none'] : []),
    ...windows.flatMap((w) => {
      const energies = Object.entries(w.energyJ).map(
        ([id, j]) => `${id} ${j === null ? 'not known' : `${j} J`}`,
      );
      const codes = w.codes.length > 0 ? ` (${w.codes.join(', ')})` : '';
      const missing = Object.values(w.state).filter((item) => item.value === null).length;
      const silent = new Set(Object.values(w.state).flatMap((item) => item.missingReason ?? []));
      return [
        ` Window ${w.index}: ${w.verdict}${codes}, ${w.inferences.toFixed(2)} inferences, ${w.openNs} to ${w.closeNs} ns`,
        ...(energies.length > 0 ? [line('Energy', energies.join('; '))] : []),
        ...of(w.state, windowStateLabels, (item) => item.value === null),
        ...(missing > 0 ? [line('State that is missing', `${missing} (${[...silent].join('; ')})`)] : []),
        line('SHA-256 of the samples', itemText(w.samplesSha256)),
      ];
    }),
    'Meters',
    ...(noMeter === null ? [] : [`  ${noMeter}`]),
    ...meters.flatMap((m) => [
      ` ${m.sensorId}${m.headline ? ' (headline)' : ''}`,
      line('Domain', m.domain),
      line('Gross energy (J per inference)', itemText(m.grossJ)),
      line('Calibration', itemText(m.calibrationId)),
      line('Measured τ (s)', itemText(m.measuredTauS)),
      line('Update period (s)', `${m.sensor.update.seconds}, ${m.sensor.update.from}`),
      line(
        'Device',
        `${m.sensor.device.name}${m.sensor.device.driver ? `, driver ${m.sensor.device.driver}` : ''}`,
      ),
      line('It is', `${m.sensor.provenance}, ${m.sensor.kind}, ${m.sensor.origin}`),
      line('Notes', m.sensor.notes.join('; ') || 'none'),
      line(
        'Raw readings',
        m.readings.value === null ? itemText(m.readings) : `${m.readings.value.batches} batches`,
      ),
    ]),
  ];
}
