import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderPng } from '../../../../src/main/lab/figures/renderPng';
import { renderSvg } from '../../../../src/main/lab/figures/renderSvg';
import { examples } from '../../../shared/figures/examples';

const { spec, rows } = examples['energy-measured']!;

/** Width and height from the header chunk. */
function sizeOf(png: Uint8Array): [number, number] {
  const view = new DataView(png.buffer, png.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

describe('renderPng', () => {
  it('draws at 96 and 192 dots per inch', () => {
    const svg = renderSvg({ kind: 'curve-efficiency', spec, rows });
    const [width, height] = sizeOf(renderPng(svg, 1));
    expect(Math.abs(width - 680)).toBeLessThanOrEqual(1);
    expect(sizeOf(renderPng(svg, 2))[0]).toBeGreaterThan(2 * width - 2);
    expect(height).toBeGreaterThan(400);
  });

  it('writes text with the bundled fonts: without them the picture loses its letters', () => {
    const svg = renderSvg({ kind: 'curve-efficiency', spec, rows });
    expect(renderPng(svg, 1).length).toBeGreaterThan(
      1.5 * renderPng(svg, 1, join(import.meta.dirname, 'none')).length,
    );
  });
});
