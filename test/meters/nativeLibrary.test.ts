import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { libraryPaths } from '../../src/main/meters/environment';
import { cString, loadFunctions, textOfBytes } from '../../src/main/meters/nativeLibrary';
import { temporaryFolder } from '../support/lab';
import { appleStubAt, compileApple } from './stub/appleStub';
import { hasCompiler, removeStubs } from './stub/nvmlStub';

const compiler = hasCompiler();
if (!compiler) console.warn('SKIPPED: the tests of loading libraries need gcc on Linux.');

afterAll(removeStubs);

const live = { stub_live: { result: 'int32', args: [] } } as const;

describe('places of native libraries', () => {
  it('are full paths on macOS and Windows', () => {
    for (const name of ['ioreport', 'corefoundation', 'iokit', 'libsystem']) {
      expect(libraryPaths(name, 'darwin', {})).toEqual([expect.stringMatching(/^\//)]);
      expect(libraryPaths(name, 'win32', { SystemRoot: 'C:\\Windows' })).toEqual([]);
      expect(libraryPaths(name, 'linux', {})).toEqual([]);
    }
    for (const name of ['cfgmgr32', 'kernel32', 'powrprof', 'pdh', 'adl', 'igcl']) {
      expect(libraryPaths(name, 'win32', { SystemRoot: 'C:\\Windows' })).toEqual([
        expect.stringMatching(/^C:\\Windows\\System32\\\w+\.dll$/),
      ]);
      expect(libraryPaths(name, 'win32', {})).toEqual([]);
      expect(libraryPaths(name, 'darwin', {})).toEqual([]);
    }
  });
});

describe('loading functions', () => {
  it('is nowhere where no candidate exists', async () => {
    expect(await loadFunctions(['/nowhere/a.so', '/nowhere/b.so'], live)).toEqual({
      functions: null,
      message: null,
    });
  });

  it('says why a file that is there does not load', async () => {
    const file = join(temporaryFolder(), 'text.so');
    writeFileSync(file, 'no library');
    const loaded = await loadFunctions([file], live);
    expect(loaded).toMatchObject({ functions: null, message: expect.stringContaining('load') });
  });

  it.skipIf(!compiler)('names the symbol that a library lacks, and takes the next candidate', async () => {
    const path = compileApple();
    const lacking = { ...live, no_such_call: { result: 'int32', args: [] } } as const;
    expect(await loadFunctions([path], lacking)).toEqual({
      functions: null,
      message: 'it has no function no_such_call',
    });
    const older = compileApple(['-DNO_UNIT_LABEL']);
    const { functions } = await loadFunctions([older, path], {
      IOReportChannelGetUnitLabel: { result: 'void *', args: ['void *'] },
      ...live,
    });
    expect(functions?.stub_live()).toBe(appleStubAt(path).live());
  });

  it('passes text as C wants it', () => {
    expect([...cString('aµ')]).toEqual([0x61, 0xc2, 0xb5, 0]);
    expect(textOfBytes(cString('aµ'))).toBe('aµ');
    expect(textOfBytes(Uint8Array.of(0x62))).toBe('b');
  });
});
