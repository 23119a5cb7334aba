// A process with nothing but the C API engine, which collects garbage between inferences.
import { openCapiEngine } from '../../../src/main/runner/engines/capi';

async function main(): Promise<void> {
  const [modelPath = '', elements = '1'] = process.argv.slice(2);
  const collect = (globalThis as { gc?: () => void }).gc ?? process.exit(3);
  const loaded = await openCapiEngine().load({
    modelPath,
    provider: 'cpu',
    threads: 1,
    graphOptimization: 'all',
  });
  const data = new Uint8Array(4 * Number(elements));
  const session = loaded.bind([{ name: 'x', elemType: 'float32', shape: [1, Number(elements)], data }]);
  for (let i = 0; i < 40; i++) {
    collect();
    await new Promise((turn) => setImmediate(turn));
    session.settle(session.invoke());
  }
  process.stdout.write('forty inferences\n');
}

void main();
