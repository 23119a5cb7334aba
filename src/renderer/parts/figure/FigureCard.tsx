import { Button, Group, Menu, useComputedColorScheme } from '@mantine/core';
import { type ReactElement, type ReactNode, useMemo } from 'react';
import '../../styles/figureCard.css';
import { type FigureData, figurePoints, layoutFigure } from '../../../shared/figures/data';
import { Figure } from '../../../shared/figures/Figure';
import { pointColumns } from '../../../shared/figures/points';
import { type Theme, tokens } from '../../../shared/figures/tokens';
import { useCommand } from '../../commands/handlers';
import { useReady } from '../../lab/session';
import { refuse } from '../../shell/toasts';
import { FailureNote } from '../FailureNote';
import { pointsCsv } from './pointsCsv';
import { copyPng, savePng, saveText, svgText } from './save';

/**
 * One figure under its heading, with a menu that saves exactly what is shown. `data` gives the figure for a theme: keep
 * the function stable. What the figure refuses is shown in its place.
 */
export function FigureCard({
  title,
  file,
  data,
  main = false,
  children,
}: {
  title: string;
  /** Stem of file names. */
  file: string;
  data(theme: Theme): FigureData;
  /** The figure of its page: the keys that save and copy figures are for this one. */
  main?: boolean;
  children?: ReactNode;
}) {
  const { door } = useReady();
  const theme = useComputedColorScheme('light');
  const drawn = useMemo(() => draw(data, theme), [data, theme]);
  const save = (work: (element: ReactElement) => Promise<unknown>) => () => {
    if (drawn.element) work(drawn.element).catch(refuse);
  };
  const asSvg = save(async (figure) => saveText(door, `${file}.svg`, await svgText(figure)));
  const asPng = save(async (figure) => savePng(door, `${file}.png`, await svgText(figure)));
  const asPoints = save(() =>
    saveText(door, `${file}.points.csv`, pointsCsv(pointColumns, figurePoints(data(theme)))),
  );
  const copy = save(async (figure) => copyPng(await svgText(figure)));
  useCommand('figure.save', asSvg, main);
  useCommand('figure.savePng', asPng, main);
  useCommand('figure.savePoints', asPoints, main);
  useCommand('figure.copyPng', copy, main);
  return (
    <section className="tw-card" aria-label={title}>
      <Group justify="space-between" mb={6} wrap="nowrap">
        <h2 style={{ margin: 0 }}>{title}</h2>
        <Group gap={6} wrap="nowrap">
          {children}
          <Menu position="bottom-end" shadow="md">
            <Menu.Target>
              <Button variant="default" size="compact-xs" rightSection={<span aria-hidden="true">▾</span>}>
                Save
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={asSvg}>As SVG</Menu.Item>
              <Menu.Item onClick={asPng}>As PNG</Menu.Item>
              <Menu.Item onClick={asPoints}>Plotted points as CSV</Menu.Item>
              <Menu.Item onClick={copy}>Copy as PNG</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </Group>
      {drawn.element ? (
        <div className={`tw-drawing tw-drawing-${drawn.size}`}>{drawn.element}</div>
      ) : (
        <FailureNote failure={drawn.failure} />
      )}
    </section>
  );
}

/** The drawing, or why there is none. The layout is made here, so that a refusal is caught before React draws. */
function draw(data: (theme: Theme) => FigureData, theme: Theme) {
  try {
    const own = data(theme);
    const { layout } = layoutFigure(own);
    return {
      element: <Figure {...own} layout={layout} tokens={tokens[theme]} />,
      size: own.spec.size,
      failure: null,
    };
  } catch (failure) {
    return { element: null, size: null, failure };
  }
}
