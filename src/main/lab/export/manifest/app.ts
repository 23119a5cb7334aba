import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appCommit, appVersion } from '../../machine';
import { appRoot } from '../../paths';

/** The program that writes the bundle, as far as its bytes depend on it. */
export interface AppFacts {
  version: string;
  /** Commit of the checkout; null in an installed app. */
  commit: string | null;
  /** Name and version of the library that writes Parquet. */
  parquetWriter: string;
}

/** This very app. Reads package.json, and asks git in a checkout. */
export function thisApp(): AppFacts {
  const { dependencies } = JSON.parse(readFileSync(join(appRoot(), 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const writer = 'hyparquet-writer';
  return {
    version: appVersion(),
    commit: appCommit(),
    parquetWriter: `${writer} ${dependencies[writer] ?? 'of unknown version'}`,
  };
}
