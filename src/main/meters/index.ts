import { failureOf } from '../../shared/errors';
import type { MeterProvider, MeterReport, ProbeEnv } from '../../shared/meter';
import { adl } from './adl';
import { amdgpu } from './amdgpu';
import { battery } from './battery';
import { withCalibrations } from './calibration';
import { emi } from './emi';
import { estimate } from './estimate';
import { hwmon } from './hwmon';
import { igcl } from './igcl';
import { intelGpu } from './intelGpu';
import { ioreg } from './ioreg';
import { ioreport } from './ioreport';
import { nvml } from './nvml';
import { pdh } from './pdh';
import { perf } from './perf';
import { rapl } from './rapl';
import { smc } from './smc';
import { readTestMeter } from './testMeter';
import { wall } from './wall';
import { windowsBattery } from './windowsBattery';

export { type ChooseOptions, chooseSensors, nested, overlap, type SensorChoice } from './choose';
export { defaultEnv, type EnvOptions, isVirtualized } from './environment';
export { testMeterVariable } from './testMeter';
export { shortestWindowS, type WindowReads, windowEnergy } from './windowEnergy';

/** Every source of power or energy. A new one is a file, its test and a line here. */
export const providers: readonly MeterProvider[] = [
  nvml,
  amdgpu,
  intelGpu,
  rapl,
  perf,
  hwmon,
  battery,
  wall,
  ioreport,
  smc,
  ioreg,
  emi,
  pdh,
  windowsBattery,
  adl,
  igcl,
  estimate,
];

/** The providers to use: all, or only the made-up one of a test-meter file, which then hides the real ones. */
export function providersFor(testMeterFile: string | null): readonly MeterProvider[] {
  return testMeterFile === null ? providers : [readTestMeter(testMeterFile)];
}

/** Asks every provider of this platform what it can read here. A provider that throws is reported as broken. */
export async function probeAll(
  env: ProbeEnv,
  from: readonly MeterProvider[] = providers,
): Promise<MeterReport[]> {
  const reports: MeterReport[] = [];
  for (const provider of from.filter((p) => p.platforms.includes(env.platform))) {
    reports.push({ provider: provider.id, title: provider.title, result: await probeOne(provider, env) });
  }
  return withCalibrations(reports, env.calibrations ?? {});
}

async function probeOne(provider: MeterProvider, env: ProbeEnv): Promise<MeterReport['result']> {
  try {
    return await provider.probe(env);
  } catch (error) {
    return {
      status: 'broken',
      reason: `${provider.title} failed while it was looked for: ${failureOf(error).message}`,
      remedy: null,
    };
  }
}
