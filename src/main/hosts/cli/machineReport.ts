import type { Outputs } from '../../../shared/contract';
import type { MeterReport, Remedy } from '../../../shared/meter';
import { pc } from './colors';
import type { Output } from './output';

/** What the lab runs on: machine, execution providers, meters; for whatever is missing the reason and the remedy. */
export function showMachine(
  output: Output,
  { machine, providers, meters, lab }: Outputs['describeMachine'],
): void {
  const { cpu, os } = machine;
  output.say(
    `${pc.bold('Machine')}     ${cpu.model}, ${cpu.logicalCores} logical cores, ${gib(machine.memoryBytes)} memory`,
  );
  output.say(
    `            ${os.platform} ${os.release} ${os.arch}${machine.virtualized ? ', virtual machine' : ''}${machine.powerSource ? `, on ${machine.powerSource}` : ''}`,
  );
  for (const gpu of machine.gpus)
    output.say(`            ${gpu.name}${gpu.driver ? `, driver ${gpu.driver}` : ''}`);
  output.say(
    `            Node ${machine.node}, ONNX Runtime ${machine.onnxruntime}, Thirty Watts ${machine.app.version}`,
  );
  output.say(`${pc.bold('Lab')}         ${lab}`);
  output.say(pc.bold('Execution providers'));
  for (const { provider, status, reason, device } of providers) {
    const text = status === 'ok' ? (device ?? 'found') : (reason ?? 'refused');
    output.say(`  ${mark(status === 'ok')} ${provider.padEnd(8)} ${text}`);
  }
  output.say(pc.bold('Meters'));
  for (const meter of meters) for (const line of meterLines(meter)) output.say(line);
  if (meters.every((m) => m.result.status !== 'ok'))
    output.say('  No meter: latency is measured, energy stays unknown (never 0).');
}

function meterLines({ title, result }: MeterReport): string[] {
  if (result.status === 'ok') {
    const refused = (result.refused ?? []).flatMap((r) => refusedLines(r.reason, r.remedy));
    return [
      ...result.sensors.map(
        (s) =>
          `  ${mark(true)} ${title}: ${s.domain} of ${s.device.name}, ${s.provenance === 'estimate' ? 'ESTIMATE (× or ÷ 2.5)' : s.provenance}${s.origin === 'simulated' || s.origin === 'replayed' ? ` ${pc.yellow(s.origin.toUpperCase())}` : ''}${s.calibration ? `, calibrated (${s.calibration.id})` : ''}`,
      ),
      ...refused,
    ];
  }
  return refusedLines(`${title}: ${result.reason}`, result.remedy);
}

function refusedLines(reason: string, remedy: Remedy | null): string[] {
  const lines = [`  ${mark(false)} ${reason}`];
  if (remedy) lines.push(`      ${pc.dim('→')} ${remedy.text}`);
  if (remedy?.command) lines.push(`        ${remedy.command}`);
  return lines;
}

const mark = (ok: boolean) => (ok ? pc.green('✓') : pc.dim('✗'));
const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(0)} GiB`;
