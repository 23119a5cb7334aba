import { useEffect } from 'react';
import { useCommand } from '../../commands/handlers';
import { useReady } from '../../lab/session';
import { useView } from '../../state/view';
import '../../styles/claims.css';
import { closeDialog, openDialog, useDialog } from './dialogs';
import { OwnDialog } from './OwnDialog';
import { PredictDialog } from './PredictDialog';
import { RunAllDialog } from './RunAllDialog';
import { RunDialog } from './RunDialog';

/** The dialogs of claims and the commands that open them from every page. */
export function ClaimDialogs() {
  const { info } = useReady();
  const open = useDialog((s) => s.open);
  const page = useView((s) => s.view.page);
  const writable = info.readOnly === null;
  useCommand('claims.new', () => openDialog({ kind: 'own', claim: null }), writable);
  useCommand('claims.runAll', () => openDialog({ kind: 'runAll' }), writable);
  // Who goes back with the browser leaves the dialog too.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time another page is opened
  useEffect(() => closeDialog, [page]);
  switch (open?.kind) {
    case 'run':
      return <RunDialog claim={open.claim} />;
    case 'runAll':
      return <RunAllDialog />;
    case 'predict':
      return <PredictDialog claim={open.claim} />;
    case 'own':
      return <OwnDialog claim={open.claim} />;
    default:
      return null;
  }
}
