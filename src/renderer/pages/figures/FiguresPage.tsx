import { Button, Group, Menu, useComputedColorScheme } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { defaultYQuantity, seriesNames } from '../../../shared/figures/rows';
import type { CurveSpec } from '../../../shared/figures/spec';
import { tokens } from '../../../shared/figures/tokens';
import type { PageDoor } from '../../channels/door';
import { useCommand } from '../../commands/handlers';
import { loadSample } from '../../lab/actions';
import { useRows } from '../../lab/rows';
import { useReady } from '../../lab/session';
import { EmptyState } from '../../parts/EmptyState';
import { experimentsOf } from '../../parts/experiments';
import { FailureNote } from '../../parts/FailureNote';
import { CurveView, wholeFigure, type Zoom } from '../../parts/figure/CurveView';
import type { Drawer } from '../../parts/figure/drawer';
import { copyPng, savePng, saveText } from '../../parts/figure/save';
import { useCurve } from '../../parts/figure/useCurve';
import { Icon } from '../../parts/icons';
import { PageHead } from '../../parts/PageHead';
import { refuse } from '../../shell/toasts';
import { putSetting, useSettings } from '../../state/settings';
import { keepSlots, slotsFor } from '../../state/slots';
import { go } from '../../state/view';
import { Controls } from './Controls';
import { type FigureChoice, ofSeries, readChoice, runsOfFigure, saneZoom, specOfChoice } from './figureState';
import { PointTable } from './PointTable';

/** The efficiency curve with its axes, overlays and the table of its points. */
export function FiguresPage() {
  const ready = useReady();
  const rows = useRows((s) => s.rows);
  const loading = useRows((s) => s.loading);
  const stored = useSettings((s) => s.figure);
  const known = useSettings((s) => s.slots);
  const theme = useComputedColorScheme('light');
  const choice = useMemo(() => readChoice(stored), [stored]);
  const [zoom, setZoom] = useState<Zoom>(wholeFigure);
  const [brushed, setBrushed] = useState<Set<string> | null>(null);
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const [twin, setTwin] = useState(false);
  const change = (part: Partial<FigureChoice>) => {
    if (part.x ?? part.y ?? part.xScale ?? part.yScale) setZoom(wholeFigure);
    putSetting('figure', { ...choice, ...part });
  };

  const runs = useMemo(() => runsOfFigure(rows, choice), [rows, choice]);
  const y = choice.y === 'auto' ? defaultYQuantity(runs) : choice.y;
  const keys = useMemo(() => [...new Set(runs.map(seriesNames(runs).keyOf))], [runs]);
  const { slots, fresh } = useMemo(() => slotsFor(keys, ofSeries(known)), [keys, known]);
  useEffect(() => keepSlots(fresh), [fresh]);
  const spec = useMemo(() => {
    const shown = keys.filter((key) => !choice.hiddenSeries.includes(key));
    return specOfChoice(choice, {
      y,
      zoom: saneZoom(zoom, choice),
      theme,
      slots: Object.fromEntries(shown.map((key) => [key, slots[key]])),
      appVersion: ready.info.version,
    });
  }, [choice, y, zoom, theme, keys, slots, ready.info.version]);
  const { drawn, failure, drawer } = useCurve(runs, spec);
  const lines = useCallback((index: number) => drawer.lines(index), [drawer]);

  const files = filesOf({ drawer, spec, door: ready.door });
  const canSave = drawn !== null && failure === null;
  useCommand('figure.logX', () => change({ xScale: choice.xScale === 'log' ? 'linear' : 'log' }));
  useCommand('figure.logY', () => change({ yScale: choice.yScale === 'log' ? 'linear' : 'log' }));
  useCommand('figure.table', () => setTwin((t) => !t));
  useCommand('figure.save', files.svg, canSave);
  useCommand('figure.savePng', files.png, canSave);
  useCommand('figure.savePoints', files.points, canSave);
  useCommand('figure.copyPng', files.copy, canSave);

  const hasOwn = useMemo(() => rows.some((row) => !row.sample), [rows]);
  const hasSample = useMemo(() => rows.some((row) => row.sample), [rows]);
  const experiments = useMemo(() => experimentsOf(rows.filter((row) => row.role === 'measure')), [rows]);
  if (runs.length === 0 && loading === null) {
    return (
      <div className="tw-page">
        <PageHead title="Figures" />
        <EmptyState
          title="No run yet."
          text="The curve needs measured models: a few sizes of one family make a line."
        >
          <Group>
            <Button onClick={() => go({ page: 'lab' })}>Go to Lab</Button>
            <Button variant="default" onClick={() => void loadSample(ready)}>
              Load the sample dataset
            </Button>
          </Group>
        </EmptyState>
      </div>
    );
  }
  const isZoomed = zoom.x !== null || zoom.y !== null;
  return (
    <div className="tw-page">
      <PageHead title="Figures" note="Efficiency against size">
        {(isZoomed || brushed) && (
          <Button
            variant="default"
            onClick={() => {
              setZoom(wholeFigure);
              setBrushed(null);
            }}
          >
            Whole figure (Esc)
          </Button>
        )}
        <Button variant="default" onClick={() => setTwin((t) => !t)} aria-pressed={twin}>
          {twin ? 'View as figure' : 'View as table'}
        </Button>
        <SaveMenu files={files} disabled={!canSave} />
      </PageHead>
      <div className="tw-figures">
        <div className="tw-figures-main">
          {failure !== null ? (
            <FailureNote failure={failure}>
              <Button mt="xs" variant="default" onClick={() => change({ hiddenSeries: keys.slice(6) })}>
                Show the first six series
              </Button>
            </FailureNote>
          ) : (
            drawn !== null &&
            !twin && (
              <div className="tw-card tw-figure-card">
                <CurveView
                  spec={drawn.spec}
                  layout={drawn.layout}
                  points={drawn.points}
                  lines={lines}
                  chosen={brushed ?? (selected.size > 0 ? selected : null)}
                  onBrush={setBrushed}
                  onZoom={setZoom}
                  onOpen={(run) => go({ page: 'run', run })}
                />
              </div>
            )
          )}
          {drawn !== null && failure === null && (
            <PointTable
              spec={drawn.spec}
              runs={runs}
              drawn={drawn}
              only={brushed}
              selected={selected}
              onSelected={setSelected}
              tall={twin}
            />
          )}
        </div>
        <Controls
          choice={choice}
          change={change}
          look={tokens[theme]}
          series={(drawn?.series ?? []).map(({ key, label, rows: count }) => ({
            key,
            label,
            slot: choice.hiddenSeries.includes(key) ? null : slots[key],
            runs: count,
          }))}
          experiments={experiments}
          hasSample={hasSample}
          hasOwn={hasOwn}
        />
      </div>
    </div>
  );
}

