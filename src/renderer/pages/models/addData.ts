import type { Input } from '../../../shared/contract';

/** The dialog's fields as texts; empty means not given. */
export interface DataFields {
  name: string;
  folder: string;
  examples: string;
  labels: string;
  testExamples: string;
  testLabels: string;
  labelColumn: string;
  classes: string;
  /** Share kept for testing, %. */
  testPercent: string;
  shape: string;
  licence: string;
}

export const emptyDataFields: DataFields = {
  name: '',
  folder: '',
  examples: '',
  labels: '',
  testExamples: '',
  testLabels: '',
  labelColumn: '',
  classes: '',
  testPercent: '',
  shape: '',
  licence: '',
};

/** What the fields ask for, or what is still missing. Pure. */
export function addDataInput(fields: DataFields): { input: Input<'addDataset'> } | { problem: string } {
  const text = (key: keyof DataFields) => fields[key].trim() || null;
  const name = text('name');
  if (name === null) return { problem: 'Give the data a name.' };
  const [folder, examples] = [text('folder'), text('examples')];
  if (folder === null && examples === null)
    return { problem: 'Name a file of examples, or a folder with IDX files.' };
  if (folder !== null && examples !== null)
    return { problem: 'Name either files or a folder with IDX files.' };
  const shape = text('shape')
    ?.split(/[,×x]/)
    .map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (shape?.some((size) => !Number.isInteger(size) || size < 1))
    return { problem: 'The shape is whole numbers with commas between them, for example 1, 28, 28.' };
  const classes = text('classes') === null ? null : Number(text('classes'));
  if (classes !== null && !(Number.isInteger(classes) && classes >= 2))
    return { problem: 'The number of classes is a whole number from 2.' };
  const testShare = Number(text('testPercent') ?? 20) / 100;
  if (!(testShare > 0 && testShare <= 1))
    return { problem: 'The share kept for testing is above 0 and at most 100 %.' };
  return {
    input: {
      name,
      folder,
      examples,
      labels: text('labels'),
      testExamples: text('testExamples'),
      testLabels: text('testLabels'),
      labelColumn: text('labelColumn'),
      classes,
      testShare,
      shape: shape ?? null,
      licence: text('licence'),
    },
  };
}
