import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publicReader } from '../../../src/main/lab/export/publicReader';
import { redactor } from '../../../src/main/lab/export/redact';
import { sha256OfValue } from '../../../src/main/store/canonical';
import { identity, planted } from '../../support/bundleLab';
import { type Exported, exportFrozen } from '../../support/exportedBundle';

let redacted: Exported;
let open: Exported;
beforeAll(async () => {
  redacted = await exportFrozen();
  open = await exportFrozen({}, { redact: (text) => text, lab: redacted.lab });
}, 60_000);
afterAll(() => {
  open?.dispose();
  redacted?.dispose();
});

/** Every text that a file can be taken to hold: its bytes, its Parquet cells, its base64 columns unpacked. */
async function textsOf(path: string): Promise<string> {
  const bytes = readFileSync(path);
  // The signs are ASCII, which is the same in Latin 1 and UTF-8.
  const texts = [bytes.toString('latin1')];
  if (path.endsWith('.parquet')) {
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const rows = await parquetReadObjects({ file });
    texts.push(JSON.stringify(rows, (_, v) => (typeof v === 'bigint' ? String(v) : v)));
  }
  if (path.endsWith('.jsonl')) {
    for (const [, base64] of bytes.toString().matchAll(/"([A-Za-z0-9+/]{24,}={0,2})"/g)) {
      const cell = Buffer.from(base64!, 'base64');
      texts.push(cell.toString('latin1'));
      for (const unpack of [zstdDecompressSync, gunzipSync]) {
        try {
          texts.push(unpack(cell).toString('latin1'));
        } catch {
          // not packed so
        }
      }
    }
  }
  return texts.join('\n').toLowerCase();
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile());
}

/** Which signs stand where. */
async function signsIn(folder: string): Promise<{ sign: string; file: string }[]> {
  const found: { sign: string; file: string }[] = [];
  for (const file of filesOf(folder)) {
    const text = `${file.slice(folder.length)}\n${await textsOf(file)}`.toLowerCase();
    for (const sign of planted) {
      if (text.includes(sign.toLowerCase())) found.push({ sign, file: file.slice(folder.length + 1) });
    }
  }
  return found;
}

describe('signs of persons and places in a bundle', () => {
  it('are nowhere: not in a file, a file’s name, a Parquet cell or a packed column', async () => {
    expect(await signsIn(redacted.path)).toEqual([]);
  }, 60_000);

  it('(control) are found without the redaction, each of them', async () => {
    const found = new Set((await signsIn(open.path)).map((f) => f.sign));
    expect(planted.filter((sign) => !found.has(sign))).toEqual([]);
  }, 60_000);

  it('leave the same tables with the same rows', () => {
    expect([...redacted.rows]).toEqual([...open.rows]);
  });
});

describe('what the public reader gives', () => {
  const of = () => {
    const { reader } = redacted.lab.store;
    return { reader, out: publicReader(reader, redactor(identity)) };
  };

  it('has hashes of what leaves, and the stored hash where nothing was taken out', () => {
    const { reader, out } = of();
    let same = 0;
    for (const run of out.listRuns()) {
      const hashes = out.hashesOf(run.id);
      expect(hashes.record).toBe(sha256OfValue(run));
      const stored = reader.hashesOf(run.id);
      const unchanged = isDeepStrictEqual(out.getRun(run.id), reader.getRun(run.id));
      expect(hashes.record === stored.record).toBe(unchanged);
      if (unchanged) same++;
      // Samples hold nothing that could be taken out.
      expect(hashes.windows.map((w) => w.samples)).toEqual(stored.windows.map((w) => w.samples));
      expect(hashes.readings.map((r) => r.columns)).toEqual(stored.readings.map((r) => r.columns));
    }
    expect(same).toBeGreaterThan(5);
  });

  it('calls a machine by the hash of what it shows of it, in every run', () => {
    const { reader, out } = of();
    const machines = new Map(out.listMachines().map((m) => [m.id, m]));
    const mapped = new Map<string, Set<string>>();
    for (const run of out.listRuns()) {
      const { id, ...facts } = machines.get(run.machineId)!;
      expect(id).toBe(sha256OfValue(facts));
      expect(out.getMachine(run.machineId).id).toBe(run.machineId);
      const stored = reader.getRun(run.id).machineId;
      mapped.set(stored, new Set([...(mapped.get(stored) ?? []), run.machineId]));
    }
    expect([...mapped.values()].map((ids) => ids.size)).toEqual([1, 1]);
    const claimMachines = out.claimRuns().map((run) => run.machineId);
    for (const id of claimMachines) expect(machines.has(id)).toBe(true);
    expect(machines.size).toBe(2);
  });

  it('keeps sensors, readings and windows together', () => {
    const { out } = of();
    for (const run of out.listRuns()) {
      const sensors = new Set(out.sensorsOf(run.id).map((s) => s.id));
      for (const batch of out.getReadings(run.id)) expect(sensors).toContain(batch.sensorId);
      for (const window of out.getWindows(run.id))
        for (const energy of window.energy) expect(sensors).toContain(energy.sensorId);
      for (const energy of run.energy) if (energy.sensor) expect(sensors).toContain(energy.sensor.id);
    }
  });

  it('is the same taken out twice', () => {
    const { reader, out } = of();
    const again = publicReader(reader, redactor(identity));
    expect(again.listRuns()).toEqual(out.listRuns());
    expect(again.listMachines()).toEqual(out.listMachines());
    const twice = redactor(identity);
    const texts = JSON.stringify([out.listRuns(), out.listModels(), out.claimRuns()], (_, v) =>
      typeof v === 'bigint' ? String(v) : typeof v === 'string' ? twice(v) : v,
    );
    expect(texts).toBe(
      JSON.stringify([out.listRuns(), out.listModels(), out.claimRuns()], (_, v) =>
        typeof v === 'bigint' ? String(v) : v,
      ),
    );
  });

  it('wrecks no key and no value of a closed list, whatever the account is called', () => {
    const { reader } = of();
    const words = new Set<string>();
    const collect = (value: unknown, key = ''): void => {
      if (typeof value === 'string') {
        // Words that a program wrote: names of models, titles and sentences are a person's.
        if (/^[A-Za-z]{3,20}$/.test(value) && !['name', 'title', 'text', 'dataset', 'model'].includes(key))
          words.add(value);
      } else if (Array.isArray(value)) for (const each of value) collect(each, key);
      else if (value !== null && typeof value === 'object')
        for (const [k, each] of Object.entries(value)) {
          if (/^[a-z]{3,20}$/.test(k)) words.add(k);
          collect(each, k);
        }
    };
    const runs = reader.listRuns();
    collect([runs, reader.listMachines(), reader.listExperiments(), reader.accuracies(), reader.claimRuns()]);
    collect([reader.claimVersions(), reader.listModels()]);
    for (const { id } of runs) collect([reader.sensorsOf(id), reader.getWindows(id), reader.getStates(id)]);
    for (const { id } of runs) collect(reader.getEvents(id).map((e) => e.phase));
    const all = redactor({ userNames: [...words], hostNames: [...words], folders: [] });
    expect([...words].filter((word) => all(word) !== word)).toEqual([]);
    expect(words.size).toBeGreaterThan(100);
  });
});
