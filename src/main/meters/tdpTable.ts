/**
 * Rated power (W) of common processors: the vendors' public specifications, "TDP" at ark.intel.com
 * and amd.com/products ("Processor Base Power" for Intel from the 12th generation on). Only fixed ratings:
 * a processor whose maker sells it over a range of ratings is left out.
 */
const ratedW: Readonly<Record<number, readonly string[]>> = {
  15: ['i5-8250U', 'i5-8265U', 'i7-8550U', 'i7-8565U', 'i7-8650U'],
  45: ['i7-8750H', 'i7-9750H', 'i7-10750H', 'i7-12700H', 'i7-13700H'],
  65: [
    'i5-8400',
    'i7-8700',
    'i5-10400',
    'i5-12400',
    'Ryzen 7 1700',
    'Ryzen 5 2600',
    'Ryzen 5 3600',
    'Ryzen 7 3700X',
    'Ryzen 5 5600X',
    'Ryzen 5 5600G',
    'Ryzen 7 5700G',
    'Ryzen 7 5700X',
    'Ryzen 5 7600',
    'Ryzen 7 7700',
    'Ryzen 9 7900',
    'Ryzen 5 9600X',
    'Ryzen 7 9700X',
  ],
  91: ['i7-6700K', 'i7-7700K'],
  95: ['i7-8700K', 'i7-9700K', 'i9-9900K', 'Ryzen 5 3600X', 'Ryzen 7 1800X'],
  105: [
    'Ryzen 7 2700X',
    'Ryzen 7 3800X',
    'Ryzen 9 3900X',
    'Ryzen 9 3950X',
    'Ryzen 7 5800X',
    'Ryzen 7 5800X3D',
    'Ryzen 9 5900X',
    'Ryzen 9 5950X',
    'Ryzen 5 7600X',
    'Ryzen 7 7700X',
  ],
  120: ['Ryzen 7 7800X3D', 'Ryzen 9 7950X3D', 'Ryzen 9 9900X', 'Xeon E5-2680 v4'],
  125: [
    'i7-10700K',
    'i9-10900K',
    'i7-11700K',
    'i9-11900K',
    'i5-12600K',
    'i7-12700K',
    'i9-12900K',
    'i5-13600K',
    'i7-13700K',
    'i9-13900K',
    'i5-14600K',
    'i7-14700K',
    'i9-14900K',
  ],
  170: ['Ryzen 9 7900X', 'Ryzen 9 7950X', 'Ryzen 9 9950X'],
  225: ['EPYC 7742'],
  280: ['EPYC 7763', 'Threadripper 3970X', 'Threadripper 3990X'],
};

const byName = new Map(
  Object.entries(ratedW).flatMap(([watts, list]) =>
    list.map((name) => [words(name).join(' '), Number(watts)] as const),
  ),
);

/**
 * Rated power of one processor from its model string, or null if it is not in the table. Whole words
 * must match: an i9-12900KS is no i9-12900K.
 */
export function tableTdpW(model: string): number | null {
  const parts = words(model);
  for (let length = 4; length >= 1; length--) {
    for (let at = 0; at + length <= parts.length; at++) {
      const watts = byName.get(parts.slice(at, at + length).join(' '));
      if (watts !== undefined) return watts;
    }
  }
  return null;
}

function words(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/\((?:r|tm)\)/g, '')
    .replace(/\bcpu\b/g, '')
    .split(/\s+/)
    .filter((word) => word !== '');
}
