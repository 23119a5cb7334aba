import { utcTime } from '../../shared/utc';

const two = (n: number) => String(n).padStart(2, '0');

/** `2026-01-15 10:00` in the time zone of this machine. Pure but for the zone. */
export function formatLocal(unixMs: number): string {
  const d = new Date(unixMs);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}`;
}

/** `2026-01-15 10:00:00 UTC`. Pure. */
export function formatUtc(unixMs: number): string {
  return `${utcTime(unixMs)} UTC`;
}

/** Local time, with UTC on hover and in the markup. */
export function Moment({ unixMs }: { unixMs: number }) {
  return (
    <time dateTime={new Date(unixMs).toISOString()} title={formatUtc(unixMs)} className="tw-num">
      {formatLocal(unixMs)}
    </time>
  );
}
