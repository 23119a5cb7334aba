import { openOrt } from '../../src/main/runner/ort/free';
import { openDataset } from '../../src/main/science/data/open';
import type { DataPlaces } from '../../src/main/science/messages';
import type { Tools } from '../../src/main/science/tools';

/** What a task gets, in this process: the real ONNX Runtime and data of the given places. */
export const toolsFor = (places: DataPlaces, folder: string): Tools => ({
  ort: openOrt(),
  folder,
  dataset: (name, options) => openDataset(places, name, options),
  progress: () => {},
});

/** The same with data that a test made. */
export const toolsWith = (dataset: Tools['dataset'], folder = ''): Tools => ({
  ort: openOrt(),
  folder,
  dataset,
  progress: () => {},
});
