import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { resource } from '../paths';

/**
 * PNG bytes of an SVG figure at `scale` (1 to 3) times 96 dots per inch. Draws with the fonts in `fontsFolder` and no
 * other, so that it looks alike on every machine; the bytes still belong to the version of the rasteriser.
 */
export function renderPng(svg: string, scale = 2, fontsFolder = resource('fonts')): Uint8Array {
  const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) => join(fontsFolder, name));
  const image = new Resvg(svg, {
    font: { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' },
    fitTo: { mode: 'zoom', value: Math.min(3, Math.max(1, scale)) },
  });
  return image.render().asPng();
}
