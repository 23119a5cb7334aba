import { Button, Group, Menu, useComputedColorScheme } from '@mantine/core';
import { type ReactElement, useMemo, useState } from 'react';
import '../../styles/figureCard.css';
import { layoutPanels } from '../../../shared/figures/panels/draw/layout';
import { drawPanels } from '../../../shared/figures/panels/panelFigure';
import { panelPointsCsv } from '../../../shared/figures/panels/points';
import type { PanelFigure } from '../../../shared/figures/panels/spec';
import { type Theme, tokens } from '../../../shared/figures/tokens';
import { useCommand } from '../../commands/handlers';
import { useReady } from '../../lab/session';
import { refuse } from '../../shell/toasts';
import { FailureNote } from '../FailureNote';
import { PanelTableTwin } from './PanelTableTwin';
import { PanelView } from './PanelView';
import { copyPng, savePng, saveText, svgText } from './save';

/**
 * A figure of a claim with its table twin and a menu that saves exactly what is shown. Keep `figure` stable while nothing
 * changes. What cannot be drawn says why in its place.
 */
export function PanelCard({
  figure,
  fileStem = figure.id,
}: {
  figure: PanelFigure;
  /** Stem of file names; the figure's id unless told. */
  fileStem?: string;
}) {
  const { door } = useReady();
  const theme = useComputedColorScheme('light');
  const [asTable, setAsTable] = useState(false);
  const [focused, setFocused] = useState(false);
  const drawn = useMemo(() => draw(figure, theme), [figure, theme]);
  const save = (work: (element: ReactElement) => Promise<unknown>) => () => {
    if (drawn.element) work(drawn.element).catch(refuse);
  };
  const asSvg = save(async (element) => saveText(door, `${fileStem}.svg`, await svgText(element)));
  const asPng = save(async (element) => savePng(door, `${fileStem}.png`, await svgText(element)));
  const asPoints = save(() => saveText(door, `${fileStem}.points.csv`, panelPointsCsv(figure)));
  const asSpec = save(() => saveText(door, `${fileStem}.spec.json`, `${JSON.stringify(figure, null, 2)}\n`));
  const copy = save(async (element) => copyPng(await svgText(element)));
  const turn = () => setAsTable((shown) => !shown);
  // A page has several of these: the keys are for the one that has the focus.
  useCommand('figure.save', asSvg, focused);
  useCommand('figure.savePng', asPng, focused);
  useCommand('figure.savePoints', asPoints, focused);
  useCommand('figure.copyPng', copy, focused);
  useCommand('figure.table', turn, focused);
  return (
    <section
      className="tw-card"
      aria-label={figure.title}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
    >
      <Group justify="flex-end" gap={6} mb={6} wrap="nowrap">
        {drawn.layout && (
          <Button variant="default" size="compact-xs" aria-pressed={asTable} onClick={turn}>
            {asTable ? 'Show the figure' : 'View as table'}
          </Button>
        )}
        <Menu position="bottom-end" shadow="md">
          <Menu.Target>
            <Button
              variant="default"
              size="compact-xs"
              disabled={drawn.element === null}
              rightSection={<span aria-hidden="true">▾</span>}
            >
              Save
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={asSvg}>As SVG</Menu.Item>
            <Menu.Item onClick={asPng}>As PNG</Menu.Item>
            <Menu.Item onClick={asPoints}>Plotted points as CSV</Menu.Item>
            <Menu.Item onClick={asSpec}>Specification as JSON</Menu.Item>
            <Menu.Item onClick={copy}>Copy as PNG</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      {drawn.layout === null ? (
        <FailureNote failure={drawn.failure} />
      ) : asTable ? (
        <PanelTableTwin figure={figure} />
      ) : (
        <div className={`tw-drawing tw-drawing-${drawn.layout.size}`}>
          <PanelView layout={drawn.layout} drawing={drawn.element} look={tokens[theme]} />
        </div>
      )}
    </section>
  );
}

/** The drawing, or why there is none. The layout is made here, so that a refusal is caught before React draws. */
function draw(figure: PanelFigure, theme: Theme) {
  try {
    const layout = layoutPanels(figure);
    return { layout, element: drawPanels(layout, tokens[theme]), failure: null };
  } catch (failure) {
    return { layout: null, element: null, failure };
  }
}
