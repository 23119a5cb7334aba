import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunFacts } from '../../../shared/run';
import type { OrtApi, Pointer } from './api';

interface ProfileEvent {
  cat?: string;
  name?: string;
  args?: { op_name?: string; provider?: string; node_index?: string };
}

/** Turns profiling on for session options; the profile is written into `folder`. */
export function enableProfiling(api: OrtApi, options: Pointer, folder: string): void {
  const path = process.platform === 'win32' ? 'str16' : 'str';
  api.check(
    api.bind<(o: Pointer, prefix: string) => unknown>('EnableProfiling', `void *(void *, ${path})`)(
      options,
      join(folder, 'p'),
    ),
  );
}

/** Ends the profile of a session that has run, and tells which provider each executed node ran on. */
export function readProfile(api: OrtApi, session: Pointer): RunFacts['assignment'] {
  const allocator = api.made((out) =>
    api.bind<(out: [unknown]) => unknown>('GetAllocatorWithDefaultOptions', 'void *(_Out_ void **)')(out),
  );
  const file: [unknown] = [null];
  api.check(
    api.bind<(s: Pointer, a: Pointer, out: [unknown]) => unknown>(
      'SessionEndProfiling',
      'void *(void *, void *, _Out_ str *)',
    )(session, allocator, file),
  );
  return assignmentOf(JSON.parse(readFileSync(file[0] as string, 'utf8')) as ProfileEvent[]);
}

/** Nodes per provider from the events of a profile: one `*_kernel_time` event per execution of a node. Pure. */
export function assignmentOf(events: readonly ProfileEvent[]): NonNullable<RunFacts['assignment']> {
  const nodes = new Map<string, { provider: string; operator: string }>();
  for (const { cat, name, args } of events) {
    if (cat !== 'Node' || !name?.endsWith('_kernel_time') || !args?.provider || !args.op_name) continue;
    nodes.set(`${name} ${args.node_index}`, { provider: args.provider, operator: args.op_name });
  }
  return [...Map.groupBy(nodes.values(), (n) => n.provider)].map(([provider, own]) => ({
    provider,
    nodes: own.length,
    operators: [...new Set(own.map((n) => n.operator))].sort(),
  }));
}
