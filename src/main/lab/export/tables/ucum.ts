/** Units of the lab's tables and axes that UCUM writes otherwise; currencies by ISO 4217. */
const others: Readonly<Record<string, string>> = {
  B: 'By',
  'B/s': 'By/s',
  byte: 'By',
  bytes: 'By',
  'byte/s': 'By/s',
  GB: 'GBy',
  nat: '1',
  count: '1',
  ratio: '1',
  'no unit': '1',
  '1/J': 'J-1',
  '1/W': 'W-1',
  '1/s': 's-1',
  Wh: 'W.h',
  kWh: 'kW.h',
  'FLOP/s': '{FLOP}/s',
  'FLOP/J': '{FLOP}/J',
  'queries/s': '{queries}/s',
  'home years': '{home}.a',
  $: 'USD',
  '10⁶ $': '10*6.USD',
  '$/h': 'USD/h',
  '$/kWh': 'USD/(kW.h)',
};

/**
 * UCUM code of a unit as the lab writes it in tables and on axes: '1', symbols of up to three letters as they are, what
 * is neither in braces (UCUM, section 12: annotations); null for none.
 */
export function ucumOf(unit: string): string | null {
  if (unit === '') return null;
  return others[unit] ?? (/^(1|[A-Za-z%]{1,3})$/.test(unit) ? unit : `{${unit.replace(/[^!-z|~]+/g, '_')}}`);
}
