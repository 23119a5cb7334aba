import type { ReactElement } from 'react';
import { svgFile } from '../../../shared/figures/Figure';
import type { PageDoor } from '../../channels/door';

/** The figure as a file of its own, byte for byte what the command line writes (src/main/lab/figures/renderSvg.ts). */
export async function svgText(figure: ReactElement): Promise<string> {
  // Loaded when it is first needed: a third of the page's size.
  const { renderToStaticMarkup } = await import('react-dom/server');
  return svgFile(renderToStaticMarkup(figure));
}

const dotsPerMm = 96 / 25.4;

/** PNG bytes at `scale` times 96 dots per inch, drawn by the browser with the fonts of this machine. @throws Error if the browser cannot */
export async function pngBytes(svg: string, scale = 2): Promise<Blob> {
  const mm = (name: 'width' | 'height') => Number(new RegExp(` ${name}="([\\d.]+)mm"`).exec(svg)?.[1]);
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(mm('width') * dotsPerMm * scale);
    canvas.height = Math.round(mm('height') * dotsPerMm * scale);
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be made.'))),
        'image/png',
      ),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

export const saveText = (door: PageDoor, name: string, text: string) => door.saveFile(name, bytesOf(text));

export async function savePng(door: PageDoor, name: string, svg: string): Promise<{ path: string } | null> {
  return door.saveFile(name, new Uint8Array(await (await pngBytes(svg)).arrayBuffer()));
}

/** Copies the figure as a picture. @throws Error where the browser has no picture clipboard */
export async function copyPng(svg: string): Promise<void> {
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': await pngBytes(svg) })]);
}
