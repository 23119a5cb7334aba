/**
 * A failure that a person can act on: what is wrong and what to do, as a value.
 * Every refusal of the lab is one of these kinds; anything else that is thrown is a bug.
 */
export const errorKinds = [
  'not_found', // a file, folder, model, run or lab that is not there
  'not_a_model', // readable, but no ONNX model
  'unsafe_model', // external data outside the folder, links, duplicate graphs …
  'unsupported', // an operator, type or provider that this build or machine lacks
  'bad_plan', // a plan with unknown keys or impossible values
  'bad_input', // a command line or query that cannot be understood
  'lab_locked', // another process owns the lab folder
  'lab_newer', // the lab was written by a newer version
  'lab_damaged', // the database is not what it should be
  'no_space', // the disk is full
  'memory_bound', // more memory than the plan allows
  'runner_failed', // the runner ended badly
  'cancelled',
  'connection_lost', // the lab service or the way to it is gone
  'internal',
] as const;
export type ErrorKind = (typeof errorKinds)[number];

export interface Failure {
  kind: ErrorKind;
  /** One plain sentence: what happened. */
  message: string;
  /** One plain sentence: what to do about it; null where nothing can be done. */
  remedy: string | null;
}

/** Carries a Failure through code that throws; doors print it and never a stack. */
export class LabError extends Error {
  readonly failure: Failure;
  constructor(kind: ErrorKind, message: string, remedy: string | null = null, cause?: unknown) {
    super(message, { cause });
    this.name = 'LabError';
    this.failure = { kind, message, remedy };
  }
}

const notWritable = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'EEXIST',
  'ENOTDIR',
  'EISDIR',
  'ENOENT',
  'ENAMETOOLONG',
]);

/** The failure of anything thrown; unknown errors become `internal` with their own text. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof LabError) return thrown.failure;
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (code === 'ENOSPC' || code === 'SQLITE_FULL') {
    return {
      kind: 'no_space',
      message: 'There is no space left on the disk.',
      remedy: 'Free some space and start again; what was measured so far is kept.',
    };
  }
  const path = (thrown as NodeJS.ErrnoException | null)?.path;
  if (code && path && notWritable.has(code)) {
    return {
      kind: 'not_found',
      message: `${path} cannot be opened or written (${code}).`,
      remedy: 'Choose a folder of your own on a writable disk.',
    };
  }
  return { kind: 'internal', message, remedy: null };
}
