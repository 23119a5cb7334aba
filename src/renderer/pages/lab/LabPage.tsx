import '../../styles/lab.css';
import { useRows } from '../../lab/rows';
import { useReady } from '../../lab/session';
import { PageHead } from '../../parts/PageHead';
import { Composer } from './Composer';
import { useExperiments, useModels } from './data';
import { LiveBlock } from './LiveBlock';
import { LivePane } from './LivePane';
import { Queue } from './Queue';
import { Welcome } from './Welcome';

/** Compose a plan, watch it being measured, and see what was measured before. */
export function LabPage() {
  const { info } = useReady();
  const models = useModels();
  const { experiments, loaded } = useExperiments();
  const rows = useRows((s) => s.rows.length);
  const known = models.loaded && loaded;
  const empty = known
    ? models.models.length === 0 && experiments.length === 0 && rows === 0
    : info.models === 0 && info.runs === 0;
  return (
    <div className="tw-page tw-lab">
      <PageHead title="Lab" note={empty ? undefined : 'Compose a plan, measure it, watch it'} />
      <LiveBlock empty={empty} />
      {empty ? (
        <Welcome />
      ) : (
        <div className="tw-lab-columns">
          <Composer />
          <div className="tw-lab-side">
            <LivePane />
            <Queue />
          </div>
        </div>
      )}
    </div>
  );
}
