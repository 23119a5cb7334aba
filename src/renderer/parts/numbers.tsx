import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Interval } from '../../shared/runRow';
import { formatEstimate, formatInterval, formatSi } from '../../shared/units';

/** Three significant digits with an SI prefix; absent is a dash with its reason. Pure. */
export function formatValue(value: number | null, unit: string): string {
  return value === null ? '–' : formatSi(value, unit);
}

/** A value with unit, its interval on hover. `estimate`: marked with ≈ and two digits. */
export function Quantity({
  of,
  unit,
  estimate = false,
  missing,
}: {
  of: Interval | number | null;
  unit: string;
  estimate?: boolean;
  /** Why there is no value. */
  missing?: ReactNode;
}) {
  const { value, low, high } =
    typeof of === 'object' && of !== null ? of : { value: of, low: null, high: null };
  if (value === null) {
    const dash = <span className="tw-muted">–</span>;
    return missing ? <Tooltip label={missing}>{dash}</Tooltip> : dash;
  }
  const text = (
    <span className="tw-num">{estimate ? formatEstimate(value, unit) : formatSi(value, unit)}</span>
  );
  if (low === null || high === null) return text;
  return <Tooltip label={`95 % interval: ${formatInterval(value, low, high, unit)}`}>{text}</Tooltip>;
}
