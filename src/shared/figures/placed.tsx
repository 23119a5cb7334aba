import type { ReactElement } from 'react';
import type { Segment } from './geometry';
import type { PlacedLabel } from './place';
import { round2, stroke } from './sizes';
import type { FigureTokens } from './tokens';

type Label = PlacedLabel & { slot: number | null };
interface Drawn {
  labels: readonly Label[];
  tokens: FigureTokens;
}

/** 'M0 0L1 1L2 2M…': segments that go on where the last one ended are one stroke. */
export function pathOf(segments: readonly Segment[]): string {
  const parts = segments.map((s, i) => {
    const before = segments[i - 1];
    const goesOn = before !== undefined && before.x1 === s.x0 && before.y1 === s.y0;
    return `${goesOn ? '' : `M${s.x0} ${s.y0}`}L${s.x1} ${s.y1}`;
  });
  return parts.join('');
}

const colourOf = (slot: number | null, tokens: FigureTokens) =>
  slot === null ? tokens.reference : tokens.series[slot]!.text;

/** Paper behind words in the plot, so that the grid does not cross them. */
export function LabelBacks(props: {
  labels: readonly Pick<Label, 'key' | 'box'>[];
  tokens: FigureTokens;
}): ReactElement {
  const { labels, tokens } = props;
  return (
    <>
      {labels.map(({ key, box }) => (
        <rect
          key={key}
          x={round2(box.x0)}
          y={round2(box.y0)}
          width={round2(box.x1 - box.x0)}
          height={round2(box.y1 - box.y0)}
          fill={tokens.paper}
        />
      ))}
    </>
  );
}

/** Lines from labels that stand off to what they name. */
export function Leaders({ labels, tokens }: Drawn): ReactElement {
  return (
    <>
      {labels.map(({ key, leader, slot }) =>
        leader === null ? null : (
          <path
            key={key}
            d={pathOf([leader])}
            fill="none"
            stroke={colourOf(slot, tokens)}
            strokeWidth={stroke.thin}
          />
        ),
      )}
    </>
  );
}

export function LabelTexts({ labels, tokens }: Drawn): ReactElement {
  return (
    <>
      {labels.map((label) => (
        <text
          key={label.key}
          x={label.hang.x}
          y={label.baseline}
          textAnchor={label.hang.anchor}
          fontSize={label.size}
          fontWeight={label.bold ? 'bold' : undefined}
          fill={label.kind === 'series' ? colourOf(label.slot, tokens) : tokens.secondary}
        >
          {label.text}
        </text>
      ))}
    </>
  );
}
