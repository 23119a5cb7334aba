import type { ReactElement, ReactNode } from 'react';
import { Axes, TickLabels } from './axes';
import type { Frame } from './frame';
import { fontFamily } from './sizes';
import type { FigureTokens } from './tokens';
import { Words } from './words';

/**
 * What is around the data of every figure: the SVG element with its title and description, paper, axes and words.
 * Presentation attributes only: no style sheet, no class, no script.
 */
export function Shell(props: {
  id: string;
  frame: Frame;
  tokens: FigureTokens;
  /** Nothing to draw: said in the middle of the plot. */
  empty: boolean;
  children: ReactNode;
}): ReactElement {
  const { id, frame, tokens, empty, children } = props;
  return (
    <Sheet id={id} frame={frame} tokens={tokens}>
      <Axes frame={frame} tokens={tokens} />
      {children}
      <TickLabels frame={frame} tokens={tokens} />
      <Words frame={frame} tokens={tokens} empty={empty} />
    </Sheet>
  );
}

/** The SVG element itself with its title, description and paper. */
export function Sheet(props: {
  id: string;
  frame: Pick<Frame, 'width' | 'height' | 'widthMm' | 'heightMm'> & {
    texts: Pick<Frame['texts'], 'title' | 'badge' | 'description'>;
  };
  tokens: FigureTokens;
  children: ReactNode;
}): ReactElement {
  const { id, frame, tokens, children } = props;
  const { width, height, texts } = frame;
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={`${frame.widthMm}mm`}
      height={`${frame.heightMm}mm`}
      viewBox={`0 0 ${width} ${height}`}
      fontFamily={fontFamily}
      role="img"
      aria-labelledby={`${id}-title ${id}-desc`}
    >
      <title id={`${id}-title`}>{`${texts.title}${texts.badge === null ? '' : ` (${texts.badge})`}`}</title>
      <desc id={`${id}-desc`}>{texts.description}</desc>
      <rect width={width} height={height} fill={tokens.paper} />
      {children}
    </svg>
  );
}
