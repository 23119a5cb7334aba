import { Progress } from '@mantine/core';
import { useImports } from '../../state/imports';
import { useQuiet } from '../../state/quiet';
import { fileNameOf } from './fileName';

/** What is being sent or imported: share and file name. Stands still while a window is open. */
export function ImportProgress() {
  const { uploading, importing } = useImports();
  const quiet = useQuiet((s) => s.open);
  if (uploading === null && importing === null) return null;
  const share = uploading ?? (importing && importing.total > 0 ? importing.done / importing.total : 0);
  const text =
    uploading !== null
      ? `Sending to the lab: ${Math.round(share * 100)} %`
      : `Importing ${Math.min((importing?.done ?? 0) + 1, importing?.total ?? 1)} of ${importing?.total}: ${fileNameOf(importing?.path ?? '')}`;
  return (
    <div className="tw-card tw-models-progress" role="status">
      <span>{text}</span>
      {!quiet && <Progress value={share * 100} aria-label={text} size="sm" transitionDuration={0} />}
    </div>
  );
}
