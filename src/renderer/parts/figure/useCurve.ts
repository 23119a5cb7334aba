import { startTransition, useEffect, useMemo, useRef, useState } from 'react';
import type { CurveLayout } from '../../../shared/figures/layout';
import type { CurveSpec } from '../../../shared/figures/spec';
import type { RunRow } from '../../../shared/runRow';
import { createDrawer, type Drawer } from './drawer';
import { type Drawn, revived } from './work';

export interface Curve {
  /** The newest drawing; that of earlier choices until a new one is there. Null before the first. */
  drawn: (Omit<Drawn, 'layout'> & { layout: CurveLayout }) | null;
  failure: unknown;
  drawer: Drawer;
}

/** The efficiency curve of these runs, laid out beside the page. Keep `runs` and `spec` stable while nothing changes. */
export function useCurve(runs: readonly RunRow[], spec: CurveSpec): Curve {
  const drawer = useMemo(createDrawer, []);
  const [state, setState] = useState<{ drawn: Curve['drawn']; failure: unknown }>({
    drawn: null,
    failure: null,
  });
  const turn = useRef(0);
  useEffect(() => () => drawer.close(), [drawer]);
  useEffect(() => {
    turn.current += 1;
    const mine = turn.current;
    drawer.draw(runs, spec).then(
      (drawn) => {
        if (mine !== turn.current) return;
        const layout = revived(drawn.layout);
        startTransition(() => setState({ drawn: { ...drawn, layout }, failure: null }));
      },
      (failure) => {
        if (mine === turn.current) setState((old) => ({ ...old, failure }));
      },
    );
  }, [drawer, runs, spec]);
  return { ...state, drawer };
}
