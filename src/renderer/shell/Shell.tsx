import { Notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useDeferredValue, useEffect, useRef } from 'react';
import { followKeys } from '../commands/handlers';
import { followRows } from '../lab/rows';
import { messageOf, useReady } from '../lab/session';
import { ClaimCommands } from '../pages/claims/ClaimCommands';
import { ClaimsPage } from '../pages/claims/ClaimsPage';
import { ComparePage } from '../pages/compare/ComparePage';
import { followOthers } from '../pages/export/bundleWork';
import { ExportPage } from '../pages/export/ExportPage';
import { FiguresPage } from '../pages/figures/FiguresPage';
import { LabCommands } from '../pages/lab/LabCommands';
import { LabPage } from '../pages/lab/LabPage';
import { MachinePage } from '../pages/machine/MachinePage';
import { ModelsPage } from '../pages/models/ModelsPage';
import { RunPage } from '../pages/run/RunPage';
import { RunsPage } from '../pages/runs/RunsPage';
import { SettingsPage } from '../pages/settings/SettingsPage';
import { followClaims } from '../state/claims';
import { followLive } from '../state/live';
import { followWindows, whenLoud } from '../state/quiet';
import { followHistory, useView, type View } from '../state/view';
import { Banners } from './Banners';
import { DropTarget } from './DropTarget';
import { GlobalCommands } from './GlobalCommands';
import { Palette } from './Palette';
import { Rail } from './Rail';
import { ShortcutSheet } from './ShortcutSheet';

/** Rail, banners and the page that the view names; everything that lasts as long as the connection starts here. */
export function Shell({ problem }: { problem: string | null }) {
  const { lab } = useReady();
  const queries = useQueryClient();
  // Deferred: a page is made in slices, so that going to one never holds the keys.
  const view = useDeferredValue(useView((s) => s.view));
  useEffect(() => {
    const stops = [
      followWindows(lab),
      followLive(lab),
      followClaims(lab),
      followRows(lab, messageOf),
      followOthers(lab),
      followHistory(),
      followKeys(),
      lab.onEvent((event) => {
        if (event.type === 'changed')
          whenLoud(`query ${event.what}`, () => void queries.invalidateQueries({ queryKey: [event.what] }));
        if (event.type === 'experimentEnded') void queries.invalidateQueries({ queryKey: ['experiments'] });
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [lab, queries]);
  const main = useRef<HTMLElement>(null);
  // By keys, Tab goes on inside the page that was opened, not at the rail again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time another page is opened
  useEffect(() => {
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true });
  }, [view.page]);
  return (
    <DropTarget>
      <div className="tw-shell">
        <div className="tw-banners">
          <Banners problem={problem} />
        </div>
        <Rail />
        <main className="tw-main" id="main" ref={main} tabIndex={-1}>
          <Page view={view} />
        </main>
      </div>
      <GlobalCommands />
      <LabCommands />
      <ClaimCommands />
      <Palette />
      <ShortcutSheet />
      <Notifications position="bottom-right" limit={5} autoClose={6000} />
    </DropTarget>
  );
}

function Page({ view }: { view: View }) {
  switch (view.page) {
    case 'lab':
      return <LabPage />;
    case 'claims':
      return <ClaimsPage claim={view.claim} />;
    case 'models':
      return <ModelsPage model={view.model} />;
    case 'runs':
      return <RunsPage />;
    case 'run':
      return <RunPage run={view.run} key={view.run} />;
    case 'compare':
      return <ComparePage runs={view.runs} />;
    case 'figures':
      return <FiguresPage />;
    case 'machine':
      return <MachinePage />;
    case 'export':
      return <ExportPage />;
    case 'settings':
      return <SettingsPage />;
  }
}
