import { type ReasonCode, reasonCodes } from '../../../shared/reasons';
import { headlineEnergy, type RunRecord, type Verdict } from '../../../shared/run';
import type { ReportData, ReportRun } from './gather';
import { endingOf } from './words';

export interface ResultVerdict {
  name: 'latency' | 'energy' | 'net energy';
  verdict: Verdict;
  codes: ReasonCode[];
}

/** Verdicts of a run with their codes, as the table shows them; net energy where it is not as gross energy. */
export function resultsOf(run: RunRecord): ResultVerdict[] {
  const headline = headlineEnergy(run);
  const gross = headline?.gross;
  const net = headline?.net;
  const differs = gross && net && (gross.verdict !== net.verdict || text(gross.codes) !== text(net.codes));
  return [
    { name: 'latency', verdict: run.latency?.verdict ?? 'not_measured', codes: run.latency?.codes ?? [] },
    { name: 'energy', verdict: gross?.verdict ?? 'not_measured', codes: gross?.codes ?? [] },
    ...(differs ? [{ name: 'net energy' as const, verdict: net.verdict, codes: net.codes }] : []),
  ];
}

const text = (codes: readonly ReasonCode[]) => [...codes].sort().join();

/** A code that the report shows, and what it touches. */
export interface UsedCode {
  code: ReasonCode;
  /** Runs that show it. */
  runs: number;
  /** It stands in the comparison. */
  compared: boolean;
}

/** Every code that stands anywhere in the report, in the order of the closed list. */
export function usedCodes({ runs, comparison }: Pick<ReportData, 'runs' | 'comparison'>): UsedCode[] {
  const counts = new Map<ReasonCode, number>();
  for (const one of runs) for (const code of codesOfRun(one)) counts.set(code, (counts.get(code) ?? 0) + 1);
  const compared = new Set(
    comparison?.result.quantities.flatMap((q) => q.rows.flatMap((row) => row.codes)) ?? [],
  );
  return reasonCodes
    .filter((code) => counts.has(code) || compared.has(code))
    .map((code) => ({ code, runs: counts.get(code) ?? 0, compared: compared.has(code) }));
}

function codesOfRun({ run }: ReportRun): Set<ReasonCode> {
  const { latency } = run;
  // A row with a sentence in place of its values shows no reason of a single percentile.
  const percentiles =
    endingOf(run) === null && latency?.verdict !== 'invalid' ? [latency?.p50S, latency?.p95S] : [];
  return new Set([
    ...resultsOf(run).flatMap((r) => r.codes),
    ...percentiles.flatMap((p) => p?.missingReason ?? []),
  ]);
}
