import { Button, Progress } from '@mantine/core';
import { formatSi } from '../../../shared/units';
import { FailureNote } from '../../parts/FailureNote';
import { useQuiet } from '../../state/quiet';
import { buildingText, cancelBuilding, forgetBuilding, useBuilding } from './buildLadder';

/** The ladder that is being built, or how the last one went. */
export function BuildingNote() {
  const building = useBuilding();
  const quiet = useQuiet((s) => s.open);
  const { running, total, built, failure, cancelled } = building;
  if (total === 0) return null;
  const text = buildingText(building, (n) => formatSi(n, '', 2));
  return (
    <div className="tw-card tw-models-progress">
      <span role="status">{text}</span>
      {running && !quiet && (
        <Progress value={(100 * built.length) / total} aria-label={text} size="sm" transitionDuration={0} />
      )}
      {running ? (
        <Button variant="default" onClick={cancelBuilding} disabled={cancelled}>
          Cancel after this model
        </Button>
      ) : (
        <Button variant="default" onClick={forgetBuilding}>
          Close
        </Button>
      )}
      {failure && <FailureNote failure={failure} />}
    </div>
  );
}
