import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLabService } from '../../src/main/lab/service';
import { builtClaims } from '../../src/main/science/claims';
import { type BuiltinClaim, claimLabel, claimOptionsSchema } from '../../src/shared/claim';
import { claimVerdictWords } from '../../src/shared/verdicts';
import type { Figure } from './index';

/** Seconds that a first look may take, each and all. */
const [eachS, allS] = [120, 900];

/** All nine claims at a first look, one after another, in a lab of their own: verdicts, and how long each takes. */
export async function benchClaims(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'thirty-watts-bench-'));
  const lab = openLabService(folder);
  const figures: Figure[] = [];
  let totalS = 0;
  try {
    for (const claim of builtClaims()) {
      const begun = Date.now();
      const text = await runOne(lab, claim);
      const seconds = (Date.now() - begun) / 1000;
      totalS += seconds;
      figures.push({
        what: `${claimLabel(claim)} ${claim}: ${text}`,
        value: `${seconds.toFixed(0)} s`,
        promise: `at most ${eachS} s on two cores`,
        held: seconds <= eachS,
      });
    }
    const { problems } = await lab.handlers.verify({});
    figures.push({
      what: 'all of them, first look',
      value: `${totalS.toFixed(0)} s`,
      promise: `at most ${allS} s on two cores`,
      held: totalS <= allS,
    });
    figures.push({
      what: 'problems that verify finds afterwards',
      value: String(problems.length),
      promise: 'none',
      held: problems.length === 0,
    });
  } finally {
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return figures;
}

async function runOne(lab: ReturnType<typeof openLabService>, claim: BuiltinClaim): Promise<string> {
  const ended = new Promise<string>((resolve) => {
    const stop = lab.subscribe((event) => {
      if (event.type !== 'claimEnded' || event.claim !== claim) return;
      stop();
      resolve(event.verdict === null ? event.status : claimVerdictWords[event.verdict]);
    });
  });
  await lab.handlers.runClaim({ claim, options: claimOptionsSchema.parse({}) });
  return ended;
}
