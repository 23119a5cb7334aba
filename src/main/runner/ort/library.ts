import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { LabError } from '../../../shared/errors';

const libraryNames: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'libonnxruntime.so.1',
  darwin: 'libonnxruntime.1.dylib',
  win32: 'onnxruntime.dll',
};

/**
 * The ONNX Runtime library that the package onnxruntime-node ships for this platform.
 * Errors: LabError `unsupported` where the package carries none (Intel Macs, for one).
 */
export function ortLibraryPath(): string {
  const require = createRequire(__filename);
  const root = dirname(require.resolve('onnxruntime-node/package.json'));
  const path = join(
    root,
    'bin/napi-v6',
    process.platform,
    process.arch,
    libraryNames[process.platform] ?? '',
  );
  if (!libraryNames[process.platform] || !existsSync(path)) {
    throw new LabError(
      'unsupported',
      `ONNX Runtime has no library for ${process.platform}-${process.arch}.`,
      'Use a 64-bit Linux, Windows or Apple-silicon machine.',
    );
  }
  return path;
}