/** What can be saved of the figure, exactly as it is shown but in the light theme, as paper wants it. */
function filesOf({ drawer, spec: shown, door }: { drawer: Drawer; spec: CurveSpec; door: PageDoor }) {
  const spec = { ...shown, theme: 'light' as const };
  const name = 'curve-efficiency';
  const told = (saved: Promise<{ path: string } | null>) => {
    saved.then((done) => {
      if (done) notifications.show({ message: `Saved ${done.path}` });
    }, refuse);
  };
  return {
    svg: () => told(drawer.svg(spec).then((text) => saveText(door, `${name}.svg`, text))),
    png: () => told(drawer.svg(spec).then((text) => savePng(door, `${name}.png`, text))),
    points: () => told(drawer.csv().then((text) => saveText(door, `${name}.points.csv`, text))),
    spec: () => told(saveText(door, `${name}.spec.json`, `${JSON.stringify(spec, null, 2)}\n`)),
    copy: () =>
      void drawer
        .svg(spec)
        .then(copyPng)
        .then(() => notifications.show({ message: 'Copied as PNG' }), refuse),
  };
}

function SaveMenu({
  files,
  disabled,
}: {
  files: Record<'svg' | 'png' | 'points' | 'spec' | 'copy', () => void>;
  disabled: boolean;
}) {
  return (
    <Menu position="bottom-end" disabled={disabled}>
      <Menu.Target>
        <Button leftSection={<Icon name="save" size={14} />} disabled={disabled}>
          Save figure
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={files.svg}>SVG</Menu.Item>
        <Menu.Item onClick={files.png}>PNG, 192 dots per inch</Menu.Item>
        <Menu.Item onClick={files.points}>Plotted points as CSV</Menu.Item>
        <Menu.Item onClick={files.spec}>Specification as JSON</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={files.copy}>Copy as PNG</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
