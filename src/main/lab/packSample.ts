import { openLab } from '../store/open';
import { recordedOf, writeRecorded } from './sampleFile';

/** The file of the only experiment in a lab: what scripts/record-sample.mjs ships. @throws Error if there is not one */
export function packOnly(folder: string): Uint8Array {
  const { reader, close } = openLab(folder);
  try {
    const [experiment, ...others] = reader.listExperiments();
    if (!experiment || others.length > 0) throw new Error(`${folder} does not hold one experiment`);
    return writeRecorded(recordedOf(reader, experiment.id));
  } finally {
    close();
  }
}
