import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importModel } from '../../src/main/models/import';
import { licenceOf, sourceOf } from '../../src/main/models/licence';
import { readModel } from '../../src/main/models/reader';
import { modelSchema } from '../../src/shared/model';
import { join as bytes, field, model, node, port, weights } from './support';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'licence-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const property = (key: string, value: string) => field(14, bytes([field(1, key), field(2, value)]));
const net = (...properties: Uint8Array[]) =>
  bytes([
    model({
      nodes: [node('Add', ['x', 'w'], ['y'])],
      initializers: [weights('w', [2])],
      inputs: [port('x', 'float32', [2])],
      outputs: [port('y', 'float32', [2])],
    }),
    ...properties,
  ]);
const found = (...properties: [string, string][]) => licenceOf(new Map(properties), join(dir, 'net.onnx'));

describe('the licence of a model', () => {
  it('is what its metadata says, before a file beside it', () => {
    writeFileSync(join(dir, 'LICENSE'), 'MIT License');
    expect(found(['License', ' Apache-2.0 '])).toEqual({
      from: 'metadata',
      name: 'license',
      text: 'Apache-2.0',
    });
    expect(found(['license', ''])).toEqual({ from: 'file', name: 'LICENSE', text: 'MIT License' });
  });

  it.each(['LICENSE', 'LICENCE.txt', 'license.md', 'COPYING', 'LICENSE-MIT'])('is read from %s', (name) => {
    writeFileSync(join(dir, name), 'words\n');
    expect(found()).toEqual({ from: 'file', name, text: 'words' });
  });

  it('is null without one, and for what is no text, a link or a folder', () => {
    expect(found()).toBeNull();
    writeFileSync(join(dir, 'LICENSE'), Uint8Array.of(0xff, 0xfe, 0x80));
    writeFileSync(join(dir, 'secret'), 'private');
    symlinkSync(join(dir, 'secret'), join(dir, 'COPYING'));
    mkdirSync(join(dir, 'LICENCE'));
    expect(found()).toBeNull();
  });

  it('is kept with the imported model, and its source too', () => {
    const path = join(dir, 'net.onnx');
    writeFileSync(path, net(property('license', 'CC-BY-4.0'), property('source', 'https://example.org/net')));
    expect([...readModel(net(property('a', '1'), property('a', '2'))).metadata]).toEqual([['a', '1']]);
    const { model: own } = importModel(path, join(dir, 'lab'));
    expect(modelSchema.parse(own)).toEqual(own);
    expect(own.licence).toEqual({ from: 'metadata', name: 'license', text: 'CC-BY-4.0' });
    expect(own.source).toBe('https://example.org/net');
  });

  it('a path of somebody’s machine is no source', () => {
    expect(sourceOf(new Map([['source', '/home/somebody/net.pt']]))).toBeNull();
    expect(sourceOf(new Map([['source', 'C:\\Users\\somebody\\net.pt']]))).toBeNull();
    expect(sourceOf(new Map([['Source', 'someone/net']]))).toBe('someone/net');
  });
});
