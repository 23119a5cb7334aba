import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';

/** 1, 2 and 3 mean 96, 192 and 288 dots per inch. */
export type PngScale = 1 | 2 | 3;

/**
 * PNG bytes of an SVG figure. Draws with the fonts in `fontsFolder` (resources/fonts) and no other, so that it looks
 * alike on every machine; the bytes still belong to the version of the rasteriser.
 */
export function renderPng(svg: string, fontsFolder: string, scale: PngScale = 2): Uint8Array {
  const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) => join(fontsFolder, name));
  const image = new Resvg(svg, {
    font: { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' },
    fitTo: { mode: 'zoom', value: scale },
  });
  return image.render().asPng();
}
