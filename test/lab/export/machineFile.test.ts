import { expect, it } from 'vitest';
import { machineFile, machineFilePath } from '../../../src/main/lab/export/machineFile';
import { desk } from '../../support/bundleLabFacts';

it('writes a machine as JSON: keys in order at every depth, two spaces, one line feed at the end', () => {
  const text = machineFile(desk);
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(desk)));
  expect(text).toBe(`${text.trimEnd()}\n`);
  expect(text).toMatch(/^\{\n {2}"app": \{\n {4}"/);
  const keys = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(keys);
    else if (value !== null && typeof value === 'object') {
      expect(Object.keys(value)).toEqual(Object.keys(value).toSorted());
      Object.values(value).forEach(keys);
    }
  };
  keys(JSON.parse(text));
  const { id, ...rest } = desk;
  expect(machineFile({ ...rest, id })).toBe(text);
  expect(machineFilePath(desk)).toBe(`machines/${id}.json`);
});
