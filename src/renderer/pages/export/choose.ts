import { putSetting, useSettings } from '../../state/settings';
import { forgetExport } from './bundleWork';
import { readForm } from './exportState';

/** Makes these runs the selection of the Export page. */
export function exportRuns(runs: readonly string[]): void {
  putSetting('bundle', { ...readForm(useSettings.getState().bundle), select: 'runs', runs: [...runs] });
  // What was exported before would be read as the answer to this.
  forgetExport();
}

/** Makes these experiments the selection of the Export page. */
export function exportExperiments(experiments: readonly string[]): void {
  putSetting('bundle', {
    ...readForm(useSettings.getState().bundle),
    select: 'experiments',
    experiments: [...experiments],
  });
  forgetExport();
}
